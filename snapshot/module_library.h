#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nano {

// Why a library file is not used: one sentence.
struct LibraryMismatch {
  std::string reason;
};

// lib/nano/nano.library, mapped read-only: modules and data that few apps use (node: modules), each
// compressed by itself, shared by all isolates of the process.
//
// The file is a header, a directory (name, size, place and digest of each entry) and the entries.
// Header and directory are verified here, once; an entry when it is unpacked. The mapping stays
// valid after the descriptor is closed and after the process can open nothing any more.
class ModuleLibrary final {
 public:
  // What one entry may be, unpacked.
  static constexpr size_t kMaxEntryBytes = size_t{16} << 20;

  struct Source {
    std::string name;
    std::string_view bytes;
  };

  static std::variant<std::unique_ptr<ModuleLibrary>, LibraryMismatch> open(int fd);
  // The bytes of a library file; the same for the same entries in any order.
  static std::string encode(std::vector<Source> entries);

  ~ModuleLibrary();
  ModuleLibrary(const ModuleLibrary&) = delete;
  ModuleLibrary& operator=(const ModuleLibrary&) = delete;

  bool has(std::string_view name) const { return entries_.contains(name); }
  // In the order of their names.
  std::vector<std::string_view> names() const;
  // How large it is, unpacked; nothing for no such entry.
  std::optional<size_t> sizeOf(std::string_view name) const;
  // An entry, unpacked. Throws where it is damaged or there is none.
  std::string unpack(std::string_view name) const;

 private:
  struct Entry {
    size_t size = 0;
    std::string_view stored;
    uint64_t digest = 0;
  };

  explicit ModuleLibrary(std::string_view mapping) : mapping_(mapping) {}
  // Why the file is not used, or null.
  const char* read();

  std::string_view mapping_;
  std::map<std::string_view, Entry, std::less<>> entries_;
};

}  // namespace nano
