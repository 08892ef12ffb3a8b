#include "snapshot/wasm_binary.h"

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

using namespace std::string_literals;

const std::string kHeader = "\0asm\1\0\0\0"s;

TEST(WasmBinaryTest, SeesASharedMemory) {
  // (memory 1 2 shared)
  EXPECT_TRUE(declaresSharedMemory(kHeader + "\5\4\1\3\1\2"s));
  // After a section of types, and as the second one.
  EXPECT_TRUE(declaresSharedMemory(kHeader + "\1\4\1\x60\0\0"s + "\5\6\2\0\1\3\1\2"s));
  // With numbers that are longer than they need be.
  EXPECT_TRUE(declaresSharedMemory(kHeader + "\5\x86\x80\0\x81\0\3\1\2\0"s));
}

TEST(WasmBinaryTest, LetsOtherModulesThrough) {
  EXPECT_FALSE(declaresSharedMemory(kHeader));
  EXPECT_FALSE(declaresSharedMemory(kHeader + "\5\3\1\0\1"s));
  EXPECT_FALSE(declaresSharedMemory(kHeader + "\5\4\1\1\1\2"s));
  // The bytes of a shared memory inside a custom section.
  EXPECT_FALSE(declaresSharedMemory(kHeader + "\0\6\5\4\1\3\1\2"s));
}

TEST(WasmBinaryTest, EndsWhereTheBytesEnd) {
  const std::string whole = kHeader + "\5\4\1\1\1\2"s;
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(declaresSharedMemory(whole.substr(0, size)));
  EXPECT_FALSE(declaresSharedMemory(kHeader + "\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"s));
}

TEST(WasmBinaryTest, AModuleTakesMemoryForItsBytesAndForEachFunction) {
  // (type (func)), then three functions of it.
  const std::string types = kHeader + "\1\4\1\x60\0\0"s;
  const std::string three = types + "\3\4\3\0\0\0"s;
  EXPECT_NEAR(static_cast<double>(wasmModuleBytes(three) - wasmModuleBytes(types)), 3 * 128 + 7, 4);
  EXPECT_GT(wasmModuleBytes(types + std::string(4096, '\0')), wasmModuleBytes(types) + 4096);
  // A count that the bytes cannot hold.
  EXPECT_LT(wasmModuleBytes(types + "\3\6\xff\xff\xff\xff\x0f\0"s), 64u << 10);
  EXPECT_GT(wasmModuleBytes(""), 0u);
}

}  // namespace
}  // namespace nano
