// nano-mksnapshot --js=DIR --out=FILE: runs the built-in JavaScript once and writes nano.snapshot.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>

#include "snapshot/builder.h"
#include "snapshot/v8_process.h"

namespace {

// The value of --NAME=VALUE, or empty.
std::string argument(int argc, char** argv, std::string_view name) {
  const std::string prefix = "--" + std::string(name) + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    if (text.starts_with(prefix)) return std::string(text.substr(prefix.size()));
  }
  return {};
}

// Never leaves half a file under the real name.
bool write(const std::string& path, const std::string& bytes) {
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file.good()) return false;
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  return !error;
}

}  // namespace

extern "C" int nano_main(int argc, char** argv, char**) {
  const std::string js = argument(argc, argv, "js");
  const std::string out = argument(argc, argv, "out");
  if (js.empty() || out.empty()) {
    std::fprintf(stderr, "usage: nano-mksnapshot --js=DIR --out=FILE\n");
    return 2;
  }
  nano::V8Process v8({.extraFlags = nano::kSnapshotSeeds});
  const auto result = nano::buildSnapshot(js);
  if (const auto* error = std::get_if<nano::SnapshotError>(&result)) {
    std::fprintf(stderr, "nano-mksnapshot: %s\n", error->message.c_str());
    return 1;
  }
  const auto& file = std::get<std::string>(result);
  if (!write(out, file)) {
    std::fprintf(stderr, "nano-mksnapshot: cannot write %s\n", out.c_str());
    return 1;
  }
  std::printf("%s: %zu bytes\n", out.c_str(), file.size());
  return 0;
}
