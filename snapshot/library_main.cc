// nano-mklibrary --from=DIR --out=FILE: packs a folder of bundled modules and data into
// nano.library. DIR/node/fs/promises.js becomes node:fs/promises and DIR/nano/x.js nano:x; any
// other file keeps its path.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <kj/debug.h>
#include <kj/exception.h>

#include "snapshot/module_library.h"

namespace {

namespace fs = std::filesystem;

std::string argument(int argc, char** argv, std::string_view name) {
  const std::string prefix = "--" + std::string(name) + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    if (text.starts_with(prefix)) return std::string(text.substr(prefix.size()));
  }
  return {};
}

std::string entryName(std::string path) {
  constexpr std::string_view kEnding = ".js";
  const size_t slash = path.find('/');
  const std::string scheme = path.substr(0, slash);
  if ((scheme != "node" && scheme != "nano") || !path.ends_with(kEnding)) return path;
  path.resize(path.size() - kEnding.size());
  path[slash] = ':';
  return path;
}

std::string readFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  KJ_REQUIRE(stream.is_open(), "cannot read", path.c_str());
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

void pack(const std::string& from, const std::string& out) {
  std::list<std::string> contents;
  std::vector<nano::ModuleLibrary::Source> entries;
  for (const auto& file : fs::recursive_directory_iterator(from)) {
    if (!file.is_regular_file()) continue;
    contents.push_back(readFile(file.path()));
    entries.push_back({entryName(fs::relative(file.path(), from).string()), contents.back()});
  }
  const size_t count = entries.size();
  const std::string bytes = nano::ModuleLibrary::encode(std::move(entries));
  // Never leaves half a file under the real name.
  const std::string draft = out + ".new";
  std::ofstream stream(draft, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  KJ_REQUIRE(stream.good(), "cannot write", draft.c_str());
  fs::rename(draft, out);
  std::printf("%s: %zu entries, %zu bytes\n", out.c_str(), count, bytes.size());
}

}  // namespace

extern "C" int nano_main(int argc, char** argv, char**) {
  const std::string from = argument(argc, argv, "from");
  const std::string out = argument(argc, argv, "out");
  if (from.empty() || out.empty()) {
    std::fprintf(stderr, "usage: nano-mklibrary --from=DIR --out=FILE\n");
    return 2;
  }
  int code = 0;
  KJ_IF_MAYBE(exception, kj::runCatchingExceptions([&from, &out]() { pack(from, out); })) {
    std::fprintf(stderr, "nano-mklibrary: %s\n", exception->getDescription().cStr());
    code = 1;
  }
  std::fflush(stdout);
  return code;
}
