#include "supervisor/version_store.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "protocol/limits.h"
#include "supervisor/content_hash.h"

namespace nano {
namespace {

constexpr char kManifest[] = "manifest.json";
constexpr char kModules[] = "modules";

bool isVersionId(const std::string& id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Writes modules, sorted by path, below `dir`, which all of them are in: their paths agree in the
// first `skip` bytes. A folder's modules stand together in the order, so it is made once.
void writeModules(DurableWriter& writer, int dir, size_t skip, std::span<const AppModule> modules,
                  std::span<const std::string> contents) {
  for (size_t i = 0; i < modules.size() && !writer.failed();) {
    const std::string& path = modules[i].path;
    size_t slash = path.find('/', skip);
    if (slash == std::string::npos) {
      writer.file(dir, path.substr(skip), contents[i]);
      ++i;
      continue;
    }
    std::string_view folder = std::string_view(path).substr(0, slash + 1);
    size_t end = i;
    while (end < modules.size() && modules[end].path.starts_with(folder))
      ++end;
    kj::AutoCloseFd child = writer.directory(dir, path.substr(skip, slash - skip));
    writeModules(writer, child, slash + 1, modules.subspan(i, end - i),
                 contents.subspan(i, end - i));
    i = end;
  }
  writer.sync(dir, "a folder of modules");
}

std::variant<std::string, DiskError> readModule(int modules, const AppModule& module) {
  kj::AutoCloseFd folder;
  int at = modules;
  std::string_view rest = module.path;
  for (size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    auto opened = openDirectory(at, std::string(rest.substr(0, slash)));
    if (auto* error = std::get_if<DiskError>(&opened)) return *error;
    folder = kj::mv(std::get<kj::AutoCloseFd>(opened));
    at = folder;
    rest.remove_prefix(slash + 1);
  }
  auto content = readFile(at, std::string(rest), kMaxBundleBytes);
  auto* bytes = std::get_if<std::string>(&content);
  if (bytes == nullptr) return content;
  if (bytes->size() != module.bytes || sha256Hex(*bytes) != module.sha256) {
    return DiskError{"its content is not what was deployed"};
  }
  return content;
}

}  // namespace

VersionStore::VersionStore(StateDir& state, int appDir, std::string path)
    : state_(state),
      appDir_(appDir),
      path_(std::move(path)) {}

VersionStore::Result VersionStore::write(const AppUpload& upload) {
  const std::string& id = upload.version.id;
  DurableWriter writer(state_.vfs());
  kj::AutoCloseFd versions = writer.durableDirectory(appDir_, "versions");
  if (writer.failed()) return *writer.error();
  if (isWhole(upload)) {
    // Perhaps left by a process that died between its rename and its sync.
    writer.sync(versions, "the directory of versions");
    if (writer.failed()) return *writer.error();
    return read(id);
  }
  auto there = openDirectory(versions, id);
  if (std::holds_alternative<kj::AutoCloseFd>(there)) {
    if (auto error = state_.discard(versions, id)) return *error;
  }
  std::string temp = state_.newTempName();
  kj::AutoCloseFd dir = writer.directory(state_.temp(), temp);
  writeTree(writer, dir, upload);
  writer.rename({state_.temp(), temp}, {versions, id});
  if (writer.failed()) {
    // Whatever this leaves goes at the next start.
    removeTree(state_.vfs(), state_.temp(), temp);
    return *writer.error();
  }
  writer.sync(versions, "the directory of versions");
  if (writer.failed()) return *writer.error();
  return read(id);
}

void VersionStore::writeTree(DurableWriter& writer, int dir, const AppUpload& upload) {
  kj::AutoCloseFd modules = writer.directory(dir, kModules);
  writeModules(writer, modules, 0, upload.version.modules, upload.contents);
  writer.file(dir, kManifest, manifestText(upload.version));
  writer.sync(dir, "the version's directory");
}

bool VersionStore::isWhole(const AppUpload& upload) {
  Result there = read(upload.version.id);
  auto* version = std::get_if<std::shared_ptr<const AppVersion>>(&there);
  return version != nullptr &&
         std::holds_alternative<std::vector<kj::Array<kj::byte>>>(loadModules(**version));
}

VersionStore::Result VersionStore::read(const std::string& id) {
  if (!isVersionId(id)) return DiskError{"'" + id + "' is no version's id"};
  auto versions = openDirectory(appDir_, "versions");
  if (auto* error = std::get_if<DiskError>(&versions)) return *error;
  auto dir = openDirectory(std::get<kj::AutoCloseFd>(versions), id);
  if (auto* error = std::get_if<DiskError>(&dir)) return *error;
  auto text = readFile(std::get<kj::AutoCloseFd>(dir), kManifest, kMaxManifestBytes);
  if (auto* error = std::get_if<DiskError>(&text)) return *error;
  auto parsed = parseManifest(std::get<std::string>(text));
  std::string directory = path_ + "/versions/" + id;
  if (auto* problem = std::get_if<std::string>(&parsed)) {
    return DiskError{directory + "/" + kManifest + ": " + *problem};
  }
  auto& version = std::get<AppVersion>(parsed);
  if (version.id != id) {
    return DiskError{directory + "/" + kManifest + ": its content is not what was deployed"};
  }
  version.directory = directory;
  return std::make_shared<const AppVersion>(std::move(version));
}

std::optional<DiskError> VersionStore::remove(const std::string& id) {
  auto versions = openDirectory(appDir_, "versions");
  if (auto* error = std::get_if<DiskError>(&versions)) return *error;
  return state_.discard(std::get<kj::AutoCloseFd>(versions), id);
}

std::optional<DiskError> VersionStore::keepOnly(const std::vector<std::string>& ids) {
  auto opened = openDirectory(appDir_, "versions");
  if (auto* error = std::get_if<DiskError>(&opened)) return *error;
  auto& versions = std::get<kj::AutoCloseFd>(opened);
  auto entries = directoryEntries(versions);
  if (auto* error = std::get_if<DiskError>(&entries)) return *error;
  for (const std::string& entry : std::get<std::vector<std::string>>(entries)) {
    if (std::find(ids.begin(), ids.end(), entry) != ids.end()) continue;
    if (auto error = state_.discard(versions, entry)) return error;
  }
  return std::nullopt;
}

std::variant<std::vector<kj::Array<kj::byte>>, std::string> loadModules(const AppVersion& version) {
  auto dir = openDirectory(AT_FDCWD, version.directory);
  if (auto* error = std::get_if<DiskError>(&dir)) return error->message;
  auto modules = openDirectory(std::get<kj::AutoCloseFd>(dir), kModules);
  if (auto* error = std::get_if<DiskError>(&modules)) {
    return version.directory + ": " + error->message;
  }
  std::vector<kj::Array<kj::byte>> contents;
  for (const AppModule& module : version.modules) {
    auto content = readModule(std::get<kj::AutoCloseFd>(modules), module);
    if (auto* error = std::get_if<DiskError>(&content)) {
      return version.directory + "/" + kModules + "/" + module.path + ": " + error->message;
    }
    const auto& bytes = std::get<std::string>(content);
    auto copy = kj::heapArray<kj::byte>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), copy.begin());
    contents.push_back(kj::mv(copy));
  }
  return contents;
}

}  // namespace nano
