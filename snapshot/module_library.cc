#include "snapshot/module_library.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include <kj/debug.h>

#include "snapshot/brotli.h"
#include "snapshot/digest.h"

namespace nano {

namespace {

constexpr std::array<char, 8> kMagic = {'n', 'a', 'n', 'o', 'l', 'i', 'b', 'r'};
constexpr uint32_t kFormatVersion = 1;
// Brotli's best, and the longest way back that its decoders take without being told.
constexpr int kQuality = 11;
constexpr int kWindow = 24;
constexpr int kGeneric = 0;
constexpr size_t kMaxNameBytes = 255;

struct Header {
  std::array<char, 8> magic;
  uint32_t formatVersion;
  uint32_t entryCount;
  uint64_t directoryBytes;
  uint64_t dataBytes;
  uint64_t checksum;  // Of all before, and of the directory.
};

// A line of the directory; the name follows it.
struct Line {
  uint64_t bytes;
  uint64_t storedBytes;
  uint64_t offset;  // Among the data.
  uint64_t digest;  // Of what is stored.
  uint64_t nameBytes;
};

template <typename T>
std::string_view bytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

uint64_t digestOf(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.value();
}

uint64_t checksumOf(const Header& header, std::string_view directory) {
  Digest digest;
  digest.add(bytesOf(header).substr(0, offsetof(Header, checksum)));
  digest.add(directory);
  return digest.value();
}

std::string compressed(std::string_view bytes) {
  size_t size = BrotliEncoderMaxCompressedSize(bytes.size());
  std::string out(size, '\0');
  KJ_REQUIRE(BrotliEncoderCompress(kQuality, kWindow, kGeneric, bytes.size(),
                                   reinterpret_cast<const uint8_t*>(bytes.data()), &size,
                                   reinterpret_cast<uint8_t*>(out.data())) == 1);
  out.resize(size);
  return out;
}

}  // namespace

std::variant<std::unique_ptr<ModuleLibrary>, LibraryMismatch> ModuleLibrary::open(int fd) {
  struct stat status {};
  KJ_SYSCALL(fstat(fd, &status));
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return LibraryMismatch{"the library is not used: it is empty"};
  void* start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (start == MAP_FAILED) KJ_FAIL_SYSCALL("mmap of the library", errno, size);
  std::unique_ptr<ModuleLibrary> library(
      new ModuleLibrary({static_cast<const char*>(start), size}));
  const char* difference = library->read();
  if (difference != nullptr) {
    return LibraryMismatch{std::string("the library is not used: ") + difference};
  }
  return library;
}

const char* ModuleLibrary::read() {
  Header header;
  if (mapping_.size() < sizeof header) return "it is shorter than its header";
  std::memcpy(&header, mapping_.data(), sizeof header);
  if (header.magic != kMagic) return "it is not a nano library";
  if (header.formatVersion != kFormatVersion) return "its format has another version";
  const auto rest = mapping_.substr(sizeof header);
  if (header.directoryBytes > rest.size() ||
      header.dataBytes != rest.size() - header.directoryBytes) {
    return "its size is not what its header says";
  }
  auto directory = rest.substr(0, header.directoryBytes);
  const auto data = rest.substr(header.directoryBytes);
  if (header.checksum != checksumOf(header, directory)) return "its checksum is wrong";
  for (uint32_t i = 0; i < header.entryCount; ++i) {
    Line line;
    if (directory.size() < sizeof line) return "its directory is cut off";
    std::memcpy(&line, directory.data(), sizeof line);
    directory.remove_prefix(sizeof line);
    if (line.nameBytes > directory.size() || line.bytes > kMaxEntryBytes ||
        line.offset > data.size() || line.storedBytes > data.size() - line.offset) {
      return "its directory leads out of it";
    }
    entries_[directory.substr(0, line.nameBytes)] = {
        line.bytes, data.substr(line.offset, line.storedBytes), line.digest};
    directory.remove_prefix(line.nameBytes);
  }
  return nullptr;
}

std::string ModuleLibrary::encode(std::vector<Source> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Source& a, const Source& b) { return a.name < b.name; });
  std::string directory;
  std::string data;
  for (const auto& entry : entries) {
    KJ_REQUIRE(entry.bytes.size() <= kMaxEntryBytes, "too large for the library",
               entry.name.c_str());
    KJ_REQUIRE(entry.name.size() <= kMaxNameBytes);
    const std::string stored = compressed(entry.bytes);
    const Line line{entry.bytes.size(), stored.size(), data.size(), digestOf(stored),
                    entry.name.size()};
    directory.append(bytesOf(line)).append(entry.name);
    data += stored;
  }
  Header header{kMagic,           kFormatVersion, static_cast<uint32_t>(entries.size()),
                directory.size(), data.size(),    0};
  header.checksum = checksumOf(header, directory);
  return std::string(bytesOf(header)).append(directory).append(data);
}

ModuleLibrary::~ModuleLibrary() { munmap(const_cast<char*>(mapping_.data()), mapping_.size()); }

std::vector<std::string_view> ModuleLibrary::names() const {
  std::vector<std::string_view> names;
  names.reserve(entries_.size());
  for (const auto& entry : entries_)
    names.push_back(entry.first);
  return names;
}

std::optional<size_t> ModuleLibrary::sizeOf(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return found->second.size;
}

std::string ModuleLibrary::unpack(std::string_view name) const {
  const auto found = entries_.find(name);
  KJ_REQUIRE(found != entries_.end(), "the library has no such entry", std::string(name).c_str());
  const Entry& entry = found->second;
  KJ_REQUIRE(digestOf(entry.stored) == entry.digest, "an entry of the library is damaged",
             std::string(name).c_str());
  std::string bytes(entry.size, '\0');
  size_t written = bytes.size();
  const auto result = BrotliDecoderDecompress(entry.stored.size(),
                                              reinterpret_cast<const uint8_t*>(entry.stored.data()),
                                              &written, reinterpret_cast<uint8_t*>(bytes.data()));
  KJ_REQUIRE(result == BROTLI_DECODER_RESULT_SUCCESS && written == entry.size,
             "an entry of the library is damaged", std::string(name).c_str());
  return bytes;
}

}  // namespace nano
