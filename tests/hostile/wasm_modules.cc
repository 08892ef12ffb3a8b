#include "tests/hostile/wasm_modules.h"

#include <cstdint>

namespace nano::test {

namespace {

// WebAssembly 1.0, section 5: ids of sections.
constexpr char kTypes = 1;
constexpr char kFunctions = 3;
constexpr char kMemories = 5;
constexpr char kExports = 7;
constexpr char kStart = 8;
constexpr char kCode = 10;

// LEB128.
std::string number(uint64_t value) {
  std::string bytes;
  do {
    auto byte = static_cast<char>(value & 0x7f);
    value >>= 7;
    bytes += static_cast<char>(byte | (value != 0 ? 0x80 : 0));
  } while (value != 0);
  return bytes;
}

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (int value : values)
    text += static_cast<char>(value);
  return text;
}

std::string section(char id, const std::string& content) {
  return std::string(1, id) + number(content.size()) + content;
}

std::string header() { return std::string("\0asm\1\0\0\0", 8); }

std::string exportOf(const char* name, char kind) {
  std::string text = name;
  return number(1) + number(text.size()) + text + std::string(1, kind) + number(0);
}

}  // namespace

std::string wasmThatLoops() {
  // No locals; loop (void) br 0 end end.
  std::string body = bytes({0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b});
  return header() + section(kTypes, bytes({1, 0x60, 0, 0})) + section(kFunctions, bytes({1, 0})) +
         section(kExports, exportOf("run", 0)) +
         section(kCode, number(1) + number(body.size()) + body);
}

std::string wasmThatLoopsAtItsStart() {
  std::string body = bytes({0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b});
  return header() + section(kTypes, bytes({1, 0x60, 0, 0})) + section(kFunctions, bytes({1, 0})) +
         section(kStart, number(0)) + section(kCode, number(1) + number(body.size()) + body);
}

std::string wasmOfNestedBlocks(size_t blocks) {
  // No locals; block ... end ... ; i32.const 42; end.
  std::string body(1, '\0');
  for (size_t i = 0; i < blocks; i++)
    body += bytes({0x02, 0x40});
  body += std::string(blocks, '\x0b') + bytes({0x41, 42, 0x0b});
  return header() + section(kTypes, bytes({1, 0x60, 0, 1, 0x7f})) +
         section(kFunctions, bytes({1, 0})) + section(kExports, exportOf("run", 0)) +
         section(kCode, number(1) + number(body.size()) + body);
}

std::string wasmOfManyFunctions(size_t functions, size_t bytesOfEach) {
  // No locals; nop ... ; i32.const 42; end.
  std::string body = bytes({0x00}) + std::string(bytesOfEach, '\1') + bytes({0x41, 42, 0x0b});
  std::string one = number(body.size()) + body;
  std::string types = number(functions) + std::string(functions, '\0');
  std::string code = number(functions);
  for (size_t i = 0; i < functions; i++)
    code += one;
  return header() + section(kTypes, bytes({1, 0x60, 0, 1, 0x7f})) + section(kFunctions, types) +
         section(kExports, exportOf("run", 0)) + section(kCode, code);
}

std::string wasmWithSharedMemory() {
  // Limits with a maximum, shared: flags 3, one page to one page (the threads proposal).
  return header() + section(kMemories, bytes({1, 3, 1, 1})) +
         section(kExports, exportOf("memory", 2));
}

std::string wasmThatCallsManyFunctions(size_t functions, size_t divisionsOfEach) {
  // No locals; i32.const 42; i32.const 1 i32.div_u ...; end. V8 compiles a function when it is
  // called.
  std::string body = bytes({0x00, 0x41, 42});
  for (size_t i = 0; i < divisionsOfEach; i++)
    body += bytes({0x41, 1, 0x6e});
  body += '\x0b';
  // No locals; call 1, drop; call 2, drop; ...; i32.const 42; end.
  std::string run(1, '\0');
  for (size_t i = 1; i <= functions; i++)
    run += '\x10' + number(i) + '\x1a';
  run += bytes({0x41, 42, 0x0b});
  std::string code = number(functions + 1) + number(run.size()) + run;
  for (size_t i = 0; i < functions; i++)
    code += number(body.size()) + body;
  return header() + section(kTypes, bytes({1, 0x60, 0, 1, 0x7f})) +
         section(kFunctions, number(functions + 1) + std::string(functions + 1, '\0')) +
         section(kExports, exportOf("run", 0)) + section(kCode, code);
}

}  // namespace nano::test
