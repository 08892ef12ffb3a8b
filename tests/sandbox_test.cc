// What an operator sees of the sandbox: nanod refuses to serve where it does not hold, and says
// which layer, why and what to do; nanoctl doctor shows each layer.

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <nlohmann/json.hpp>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using nlohmann::json;

std::string call(const std::string& name, int error) { return name + "=" + std::to_string(error); }

// CLONE_NEWNS and CLONE_NEWNET.
const std::string kUnshareMounts = "unshare:0x20000";
const std::string kUnshareNetwork = "unshare:0x40000000";

class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    KJ_SYSCALL(mkdir(own_.c_str(), 0700));
    if (geteuid() == 0) {
      KJ_SYSCALL(chown(own_.c_str(), 65534, 65534));
    }
  }
  ~SandboxTest() noexcept override = default;

  std::vector<std::string> nanod(std::vector<std::string> without,
                                 const std::vector<std::string>& flags = {}) {
    std::vector<std::string> words = std::move(without);
    words.insert(words.end(),
                 {programPath("nanod"), "--http=127.0.0.1:0", "--lib-dir=" + libDirectory_,
                  "--state=" + own_ + "/state", "--admin=" + own_ + "/admin.sock"});
    if (geteuid() == 0) words.push_back("--user=nobody");
    for (const std::string& flag : withoutCgroups(flags))
      words.push_back(flag);
    return words;
  }
  // Runs nanod where `without` is not to be had and expects it to refuse; what it said.
  std::string refusal(const std::vector<std::string>& without,
                      const std::vector<std::string>& flags = {}) {
    auto result = runProgram("nano_without", nanod(without, flags));
    EXPECT_EQ(result.exitCode, 1);
    EXPECT_EQ(result.out, "") << "it must not say that it serves";
    return result.err;
  }
  // Whether nanod serves there.
  bool serves(const std::vector<std::string>& without, const std::vector<std::string>& flags = {}) {
    RunningProgram program(programPath("nano_without"), nanod(without, flags));
    return program.readLine().starts_with("nanod: serving");
  }
  ProgramResult doctor(std::vector<std::string> without,
                       const std::vector<std::string>& flags = {}) {
    without.push_back(programPath("nanoctl"));
    without.push_back("doctor");
    for (const std::string& flag : withoutCgroups(flags))
      without.push_back(flag);
    return runProgram("nano_without", without);
  }
  // An ordinary user without systemd has no cgroups to give to workers.
  static std::vector<std::string> withoutCgroups(std::vector<std::string> flags) {
    if (geteuid() == 0) return flags;
    for (std::string& flag : flags) {
      if (!flag.starts_with("--allow-weaker-sandbox=")) continue;
      flag += ",cgroup";
      return flags;
    }
    flags.emplace_back("--allow-weaker-sandbox=cgroup");
    return flags;
  }
  // A library directory whose nano-canary is another program.
  void replaceCanary(const std::string& program) {
    libDirectory_ = directory_.path() + "/lib";
    std::filesystem::create_directory(libDirectory_);
    for (const char* name : {"engine", "nano-worker.so", "nano.snapshot", "nano.library"}) {
      std::filesystem::create_symlink(std::string(NANO_LIB_DIR) + "/" + name,
                                      libDirectory_ + "/" + name);
    }
    std::filesystem::create_symlink(program, libDirectory_ + "/nano-canary");
  }

  TestDirectory directory_;
  std::string own_ = directory_.path() + "/own";
  std::string libDirectory_ = NANO_LIB_DIR;
};

