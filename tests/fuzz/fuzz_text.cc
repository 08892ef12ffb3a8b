#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <kj/debug.h>

#include "nanoctl/app_config.h"
#include "nanoctl/jsonc.h"
#include "supervisor/app_manifest.h"
#include "supervisor/deploy_request.h"
#include "supervisor/header_parameters.h"
#include "supervisor/http_authority.h"
#include "supervisor/multipart.h"
#include "supervisor/route_pattern.h"
#include "tests/fuzz/fuzz_targets.h"

namespace nano::fuzz {
namespace {

std::string_view text(Bytes input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

// A folder of this process, gone when it ends.
class Folder final {
 public:
  Folder() {
    char name[] = "/tmp/nano-fuzz-XXXXXX";
    KJ_ASSERT(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

int fuzzManifest(Bytes input) {
  auto parsed = parseManifest(text(input));
  auto* version = std::get_if<AppVersion>(&parsed);
  if (version == nullptr) return 0;
  // What is accepted has one form, which says the same.
  std::string again = manifestText(*version);
  auto reparsed = parseManifest(again);
  KJ_ASSERT(std::holds_alternative<AppVersion>(reparsed));
  KJ_ASSERT(manifestText(std::get<AppVersion>(reparsed)) == again);
  return 0;
}

int fuzzDeploy(Bytes input) {
  constexpr char kType[] = "multipart/form-data; boundary=b";
  auto parts = parseMultipart(kType, text(input));
  if (auto* found = std::get_if<std::vector<FormPart>>(&parts)) {
    auto request = parseDeployRequest("tenant", "app", *found);
    if (auto* deploy = std::get_if<DeployRequest>(&request)) uploadProblem(deploy->upload);
  }
  return 0;
}

int fuzzRoute(Bytes input) {
  auto line = text(input);
  isAuthority(line);
  parseHeaderParameters(line);
  auto parsed = parseRoutePattern(line);
  auto* route = std::get_if<RoutePattern>(&parsed);
  if (route == nullptr) return 0;
  auto again = parseRoutePattern(route->text());
  KJ_ASSERT(std::holds_alternative<RoutePattern>(again));
  KJ_ASSERT(std::get<RoutePattern>(again) == *route);
  return 0;
}

int fuzzAppConfig(Bytes input) {
  if (input.empty()) return 0;
  static constexpr const char* kNames[] = {"wrangler.jsonc", "wrangler.toml", "nano.jsonc"};
  static const Folder kFolder;
  auto content = text(input.subspan(1));
  KJ_ASSERT(withoutComments(content).size() == content.size());
  std::string file = kFolder.path() + "/" + kNames[input[0] % 3];
  std::ofstream(file, std::ios::binary) << content;
  static_cast<void>(readAppConfig(kFolder.path()));
  unlink(file.c_str());
  return 0;
}

}  // namespace nano::fuzz
