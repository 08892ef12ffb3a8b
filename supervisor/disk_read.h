#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include <kj/io.h>

namespace nano {

// What the disk would not do, as a sentence for the operator.
struct DiskError {
  std::string message;
};

// "cannot WHAT: No space left on device"
DiskError diskError(const std::string& what, int error);

// Opens the directory `name` itself, not what a symbolic link points to.
std::variant<kj::AutoCloseFd, DiskError> openDirectory(int parent, const std::string& name);

// The bytes of the regular file `name`, if there are at most `maxBytes`. Never blocks on a pipe,
// never follows a symbolic link.
std::variant<std::string, DiskError> readFile(int parent, const std::string& name, size_t maxBytes);

// The names in a directory, sorted, without "." and "..".
std::variant<std::vector<std::string>, DiskError> directoryEntries(int dir);

}  // namespace nano
