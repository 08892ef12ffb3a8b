#pragma once

#include <random>
#include <vector>

#include "tests/harness/nanod.h"
#include "tests/soak/soak_client.h"

// What goes wrong in a soak, at random moments.
namespace nano::soak {

// The faults of one tenant, one at a time: signals to a struck tenant's worker, harmful requests to
// a hostile tenant's app. All three arguments outlive it.
class Nemesis final {
 public:
  Nemesis(const test::Nanod& nanod, const World& world, const Tenant& tenant, uint64_t seed);

  // One fault, and the wait until every app of the tenant answers again.
  void strike();
  void pause(std::chrono::milliseconds most) { client_.pause(most); }

  std::vector<Fault> takeFaults() { return std::move(faults_); }
  std::vector<Answer> takeAnswers() { return client_.takeAnswers(); }

 private:
  size_t random(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  void signalWorker();
  void doHarm();
  void waitUntilServed(Fault& fault);

  const test::Nanod& nanod_;
  const Tenant& tenant_;
  std::mt19937_64 random_;
  SoakClient client_;
  size_t firstHarm_;
  size_t strikes_ = 0;
  std::vector<Fault> faults_;
};

// Deploys new versions of all apps in turn, some of which must be refused.
class Deployer final {
 public:
  Deployer(test::Nanod& nanod, const World& world, uint64_t seed);

  // A first version of every app; false when one is refused, and stderr says why.
  bool deployAll();
  // A new version of a random app; one in eight does not start.
  void deployOne();

  const std::vector<Deploy>& deploys() const { return deploys_; }
  // Sound versions that nanod refused: no promise says that it may not, but none should be.
  size_t soundRefused() const { return soundRefused_; }
  // Versions that do not start and were taken.
  size_t brokenTaken() const { return brokenTaken_; }

 private:
  size_t random(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  Deploy::Result deploy(AppIndex app, AppFlavour flavour);

  test::Nanod& nanod_;
  const World& world_;
  std::mt19937_64 random_;
  std::vector<uint32_t> lastVersion_;
  std::vector<Deploy> deploys_;
  size_t soundRefused_ = 0;
  size_t brokenTaken_ = 0;
};

}  // namespace nano::soak
