// What an outgoing request costs: NetworkFetcher beside libcurl used plainly, and beside the
// smallest client that could be written instead.
//
//   nano_bench_egress_client [rounds=3] [requests=100000]
//   nano_bench_egress_client stream
//
// The server is nano_bench_upstream, beside this program. The first prints CPU time of this process
// per request, user and system, medians over the rounds; the clients take turns, so that a noisy
// minute hits all alike. The second pulls 1 GB through NetworkFetcher and prints how much memory
// that took.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <kj/debug.h>
#include <kj/io.h>

#include "bench/egress_client/clients.h"

namespace nano::bench {
namespace {

constexpr unsigned kConnections[] = {8, 64};

struct Client {
  const char* name;
  void (*run)(EventLoop&, const Load&);
};
constexpr Client kClients[] = {
    {"own client", runOwnClient}, {"libcurl", runCurlClient}, {"NetworkFetcher", runFetcher}};

class Server final {
 public:
  Server() {
    std::string program = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    program += "/nano_bench_upstream";
    int ends[2];
    KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
    kj::AutoCloseFd ours(ends[0]);
    kj::AutoCloseFd theirs(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDOUT_FILENO);
    const char* arguments[] = {program.c_str(), nullptr};
    int error = posix_spawn(&pid_, program.c_str(), &actions, nullptr,
                            const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    KJ_REQUIRE(error == 0, program.c_str(), error);
    theirs = nullptr;
    char said[64] = {};
    ssize_t size;
    KJ_SYSCALL(size = read(ours.get(), said, sizeof(said) - 1));
    KJ_REQUIRE(sscanf(said, "serving %hu", &port_) == 1, said);
  }
  ~Server() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const { return port_; }

 private:
  uint16_t port_ = 0;
  pid_t pid_ = 0;
};

double cpuMicros() {
  rusage usage{};
  KJ_SYSCALL(getrusage(RUSAGE_SELF, &usage));
  auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(EventLoop& loop, uint16_t port, int rounds, uint64_t requests) {
  for (unsigned connections : kConnections) {
    std::vector<std::vector<double>> samples(std::size(kClients));
    for (int round = 0; round < rounds; ++round) {
      for (size_t i = 0; i < std::size(kClients); ++i) {
        double before = cpuMicros();
        kClients[i].run(loop, {port, connections, requests});
        samples[i].push_back((cpuMicros() - before) / static_cast<double>(requests));
      }
    }
    for (size_t i = 0; i < std::size(kClients); ++i) {
      printf("%2u connections  %-15s %5.1f us\n", connections, kClients[i].name,
             median(samples[i]));
    }
  }
}

long residentKilobytes(const char* which) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(which)) return std::atol(line.c_str() + strlen(which) + 1);
  }
  return 0;
}

void stream(EventLoop& loop, uint16_t port) {
  // One request first, so that what is loaded once is there.
  runFetcher(loop, {port, 1, 1});
  long before = residentKilobytes("VmRSS");
  double cpu = cpuMicros();
  uint64_t bytes = streamThroughFetcher(loop, port);
  printf("%llu bytes, %.0f ms CPU, resident: %ld KB before, %ld KB at most\n",
         static_cast<unsigned long long>(bytes), (cpuMicros() - cpu) / 1000, before,
         residentKilobytes("VmHWM"));
}

}  // namespace
}  // namespace nano::bench

int main(int argc, char** argv) {
  using namespace nano::bench;
  Server server;
  nano::EventLoop loop;
  if (argc > 1 && strcmp(argv[1], "stream") == 0) {
    stream(loop, server.port());
    return 0;
  }
  int rounds = argc > 1 ? atoi(argv[1]) : 3;
  uint64_t requests = argc > 2 ? strtoull(argv[2], nullptr, 10) : 100'000;
  compare(loop, server.port(), rounds, requests);
  return 0;
}
