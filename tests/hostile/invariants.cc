#include "tests/hostile/invariants.h"

#include <signal.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

#include <kj/debug.h>

#include "tests/harness/sanitized.h"

namespace nano::test {

namespace {

// The catalogue's 5 %, and what an allocator keeps of one large body and one log of an app.
constexpr double kRssFactor = 1.05;
constexpr uint64_t kRssSlack = (4 << 20) + kKeptBySanitizer;
constexpr uint64_t kControlRequests = 20;

size_t countOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    count++;
  return count;
}

}  // namespace

std::unique_ptr<HostileTest::World> HostileTest::world_;

HostileTest::World::World(const WorldOptions& options)
    : nanod([this, &options]() -> Nanod::Options {
        nlohmann::json policy;
        policy["tenants"] = options.tenants;
        policy["tenants"][kFrozen]["clock"] = "frozen";
        directory.write("policy.json", policy.dump());
        std::vector<std::string> flags = options.flags;
        flags.push_back("--policy=" + directory.path() + "/policy.json");
        return {flags, logPath};
      }()) {}

void HostileTest::startWorld(const WorldOptions& options) {
  world_ = std::make_unique<World>(options);
  deployNeighbour(nanod());
  // Everything has been used once before the baseline is taken: a deploy, its removal, an app's
  // log, a worker's death.
  const std::string warm = "warm";
  nanod().deploy(warm,
                 {{"index.js",
                   "export default { fetch() { console.log('x'.repeat(4000));"
                   "return new Response('y'.repeat(1e6)); } };"}},
                 {"--tenant=" + warm, "--host=" + hostOf(warm)});
  for (uint64_t i = 0; i < 300; i++) {
    EXPECT_EQ(ask(warm).status, 200);
    EXPECT_EQ(askNeighbour(nanod(), i), "");
  }
  if (options.warmUp) options.warmUp();
  removeApp(warm);
  // A worker that has just ended or is just being started holds descriptors.
  EXPECT_TRUE(eventually([] { return nanod().status().at("workers").size() == 2; }));
  Figures last = figures();
  size_t same = 0;
  EXPECT_TRUE(eventually([&last, &same] {
    Figures now = figures();
    same = now.descriptors == last.descriptors ? same + 1 : 0;
    last = now;
    return same == 20;
  }));
  world_->baseline = last;
}

void HostileTest::TearDownTestSuite() {
  EXPECT_EQ(nanod().stop(SIGTERM), 0);
  world_.reset();
}

void HostileTest::SetUp() {
  alarmsBefore_ = alarms();
  watch_ = std::make_unique<NeighbourWatch>(nanod());
}

void HostileTest::TearDown() {
  watch_->stop();
  EXPECT_EQ(watch_->firstWrong(), "") << "while the case ran";
  for (uint64_t i = 0; i < kControlRequests; i++)
    EXPECT_EQ(askNeighbour(nanod(), 1'000'000 + i), "") << "after the case";
  EXPECT_TRUE(nanod().isRunning());
  EXPECT_EQ(nanod().pid(), world_->pid);
  for (auto& name : deployed_)
    removeApp(name);
  expectBaseline();
  EXPECT_EQ(alarms(), alarmsBefore_) << "of the sandbox:\n" << supervisorLog();
}

void HostileTest::expectBaseline() {
  const Figures& baseline = world_->baseline;
  const uint64_t most =
      static_cast<uint64_t>(static_cast<double>(baseline.rssBytes) * kRssFactor) + kRssSlack;
  Figures now;
  bool isBack = eventually([&now, &baseline, most] {
    now = figures();
    return now.descriptors == baseline.descriptors && now.rssBytes <= most;
  });
  EXPECT_TRUE(isBack) << now.descriptors << " descriptors, were " << baseline.descriptors << "; "
                      << now.rssBytes << " bytes resident, were " << baseline.rssBytes
                      << ", and at most " << most << " are right";
}

// An app that has ended two workers has one of its own: "TENANT/APP".
std::vector<pid_t> HostileTest::workersOf(const std::string& tenant) {
  std::vector<pid_t> pids;
  auto all = nanod().status();
  if (!all.is_object()) return pids;
  for (auto& worker : all.value("workers", nlohmann::json::array())) {
    std::string cordon = worker.value("cordon", "");
    if (cordon == tenant || cordon.starts_with(tenant + "/"))
      pids.push_back(worker.value("pid", 0));
  }
  return pids;
}

pid_t HostileTest::workerOf(const std::string& tenant) {
  auto pids = workersOf(tenant);
  return pids.empty() ? 0 : pids.back();
}

HostileTest::Figures HostileTest::figures() {
  return {rssBytes(nanod().pid()), descriptorCount(nanod().pid())};
}

void HostileTest::removeApp(const std::string& name) {
  nanod().nanoctl({"delete", name, "--tenant=" + name});
  // An empty worker is kept for minutes. One may still be starting, for a request that was broken
  // off.
  EXPECT_TRUE(eventually([&name] {
    auto workers = workersOf(name);
    for (pid_t worker : workers)
      kill(worker, SIGKILL);
    return workers.empty();
  })) << "a worker of "
      << name << " is still there";
}

void HostileTest::deploy(const std::string& name, const std::map<std::string, std::string>& files,
                         std::vector<std::string> more) {
  deployed_.push_back(name);
  more.push_back("--tenant=" + name);
  more.push_back("--host=" + hostOf(name));
  auto result = nanod().tryDeploy(name, files, more);
  KJ_REQUIRE(result.exitCode == 0, "the case's app was not deployed", result.err.c_str());
}

std::string HostileTest::moduleOf(const std::string& body, const std::string& top) {
  return top + "\nexport default { async fetch(request, env, ctx) {\n" +
         "const path = new URL(request.url).pathname;\n" +
         "if (path === '/fine') return new Response('fine');\n" + body + "\n} };\n";
}

void HostileTest::deployHandler(const std::string& name, const std::string& body,
                                const std::string& top) {
  deploy(name, {{"index.js", moduleOf(body, top)}});
}

testing::AssertionResult HostileTest::answersAgain(const std::string& name) {
  HttpResponse last;
  bool fine = eventually([&name, &last] {
    last = ask(name, "/fine");
    return last.status == 200 && last.body == "fine";
  });
  if (fine) return testing::AssertionSuccess();
  return testing::AssertionFailure() << name << " does not answer again: " << last.status << " "
                                     << last.error << " " << last.body;
}

std::string HostileTest::logsOf(const std::string& name) {
  return nanod().nanoctl({"logs", name, "--tenant=" + name}).out;
}

testing::AssertionResult HostileTest::logs(const std::string& name, const std::string& text) {
  std::string all;
  if (eventually([&name, &text, &all] {
        all = logsOf(name);
        return all.find(text) != std::string::npos;
      })) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "the log does not say '" << text << "':\n" << all;
}

std::string HostileTest::supervisorLog() {
  std::ifstream file(world_->logPath);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

size_t HostileTest::alarms() {
  std::string log = supervisorLog();
  return countOf(log, "ALARM") + countOf(log, "SIGSYS");
}

const std::vector<std::string>& HostileTest::secrets() {
  static const std::vector<std::string> kSecrets = {kNeighbour, kNeighbourSecret, "example.test"};
  return kSecrets;
}

std::string nameOfCase(const testing::TestParamInfo<HostileCase>& info) { return info.param.name; }

void PrintTo(const HostileCase& hostile, std::ostream* out) { *out << hostile.name; }

std::string tenantOfCase(const HostileCase& hostile) {
  std::string name = hostile.name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace nano::test
