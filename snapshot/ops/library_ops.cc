// Modules and data of nano.library, for js/library.js.

#include <algorithm>
#include <array>
#include <iterator>

#include <kj/debug.h>

#include "snapshot/module_library.h"
#include "snapshot/ops/ops.h"
#include "snapshot/own_wasm.h"

namespace nano {
namespace {

// What the function of a module is called with; esbuild's CommonJS form and what is ours.
constexpr std::array<const char*, 4> kParameters = {"exports", "module", "require", "nano"};

bool libraryHas(OpCall&, Host& host, const Utf8& name) {
  return host.moduleLibrary() != nullptr && host.moduleLibrary()->has(name.view());
}

// The function of a module: it is compiled for each isolate, in the app's heap and time.
v8::MaybeLocal<v8::Value> libraryFunction(OpCall& call, Host& host, v8::Local<v8::String> name) {
  auto* isolate = call.isolate();
  const Utf8 text(isolate, name);
  if (!libraryHas(call, host, text)) return v8::Undefined(isolate).As<v8::Value>();
  const std::string code = host.moduleLibrary()->unpack(text.view());
  v8::Local<v8::String> codeText;
  v8::Local<v8::String> parameters[kParameters.size()];
  if (!v8::String::NewFromUtf8(isolate, code.data(), v8::NewStringType::kNormal,
                               static_cast<int>(code.size()))
           .ToLocal(&codeText)) {
    return {};
  }
  for (size_t i = 0; i < kParameters.size(); ++i) {
    if (!v8::String::NewFromUtf8(isolate, kParameters[i], v8::NewStringType::kInternalized)
             .ToLocal(&parameters[i])) {
      return {};
    }
  }
  v8::ScriptCompiler::Source source(codeText, v8::ScriptOrigin(name));
  v8::Local<v8::Function> function;
  if (!v8::ScriptCompiler::CompileFunction(call.context(), &source, std::size(parameters),
                                           parameters)
           .ToLocal(&function)) {
    return {};
  }
  return function.As<v8::Value>();
}

// A Uint8Array of an entry that is no module; undefined for none.
v8::MaybeLocal<v8::Value> libraryBytes(OpCall& call, Host& host, const Utf8& name) {
  if (!libraryHas(call, host, name)) return v8::Undefined(call.isolate()).As<v8::Value>();
  // Its room is the app's: it is asked for before anything is unpacked.
  const auto made = newBytes(call.isolate(), *host.moduleLibrary()->sizeOf(name.view()));
  if (!made.has_value()) return {};
  const std::string bytes = host.moduleLibrary()->unpack(name.view());
  std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), made->bytes.begin());
  return made->array.As<v8::Value>();
}

// A WebAssembly.Module of an entry; undefined for none, and where there is no WebAssembly. The app
// need not be allowed to compile bytes: these are nano's.
v8::MaybeLocal<v8::Value> libraryWasm(OpCall& call, Host& host, const Utf8& name) {
  if (!libraryHas(call, host, name) || !host.hasWebAssembly()) {
    return v8::Undefined(call.isolate()).As<v8::Value>();
  }
  const std::string bytes = host.moduleLibrary()->unpack(name.view());
  v8::Local<v8::WasmModuleObject> module;
  if (!compileOwnWasm(call.isolate(), bytes).ToLocal(&module)) return {};
  return module.As<v8::Value>();
}

constexpr Op kOps[] = {
    {"libraryHas", bindOp<libraryHas>},
    {"libraryFunction", bindOp<libraryFunction>},
    {"libraryBytes", bindOp<libraryBytes>},
    {"libraryWasm", bindOp<libraryWasm>},
};

}  // namespace

const std::span<const Op> kLibraryOps = kOps;

}  // namespace nano
