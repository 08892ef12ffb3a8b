#include "snapshot/snapshot_cache.h"

#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

// Where a field is in the header of a file.
constexpr size_t kFormatVersion = 8;
constexpr size_t kV8Version = 16;
constexpr size_t kV8Flags = 64;
constexpr size_t kOpTable = 72;
constexpr size_t kHeaderBytes = 112;

std::string fileOf(std::string_view blob) {
  testProcess();
  return SnapshotCache::encode({blob.data(), blob.size()}, {"text one", "", "two"});
}

kj::AutoCloseFd memoryFile(const std::string& bytes) {
  kj::AutoCloseFd fd(memfd_create("snapshot", MFD_CLOEXEC));
  KJ_ASSERT(write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return fd;
}

std::string refusal(const std::string& bytes) {
  const auto result = SnapshotCache::open(memoryFile(bytes).get());
  const auto* mismatch = std::get_if<SnapshotMismatch>(&result);
  return mismatch == nullptr ? "accepted" : mismatch->reason;
}

std::string flipped(std::string bytes, size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

TEST(SnapshotCacheTest, AcceptsWhatItEncoded) {
  const auto result = SnapshotCache::open(memoryFile(fileOf("a blob")).get());
  const auto* cache = std::get_if<std::unique_ptr<SnapshotCache>>(&result);
  ASSERT_NE(cache, nullptr);
  v8::Isolate::CreateParams params;
  (*cache)->addTo(params);
  EXPECT_EQ(std::string(params.snapshot_blob->data, params.snapshot_blob->raw_size), "a blob");
  EXPECT_EQ((*cache)->blobBytes(), 6);
}

TEST(SnapshotCacheTest, NamesTheFieldThatDiffers) {
  const std::string file = fileOf("a blob");
  EXPECT_EQ(refusal(flipped(file, 0)), "the snapshot is not used: it is not a nano snapshot");
  EXPECT_EQ(refusal(flipped(file, kFormatVersion)),
            "the snapshot is not used: its format has another version");
  EXPECT_EQ(refusal(flipped(file, kV8Version)),
            "the snapshot is not used: it was made by another version of V8");
  EXPECT_EQ(refusal(flipped(file, kV8Flags)),
            "the snapshot is not used: it was made with other V8 flags");
  EXPECT_EQ(refusal(flipped(file, kOpTable)),
            "the snapshot is not used: it was made with another table of ops");
}

TEST(SnapshotCacheTest, HandsOutTheTextsInTheirOrder) {
  const auto result = SnapshotCache::open(memoryFile(fileOf("a blob")).get());
  v8::Isolate::CreateParams params;
  std::get<std::unique_ptr<SnapshotCache>>(result)->addTo(params);
  const intptr_t* texts = params.external_references + allOps().size();
  const auto at = [texts](size_t i) {
    const auto* source = reinterpret_cast<const SharedSource*>(texts[i]);
    return std::string(source->data(), source->length());
  };
  EXPECT_EQ(at(0), "text one");
  EXPECT_EQ(at(1), "");
  EXPECT_EQ(at(2), "two");
  EXPECT_EQ(texts[3], 0);
}

TEST(SnapshotCacheTest, RefusesADamagedBlob) {
  const std::string file = fileOf("a blob");
  for (size_t i = kHeaderBytes; i < file.size(); ++i) {
    EXPECT_EQ(refusal(flipped(file, i)), "the snapshot is not used: its checksum is wrong");
  }
}

TEST(SnapshotCacheTest, RefusesEveryTruncatedFile) {
  const std::string file = fileOf("a blob");
  EXPECT_EQ(refusal(""), "the snapshot is not used: it is empty");
  EXPECT_EQ(refusal(file.substr(0, kHeaderBytes - 1)),
            "the snapshot is not used: it is shorter than its header");
  EXPECT_EQ(refusal(file.substr(0, file.size() - 1)),
            "the snapshot is not used: its size is not what its header says");
  EXPECT_EQ(refusal(file + "x"), "the snapshot is not used: its size is not what its header says");
}

TEST(SnapshotCacheTest, OutlivesItsDescriptor) {
  auto fd = memoryFile(fileOf("a blob"));
  const auto result = SnapshotCache::open(fd.get());
  fd = nullptr;
  v8::Isolate::CreateParams params;
  std::get<std::unique_ptr<SnapshotCache>>(result)->addTo(params);
  EXPECT_EQ(params.snapshot_blob->data[0], 'a');
}

}  // namespace
}  // namespace nano
