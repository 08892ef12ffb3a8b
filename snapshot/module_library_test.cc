#include "snapshot/module_library.h"

#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

namespace nano {
namespace {

kj::AutoCloseFd fileOf(const std::string& bytes) {
  const int fd = memfd_create("library", MFD_CLOEXEC);
  KJ_SYSCALL(fd);
  kj::AutoCloseFd file(fd);
  KJ_REQUIRE(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return file;
}

std::unique_ptr<ModuleLibrary> opened(const std::string& bytes) {
  auto result = ModuleLibrary::open(fileOf(bytes));
  KJ_REQUIRE(std::holds_alternative<std::unique_ptr<ModuleLibrary>>(result));
  return std::move(std::get<std::unique_ptr<ModuleLibrary>>(result));
}

std::string refusal(const std::string& bytes) {
  auto result = ModuleLibrary::open(fileOf(bytes));
  const auto* mismatch = std::get_if<LibraryMismatch>(&result);
  return mismatch == nullptr ? "" : mismatch->reason;
}

std::string flipped(std::string bytes, size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

const std::string kBinary("\0asm\xff\0", 6);

std::string example() {
  return ModuleLibrary::encode({{"node:b", "exports.b = 1;"}, {"a.wasm", kBinary}, {"node:c", ""}});
}

TEST(ModuleLibraryTest, GivesBackWhatWasPutIn) {
  const auto library = opened(example());
  EXPECT_EQ(library->names(), (std::vector<std::string_view>{"a.wasm", "node:b", "node:c"}));
  EXPECT_EQ(library->unpack("node:b"), "exports.b = 1;");
  EXPECT_EQ(library->unpack("a.wasm"), kBinary);
  EXPECT_EQ(library->unpack("node:c"), "");
  EXPECT_EQ(library->sizeOf("a.wasm"), 6);
  EXPECT_FALSE(library->has("node:d"));
  EXPECT_FALSE(library->sizeOf("node:d").has_value());
}

TEST(ModuleLibraryTest, HasTheSameBytesInWhateverOrderItsEntriesCome) {
  EXPECT_EQ(ModuleLibrary::encode({{"a", "1"}, {"b", "2"}}),
            ModuleLibrary::encode({{"b", "2"}, {"a", "1"}}));
}

TEST(ModuleLibraryTest, RefusesWhatIsDamaged) {
  const std::string file = example();
  EXPECT_EQ(refusal(""), "the library is not used: it is empty");
  EXPECT_EQ(refusal("nano"), "the library is not used: it is shorter than its header");
  EXPECT_EQ(refusal(flipped(file, 0)), "the library is not used: it is not a nano library");
  EXPECT_EQ(refusal(flipped(file, 8)), "the library is not used: its format has another version");
  EXPECT_EQ(refusal(flipped(file, 50)), "the library is not used: its checksum is wrong");
  EXPECT_EQ(refusal(file.substr(0, file.size() - 1)),
            "the library is not used: its size is not what its header says");
}

TEST(ModuleLibraryTest, FindsADamagedEntryWhenItIsUnpacked) {
  const std::string file = example();
  const auto library = opened(flipped(file, file.size() - 1));
  EXPECT_EQ(library->unpack("a.wasm"), kBinary);
  const auto damage = kj::runCatchingExceptions([&library]() { library->unpack("node:c"); });
  KJ_IF_MAYBE(exception, damage) {
    EXPECT_NE(std::string(exception->getDescription().cStr()).find("damaged"), std::string::npos);
  } else {
    FAIL() << "a damaged entry was unpacked";
  }
}

}  // namespace
}  // namespace nano
