#include "tests/soak/nemesis.h"

#include <signal.h>

#include <algorithm>
#include <iostream>

namespace nano::soak {

namespace {

// Past the longest back-off of a cordon whose worker dies again and again (30 s, worker_pool.h).
constexpr Micros kRecoveryPatience = 90'000'000;
constexpr std::chrono::milliseconds kPollPause{40};
constexpr size_t kBrokenOneIn = 8;

struct Signal {
  int number;
  const char* name;
};
constexpr Signal kSignals[] = {{SIGKILL, "SIGKILL"}, {SIGSTOP, "SIGSTOP"}, {SIGSEGV, "SIGSEGV"}};

}  // namespace

Nemesis::Nemesis(const test::Nanod& nanod, const World& world, const Tenant& tenant, uint64_t seed)
    : nanod_(nanod),
      tenant_(tenant),
      random_(seed),
      client_(world, nanod.port(), seed + 1, tenant.apps),
      firstHarm_(random(harms().size() - 1)) {}

void Nemesis::strike() {
  if (tenant_.role == Role::kHostile) {
    doHarm();
  } else {
    signalWorker();
  }
}

void Nemesis::signalWorker() {
  pid_t worker = nanod_.workerOf(tenant_.name);
  if (worker == 0) return;
  auto& [number, name] = kSignals[random(std::size(kSignals) - 1)];
  Fault fault;
  fault.kind = name;
  fault.cordon = tenant_.name;
  fault.start = now();
  if (kill(worker, number) == 0) waitUntilServed(fault);
}

void Nemesis::doHarm() {
  // Each once, then at random: what the run's first part has not seen is no baseline.
  size_t which = strikes_ < harms().size() ? firstHarm_ + strikes_ : random(harms().size() - 1);
  strikes_++;
  auto& harm = harms()[which % harms().size()];
  Fault fault;
  fault.kind = harm.name;
  fault.cordon = tenant_.name;
  fault.app = tenant_.apps[0];
  fault.start = now();
  client_.askForHarm(fault.app, harm);
  waitUntilServed(fault);
}

void Nemesis::waitUntilServed(Fault& fault) {
  auto isServed = [this](AppIndex app) { return client_.askPlain(app); };
  while (!std::all_of(tenant_.apps.begin(), tenant_.apps.end(), isServed)) {
    if (now() - fault.start > kRecoveryPatience) {
      fault.result = Fault::Result::kStillDown;
      break;
    }
    client_.pause(kPollPause);
  }
  fault.end = now();
  faults_.push_back(fault);
}

Deployer::Deployer(test::Nanod& nanod, const World& world, uint64_t seed)
    : nanod_(nanod),
      world_(world),
      random_(seed),
      lastVersion_(world.apps.size(), 0) {}

bool Deployer::deployAll() {
  for (AppIndex app = 0; app < world_.apps.size(); app++) {
    if (deploy(app, AppFlavour::kSound) != Deploy::Result::kOk) return false;
  }
  return true;
}

void Deployer::deployOne() {
  auto app = static_cast<AppIndex>(random(world_.apps.size() - 1));
  auto flavour = AppFlavour::kSound;
  if (random(kBrokenOneIn - 1) == 0) {
    flavour = random(1) == 0 ? AppFlavour::kThrowsAtStart : AppFlavour::kSpinsAtStart;
  }
  auto result = deploy(app, flavour);
  if (flavour == AppFlavour::kSound && result == Deploy::Result::kRefused) soundRefused_++;
  if (flavour != AppFlavour::kSound && result == Deploy::Result::kOk) brokenTaken_++;
}

Deploy::Result Deployer::deploy(AppIndex app, AppFlavour flavour) {
  Deploy deploy;
  deploy.app = app;
  deploy.version = ++lastVersion_[app];
  auto& [name, host, cordon] = world_.apps[app];
  auto source = appSource(world_, app, deploy.version, flavour);
  deploy.start = now();
  auto said =
      nanod_.tryDeploy(name, {{"index.js", source}}, {"--tenant=" + cordon, "--host=" + host});
  deploy.end = now();
  deploy.result = said.exitCode == 0 ? Deploy::Result::kOk : Deploy::Result::kRefused;
  if (said.exitCode != 0 && flavour == AppFlavour::kSound) std::cerr << said.err << std::flush;
  deploys_.push_back(deploy);
  return deploy.result;
}

}  // namespace nano::soak
