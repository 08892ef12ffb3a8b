// What the HTTP front end costs by itself: a handler that answers at once, under wrk.
//
//   nano_bench_http_front [seconds] [connections]
//
// Prints wrk's own lines and the CPU time per request, to be compared with hot-path.md's table of
// layers: 6.1 to 6.7 us for libevent and llhttp without limits, deadlines or checks.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "supervisor/http_server.h"

namespace {

using nano::HttpExchange;

class Hello final : public nano::HttpHandler {
 public:
  void handle(HttpExchange& exchange) override {
    static constexpr nano::HttpField kFields[] = {{"content-type", "text/plain;charset=UTF-8"}};
    static constexpr std::string_view kBody = "Hello, World!";
    exchange.respond({.status = 200, .statusText = {}, .fields = kFields},
                     std::as_bytes(std::span(kBody)));
  }
  void abandoned(HttpExchange&) override {}
};

double cpuMicroseconds() {
  rusage usage;
  KJ_SYSCALL(getrusage(RUSAGE_SELF, &usage));
  auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

pid_t startWrk(uint16_t port, const std::string& seconds, const std::string& connections) {
  std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
  std::string duration = "-d" + seconds;
  std::string clients = "-c" + connections;
  const char* arguments[] = {"wrk",       "-t1",       clients.c_str(), duration.c_str(),
                             "--latency", url.c_str(), nullptr};
  pid_t pid;
  int error = posix_spawnp(&pid, "wrk", nullptr, nullptr, const_cast<char**>(arguments), environ);
  KJ_REQUIRE(error == 0, "wrk does not start", error);
  return pid;
}

}  // namespace

int main(int argc, char** argv) {
  std::string seconds = argc > 1 ? argv[1] : "5";
  std::string connections = argc > 2 ? argv[2] : "64";
  nano::EventLoop loop;
  Hello hello;
  // wrk's connections live longer than a thousand requests.
  nano::HttpLimits limits;
  limits.requestsPerConnection = UINT32_MAX;
  nano::HttpServer server(loop, hello, limits);
  auto socket = nano::listenTcp("127.0.0.1", 0, nano::PortSharing::kAlone);
  KJ_REQUIRE(std::holds_alternative<kj::AutoCloseFd>(socket));
  uint16_t port = server.listen(kj::mv(std::get<kj::AutoCloseFd>(socket)));

  double before = cpuMicroseconds();
  pid_t wrk = startWrk(port, seconds, connections);
  auto forAWhile = (std::stoi(seconds) + 1) * kj::SECONDS;
  loop.run(loop.timer().afterDelay(forAWhile));
  double used = cpuMicroseconds() - before;
  KJ_SYSCALL(waitpid(wrk, nullptr, 0));
  auto requests = static_cast<double>(server.counters().requests);
  printf("CPU per request: %.2f us (%.0f requests)\n", used / requests, requests);
  return 0;
}
