// What a worker is and sees once it is in its sandbox, asked from outside and from inside.

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "sandbox/process_status.h"
#include "tests/security/victim_process.h"

namespace nano {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ProcessStatus statusOf(pid_t pid) {
  return parseProcessStatus(readFile("/proc/" + std::to_string(pid) + "/status")).value();
}

// What the victim says of where it is, after enterSandbox() and before the filter.
std::string lookAround(const std::vector<Layer>& weakened) {
  VictimProcess victim({"--stage=entered", "look_around"}, weakened, weakened);
  auto end = victim.finish();
  EXPECT_EQ(classifyEnd(end), EndClass::kExited) << describeEnd(end) << victim.output();
  return victim.output();
}

bool says(const std::string& output, const std::string& line) {
  return output.find("\n" + line + "\n") != std::string::npos;
}

TEST(SandboxStateTest, TheKernelSaysThatEverythingIsShut) {
  VictimProcess victim({"wait"});
  std::string ready = victim.readLine();
  ProcessStatus status = statusOf(victim.child().pid());
  EXPECT_EQ(status.seccomp, 2);
  EXPECT_EQ(status.noNewPrivs, 1);
  EXPECT_EQ(
      status.inheritable | status.permitted | status.effective | status.bounding | status.ambient,
      0u);
  EXPECT_EQ(status.nsPids.back(), 1);
  EXPECT_GE(status.nsPids.size(), 2u);
  uid_t outside = geteuid() == 0 ? 65534 : geteuid();
  EXPECT_EQ(status.uids, std::vector<uid_t>(4, outside));
  EXPECT_TRUE(status.groups.empty() || geteuid() != 0);
  EXPECT_EQ(findOpenRight(victim.child().pid(), {}), std::nullopt);
  for (const char* layer : {"userns", "mountns", "netns", "pidns", "descriptors", "rlimits",
                            "capabilities", "no_new_privs", "seccomp"}) {
    EXPECT_NE(ready.find(std::string(" ") + layer), std::string::npos) << layer;
  }
  EXPECT_EQ(victim.finish().number, 0);
}

TEST(SandboxStateTest, TheSupervisorFindsAFilterThatIsMissing) {
  VictimProcess victim({"--stage=entered", "wait"});
  victim.readLine();
  auto open = findOpenRight(victim.child().pid(), {});
  ASSERT_TRUE(open.has_value());
  EXPECT_NE(open->find("Seccomp"), std::string::npos) << *open;
}

TEST(SandboxStateTest, TheSupervisorFindsAProcessThatNeverEntered) {
  VictimProcess victim({"--stage=started", "wait"});
  EXPECT_TRUE(findOpenRight(victim.child().pid(), {}).has_value());
}

TEST(SandboxStateTest, ThereIsNothingToSeeFromInside) {
  std::string output = lookAround({});
  EXPECT_TRUE(says(output, "stat /etc: errno " + std::to_string(ENOENT))) << output;
  EXPECT_FALSE(says(output, "list /: ok")) << output;
  EXPECT_TRUE(says(output, "pid: 1")) << output;
  EXPECT_TRUE(says(output, "host: nano")) << output;
  EXPECT_TRUE(says(output, "descriptors from 5 up: 0")) << output;
  EXPECT_FALSE(says(output, "create file: ok")) << output;
  EXPECT_FALSE(says(output, "open /proc/self/status: ok")) << output;
  EXPECT_FALSE(says(output, "open /etc/passwd: ok")) << output;
  EXPECT_TRUE(says(output, "connect: errno " + std::to_string(ENETUNREACH))) << output;
}

TEST(SandboxStateTest, ItsRootIsEmptyAndReadOnly) {
  if (geteuid() != 0)
    GTEST_SKIP() << "/proc/PID/root of a process in another user namespace opens for root only; "
                    "what the process itself sees of its root is tested above";
  VictimProcess victim({"wait"});
  victim.readLine();
  std::string root = "/proc/" + std::to_string(victim.child().pid()) + "/root/";
  EXPECT_TRUE(std::filesystem::is_empty(root));
  EXPECT_EQ(mkdir((root + "x").c_str(), 0700), -1);
  EXPECT_EQ(errno, EROFS);
}

TEST(SandboxStateTest, NoNamespaceCanBeNestedEvenWithoutTheFilter) {
  VictimProcess victim({"--stage=entered", "look_around"});
  std::string ready = victim.readLine();
  if (ready.find("nested_namespaces") == std::string::npos)
    GTEST_SKIP() << "/proc/sys is read-only here (a container), so the limit of user namespaces "
                    "cannot be lowered; that the filter refuses them is tested without it";
  victim.finish();
  EXPECT_FALSE(says(victim.output(), "nested user namespace: ok")) << victim.output();
}

TEST(SandboxStateTest, ALayerLeftOutIsSaidAndTheOthersStay) {
  for (Layer layer : kAllLayers) {
    if (layer == Layer::kUserNamespace && geteuid() != 0) continue;
    std::string output = lookAround({layer});
    std::string warning =
        "sandbox: WARNING: the layer " + std::string(layerName(layer)) + " is left out";
    EXPECT_EQ(output.find(warning), 0u) << output;
    EXPECT_FALSE(says(output, "open /etc/passwd: ok")) << output;
    EXPECT_FALSE(says(output, "create file: ok")) << output;
    EXPECT_EQ(says(output, "pid: 1"), layer != Layer::kPidNamespace) << output;
    EXPECT_EQ(says(output, "host: nano"), layer != Layer::kNetNamespace) << output;
    EXPECT_EQ(says(output, "stat /etc: ok"), layer == Layer::kMountNamespace) << output;
  }
}

TEST(SandboxStateTest, WithoutAUserNamespaceItIsNobodyAllTheSame) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can do without one";
  VictimProcess victim({"wait"}, {Layer::kUserNamespace}, {Layer::kUserNamespace});
  victim.readLine();  // the warning
  victim.readLine();
  ProcessStatus status = statusOf(victim.child().pid());
  EXPECT_EQ(status.uids, std::vector<uid_t>(4, 65534));
  EXPECT_EQ(status.bounding, 0u) << "root's child could drop it";
  EXPECT_EQ(findOpenRight(victim.child().pid(), {Layer::kUserNamespace}), std::nullopt);
}

TEST(SandboxStateTest, ADeadParentTakesItAlong) {
  // The orphan becomes ours, so that we see how it ends.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  int code = runInFork([&ends]() {
    VictimProcess victim({"sleep"});
    victim.readLine();
    pid_t pid = victim.child().pid();
    if (write(ends[1], &pid, sizeof pid) != sizeof pid) _exit(1);
    _exit(0);  // without the destructor, which would kill it
    return 0;
  });
  EXPECT_EQ(code, 0);
  pid_t pid = 0;
  ASSERT_EQ(read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  close(ends[0]);
  close(ends[1]);
}

TEST(SandboxStateTest, TheEndOfTheThreadThatSpawnedItTakesItAlong) {
  std::unique_ptr<VictimProcess> victim;
  std::thread([&victim]() {
    victim = std::make_unique<VictimProcess>(std::vector<std::string>{"sleep"});
    victim->readLine();
  }).join();
  EXPECT_EQ(classifyEnd(victim->finish()), EndClass::kKilled);
}

}  // namespace
}  // namespace nano
