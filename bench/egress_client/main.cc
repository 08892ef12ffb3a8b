// What an outgoing request costs: NetworkFetcher beside libcurl used plainly, and beside the
// smallest client that could be written instead.
//
//   nano_bench_egress_client [rounds=3] [requests=100000]
//   nano_bench_egress_client stream
//
// Both start an nginx of their own. The first prints CPU time of this process per request, user and
// system, medians over the rounds; the clients take turns, so that a noisy minute hits all alike.
// The second pulls 1 GB through NetworkFetcher and prints how much memory that took.

#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <kj/debug.h>

#include "bench/egress_client/clients.h"
#include "supervisor/listening_socket.h"
#include "supervisor/temporary_directory.h"

namespace nano::bench {
namespace {

constexpr uint64_t kLargeBytes = 1 << 30;
constexpr unsigned kConnections[] = {8, 64};

struct Client {
  const char* name;
  void (*run)(EventLoop&, const Load&);
};
constexpr Client kClients[] = {
    {"own client", runOwnClient}, {"libcurl", runCurlClient}, {"NetworkFetcher", runFetcher}};

class Nginx final {
 public:
  explicit Nginx(const std::string& directory) {
    // A port that is free now.
    auto socket = openListeningSocket("127.0.0.1", 0);
    port_ = std::get<ListeningSocket>(socket).port;
    std::get<ListeningSocket>(socket).fd = nullptr;
    std::string large = directory + "/large";
    std::ofstream(large).flush();
    KJ_SYSCALL(truncate(large.c_str(), kLargeBytes));
    std::string configuration = directory + "/nginx.conf";
    std::ofstream(configuration)
        << "worker_processes 1; daemon off; user root; pid " << directory << "/pid; error_log "
        << directory << "/errors;\nevents { worker_connections 4096; }\n"
        << "http { access_log off; keepalive_requests 100000000;\n  server { listen 127.0.0.1:"
        << port_ << "; root " << directory
        << "; location = / { return 200 \"Hello, world!\\n\"; } location /large {} } }\n";
    const char* arguments[] = {"nginx", "-c", configuration.c_str(), nullptr};
    int error =
        posix_spawnp(&pid_, "nginx", nullptr, nullptr, const_cast<char**>(arguments), environ);
    KJ_REQUIRE(error == 0, "nginx does not start: install nginx-light", error);
  }
  ~Nginx() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  uint16_t port() const { return port_; }

 private:
  uint16_t port_;
  pid_t pid_;
};

double cpuMicros() {
  rusage usage;
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

// Waits for nginx's socket, which is there before anything answers.
void waitFor(uint16_t port) {
  std::string probe = "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(port);
  std::string command = "until bash -c '" + probe + "' 2>/dev/null; do sleep 0.05; done";
  KJ_REQUIRE(system(command.c_str()) == 0);
}

}  // namespace
}  // namespace nano::bench

int main(int argc, char** argv) {
  using namespace nano::bench;
  nano::TemporaryDirectory directory;
  Nginx nginx(directory.path());
  waitFor(nginx.port());
  nano::EventLoop loop;
  if (argc > 1 && strcmp(argv[1], "stream") == 0) {
    stream(loop, nginx.port());
    return 0;
  }
  int rounds = argc > 1 ? atoi(argv[1]) : 3;
  uint64_t requests = argc > 2 ? strtoull(argv[2], nullptr, 10) : 100'000;
  compare(loop, nginx.port(), rounds, requests);
  return 0;
}
