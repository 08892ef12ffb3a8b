// kill -9 of nanod at random moments of many deploys: afterwards the old or the new version, whole.
// Slow: runs with `make test-long`.

#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

constexpr int kDeploys = 200;
constexpr int kModules = 20;

// An app in many modules, each of which carries the version: a mixture would show.
void writeApp(const TestDirectory& folder, int version) {
  std::string imports;
  std::string names;
  for (int i = 0; i < kModules; i++) {
    std::string name = "m" + std::to_string(i);
    folder.write(name + ".js", "export default " + std::to_string(version) + ";");
    imports += "import " + name + " from './" + name + ".js';\n";
    names += name + ",";
  }
  folder.write("index.js",
               imports + "export default { fetch: () => new Response([" + names + "].join()) };");
}

std::string answerOf(int version) {
  std::string one = std::to_string(version);
  std::string all = one;
  for (int i = 1; i < kModules; i++)
    all += "," + one;
  return all;
}

TEST(CrashDeployTest, AfterAKillTheOldOrTheNewVersionIsThereWhole) {
  Nanod nanod;
  std::minstd_rand random(20261122);
  std::uniform_real_distribution<> part(0, 1);
  TestDirectory folder;
  writeApp(folder, 0);
  auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(nanod.nanoctl({"deploy", folder.path(), "--name=app"}).exitCode, 0);
  // The moment of the kill falls before, within and after a deploy, however long this machine takes
  // for one just now.
  std::chrono::duration<double> longest = 2 * (std::chrono::steady_clock::now() - begin);
  int live = 0;
  int replaced = 0;
  for (int version = 1; version <= kDeploys; version++) {
    writeApp(folder, version);
    ProgramResult result;
    std::thread deploying([&nanod, &folder, &result] {
      result = nanod.nanoctl({"deploy", folder.path(), "--name=app"});
    });
    std::this_thread::sleep_for(longest * part(random));
    nanod.stop(SIGKILL);
    deploying.join();
    nanod.start();
    std::string answer = nanod.get("app.localhost").body;
    ASSERT_TRUE(answer == answerOf(live) || answer == answerOf(version))
        << version << ": " << answer;
    if (answer == answerOf(version)) {
      live = version;
      replaced++;
      longest *= 0.9;
    } else {
      longest *= 1.1;
    }
    // What was called done stays done.
    if (result.exitCode == 0) {
      ASSERT_EQ(live, version);
    }
  }
  // Both sides of the switch were hit.
  EXPECT_GT(replaced, 0);
  EXPECT_LT(replaced, kDeploys);
}

}  // namespace
}  // namespace nano::test
