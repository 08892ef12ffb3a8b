#include "worker/wasm_binary.h"

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

}  // namespace
}  // namespace nano
