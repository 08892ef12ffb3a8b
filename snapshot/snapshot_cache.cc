#include "snapshot/snapshot_cache.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstring>

#include <kj/debug.h>

#include "snapshot/digest.h"
#include "snapshot/op_table.h"
#include "snapshot/v8_process.h"

namespace nano {

namespace {

constexpr std::array<char, 8> kMagic = {'n', 'a', 'n', 'o', 's', 'n', 'a', 'p'};
constexpr uint32_t kFormatVersion = 5;

// The start of a snapshot file. Every field is compared as a whole; the blob follows at a multiple
// of 16 bytes, as V8 wants it.
struct Header {
  std::array<char, 8> magic;
  uint32_t formatVersion;
  uint32_t headerBytes;
  std::array<char, 48> v8Version;  // V8::GetVersion(), padded with zeros.
  uint64_t v8FlagsDigest;          // Of kV8Flags.
  uint64_t opTableDigest;
  uint64_t blobBytes;
  uint32_t plainTextCount;  // They come first.
  uint32_t textCount;       // With these.
  uint64_t textBytes;       // A size of 64 bits for each, then the texts.
  uint64_t checksum;        // Of all before and all that follows.
};
static_assert(sizeof(Header) % 16 == 0);

uint64_t digestOf(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.value();
}

uint64_t checksumOf(const Header& header, std::string_view rest) {
  Digest digest;
  digest.add({reinterpret_cast<const char*>(&header), offsetof(Header, checksum)});
  digest.add(rest);
  return digest.value();
}

// The header that this program writes and expects. V8's own version tag
// (ScriptCompiler::CachedDataVersionTag) is not used: it holds the processor's features, which a
// code cache depends on and a snapshot does not, so a packaged snapshot would be refused on other
// machines.
Header expectedHeader() {
  Header header{};
  header.magic = kMagic;
  header.formatVersion = kFormatVersion;
  header.headerBytes = sizeof(Header);
  const std::string_view version = v8::V8::GetVersion();
  KJ_REQUIRE(version.size() < header.v8Version.size());
  version.copy(header.v8Version.data(), version.size());
  header.v8FlagsDigest = digestOf(kV8Flags);
  header.opTableDigest = opTableDigest();
  return header;
}

const char* firstDifference(const Header& found, const Header& expected) {
  if (found.magic != expected.magic) return "it is not a nano snapshot";
  if (found.formatVersion != expected.formatVersion) return "its format has another version";
  if (found.headerBytes != expected.headerBytes) return "its header has another size";
  if (found.v8Version != expected.v8Version) return "it was made by another version of V8";
  if (found.v8FlagsDigest != expected.v8FlagsDigest) return "it was made with other V8 flags";
  if (found.opTableDigest != expected.opTableDigest) return "it was made with another table of ops";
  return nullptr;
}

// Why the file is not used, or null.
const char* verify(std::string_view file, Header& header) {
  if (file.size() < sizeof(Header)) return "it is shorter than its header";
  std::memcpy(&header, file.data(), sizeof header);
  const char* difference = firstDifference(header, expectedHeader());
  if (difference != nullptr) return difference;
  const auto rest = file.substr(sizeof(Header));
  if (header.blobBytes > rest.size() || header.textBytes != rest.size() - header.blobBytes) {
    return "its size is not what its header says";
  }
  if (header.checksum != checksumOf(header, rest)) return "its checksum is wrong";
  return nullptr;
}

// The checksum held: these bytes are as encode() wrote them.
SharedTexts readTexts(std::string_view bytes, const Header& header) {
  SharedTexts texts;
  uint64_t size = 0;
  const size_t sizes = header.textCount * sizeof size;
  KJ_REQUIRE(bytes.size() >= sizes && header.plainTextCount <= header.textCount);
  std::string_view rest = bytes.substr(sizes);
  for (size_t i = 0; i < header.textCount; ++i) {
    std::memcpy(&size, bytes.data() + i * sizeof size, sizeof size);
    KJ_REQUIRE(rest.size() >= size);
    auto& list = i < header.plainTextCount ? texts.plain : texts.compressed;
    list.push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  const size_t plainBytes = texts.compressed.empty()
                                ? bytes.size() - sizes
                                : texts.compressed.front().data() - (bytes.data() + sizes);
  texts.dictionary = bytes.substr(sizes, plainBytes);
  return texts;
}

}  // namespace

std::variant<std::unique_ptr<SnapshotCache>, SnapshotMismatch> SnapshotCache::open(int fd) {
  struct stat status {};
  KJ_SYSCALL(fstat(fd, &status));
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return SnapshotMismatch{"the snapshot is not used: it is empty"};
  void* start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (start == MAP_FAILED) KJ_FAIL_SYSCALL("mmap of the snapshot", errno, size);

  const std::string_view file(static_cast<const char*>(start), size);
  Header header;
  const char* difference = verify(file, header);
  if (difference != nullptr) {
    munmap(start, size);
    return SnapshotMismatch{std::string("the snapshot is not used: ") + difference};
  }
  const auto rest = file.substr(sizeof(Header));
  const v8::StartupData blob{rest.data(), static_cast<int>(header.blobBytes)};
  const auto texts = readTexts(rest.substr(header.blobBytes), header);
  return std::unique_ptr<SnapshotCache>(new SnapshotCache(file, texts, blob));
}

std::string SnapshotCache::encode(std::span<const char> blob, const SharedTexts& texts) {
  std::string rest(blob.data(), blob.size());
  for (const auto& list : {texts.plain, texts.compressed}) {
    for (const auto text : list) {
      const uint64_t size = text.size();
      rest.append(reinterpret_cast<const char*>(&size), sizeof size);
    }
  }
  for (const auto& list : {texts.plain, texts.compressed}) {
    for (const auto text : list)
      rest.append(text);
  }
  Header header = expectedHeader();
  header.blobBytes = blob.size();
  header.plainTextCount = static_cast<uint32_t>(texts.plain.size());
  header.textCount = static_cast<uint32_t>(texts.plain.size() + texts.compressed.size());
  header.textBytes = rest.size() - blob.size();
  header.checksum = checksumOf(header, rest);
  return std::string(reinterpret_cast<const char*>(&header), sizeof header).append(rest);
}

SnapshotCache::~SnapshotCache() { munmap(const_cast<char*>(mapping_.data()), mapping_.size()); }

void SnapshotCache::addTo(v8::Isolate::CreateParams& params) const {
  params.snapshot_blob = &blob_;
  params.external_references = sources_.references();
}

}  // namespace nano
