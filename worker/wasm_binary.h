#pragma once

#include <string_view>

namespace nano {

// Whether a WebAssembly module has a memory of its own that is shared: V8 would make it without
// asking anybody. `binary` is one that V8 has accepted; of anything else the answer is no.
bool declaresSharedMemory(std::string_view binary);

}  // namespace nano
