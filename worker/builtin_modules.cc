#include "worker/builtin_modules.h"

#include <algorithm>

namespace nano {

std::string nodeModuleName(std::string_view specifier) {
  constexpr std::string_view kScheme = "node:";
  std::string name(specifier);
  if (!name.starts_with(kScheme)) name.insert(0, kScheme);
  // Packages write "events/" where a package is meant that does the same.
  if (name.ends_with('/')) name.pop_back();
  return name;
}

bool isBuiltinModule(std::string_view name) {
  return std::find(kBuiltinModules.begin(), kBuiltinModules.end(), name) != kBuiltinModules.end();
}

std::string builtinModuleNames() {
  std::string names;
  for (std::string_view name : kBuiltinModules) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

v8::MaybeLocal<v8::Array> builtinExports(v8::Local<v8::Context> context,
                                         const EntryPoints& entryPoints, std::string_view name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::String> text;
  v8::Local<v8::Value> exports;
  if (!v8::String::NewFromUtf8(isolate, name.data(), v8::NewStringType::kNormal,
                               static_cast<int>(name.size()))
           .ToLocal(&text)) {
    return {};
  }
  v8::Local<v8::Value> argument = text;
  if (!entryPoints.get(isolate, EntryPoint::kBuiltinModule)
           ->Call(context, v8::Undefined(isolate), 1, &argument)
           .ToLocal(&exports)) {
    return {};
  }
  if (!exports->IsArray()) {
    isolate->ThrowError("a built-in module is missing in the snapshot");
    return {};
  }
  return exports.As<v8::Array>();
}

}  // namespace nano
