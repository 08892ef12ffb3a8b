#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"
#include "tests/hostile/clean_error.h"
#include "tests/hostile/neighbour.h"
#include "tests/hostile/process_figures.h"

namespace nano::test {

// One hostile case, and what must hold whatever the case does: the supervisor is the same process,
// a neighbour is answered right during and after, the supervisor's memory and descriptors go back
// to what they were, the sandbox raised no alarm, and no error body says too much.
//
// One nanod serves all cases of a suite. What a case deploys goes with it. The tenant kFrozen has a
// clock that stands still while JavaScript runs.
class HostileTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { startWorld({}); }
  static void TearDownTestSuite();
  // For a suite whose nanod needs more: what it is started with, and what its policy says of
  // tenants beside kFrozen.
  struct WorldOptions {
    std::vector<std::string> flags{};
    std::map<std::string, nlohmann::json> tenants{};
    std::function<void()> warmUp{};
  };
  static void startWorld(const WorldOptions& options);
  void SetUp() override;
  // Checks the invariants.
  void TearDown() override;

  static constexpr char kFrozen[] = "frozen";

  static Nanod& nanod() { return world_->nanod; }

  // An app in a tenant of its own name, at NAME.example.test. Ends the case where that fails.
  void deploy(const std::string& name, const std::map<std::string, std::string>& files,
              std::vector<std::string> more = {});
  // The same of one module, whose handler has this body; /fine answers 'fine'. `top` stands before.
  void deployHandler(const std::string& name, const std::string& body, const std::string& top = {});
  static std::string moduleOf(const std::string& body, const std::string& top = {});

  static std::string hostOf(const std::string& name) { return name + ".example.test"; }
  static HttpResponse ask(const std::string& name, const std::string& path = "/") {
    return nanod().get(hostOf(name), path);
  }
  // Deletes the app and ends the workers of its tenant: the baseline has none of them.
  static void removeApp(const std::string& name);

  // Whether /fine says so, now or once the worker or the isolate is replaced.
  static testing::AssertionResult answersAgain(const std::string& name);
  static std::vector<pid_t> workersOf(const std::string& tenant);
  // The one that has the tenant's requests now, 0 where there is none.
  static pid_t workerOf(const std::string& tenant);
  // What the app has logged.
  static std::string logsOf(const std::string& name);
  // Whether a line of its log has this text, now or soon.
  static testing::AssertionResult logs(const std::string& name, const std::string& text);
  // nanod's own log, all of it.
  static std::string supervisorLog();

  // What no error body may show.
  static const std::vector<std::string>& secrets();

 private:
  struct Figures {
    uint64_t rssBytes = 0;
    size_t descriptors = 0;
  };
  struct World {
    explicit World(const WorldOptions& options);
    TestDirectory directory;
    std::string logPath = directory.path() + "/nanod.log";
    Nanod nanod;
    pid_t pid = nanod.pid();
    Figures baseline;
  };
  static Figures figures();
  static void expectBaseline();
  static size_t alarms();

  static std::unique_ptr<World> world_;
  std::vector<std::string> deployed_;
  std::unique_ptr<NeighbourWatch> watch_;
  size_t alarmsBefore_ = 0;
};

// One line of a table of cases: a handler that attacks, and how its request may end.
struct HostileCase {
  const char* name;  // Id first: T08CatastrophicRegex.
  const char* handler;
  Ending ending;
  const char* top = "";  // What stands before the handler.
  std::map<std::string, std::string> files = {};
};
// For gtest's lists.
std::string nameOfCase(const testing::TestParamInfo<HostileCase>& info);
void PrintTo(const HostileCase& hostile, std::ostream* out);
// "T08CatastrophicRegex" -> "t08catastrophicregex": the tenant's name.
std::string tenantOfCase(const HostileCase& hostile);

}  // namespace nano::test
