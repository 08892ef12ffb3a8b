#pragma once

#include <fcntl.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <variant>

#include <kj/debug.h>

#include "snapshot/module_library.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"
#include "worker/context_factory.h"

namespace nano {

// V8 cannot be started twice, so all tests of the program share it.
struct TestEngine {
  V8Process v8;
  std::unique_ptr<SnapshotCache> snapshot;
  std::unique_ptr<ModuleLibrary> library;
  ContextFactory contexts;

  static TestEngine& get() {
    static auto* engine = new TestEngine();
    return *engine;
  }

 private:
  TestEngine() : snapshot(open()), library(openLibrary()), contexts(v8, *snapshot, library.get()) {}

  static std::unique_ptr<SnapshotCache> open() {
    const char* path = getenv("NANO_SNAPSHOT");
    const std::string beside = std::string(getenv("NANO_LIB_DIR")) + "/nano.snapshot";
    int fd = -1;
    KJ_SYSCALL(fd = ::open(path == nullptr ? beside.c_str() : path, O_RDONLY | O_CLOEXEC),
               "is nano.snapshot built?");
    kj::AutoCloseFd closing(fd);
    auto opened = SnapshotCache::open(closing);
    if (auto* mismatch = std::get_if<SnapshotMismatch>(&opened)) {
      KJ_FAIL_REQUIRE("the snapshot does not fit", mismatch->reason.c_str());
    }
    return std::move(std::get<std::unique_ptr<SnapshotCache>>(opened));
  }

  static std::unique_ptr<ModuleLibrary> openLibrary() {
    const std::string path = std::string(getenv("NANO_LIB_DIR")) + "/nano.library";
    int fd = -1;
    KJ_SYSCALL(fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC), "is nano.library built?");
    kj::AutoCloseFd closing(fd);
    return std::move(std::get<std::unique_ptr<ModuleLibrary>>(ModuleLibrary::open(closing)));
  }
};

}  // namespace nano
