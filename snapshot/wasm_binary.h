#pragma once

#include <cstddef>
#include <string_view>

namespace nano {

// What is in a WebAssembly module, by its sections. `binary` is any bytes.

// Whether a WebAssembly module has a memory of its own that is shared: V8 would make it without
// asking anybody. `binary` is one that V8 has accepted; of anything else the answer is no.
bool declaresSharedMemory(std::string_view binary);

// About how much memory V8 keeps for a module outside its heap, before any of its functions is
// compiled.
size_t wasmModuleBytes(std::string_view binary);

}  // namespace nano
