// nano_soak: many clients and many faults at a real nanod, and a judgement of all that was
// answered.
//
//   nano_soak [--seconds=N] [--seed=N] [NANOD-FLAG...]
//
// Ends with 0 when every promise held. tests/soak/README.md says what is judged.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/soak/nemesis.h"
#include "tests/soak/report.h"
#include "tests/soak/vitals.h"

namespace nano::soak {
namespace {

constexpr int kDefaultSeconds = 1200;
// Clients a role, and one for all apps on one connection.
constexpr int kClientsOfRole = 2;
// A moderate load: the machine's cores are the faults' as well.
constexpr std::chrono::milliseconds kLongestThought{25};
constexpr std::chrono::milliseconds kLongestPeace{4'000};
constexpr std::chrono::milliseconds kLongestDeployPause{3'000};
constexpr std::chrono::milliseconds kLongestManners{200};
// hostile-cases.md, header: back to the baseline within 10 s.
constexpr std::chrono::seconds kQuietPatience{10};
constexpr std::chrono::seconds kProgressPeriod{60};
constexpr std::chrono::milliseconds kWatchPeriod{100};

struct Settings {
  int seconds = kDefaultSeconds;
  uint64_t seed = std::random_device()();
  std::vector<std::string> nanodFlags;
};

class Soak final {
 public:
  explicit Soak(const Settings& settings);

  // Exit code.
  int run();

 private:
  // Everything at once for so long, then nothing.
  void runFor(std::chrono::milliseconds time);
  void addClients(uint64_t& seed);
  void startThread(std::function<void()> once);
  // Until then, or until nanod ends.
  void watchUntil(std::chrono::steady_clock::time_point end);
  void printProgress();
  bool allAnswer();
  Vitals vitals() const { return readVitals(nanod_.pid()); }
  Vitals vitalsWhenQuiet();
  History takeHistory();

  Settings settings_;
  World world_ = makeWorld();
  test::Nanod nanod_;
  Deployer deployer_;
  std::vector<std::unique_ptr<SoakClient>> clients_;
  std::vector<std::unique_ptr<Nemesis>> nemeses_;
  SoakClient rude_;
  VitalsSeries vitals_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

Soak::Soak(const Settings& settings)
    : settings_(settings),
      nanod_(test::Nanod::Options{settings.nanodFlags}),
      deployer_(nanod_, world_, settings.seed),
      rude_(world_, nanod_.port(), settings.seed + 1, world_.tenants[0].apps) {
  uint64_t seed = settings_.seed + 2;
  addClients(seed);
  for (auto& tenant : world_.tenants) {
    if (tenant.role == Role::kCalm) continue;
    nemeses_.push_back(std::make_unique<Nemesis>(nanod_, world_, tenant, seed));
    seed += 2;
  }
}

void Soak::addClients(uint64_t& seed) {
  auto add = [this, &seed](const std::vector<AppIndex>& apps) {
    clients_.push_back(std::make_unique<SoakClient>(world_, nanod_.port(), seed++, apps));
  };
  std::vector<AppIndex> everyApp;
  for (Role role : {Role::kCalm, Role::kStruck, Role::kHostile}) {
    std::vector<AppIndex> apps;
    for (auto& tenant : world_.tenants) {
      if (tenant.role == role) apps.insert(apps.end(), tenant.apps.begin(), tenant.apps.end());
    }
    for (int i = 0; i < kClientsOfRole; i++)
      add(apps);
    everyApp.insert(everyApp.end(), apps.begin(), apps.end());
  }
  add(everyApp);
}

void Soak::startThread(std::function<void()> once) {
  threads_.emplace_back([this, once = std::move(once)] {
    while (!stopping_)
      once();
  });
}

void Soak::runFor(std::chrono::milliseconds time) {
  stopping_ = false;
  for (auto& client : clients_) {
    startThread([&client] {
      client->ask();
      client->pause(kLongestThought);
    });
  }
  for (auto& nemesis : nemeses_) {
    startThread([&nemesis] {
      nemesis->pause(kLongestPeace);
      nemesis->strike();
    });
  }
  startThread([this] {
    rude_.beRude();
    rude_.pause(kLongestManners);
  });
  std::mt19937_64 random(settings_.seed);
  startThread([this, &random] {
    std::uniform_int_distribution<int64_t> moment(0, kLongestDeployPause.count());
    std::this_thread::sleep_for(std::chrono::milliseconds(moment(random)));
    deployer_.deployOne();
  });
  watchUntil(std::chrono::steady_clock::now() + time);
  stopping_ = true;
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

void Soak::watchUntil(std::chrono::steady_clock::time_point end) {
  auto nextProgress = std::chrono::steady_clock::now() + kProgressPeriod;
  while (std::chrono::steady_clock::now() < end && nanod_.isRunning()) {
    std::this_thread::sleep_for(kWatchPeriod);
    if (std::chrono::steady_clock::now() < nextProgress) continue;
    nextProgress += kProgressPeriod;
    printProgress();
  }
}

void Soak::printProgress() {
  auto at = vitals();
  std::cout << "nanod: " << at.rssKilobytes << " KB, " << at.descriptors << " descriptors, "
            << at.workers << " workers, " << at.zombies << " zombies" << std::endl;
}

bool Soak::allAnswer() {
  bool all = true;
  for (AppIndex app = 0; app < world_.apps.size(); app++)
    all = clients_[0]->askPlain(app) && all;
  return all;
}

Vitals Soak::vitalsWhenQuiet() {
  auto end = std::chrono::steady_clock::now() + kQuietPatience;
  for (;;) {
    VitalsSeries series = vitals_;
    series.end = vitals();
    if (judgeVitals(series).empty() || std::chrono::steady_clock::now() > end) return series.end;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

History Soak::takeHistory() {
  History history;
  history.apps = world_.apps;
  history.deploys = deployer_.deploys();
  auto add = [](auto& to, auto&& from) { to.insert(to.end(), from.begin(), from.end()); };
  for (auto& client : clients_)
    add(history.answers, client->takeAnswers());
  for (auto& nemesis : nemeses_) {
    add(history.answers, nemesis->takeAnswers());
    add(history.faults, nemesis->takeFaults());
  }
  return history;
}

int Soak::run() {
  std::cout << "nano_soak --seconds=" << settings_.seconds << " --seed=" << settings_.seed
            << std::endl;
  if (!deployer_.deployAll()) return 2;
  vitals_.blank = vitals();
  std::chrono::milliseconds all{settings_.seconds * 1000};
  // All is used, and has failed, before what counts as the usual is written down.
  runFor(all / 10);
  std::vector<Violation> violations;
  auto mustAnswer = [this, &violations](const char* when) {
    if (allAnswer()) return;
    violations.push_back({Promise::kSupervisorLives, std::string("an app is silent ") + when});
  };
  mustAnswer("after the first tenth");
  vitals_.baseline = vitals();
  if (nanod_.isRunning()) runFor(all - all / 10);
  mustAnswer("at the end");
  vitals_.end = vitalsWhenQuiet();
  if (!nanod_.isRunning()) {
    violations.push_back(
        {Promise::kSupervisorLives, "nanod has ended with code " + std::to_string(nanod_.stop(0))});
  }
  for (auto& violation : judgeVitals(vitals_))
    violations.push_back(violation);
  if (deployer_.brokenTaken() > 0) {
    violations.push_back({Promise::kDeployOrder, "a version that does not start was taken"});
  }
  auto history = takeHistory();
  for (auto& violation : judge(history))
    violations.push_back(violation);
  printHistory(std::cout, world_, history);
  std::cout << "  sound versions refused: " << deployer_.soundRefused() << "\n";
  printVitals(std::cout, vitals_);
  printVerdicts(std::cout, violations);
  return violations.empty() ? 0 : 1;
}

bool readSettings(int argc, char** argv, Settings& settings) {
  for (int i = 1; i < argc; i++) {
    std::string argument = argv[i];
    if (argument.starts_with("--seconds=")) {
      settings.seconds = std::atoi(argument.c_str() + 10);
    } else if (argument.starts_with("--seed=")) {
      settings.seed = std::strtoull(argument.c_str() + 7, nullptr, 10);
    } else if (argument.starts_with("--")) {
      settings.nanodFlags.push_back(argument);
    } else {
      return false;
    }
  }
  return settings.seconds > 0;
}

}  // namespace
}  // namespace nano::soak

int main(int argc, char** argv) {
  nano::soak::Settings settings;
  if (!nano::soak::readSettings(argc, argv, settings)) {
    std::cerr << "nano_soak [--seconds=N] [--seed=N] [NANOD-FLAG...]\n";
    return 2;
  }
  return nano::soak::Soak(settings).run();
}
