#include "supervisor/durable_writer.h"

#include <cerrno>

#include "supervisor/app_names.h"

namespace nano {
namespace {

// Below a temporary directory: a tenant's, an app's, "versions", a version's, "modules", and the
// folders of a module's path.
constexpr size_t kMaxTreeDepth = kMaxModulePathDepth + 6;

std::optional<DiskError> removeBelow(Vfs& vfs, int parent, const std::string& name, size_t depth) {
  int result = vfs.removeFile(parent, name);
  if (result >= 0 || result == -ENOENT) return std::nullopt;
  if (result != -EISDIR && result != -EPERM) return diskError("remove " + name, -result);
  if (depth == 0) return DiskError{"cannot remove " + name + ": it is nested too deep"};
  auto opened = openDirectory(parent, name);
  if (auto* error = std::get_if<DiskError>(&opened)) return *error;
  auto& dir = std::get<kj::AutoCloseFd>(opened);
  auto entries = directoryEntries(dir);
  if (auto* error = std::get_if<DiskError>(&entries)) return *error;
  for (const std::string& entry : std::get<std::vector<std::string>>(entries)) {
    if (auto error = removeBelow(vfs, dir, entry, depth - 1)) return error;
  }
  result = vfs.removeDirectory(parent, name);
  if (result < 0) return diskError("remove the directory " + name, -result);
  return std::nullopt;
}

}  // namespace

kj::AutoCloseFd DurableWriter::directory(int parent, const std::string& name) {
  if (failed()) return kj::AutoCloseFd();
  int result = vfs_.makeDirectory(parent, name);
  if (result < 0 && result != -EEXIST) {
    fail("make the directory " + name, -result);
    return kj::AutoCloseFd();
  }
  auto opened = openDirectory(parent, name);
  if (auto* error = std::get_if<DiskError>(&opened)) {
    error_ = *error;
    return kj::AutoCloseFd();
  }
  return kj::mv(std::get<kj::AutoCloseFd>(opened));
}

// Synced also when it was there already: the process that made it may have died before its sync.
kj::AutoCloseFd DurableWriter::durableDirectory(int parent, const std::string& name) {
  kj::AutoCloseFd dir = directory(parent, name);
  sync(parent, "the directory of " + name);
  return dir;
}

void DurableWriter::file(int parent, const std::string& name, std::string_view content) {
  if (failed()) return;
  Vfs::Opened opened = vfs_.create(parent, name);
  if (opened.error != 0) return fail("make the file " + name, opened.error);
  auto rest = std::as_bytes(std::span(content.data(), content.size()));
  while (!rest.empty()) {
    ssize_t written = vfs_.write(opened.fd, rest);
    if (written < 0) return fail("write " + name, static_cast<int>(-written));
    rest = rest.subspan(static_cast<size_t>(written));
  }
  sync(opened.fd, name);
}

void DurableWriter::sync(int dir, const std::string& name) {
  if (failed()) return;
  int result = vfs_.sync(dir);
  if (result < 0) fail("sync " + name + " to the disk", -result);
}

void DurableWriter::removeFile(int parent, const std::string& name) {
  if (failed()) return;
  int result = vfs_.removeFile(parent, name);
  if (result < 0 && result != -ENOENT) fail("remove " + name, -result);
}

void DurableWriter::rename(Vfs::Place from, Vfs::Place to) {
  if (failed()) return;
  int result = vfs_.rename(from, to);
  if (result < 0) fail("rename " + from.name + " to " + to.name, -result);
}

void DurableWriter::fail(const std::string& what, int error) { error_ = diskError(what, error); }

std::optional<DiskError> removeTree(Vfs& vfs, int parent, const std::string& name) {
  return removeBelow(vfs, parent, name, kMaxTreeDepth);
}

}  // namespace nano
