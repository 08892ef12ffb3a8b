#include "snapshot/own_wasm.h"

#include <cstdint>

namespace nano {
namespace {

// V8 asks within the call, on its thread.
thread_local bool isCompiling = false;

}  // namespace

v8::MaybeLocal<v8::WasmModuleObject> compileOwnWasm(v8::Isolate* isolate, std::string_view binary) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(binary.data());
  isCompiling = true;
  auto module =
      v8::WasmModuleObject::Compile(isolate, v8::MemorySpan<const uint8_t>(bytes, binary.size()));
  isCompiling = false;
  return module;
}

bool isCompilingOwnWasm() { return isCompiling; }

}  // namespace nano