void expectAll(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST_F(SandboxTest, NanodDoesNotServeWhenACanaryGetsOut) {
  replaceCanary(programPath("nano_leaky_canary"));
  expectAll(refusal({}), {"nanod: the sandbox did not stop the canary", "socket_unix success"});
}

TEST_F(SandboxTest, NanodDoesNotServeWhenACanaryTellsNothing) {
  replaceCanary("/bin/true");
  expectAll(refusal({}), {"nanod: no process can be shut into the sandbox", "nanoctl doctor"});
}

TEST_F(SandboxTest, NanodLeavesNoCanaryBehind) {
  Nanod nanod;
  std::string parent = "PPid:\t" + std::to_string(nanod.pid()) + "\n";
  size_t children = 0;
  for (auto& process : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(process.path() / "status");
    std::string status{std::istreambuf_iterator<char>(file), {}};
    if (status.find(parent) == std::string::npos) continue;
    ++children;
    EXPECT_EQ(status.find("State:\tZ"), std::string::npos) << status;
  }
  EXPECT_GT(children, 0u) << "it has a worker at least";
}

TEST_F(SandboxTest, WithoutUserNamespacesNanodNamesTheLayerTheSysctlAndTheFlag) {
  expectAll(
      refusal({"user_namespaces"}),
      {"nanod: the sandbox layer userns is missing: clone3: No space left on device",
       "sysctl user.max_user_namespaces", "--allow-weaker-sandbox=userns,mountns,netns,pidns"});
}

TEST_F(SandboxTest, TheFlagThatTheRefusalNamesLetsNanodServe) {
  EXPECT_TRUE(serves({"user_namespaces"}, {"--allow-weaker-sandbox=userns,mountns,netns,pidns"}));
  EXPECT_TRUE(serves({call(kUnshareNetwork, EPERM)}, {"--allow-weaker-sandbox=netns"}));
  EXPECT_TRUE(serves({call(kUnshareMounts, EPERM)}, {"--allow-weaker-sandbox=mountns"}));
}

TEST_F(SandboxTest, LeavingOutUsernsAloneIsNotEnoughForAnOrdinaryUser) {
  expectAll(refusal({"user_namespaces"}, {"--allow-weaker-sandbox=userns"}),
            {"the sandbox layer pidns is missing", "without userns"});
}

TEST_F(SandboxTest, WithoutUnshareNanodNamesTheNamespace) {
  expectAll(refusal({call(kUnshareMounts, EPERM)}),
            {"nanod: the sandbox layer mountns is missing: unshare namespaces: Operation not",
             "--allow-weaker-sandbox=mountns"});
  expectAll(refusal({call(kUnshareNetwork, EPERM)}),
            {"nanod: the sandbox layer netns is missing: unshare namespaces: Operation not",
             "--allow-weaker-sandbox=netns"});
}

TEST_F(SandboxTest, WithoutClone3NanodSaysThatNoFlagHelps) {
  expectAll(refusal({call("clone3", ENOSYS)}),
            {"nanod: the sandbox layer clone3 is missing: clone3: Function not implemented",
             "it cannot be left out"});
}

TEST_F(SandboxTest, WithoutWhatIsNeverLeftOutNanodNamesTheLayer) {
  expectAll(refusal({call("seccomp", EPERM)}),
            {"the sandbox layer seccomp is missing", "it cannot be left out"});
  expectAll(refusal({call("landlock_create_ruleset", EPERM)}),
            {"the sandbox layer landlock is missing: landlock version: Operation not permitted",
             "it cannot be left out"});
  expectAll(refusal({call("close_range", ENOSYS)}),
            {"the sandbox layer descriptors is missing", "close_range", "it cannot be left out"});
  expectAll(refusal({call("capset", EPERM)}),
            {"the sandbox layer capabilities is missing", "it cannot be left out"});
}

TEST_F(SandboxTest, AKernelWithoutLandlockServesUnlessItIsNeeded) {
  std::string none = call("landlock_create_ruleset", ENOSYS);
  EXPECT_TRUE(serves({none}));
  expectAll(refusal({none}, {"--allow-weaker-sandbox=mountns"}),
            {"the sandbox layer landlock is missing: this kernel has none"});
}

TEST_F(SandboxTest, DoctorSaysThatNanodCouldServeHere) {
  auto result = doctor({});
  EXPECT_EQ(result.exitCode, 0) << result.out << result.err;
  expectAll(result.out, {"userns             works", "seccomp            works",
                         "canary, default    works", "canary, jitless    works", "cgroup ",
                         "protection keys", "nanod could serve on this machine."});
}

TEST_F(SandboxTest, DoctorSaysWhatIsMissing) {
  auto result = doctor({"user_namespaces"});
  EXPECT_EQ(result.exitCode, 1);
  expectAll(result.out, {"userns             missing   clone3: No space left on device",
                         "to do: set sysctl user.max_user_namespaces",
                         "nanod would refuse to serve: missing userns"});
}

TEST_F(SandboxTest, DoctorTakesTheLayersThatNanodWouldLeaveOut) {
  auto result =
      doctor({"user_namespaces"}, {"--json", "--allow-weaker-sandbox=userns,mountns,netns,pidns"});
  EXPECT_EQ(result.exitCode, 0) << result.out;
  auto report = json::parse(result.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << result.out;
  EXPECT_EQ(report.value("serves", false), true);
  size_t leftOut = 0;
  for (auto& layer : report["layers"])
    leftOut += layer.value("state", "") == "left out" ? 1 : 0;
  EXPECT_GE(leftOut, 4u);
}

TEST_F(SandboxTest, DoctorTriesAsAnOrdinaryUserWhoeverCallsIt) {
  auto report = json::parse(doctor({}, {"--json"}).out, nullptr, false);
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report.value("user", 0U), geteuid() == 0 ? 65534 : geteuid());
  EXPECT_EQ(doctor({}, {"--user=root"}).exitCode, 1);
}

}  // namespace
}  // namespace nano::test
