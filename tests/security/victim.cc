// A worker that has been taken over: enters the sandbox, then does what its arguments say. No V8.
//
//   nano_victim [--weaken=LAYER]... [--jitless] [--no-probes] [--break=CALL[:ARG0]]
//               [--early-thread] [--stage=started|entered|locked] ACT
//
// --break makes one system call fail with EPERM, to see that the step that needs it is fatal.
// After the sandbox it writes "ready", then what its act says. Descriptor 3 is its line to the
// test.

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>

#include <seccomp.h>

#include "sandbox/hostile_acts.h"
#include "sandbox/sandbox.h"

namespace nano {
namespace {

enum class VictimStage { kStarted, kEntered, kLocked };

struct VictimOptions {
  SandboxSpec spec;
  VictimStage stage = VictimStage::kLocked;
  bool earlyThread = false;
  std::string broken;
  std::string act;
};

void say(const std::string& line) {
  std::string text = line + "\n";
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) _exit(1);
}

VictimOptions parse(int argc, char** argv) {
  VictimOptions options;
  for (int i = 1; i < argc; ++i) {
    std::string_view arg = argv[i];
    if (arg.starts_with("--weaken=")) {
      auto layer = parseLayer(arg.substr(9));
      if (!layer) _exit(2);
      options.spec.weakened.push_back(*layer);
    } else if (arg.starts_with("--break=")) {
      options.broken = arg.substr(8);
    } else if (arg == "--jitless") {
      options.spec.code = SandboxSpec::Code::kJitless;
    } else if (arg == "--no-probes") {
      options.spec.probes = SandboxSpec::Probes::kFatal;
    } else if (arg == "--early-thread") {
      options.earlyThread = true;
    } else if (arg == "--stage=started") {
      options.stage = VictimStage::kStarted;
    } else if (arg == "--stage=entered") {
      options.stage = VictimStage::kEntered;
    } else {
      options.act = arg;
    }
  }
  return options;
}

void breakCall(const std::string& broken) {
  std::string name = broken.substr(0, broken.find(':'));
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
  int number = seccomp_syscall_resolve_name(name.c_str());
  int result;
  if (name == broken) {
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
  } else {
    auto argument = std::strtoull(broken.c_str() + name.size() + 1, nullptr, 0);
    result =
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 1, SCMP_A0(SCMP_CMP_EQ, argument));
  }
  if (result != 0 || seccomp_load(filter) != 0) _exit(3);
  seccomp_release(filter);
}

std::string result(long value) { return value >= 0 ? "ok" : "errno " + std::to_string(errno); }

// What a program sees of where it is; only before the filter.
void lookAround() {
  struct stat status = {};
  say("stat /etc: " + result(stat("/etc", &status)));
  say("list /: " + result(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  say("create file: " + result(open("/x", O_CREAT | O_RDWR | O_CLOEXEC, 0600)));
  say("open /proc/self/status: " + result(open("/proc/self/status", O_RDONLY | O_CLOEXEC)));
  say("open /etc/passwd: " + result(open("/etc/passwd", O_RDONLY | O_CLOEXEC)));
  say("pid: " + std::to_string(getpid()));
  utsname names = {};
  uname(&names);
  say(std::string("host: ") + names.nodename);
  int network = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  say("connect: " +
      result(connect(network, reinterpret_cast<sockaddr*>(&address), sizeof address)));
  close(network);
  say("nested user namespace: " + result(syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */)));
  int open = 0;
  for (int fd = 5; fd < 1024; ++fd)
    open += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  say("descriptors from 5 up: " + std::to_string(open));
}

// What spawn() has made of it; before the sandbox.
void describeStart(int argc, char** argv, char** environment) {
  for (int i = 0; i < argc; ++i)
    say(std::string("argument: ") + argv[i]);
  for (char** variable = environment; *variable != nullptr; ++variable)
    say(std::string("environment: ") + *variable);
  say("user: " + std::to_string(getuid()) + " " + std::to_string(geteuid()) + " group: " +
      std::to_string(getgid()) + " more groups: " + std::to_string(getgroups(0, nullptr)));
  say(std::string("session leader: ") + (getsid(0) == getpid() ? "yes" : "no"));
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  say(std::string("SIGTERM blocked: ") + (sigismember(&blocked, SIGTERM) != 0 ? "yes" : "no"));
  struct sigaction action = {};
  sigaction(SIGUSR1, nullptr, &action);
  say(std::string("SIGUSR1 handled: ") + (action.sa_handler != SIG_DFL ? "yes" : "no"));
  for (int fd = 0; fd < 64; ++fd) {
    struct stat status = {};
    if (fstat(fd, &status) == 0) {
      say("descriptor " + std::to_string(fd) + ": " + std::to_string(status.st_ino));
    }
  }
}

void waitForTest() {
  char byte;
  while (read(3, &byte, 1) > 0) {
  }
}

int perform(const std::string& act) {
  if (act == "nothing") return 0;
  if (act == "wait") {
    waitForTest();
    return 0;
  }
  if (act == "sleep") {
    timespec year = {365L * 24 * 3600, 0};
    while (true)
      nanosleep(&year, nullptr);
  }
  if (act == "abort") abort();
  if (act == "wild_write") {
    void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(page) = 1;
  }
  if (act == "make_code") {
    void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("made code: " + result(mprotect(page, 4096, PROT_READ | PROT_EXEC)));
    return 0;
  }
  if (act == "look_around") {
    lookAround();
    return 0;
  }
  for (const HostileAct& hostile : hostileActs()) {
    if (act == hostile.name) {
      say(result(hostile.run()));
      return 0;
    }
  }
  say("there is no such act");
  return 2;
}

int victimMain(int argc, char** argv, char** environment) {
  VictimOptions options = parse(argc, argv);
  if (options.act == "describe_start") {
    describeStart(argc, argv, environment);
    return 0;
  }
  if (!options.broken.empty()) breakCall(options.broken);
  std::atomic<bool> started = false;
  std::atomic<bool> go = false;
  std::thread thread;
  // The act may be a thread's: the filter must hold for those that existed before it.
  auto startThread = [&]() {
    thread = std::thread([&]() {
      started = true;
      started.notify_all();
      go.wait(false);
      perform(options.act.substr(options.act.find(':') + 1));
    });
    started.wait(false);  // its start makes calls that the filter kills
  };
  if (options.earlyThread) startThread();
  if (options.stage != VictimStage::kStarted) {
    SandboxState state = enterSandbox(options.spec);
    bool inThread = options.act.starts_with("thread:");
    if (inThread) startThread();
    if (options.stage == VictimStage::kLocked) lockSyscalls(options.spec, state);
    std::string layers = "ready:";
    for (const std::string& layer : state.layers)
      layers += " " + layer;
    say(layers);
    if (inThread) {
      go = true;
      go.notify_all();
      thread.join();
      _exit(0);
    }
  }
  _exit(perform(options.act));
}

}  // namespace
}  // namespace nano

int main(int argc, char** argv, char** environment) {
  return nano::victimMain(argc, argv, environment);
}
