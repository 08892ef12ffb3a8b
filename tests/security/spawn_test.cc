// What spawn() makes of a process before its exec, and what it does when that fails.

#include "sandbox/spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <kj/exception.h>

#include "sandbox/process_status.h"
#include "tests/security/victim_process.h"

namespace nano {
namespace {

bool says(const std::string& output, const std::string& text) {
  return output.find(text) != std::string::npos;
}

int openNull() { return open("/dev/null", O_RDWR | O_CLOEXEC); }

// Becomes somebody with no rights, as nanod under systemd is.
void giveUpRoot() {
  if (geteuid() != 0) return;
  EXPECT_EQ(setgroups(0, nullptr), 0);
  EXPECT_EQ(setresgid(65534, 65534, 65534), 0);
  EXPECT_EQ(setresuid(65534, 65534, 65534), 0);
}

std::string failureOf(const SpawnSpec& spec) {
  try {
    spawn(spec);
  } catch (const kj::Exception& exception) {
    return exception.getDescription().cStr();
  }
  return "";
}

bool hasNoChildren() {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == -1 && errno == ECHILD;
}

TEST(SpawnTest, TheProgramStartsClean) {
  // In a fork, which has handlers and a mask that must not be handed on.
  EXPECT_EQ(runInFork([]() {
              signal(SIGUSR1, [](int) {});
              sigset_t blocked;
              sigemptyset(&blocked);
              sigaddset(&blocked, SIGTERM);
              sigprocmask(SIG_BLOCK, &blocked, nullptr);
              setenv("SECRET", "of the supervisor", 1);
              openNull();            // close-on-exec
              EXPECT_GE(dup(2), 0);  // not close-on-exec: a library's slip
              VictimProcess victim({"describe_start"});
              victim.finish();
              const std::string& output = victim.output();
              EXPECT_EQ(output.find("argument: nano_victim\nargument: describe_start\nuser: "), 0u)
                  << output;
              EXPECT_TRUE(says(output, "user: 0 0 group: 0 more groups: 0\n") || geteuid() != 0)
                  << output;
              EXPECT_TRUE(says(output, "session leader: yes")) << output;
              EXPECT_TRUE(says(output, "SIGTERM blocked: no")) << output;
              EXPECT_TRUE(says(output, "SIGUSR1 handled: no")) << output;
              EXPECT_TRUE(says(output, "descriptor 5: ")) << output;
              EXPECT_FALSE(says(output, "descriptor 6: ")) << output;
              return testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
}

TEST(SpawnTest, DescriptorsMayCrossEachOther) {
  EXPECT_EQ(runInFork([]() {
              int first[2];
              int second[2];
              int log[2];
              if (pipe(first) != 0 || pipe(second) != 0 || pipe(log) != 0) return 2;
              // Numbers 0..4 of this process become other numbers of the child.
              dup2(victimFd(), 20);
              dup2(log[0], 21);
              dup2(log[1], 2);
              dup2(first[0], 4);
              dup2(second[0], 3);
              struct stat low = {};
              struct stat high = {};
              fstat(3, &low);
              fstat(4, &high);
              SpawnSpec spec;
              spec.programFd = 20;
              spec.arguments = {"nano_victim", "describe_start"};
              spec.descriptors = {4, 2, 2, 4, 3};
              Child child = spawn(spec);
              close(log[1]);
              close(2);
              child.reap();
              char text[4096] = {};
              if (read(21, text, sizeof text - 1) <= 0) return 3;
              std::string output = text;
              bool right = says(output, "descriptor 0: " + std::to_string(high.st_ino) + "\n") &&
                           says(output, "descriptor 3: " + std::to_string(high.st_ino) + "\n") &&
                           says(output, "descriptor 4: " + std::to_string(low.st_ino) + "\n") &&
                           !says(output, "descriptor 5: ");
              return right ? 0 : 1;
            }),
            0);
}

TEST(SpawnTest, TheEnvironmentIsExactlyTheOneGiven) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  SpawnSpec spec;
  spec.programFd = victimFd();
  spec.arguments = {"nano_victim", "describe_start"};
  spec.environment = {"LD_BIND_NOW=1", "A=b"};
  spec.descriptors = {ends[1], ends[1], ends[1]};
  Child child = spawn(spec);
  close(ends[1]);
  child.reap();
  char text[4096] = {};
  ASSERT_GT(read(ends[0], text, sizeof text - 1), 0);
  close(ends[0]);
  EXPECT_TRUE(says(text, "environment: LD_BIND_NOW=1\nenvironment: A=b\nuser: ")) << text;
}

TEST(SpawnTest, AProgramThatCannotBeExecutedIsAnErrorAndLeavesNoProcess) {
  kj::AutoCloseFd null(openNull());
  SpawnSpec spec;
  spec.programFd = null;
  spec.arguments = {"nothing"};
  spec.descriptors = {null};
  std::string failure = failureOf(spec);
  EXPECT_TRUE(says(failure, "execveat")) << failure;
  EXPECT_TRUE(hasNoChildren());
}

TEST(SpawnTest, ADescriptorThatIsNotOpenIsAnErrorAndLeavesNoProcess) {
  SpawnSpec spec;
  spec.programFd = victimFd();
  spec.arguments = {"nano_victim", "nothing"};
  spec.descriptors = {900};
  std::string failure = failureOf(spec);
  EXPECT_TRUE(says(failure, "arrange descriptors")) << failure;
  EXPECT_TRUE(hasNoChildren());
}

TEST(SpawnTest, RootIsNotUnprivileged) {
  SpawnSpec spec;
  spec.programFd = victimFd();
  spec.arguments = {"nano_victim", "nothing"};
  spec.unprivilegedUid = 0;
  EXPECT_TRUE(says(failureOf(spec), "not unprivileged"));
}

TEST(SpawnTest, AnUnprivilegedParentMakesTheSameSandbox) {
  victimFd();
  EXPECT_EQ(runInFork([]() {
              giveUpRoot();
              EXPECT_NE(geteuid(), 0u);
              VictimProcess victim({"wait"});
              victim.readLine();
              EXPECT_EQ(findOpenRight(victim.child().pid(), {}), std::nullopt) << victim.output();
              EXPECT_EQ(victim.finish().number, 0);
              VictimProcess hostile({"socket_inet"});
              EXPECT_EQ(classifyEnd(hostile.finish()), EndClass::kSandboxAlarm);
              return testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
}

TEST(SpawnTest, AParentThatHidesItsMemoryCanSpawnToo) {
  victimFd();
  EXPECT_EQ(runInFork([]() {
              giveUpRoot();
              prctl(PR_SET_DUMPABLE, 0);
              VictimProcess victim({"nothing"});
              return victim.finish().number;
            }),
            0);
}

TEST(SpawnTest, AnUnprivilegedParentWithoutUserNamespacesMustNameEveryLayerItLoses) {
  victimFd();
  EXPECT_EQ(runInFork([]() {
              giveUpRoot();
              std::vector<Layer> one = {Layer::kUserNamespace};
              SpawnSpec spec;
              spec.programFd = victimFd();
              spec.arguments = {"nano_victim", "nothing"};
              spec.weakened = one;
              EXPECT_TRUE(says(failureOf(spec), "clone3"));

              std::vector<Layer> all(std::begin(kAllLayers), std::end(kAllLayers));
              VictimProcess victim({"wait"}, all, all);
              while (victim.readLine().find("ready") != 0) {
              }
              EXPECT_EQ(findOpenRight(victim.child().pid(), all), std::nullopt);
              VictimProcess hostile({"execve"}, all, all);
              EXPECT_EQ(classifyEnd(hostile.finish()), EndClass::kSandboxAlarm);
              return testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
}

TEST(SpawnTest, ThreadsMaySpawnAtTheSameTime) {
  std::vector<std::thread> threads;
  std::vector<int> codes(4, -1);
  threads.reserve(codes.size());
  for (int& code : codes) {
    threads.emplace_back([&code]() {
      for (int i = 0; i < 8; ++i) {
        VictimProcess victim({"nothing"});
        code = victim.finish().number;
        if (code != 0) return;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(codes, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace nano
