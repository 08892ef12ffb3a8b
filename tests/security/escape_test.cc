// Every hostile act of the list, done after the sandbox is shut, and how it ends.

#include <signal.h>

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "sandbox/hostile_acts.h"
#include "tests/security/victim_process.h"

namespace nano {
namespace {

void expectSandboxAlarm(VictimProcess& victim) {
  auto end = victim.finish();
  EXPECT_EQ(classifyEnd(end), EndClass::kSandboxAlarm)
      << describeEnd(end) << ": " << victim.output();
}

class EscapeTest : public testing::TestWithParam<HostileAct> {};

TEST_P(EscapeTest, EndsAsItShould) {
  const HostileAct& act = GetParam();
  std::vector<std::string> arguments = {act.name};
  if (act.loosest == SandboxSpec::Code::kJitless) arguments.emplace_back("--jitless");
  VictimProcess victim(arguments);
  if (act.expectedErrno == kDies) {
    expectSandboxAlarm(victim);
    EXPECT_NE(victim.output().find("ready"), std::string::npos) << "it died too early";
  } else {
    auto end = victim.finish();
    EXPECT_EQ(classifyEnd(end), EndClass::kExited) << describeEnd(end);
    std::string expected = "\nerrno " + std::to_string(act.expectedErrno) + "\n";
    EXPECT_NE(victim.output().find(expected), std::string::npos) << victim.output();
  }
}

INSTANTIATE_TEST_SUITE_P(Acts, EscapeTest,
                         testing::ValuesIn(hostileActs().begin(), hostileActs().end()),
                         [](const auto& act) { return std::string(act.param.name); });

TEST(VictimTest, AnAllowedLifeIsNotDisturbed) {
  VictimProcess victim({"nothing"});
  EXPECT_EQ(classifyEnd(victim.finish()), EndClass::kExited) << victim.output();
}

// The filter is not there yet: what stops it is the kernel's promise, where there is one.
TEST(VictimTest, AJitlessProcessMakesNoCodeEvenWithoutTheFilter) {
  VictimProcess victim({"--jitless", "--stage=entered", "make_code"});
  bool promised = victim.readLine().find(" mdwe") != std::string::npos;
  EXPECT_EQ(classifyEnd(victim.finish()), EndClass::kExited) << victim.output();
  EXPECT_EQ(victim.output().find("made code: errno 13\n") != std::string::npos, promised)
      << victim.output();
}

TEST(VictimTest, OnlyAJitlessProcessIsRefusedCode) {
  VictimProcess jit({"make_code"});
  EXPECT_EQ(classifyEnd(jit.finish()), EndClass::kExited) << jit.output();
  EXPECT_NE(jit.output().find("made code: ok"), std::string::npos) << jit.output();
  VictimProcess jitless({"--jitless", "make_code"});
  expectSandboxAlarm(jitless);
}

TEST(VictimTest, TheFilterHoldsForThreadsThatWereThereBeforeIt) {
  for (const char* act : {"thread:socket_inet", "thread:execve", "thread:fork"}) {
    VictimProcess victim({act});
    expectSandboxAlarm(victim);
  }
}

TEST(VictimTest, AThreadThatWasThereMayEnd) {
  VictimProcess victim({"thread:nothing"});
  auto end = victim.finish();
  EXPECT_EQ(classifyEnd(end), EndClass::kExited) << describeEnd(end);
}

TEST(VictimTest, ProbesKillWhenTheyShallBeFound) {
  for (const char* act : {"open_passwd", "uname", "getuid"}) {
    VictimProcess victim({"--no-probes", act});
    expectSandboxAlarm(victim);
  }
}

TEST(VictimTest, NoLayerLeftOutOpensTheFilter) {
  for (Layer layer : kAllLayers) {
    if (layer == Layer::kUserNamespace && geteuid() != 0) continue;  // then nothing can be made
    for (const char* act : {"socket_inet", "execve", "unshare_user", "kill_all", "mount"}) {
      VictimProcess victim({act}, {layer}, {layer});
      expectSandboxAlarm(victim);
    }
  }
}

TEST(VictimTest, AbortIsAnEngineFatalAndNotAnAlarm) {
  VictimProcess victim({"abort"});
  auto end = victim.finish();
  EXPECT_EQ(classifyEnd(end), EndClass::kEngineFatal) << describeEnd(end);
}

TEST(VictimTest, AWildWriteIsAMemoryBug) {
  VictimProcess victim({"wild_write"});
  auto end = victim.finish();
  EXPECT_EQ(classifyEnd(end), EndClass::kMemoryBug) << describeEnd(end);
}

TEST(VictimTest, OnlySigkillFromOutsideEndsIt) {
  VictimProcess victim({"wait"});
  victim.readLine();
  victim.child().sendSignal(SIGTERM);  // process 1 of its namespace does not hear it
  EXPECT_FALSE(victim.child().seeEnd().has_value());
  victim.child().sendSignal(SIGKILL);
  EXPECT_EQ(classifyEnd(victim.finish()), EndClass::kKilled);
}

}  // namespace
}  // namespace nano
