#pragma once

#include <cstddef>
#include <string>

namespace nano::test {

// (module (func (export "run") (loop (br 0))))
std::string wasmThatLoops();

// (module (start 0) (func (loop (br 0)))): whoever makes an instance of it.
std::string wasmThatLoopsAtItsStart();

// "run" is one function of so many blocks, each inside of the one before.
std::string wasmOfNestedBlocks(size_t blocks);

// So many functions of so many bytes each; "run" returns 42.
std::string wasmOfManyFunctions(size_t functions, size_t bytesOfEach);

// Defines and exports a shared memory, "memory", as the threads proposal has it.
std::string wasmWithSharedMemory();
// "run" calls as many other functions, one after the other, of so many divisions each.
std::string wasmThatCallsManyFunctions(size_t functions, size_t divisionsOfEach);

}  // namespace nano::test
