// nano-canary: goes into the sandbox that workers get and tries to get out. No V8.
//
//   nano-canary [--weaken=LAYER]... [--jitless]
//       a canary; started by spawn(), see sandbox/canary.h
//   nano-canary --report [--weaken=LAYER]... [--uid=N --gid=N]
//       looks at every layer on this machine, lets canaries try, and prints one line of JSON; root
//       becomes that user first, as nanod does. Exit code 0: nanod could serve here.

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include <kj/debug.h>

#include "sandbox/act_trial.h"
#include "sandbox/host_report.h"

namespace nano {
namespace {

constexpr int kMisused = 2;
constexpr unsigned kNobody = 65534;

struct Arguments {
  SandboxSpec spec;
  bool report = false;
  bool withoutCgroup = false;
  unsigned uid = kNobody;
  unsigned gid = kNobody;
};

[[noreturn]] void refuse(const std::string& why) {
  fprintf(stderr, "nano-canary: %s\n", why.c_str());
  exit(kMisused);
}

unsigned number(std::string_view text) {
  unsigned value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) {
    refuse("not the number of an unprivileged user: " + std::string(text));
  }
  return value;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--weaken=cgroup") {
      arguments.withoutCgroup = true;
    } else if (word.starts_with("--weaken=")) {
      auto layer = parseLayer(word.substr(9));
      if (!layer) refuse("no such layer: " + std::string(word));
      arguments.spec.weakened.push_back(*layer);
    } else if (word == "--jitless") {
      arguments.spec.code = SandboxSpec::Code::kJitless;
    } else if (word == "--report") {
      arguments.report = true;
    } else if (word.starts_with("--uid=")) {
      arguments.uid = number(word.substr(6));
    } else if (word.starts_with("--gid=")) {
      arguments.gid = number(word.substr(6));
    } else {
      refuse("unknown argument " + std::string(word));
    }
  }
  return arguments;
}

kj::AutoCloseFd openFile(const char* path, int flags) {
  int fd;
  KJ_SYSCALL(fd = open(path, flags | O_CLOEXEC), path);
  return kj::AutoCloseFd(fd);
}

void becomeOrdinary(const Arguments& arguments) {
  if (geteuid() != 0) return;
  KJ_SYSCALL(setgroups(0, nullptr));
  KJ_SYSCALL(setresgid(arguments.gid, arguments.gid, arguments.gid));
  KJ_SYSCALL(setresuid(arguments.uid, arguments.uid, arguments.uid));
}

int report(const Arguments& arguments) {
  kj::AutoCloseFd self = openFile("/proc/self/exe", O_RDONLY);
  kj::AutoCloseFd null = openFile("/dev/null", O_RDWR);
  // As nanod does: root makes its cgroups before it becomes somebody.
  LayerFinding cgroup = judgeOwnCgroups();
  if (arguments.withoutCgroup && cgroup.state == LayerFinding::State::kMissing) {
    cgroup.state = LayerFinding::State::kLeftOut;
    cgroup.remedy.clear();
  }
  HostFacts facts = readHostFacts();
  becomeOrdinary(arguments);
  facts.user = geteuid();
  auto findings = probeLayers(arguments.spec.weakened);
  findings.push_back(cgroup);
  Canary ordinary({self, null, arguments.spec.weakened, SandboxSpec::Code::kJit});
  Canary jitless({self, null, arguments.spec.weakened, SandboxSpec::Code::kJitless});
  std::vector<ProfileTrial> trials;
  trials.push_back({"default", ordinary.finish()});
  trials.push_back({"jitless", jitless.finish()});
  printf("%s\n", reportAsJson(facts, findings, trials).c_str());
  return couldServe(findings, trials) ? 0 : 1;
}

int canaryMain(int argc, char** argv) {
  Arguments arguments = parse(argc, argv);
  if (arguments.report) return report(arguments);
  tryActs(arguments.spec);
  _exit(0);
}

}  // namespace
}  // namespace nano

int main(int argc, char** argv) { return nano::canaryMain(argc, argv); }
