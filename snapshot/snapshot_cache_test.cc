#include "snapshot/snapshot_cache.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

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
constexpr size_t kPlainTextCount = 88;
constexpr size_t kTextCount = 92;
constexpr size_t kHeaderBytes = 112;

std::string fileOf(std::string_view blob) {
  testProcess();
  const SharedTexts texts{{"text one", ""}, {"two"}, "text one"};
  return SnapshotCache::encode({blob.data(), blob.size()}, texts);
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
  // After the ops and the getters of lazy properties.
  const intptr_t* end = params.external_references;
  while (*end != 0)
    ++end;
  const intptr_t* texts = end - 3;
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

// The fuzz target of the file's header, here because it needs V8: the same changes every time.
class FileMutator final {
 public:
  std::string mutate(std::string file) {
    for (size_t steps = 1 + below(3); steps > 0; --steps)
      step(file);
    return file;
  }

 private:
  size_t below(size_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % limit;
  }
  void step(std::string& file) {
    if (file.size() < sizeof(uint64_t)) return;
    // Whole fields more often than not: sizes and counts are words.
    const size_t word =
        below(std::min(file.size(), kHeaderBytes) / sizeof(uint64_t)) * sizeof(uint64_t);
    uint64_t value = 0;
    memcpy(&value, &file[word], sizeof value);
    constexpr uint64_t kEdges[] = {0, 1, 127, 1u << 31, UINT32_MAX, INT64_MAX, UINT64_MAX};
    switch (below(5)) {
      case 0:
        value = kEdges[below(std::size(kEdges))];
        break;
      case 1:
        value += below(64);
        break;
      case 2:
        value -= below(64);
        break;
      case 3:
        file[below(file.size())] ^= static_cast<char>(1u << below(8));
        return;
      case 4:
        file.resize(below(2 * file.size()));
        return;
    }
    memcpy(&file[word], &value, sizeof value);
  }

  uint64_t state_ = 1;
};

TEST(SnapshotCacheTest, RefusesEveryFileThatIsNotAsItWasWritten) {
  const std::string file = fileOf("a blob");
  FileMutator mutator;
  for (int i = 0; i < 20'000; ++i) {
    const std::string mutated = mutator.mutate(file);
    if (mutated == file) continue;
    const std::string reason = refusal(mutated);
    ASSERT_TRUE(reason.starts_with("the snapshot is not used: it")) << i << ": " << reason;
  }
}

TEST(SnapshotCacheTest, RefusesAnotherNumberOfTexts) {
  const std::string file = fileOf("a blob");
  for (const size_t field : {kPlainTextCount, kTextCount}) {
    for (const char count : {0, 1, 4, 127}) {
      std::string changed = file;
      changed[field] = count;
      EXPECT_EQ(refusal(changed), "the snapshot is not used: its checksum is wrong");
    }
  }
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
