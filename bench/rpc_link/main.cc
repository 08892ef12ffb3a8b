// Which RPC variant carries requests to a worker (hot-path.md, "Two ways to the target")?
//
// usage: nano_bench_rpc_link [rounds=7] [requests=100000] [variants=abc] [connections]
//
// Two processes on one core and a socketpair. Each round runs every variant at every concurrency,
// so that a noisy minute hits all alike; the medians over the rounds are printed. CPU time is both
// processes' user and system time by getrusage. The client issues the next request as soon as it
// has an answer, so a batch holds as many requests as there are connections.

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <kj/debug.h>
#include <kj/time.h>

#include "bench/rpc_link/peers.h"
#include "protocol/rpc_link.h"

namespace nano::bench {
namespace {

struct Variant {
  const char* name;
  void (*client)(EventLoop&, kj::AutoCloseFd, Load&, uint32_t);
  void (*server)(EventLoop&, kj::AutoCloseFd);
};

constexpr Variant kVariants[] = {
    {"a lean peer", runLeanClient, runLeanServer},
    {"b RpcSystem, batched", runBatchClient, runRpcServer},
    {"c RpcSystem, one call each", runSingleClient, runRpcServer},
};
constexpr uint32_t kConcurrencies[] = {1, 8, 20, 64};
// What the supervisor spends on HTTP for the same request (hot-path.md: 5.95-6.16 us).
constexpr double kHttpMicros = 6.0;

struct Sample {
  double supervisorMicros;
  double workerMicros;
  double requestsPerSecond;
  double totalMicros() const { return supervisorMicros + workerMicros; }
};

double cpuMicros(const rusage& usage) {
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

double cpuMicrosOfThisProcess() {
  rusage usage;
  KJ_SYSCALL(getrusage(RUSAGE_SELF, &usage));
  return cpuMicros(usage);
}

Sample measure(const Variant& variant, uint32_t concurrency, uint64_t requests) {
  auto ends = makeRpcSocketPair();
  pid_t child;
  KJ_SYSCALL(child = fork());
  if (child == 0) {
    ends.supervisorEnd = nullptr;
    EventLoop loop;
    variant.server(loop, kj::mv(ends.workerEnd));
    _exit(0);
  }
  ends.workerEnd = nullptr;
  auto& clock = kj::systemPreciseMonotonicClock();
  double cpuBefore = cpuMicrosOfThisProcess();
  auto start = clock.now();
  {
    EventLoop loop;
    Load load(requests);
    variant.client(loop, kj::mv(ends.supervisorEnd), load, concurrency);
    KJ_REQUIRE(load.done());
  }
  double seconds = (clock.now() - start) / kj::NANOSECONDS / 1e9;
  double supervisor = cpuMicrosOfThisProcess() - cpuBefore;
  rusage worker;
  KJ_SYSCALL(wait4(child, nullptr, 0, &worker));
  return {supervisor / requests, cpuMicros(worker) / requests, requests / seconds};
}

Sample median(const std::vector<Sample>& samples) {
  auto middle = [&samples](auto value) {
    std::vector<double> values;
    for (auto& sample : samples)
      values.push_back(value(sample));
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  return {middle([](const Sample& s) { return s.supervisorMicros; }),
          middle([](const Sample& s) { return s.workerMicros; }),
          middle([](const Sample& s) { return s.requestsPerSecond; })};
}

void report(uint32_t concurrency, const Variant& variant, const Sample& sample,
            const Sample& lean) {
  printf("%4u  %-28s %6.2f %6.2f %6.2f  %8.0f  %5.2f  %5.2f\n", concurrency, variant.name,
         sample.supervisorMicros, sample.workerMicros, sample.totalMicros(),
         sample.requestsPerSecond, sample.totalMicros() / lean.totalMicros(),
         (kHttpMicros + sample.totalMicros()) / (kHttpMicros + lean.totalMicros()));
}

void pinToOneCore() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  KJ_SYSCALL(sched_setaffinity(0, sizeof(one), &one));
}

void run(int rounds, uint64_t requests, const char* variants, uint32_t concurrency) {
  std::vector<Sample> samples[std::size(kVariants)];
  uint64_t count = concurrency == 1 ? requests / 10 : requests;
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < std::size(kVariants); ++i) {
      if (strchr(variants, kVariants[i].name[0]) == nullptr) continue;
      samples[i].push_back(measure(kVariants[i], concurrency, count));
    }
  }
  for (size_t i = 0; i < std::size(kVariants); ++i) {
    if (samples[i].empty()) continue;
    report(concurrency, kVariants[i], median(samples[i]),
           samples[0].empty() ? median(samples[i]) : median(samples[0]));
  }
}

}  // namespace
}  // namespace nano::bench

int main(int argc, char** argv) {
  namespace bench = nano::bench;
  int rounds = argc > 1 ? atoi(argv[1]) : 7;
  uint64_t requests = argc > 2 ? strtoull(argv[2], nullptr, 10) : 100'000;
  const char* variants = argc > 3 ? argv[3] : "abc";
  bench::pinToOneCore();
  printf("%d rounds, %lu requests each (a tenth of it at 1 connection); us are CPU per request\n",
         rounds, static_cast<unsigned long>(requests));
  printf("conn  %-28s %6s %6s %6s  %8s  %5s  %5s\n", "variant", "super", "worker", "both", "req/s",
         "x/a", "+HTTP");
  if (argc > 4) {
    bench::run(rounds, requests, variants, atoi(argv[4]));
    return 0;
  }
  for (uint32_t concurrency : bench::kConcurrencies) {
    bench::run(rounds, requests, variants, concurrency);
  }
  return 0;
}
