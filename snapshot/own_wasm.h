#pragma once

#include <string_view>

#include <v8.h>

namespace nano {

// WebAssembly that nano compiles for an app, whatever the app may compile itself: its .wasm
// modules, and what is in nano.library.

// Empty: an exception is pending. Only in a process that compiles code.
v8::MaybeLocal<v8::WasmModuleObject> compileOwnWasm(v8::Isolate* isolate, std::string_view binary);

// Whether that is what V8 asks about (v8::Isolate::SetAllowWasmCodeGenerationCallback).
bool isCompilingOwnWasm();

}  // namespace nano
