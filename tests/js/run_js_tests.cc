// nano-js-test [--snapshot=FILE] [--library=FILE] [--dir=DIR] [--gtest_filter=...]: runs every
// test() of DIR/*_test.js as one GoogleTest case, each in a fresh isolate from the real snapshot.

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

#include "snapshot/crypto/library.h"
#include "tests/js/js_world.h"

namespace {

using nano::JsWorld;
using nano::SnapshotCache;
using nano::V8Process;

struct Engine {
  V8Process& process;
  const SnapshotCache& snapshot;
  const nano::ModuleLibrary* library;
};

class JsTest final : public testing::Test {
 public:
  JsTest(const Engine& engine, std::filesystem::path file, size_t index)
      : engine_(engine),
        file_(std::move(file)),
        index_(index) {}

  void TestBody() override {
    JsWorld world(engine_.process, engine_.snapshot, engine_.library);
    std::string error = world.load(file_);
    if (error.empty()) error = world.run(index_);
    if (!error.empty()) ADD_FAILURE() << error;
  }

 private:
  const Engine& engine_;
  std::filesystem::path file_;
  size_t index_;
};

// The seed it was built with is in the source of nano.
class SeedTest final : public testing::Test {
 public:
  explicit SeedTest(const Engine& engine) : engine_(engine) {}
  void TestBody() override {
    JsWorld world(engine_.process, engine_.snapshot, engine_.library);
    EXPECT_NE(world.hashSeed(), 1);
  }

 private:
  const Engine& engine_;
};

// A file that cannot be loaded is one failing test.
class BrokenFile final : public testing::Test {
 public:
  explicit BrokenFile(std::string error) : error_(std::move(error)) {}
  void TestBody() override { ADD_FAILURE() << error_; }

 private:
  std::string error_;
};

void registerTests(const Engine& engine, const std::filesystem::path& file) {
  const std::string suite = file.stem().string();
  JsWorld world(engine.process, engine.snapshot, engine.library);
  const std::string error = world.load(file);
  if (!error.empty()) {
    testing::RegisterTest(suite.c_str(), "Loads", nullptr, nullptr, file.c_str(), 1,
                          [error]() -> testing::Test* { return new BrokenFile(error); });
    return;
  }
  const auto names = world.testNames();
  for (size_t i = 0; i < names.size(); ++i) {
    testing::RegisterTest(
        suite.c_str(), names[i].c_str(), nullptr, nullptr, file.c_str(), 1,
        [&engine, file, i]() -> testing::Test* { return new JsTest(engine, file, i); });
  }
}

std::string argument(int argc, char** argv, std::string_view name, std::string fallback) {
  const std::string prefix = "--" + std::string(name) + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    if (text.starts_with(prefix)) return std::string(text.substr(prefix.size()));
  }
  return fallback;
}

}  // namespace

extern "C" int nano_main(int argc, char** argv, char**) {
  testing::InitGoogleTest(&argc, argv);
  const std::filesystem::path folder = argument(argc, argv, "dir", NANO_JS_TESTS);
  const std::string path = argument(argc, argv, "snapshot", NANO_SNAPSHOT);

  V8Process process;
  nano::prepareCrypto();
  kj::AutoCloseFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  KJ_REQUIRE(fd.get() >= 0, "there is no snapshot", path.c_str());
  auto opened = SnapshotCache::open(fd.get());
  if (const auto* mismatch = std::get_if<nano::SnapshotMismatch>(&opened)) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), mismatch->reason.c_str());
    return 1;
  }
  const std::string libraryPath = argument(argc, argv, "library", NANO_LIBRARY);
  kj::AutoCloseFd libraryFd(::open(libraryPath.c_str(), O_RDONLY | O_CLOEXEC));
  KJ_REQUIRE(libraryFd.get() >= 0, "there is no library", libraryPath.c_str());
  const auto library = nano::ModuleLibrary::open(libraryFd);
  const Engine engine{process, *std::get<0>(opened), std::get<0>(library).get()};

  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().ends_with("_test.js")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files)
    registerTests(engine, file);
  return RUN_ALL_TESTS();
}
