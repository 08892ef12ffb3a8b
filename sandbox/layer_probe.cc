#include "sandbox/layer_probe.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <string_view>

#include <kj/debug.h>
#include <kj/io.h>

#include "sandbox/landlock.h"
#include "sandbox/namespaces.h"
#include "sandbox/privileges.h"
#include "sandbox/sandbox.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/step.h"

namespace nano {
namespace {

using State = LayerFinding::State;

// What a probe's process wrote and how it ended.
struct ProbeEnd {
  bool worked = false;
  std::string text;  // Of a step that failed "STEP: WHY"; else what the probe said.
};

struct CloneArgs {
  uint64_t flags, pidfd, childTid, parentTid, exitSignal, stack, stackSize, tls;
};

void writeOwnProc(const char* path, const std::string& text) {
  int fd = static_cast<int>(mustSucceed(path, open(path, O_WRONLY | O_CLOEXEC)));
  kj::AutoCloseFd file(fd);
  mustSucceed(path, write(file, text.data(), text.size()));
}

// As spawn() does it from outside.
void mapOwnUser(uid_t uid) {
  // A caller that is not dumpable (nanod) does not own its files in /proc.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  writeOwnProc("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
}

std::string withoutPrefix(std::string text) {
  constexpr std::string_view kPrefix = "sandbox: ";
  if (text.starts_with(kPrefix)) text.erase(0, kPrefix.size());
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

// Runs `body` in a process made by clone3 with these flags, which is how spawn() makes its own.
ProbeEnd probe(uint64_t flags, const std::function<void()>& body) {
  int ends[2];
  KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
  kj::AutoCloseFd reader(ends[0]);
  kj::AutoCloseFd writer(ends[1]);
  uid_t uid = geteuid();
  CloneArgs args = {};
  args.flags = flags;
  args.exitSignal = SIGCHLD;
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) return {false, std::string("clone3: ") + strerror(errno)};
  if (pid == 0) {
    dup2(writer, STDOUT_FILENO);
    dup2(writer, STDERR_FILENO);
    if ((flags & CLONE_NEWUSER) != 0) mapOwnUser(uid);
    body();
    _exit(0);
  }
  writer = nullptr;
  ProbeEnd end;
  char bytes[512];
  ssize_t count;
  while ((count = read(reader, bytes, sizeof bytes)) > 0)
    end.text.append(bytes, static_cast<size_t>(count));
  int status = 0;
  KJ_SYSCALL(waitpid(static_cast<pid_t>(pid), &status, 0));
  end.worked = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  end.text = withoutPrefix(end.text);
  if (!end.worked && end.text.empty()) end.text = "the process died";
  return end;
}

std::string firstWordOf(const char* path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

// Without it an ordinary user can make no namespace at all.
std::string remedyForUserNamespace() {
  std::string what;
  if (firstWordOf("/proc/sys/user/max_user_namespaces") == "0") {
    what = "set sysctl user.max_user_namespaces to 10000 or so";
  } else if (firstWordOf("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
    what = "set sysctl kernel.unprivileged_userns_clone=1";
  } else if (firstWordOf("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
    what = "give nanod an AppArmor profile with 'userns,'";
  } else {
    what = "in a container, let its seccomp profile allow clone3 and unshare with namespaces";
  }
  return what +
         "; or go without, which leaves out all four of its kind: "
         "--allow-weaker-sandbox=userns,mountns,netns,pidns";
}

std::string remedyFor(Layer layer) {
  if (layer == Layer::kUserNamespace) return remedyForUserNamespace();
  return "allow it to nanod (sysctl user.max_*_namespaces, a container's seccomp profile); or go "
         "without it: --allow-weaker-sandbox=" +
         std::string(layerName(layer));
}

ProbeEnd probeAlone(Layer layer, uint64_t userNamespace) {
  switch (layer) {
    case Layer::kUserNamespace:
      return probe(CLONE_NEWUSER, []() {});
    case Layer::kPidNamespace:
      return probe(userNamespace | CLONE_NEWPID, []() {});
    case Layer::kMountNamespace:
      return probe(userNamespace, []() {
        unshareNamespaces({Layer::kNetNamespace});
        enterEmptyRoot();
      });
    case Layer::kNetNamespace:
      return probe(userNamespace, []() { unshareNamespaces({Layer::kMountNamespace}); });
  }
  KJ_UNREACHABLE;
}

LayerFinding probeNamespace(Layer layer, const std::vector<Layer>& weakened) {
  std::string name(layerName(layer));
  if (isWeakened(weakened, layer)) {
    return {name, State::kLeftOut, "by --allow-weaker-sandbox", {}};
  }
  // An ordinary user may make the others only in a user namespace.
  bool alone = isWeakened(weakened, Layer::kUserNamespace);
  ProbeEnd end = probeAlone(layer, alone ? 0 : uint64_t{CLONE_NEWUSER});
  if (end.worked) return {name, State::kWorks, end.text, {}};
  if (alone) end.text += " (without userns an ordinary user cannot make it)";
  return {name, State::kMissing, end.text, remedyFor(layer)};
}

// A layer that has no name for --allow-weaker-sandbox.
LayerFinding probeRequired(const char* name, const char* remedy,
                           const std::function<void()>& body) {
  ProbeEnd end = probe(0, body);
  LayerFinding finding{name, end.worked ? State::kWorks : State::kMissing, end.text, {}};
  if (!end.worked) finding.remedy = std::string(remedy) + "; it cannot be left out";
  return finding;
}

void say(const std::string& text) {
  mustSucceed("report", write(STDOUT_FILENO, text.data(), text.size()));
}

LayerFinding probeLandlock(const std::vector<Layer>& weakened) {
  constexpr std::string_view kNone = "none";
  LayerFinding finding = probeRequired(
      "landlock", "in a container, let its seccomp profile allow the landlock calls", [&kNone]() {
        forbidNewPrivileges();
        uint32_t abi = denyWithLandlock();
        say(abi == 0 ? std::string(kNone) : "ABI " + std::to_string(abi));
      });
  if (finding.state != State::kWorks || finding.detail != kNone) return finding;
  finding.detail = "this kernel has none";
  finding.remedy = "Linux 5.13 or newer with lsm=landlock";
  bool needed = isWeakened(weakened, Layer::kMountNamespace);
  finding.state = needed ? State::kMissing : State::kAbsent;
  if (needed) finding.remedy += ", or keep mountns: one of the two must hide the files";
  return finding;
}

// Nothing is lost that the filter does not hold as well.
LayerFinding probeOptional(const char* name, uint64_t flags, const char* remedy,
                           const std::function<bool()>& body) {
  ProbeEnd end = probe(flags, [&body]() {
    if (!body()) _exit(1);
  });
  if (end.worked) return {name, State::kWorks, {}, {}};
  return {name, State::kAbsent, "the seccomp filter stands alone for it", remedy};
}

void enterFilter() {
  forbidNewPrivileges();
  loadFilter(compileFilter(syscallPolicy({}, getpid())));
}

}  // namespace

std::string_view stateName(State state) {
  switch (state) {
    case State::kWorks:
      return "works";
    case State::kMissing:
      return "missing";
    case State::kLeftOut:
      return "left out";
    case State::kAbsent:
      return "absent";
  }
  KJ_UNREACHABLE;
}

std::vector<LayerFinding> probeLayers(const std::vector<Layer>& weakened) {
  std::vector<LayerFinding> findings;
  findings.push_back(probeRequired(
      "clone3", "Linux 5.9 or newer; in a container, let its seccomp profile allow clone3",
      []() {}));
  findings.push_back(probeRequired("descriptors",
                                   "Linux 5.9 or newer, for close_range; in a container, let its "
                                   "seccomp profile allow it",
                                   []() { closeDescriptorsFrom(STDERR_FILENO + 1); }));
  for (Layer layer : {Layer::kUserNamespace, Layer::kPidNamespace, Layer::kNetNamespace,
                      Layer::kMountNamespace}) {
    findings.push_back(probeNamespace(layer, weakened));
  }
  bool userNamespace = findings[2].state == State::kWorks;
  findings.push_back(probeOptional(
      "nested_namespaces", userNamespace ? uint64_t{CLONE_NEWUSER} : 0,
      "let nanod write /proc/sys/user (systemd: ProtectKernelTunables=no), if you want it",
      [userNamespace]() { return userNamespace && forbidNestedNamespaces(); }));
  findings.push_back(probeRequired("rlimits", "let nanod lower its limits", limitResources));
  findings.push_back(probeRequired("capabilities", "let nanod call capset and prctl", []() {
    // Without a user namespace of its own the process has none to drop.
    dropCapabilities({Layer::kUserNamespace});
  }));
  findings.push_back(
      probeRequired("no_new_privs", "let nanod call prctl", []() { forbidNewPrivileges(); }));
  findings.push_back(probeLandlock(weakened));
  findings.push_back(probeRequired(
      "seccomp", "a kernel with CONFIG_SECCOMP_FILTER, and a container that allows seccomp(2)",
      enterFilter));
  findings.push_back(probeOptional("mdwe", 0, "Linux 6.3 or newer; only the profile jitless has it",
                                   []() { return refuseNewCode(); }));
  return findings;
}

std::string describeMissing(const LayerFinding& finding) {
  return "the sandbox layer " + finding.layer + " is missing: " + finding.detail + "; " +
         finding.remedy;
}

}  // namespace nano
