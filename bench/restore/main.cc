// nano_bench_restore [COUNT]: makes COUNT (200) isolates with their contexts from the snapshot, as
// a worker does ahead of time, and keeps them. Prints CPU time of each, and the memory that one
// takes.

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <kj/debug.h>

#include "worker/context_factory.h"

namespace nano {
namespace {

constexpr int kUsualCount = 200;
// The first one of a process reads V8's read-only space as well.
constexpr int kWarmUps = 10;
constexpr size_t kHeapBytes = 128 << 20;
constexpr size_t kBufferBytes = 64 << 20;

std::string snapshotPath() { return std::string(getenv("NANO_LIB_DIR")) + "/nano.snapshot"; }

std::unique_ptr<SnapshotCache> openSnapshot() {
  int fd = -1;
  KJ_SYSCALL(fd = open(snapshotPath().c_str(), O_RDONLY | O_CLOEXEC), snapshotPath());
  kj::AutoCloseFd closing(fd);
  auto opened = SnapshotCache::open(closing);
  KJ_REQUIRE(std::holds_alternative<std::unique_ptr<SnapshotCache>>(opened), "no fitting snapshot");
  return std::move(std::get<std::unique_ptr<SnapshotCache>>(opened));
}

// Of this thread, which is the one that makes isolates.
std::chrono::microseconds cpuTime() {
  timespec now{};
  KJ_SYSCALL(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now));
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

size_t residentKilobytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

[[noreturn]] void run(int count) {
  mallopt(M_ARENA_MAX, 2);  // As nano-worker.
  V8Process v8;
  const std::unique_ptr<SnapshotCache> snapshot = openSnapshot();
  ContextFactory contexts(v8, *snapshot);
  std::vector<std::unique_ptr<Realm>> kept;
  for (int i = 0; i < kWarmUps; ++i)
    kept.push_back(contexts.make(kHeapBytes, kBufferBytes));
  const size_t before = residentKilobytes();
  std::vector<long> micros;
  for (int i = 0; i < count; ++i) {
    const auto start = cpuTime();
    kept.push_back(contexts.make(kHeapBytes, kBufferBytes));
    micros.push_back((cpuTime() - start).count());
  }
  std::sort(micros.begin(), micros.end());
  printf("snapshot kB\tp50 us\tp90 us\tkB of one\n%ju\t%ld\t%ld\t%zu\n",
         static_cast<uintmax_t>(std::filesystem::file_size(snapshotPath()) / 1000),
         micros[micros.size() / 2], micros[micros.size() * 9 / 10],
         (residentKilobytes() - before) / static_cast<size_t>(count));
  fflush(stdout);
  _exit(0);  // V8 ends with the process, as in nano-worker.
}

}  // namespace
}  // namespace nano

extern "C" int nano_main(int argc, char** argv, char**) {
  const int count = argc > 1 ? atoi(argv[1]) : nano::kUsualCount;
  KJ_REQUIRE(count > 0, "COUNT must be a number above 0");
  nano::run(count);
}
