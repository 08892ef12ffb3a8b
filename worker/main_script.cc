#include "worker/main_script.h"

#include <string>

namespace nano {

v8::MaybeLocal<v8::Script> compileMainScript(v8::Local<v8::Context> context,
                                             const AppSource& source) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto string = [isolate](const std::string& text) {
    return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                   static_cast<int>(text.size()));
  };
  for (const AppSource::Module& module : source.modules) {
    if (module.path != source.mainModule) continue;
    v8::Local<v8::String> name;
    v8::Local<v8::String> code;
    if (!string(module.path).ToLocal(&name) || !string(module.content).ToLocal(&code)) return {};
    v8::ScriptOrigin origin(name);
    return v8::Script::Compile(context, code, &origin);
  }
  return {};
}

}  // namespace nano
