// nano-eval EXPRESSION | -: what an expression comes to in an isolate from the snapshot.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "snapshot/crypto/library.h"
#include "snapshot/module_library.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"
#include "worker/evaluation.h"

namespace nano {
namespace {

constexpr char kUsage[] =
    "usage: nano-eval EXPRESSION\n"
    "       nano-eval -            (reads a script from stdin)\n"
    "Prints what the expression comes to; of a promise, what it resolves to.\n";

// cmake/engine/launcher.c tells where the installed files are.
std::unique_ptr<SnapshotCache> openSnapshot() {
  const char* folder = getenv("NANO_LIB_DIR");
  KJ_REQUIRE(folder != nullptr, "NANO_LIB_DIR is not set: start nano-eval from its bin folder");
  const std::string path = std::string(folder) + "/nano.snapshot";
  int fd = -1;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path.c_str());
  kj::AutoCloseFd closing(fd);
  auto opened = SnapshotCache::open(closing);
  if (auto* mismatch = std::get_if<SnapshotMismatch>(&opened)) {
    KJ_FAIL_REQUIRE("the snapshot is not for this program", path.c_str(), mismatch->reason.c_str());
  }
  return std::move(std::get<std::unique_ptr<SnapshotCache>>(opened));
}

std::unique_ptr<ModuleLibrary> openLibrary() {
  const std::string path = std::string(getenv("NANO_LIB_DIR")) + "/nano.library";
  int fd = -1;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path.c_str());
  kj::AutoCloseFd closing(fd);
  auto opened = ModuleLibrary::open(closing);
  if (auto* mismatch = std::get_if<LibraryMismatch>(&opened)) {
    KJ_FAIL_REQUIRE("the library is not for this program", path.c_str(), mismatch->reason.c_str());
  }
  return std::move(std::get<std::unique_ptr<ModuleLibrary>>(opened));
}

int run(const std::string& script) {
  EventLoop loop;
  V8Process v8;
  prepareCrypto();
  const std::unique_ptr<SnapshotCache> snapshot = openSnapshot();
  const std::unique_ptr<ModuleLibrary> library = openLibrary();
  ContextFactory contexts(v8, *snapshot, library.get());
  ResourceLimiter limiter;
  return evaluate({loop, contexts, limiter, stdout, stderr}, script);
}

}  // namespace
}  // namespace nano

extern "C" int nano_main(int argc, char** argv, char**) {
  if (argc != 2 || std::string_view(argv[1]) == "--help") {
    fputs(nano::kUsage, argc == 2 ? stdout : stderr);
    return argc == 2 ? 0 : 2;
  }
  std::string script = argv[1];
  if (script == "-") script.assign(std::istreambuf_iterator<char>(std::cin), {});
  int code = 1;
  KJ_IF_MAYBE(exception,
              kj::runCatchingExceptions([&script, &code]() { code = nano::run(script); })) {
    fprintf(stderr, "nano-eval: %s\n", exception->getDescription().cStr());
  }
  fflush(stdout);
  fflush(stderr);
  _exit(code);
}
