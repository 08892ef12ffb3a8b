#include "sandbox/act_trial.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "sandbox/hostile_acts.h"
#include "sandbox/outside_acts.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/step.h"

namespace nano {
namespace {

// The exit code of an act that the kernel let through; errno's numbers are smaller.
constexpr int kSucceeded = 255;

void say(const std::string& line) {
  std::string text = line + "\n";
  mustSucceed("report", write(STDOUT_FILENO, text.data(), text.size()));
}

// Runs `act` in a forked process and returns how that ended, as waitpid(2) tells it.
template <typename Act>
int endOf(const Act& act) {
  pid_t pid = fork();
  mustSucceed("fork", pid);
  if (pid == 0) {
    long result = act();
    _exit(result >= 0 ? kSucceeded : errno);
  }
  int status = 0;
  mustSucceed("wait", waitpid(pid, &status, 0));
  return status;
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  int code = WEXITSTATUS(status);
  if (code == kSucceeded) return "success";
  return "errno " + std::to_string(code);
}

bool endedAsExpected(const HostileAct& act, int status) {
  if (act.expectedErrno == kDies) return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
  return WIFEXITED(status) && WEXITSTATUS(status) == act.expectedErrno;
}

int tryOutside(const SandboxSpec& spec) {
  int tried = 0;
  for (const OutsideAct& act : outsideActs()) {
    if (act.layer && isWeakened(spec.weakened, *act.layer)) continue;
    int status = endOf(act.run);
    // A death by a signal is no refusal that we know.
    bool refused = WIFEXITED(status) && WEXITSTATUS(status) != kSucceeded;
    if (!refused) say(std::string("survived ") + act.name + " " + describe(status));
    ++tried;
  }
  return tried;
}

// What lockSyscalls() does, but compiled once for all. That it can be loaded is a part of entering.
std::vector<sock_filter> makeFilter(const SandboxSpec& spec) {
  std::vector<sock_filter> filter = compileFilter(syscallPolicy(spec, getpid()));
  int status = endOf([&filter]() {
    loadFilter(filter);
    return 0;
  });
  // A step that fails has said so by itself.
  if (!WIFEXITED(status) || WEXITSTATUS(status) != kSucceeded) _exit(kSandboxFailedExit);
  return filter;
}

int tryHostile(const SandboxSpec& spec, const std::vector<sock_filter>& filter) {
  int tried = 0;
  for (const HostileAct& act : hostileActs()) {
    if (!isForbidden(act, spec.code)) continue;
    int status = endOf([&filter, &act]() {
      loadFilter(filter);
      return act.run();
    });
    if (!endedAsExpected(act, status)) {
      say(std::string("survived ") + act.name + " " + describe(status));
    }
    ++tried;
  }
  return tried;
}

}  // namespace

void tryActs(const SandboxSpec& spec) {
  SandboxState state = enterSandbox(spec);
  const std::vector<sock_filter> filter = makeFilter(spec);
  std::string entered = "entered";
  for (const std::string& layer : state.layers)
    entered += " " + layer;
  say(entered);
  int tried = tryOutside(spec);
  tried += tryHostile(spec, filter);
  say("tried " + std::to_string(tried));
}

}  // namespace nano
