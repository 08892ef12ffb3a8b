// nanod's command line: what it refuses, and how it says so.

#include "tests/harness/nanod.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano::test {
namespace {

std::vector<std::string> asNobody(std::vector<std::string> flags) {
  if (geteuid() == 0) flags.push_back("--user=nobody");
  flags.push_back("--lib-dir=" NANO_LIB_DIR);
  return flags;
}

TEST(NanodTest, RefusesToRunAsRootAndNamesTheFlag) {
  if (geteuid() != 0) return;  // Nothing to refuse.
  auto result = runProgram("nanod", {});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("--user="), std::string::npos) << result.err;
}

TEST(NanodTest, NamesTheFlagThatIsWrong) {
  auto http = runProgram("nanod", asNobody({"--http=localhost"}));
  EXPECT_EQ(http.exitCode, 1);
  EXPECT_NE(http.err.find("--http"), std::string::npos) << http.err;
  auto dns = runProgram("nanod", asNobody({"--dns=127.0.0.1,localhost"}));
  EXPECT_EQ(dns.exitCode, 1);
  EXPECT_NE(dns.err.find("--dns: 'localhost'"), std::string::npos) << dns.err;
  auto layer = runProgram("nanod", asNobody({"--allow-weaker-sandbox=seccomp"}));
  EXPECT_EQ(layer.exitCode, 1);
  EXPECT_NE(layer.err.find("'seccomp'"), std::string::npos) << layer.err;
}

TEST(NanodTest, ShowsItsOwnFlagsAndTakesBothSpellings) {
  for (const char* help : {"--help", "--helpshort"}) {
    auto result = runProgram("nanod", {help});
    EXPECT_EQ(result.exitCode, 0);
    EXPECT_NE(result.out.find("\n  --max-workers=256\n"), std::string::npos) << result.out;
    EXPECT_EQ(result.out.find("minloglevel=0"), std::string::npos) << "glog's";
  }
  for (const char* flag : {"--max-workers=0", "--max_workers=0"}) {
    auto result = runProgram("nanod", asNobody({flag}));
    EXPECT_NE(result.err.find("--max-workers must be more than"), std::string::npos) << result.err;
  }
}

TEST(NanodTest, RefusesAStateDirectoryThatAnotherNanodHas) {
  Nanod nanod;
  TestDirectory other;
  auto second = runProgram("nanod", asNobody({"--http=127.0.0.1:0", "--state=" + nanod.state(),
                                              "--admin=" + other.path() + "/admin.sock"}));
  EXPECT_EQ(second.exitCode, 1);
  EXPECT_NE(second.err.find(nanod.state()), std::string::npos) << second.err;
}

TEST(NanodTest, RefusesToServeWhenNoWorkerGetsIntoItsSandbox) {
  TestDirectory directory;
  directory.write("lib/README", "");
  // A library directory whose snapshot is not one.
  for (auto& name : {"engine", "nano-worker.so", "nano.library", "nano-canary"}) {
    std::filesystem::create_symlink(std::string(NANO_LIB_DIR) + "/" + name,
                                    directory.path() + "/lib/" + name);
  }
  directory.write("lib/nano.snapshot", "not a snapshot");
  auto own = directory.path() + "/own";
  KJ_SYSCALL(mkdir(own.c_str(), 0700));
  std::vector<std::string> flags = {"--http=127.0.0.1:0", "--lib-dir=" + directory.path() + "/lib",
                                    "--state=" + own + "/state", "--admin=" + own + "/admin.sock"};
  if (geteuid() == 0) {
    flags.push_back("--user=nobody");
    KJ_SYSCALL(chown(own.c_str(), 65534, 65534));
  }
  auto result = runProgram("nanod", flags);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_EQ(result.out, "") << "it must not say that it serves";
  EXPECT_NE(result.err.find("no sandboxed worker can be started"), std::string::npos) << result.err;
}

TEST(NanodTest, AFlagFileIsRead) {
  TestDirectory directory;
  directory.write("nanod.flags", "--frontends=2\n");
  Nanod::Options options;
  options.flags = {"--flagfile=" + directory.path() + "/nanod.flags"};
  Nanod nanod(options);
  nanod.deploy("app", {{"index.js", appThatSays("two threads")}});
  for (int i = 0; i < 20; i++)
    EXPECT_EQ(nanod.get("app.localhost").body, "two threads");
}

}  // namespace
}  // namespace nano::test
