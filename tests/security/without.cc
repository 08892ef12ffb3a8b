// Runs a program where something that the sandbox needs is not to be had, as in a container or
// under a hardened kernel.
//
//   nano_without [CALL[:BITS]=ERRNO]... [user_namespaces] PROGRAM ARGUMENTS...
//
// CALL fails with ERRNO; with BITS only where its first argument has them. user_namespaces: the
// limit on them is 0, as with sysctl user.max_user_namespaces=0.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include <seccomp.h>

namespace {

void must(bool worked, const char* what) {
  if (worked) return;
  fprintf(stderr, "nano_without: %s: %s\n", what, strerror(errno));
  exit(3);
}

void writeFile(const std::string& path, const std::string& text) {
  int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  must(fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
       path.c_str());
  close(fd);
}

// In a user namespace of our own, with the same users as outside, whose limit is 0.
void forbidUserNamespaces() {
  pid_t self = getpid();
  uid_t uid = geteuid();
  gid_t gid = getegid();
  int made[2];
  must(pipe2(made, O_CLOEXEC) == 0, "pipe");
  pid_t helper = fork();
  if (helper == 0) {
    // The maps are written from outside, where we may map more than ourselves.
    close(made[1]);
    char byte;
    must(read(made[0], &byte, 1) == 1, "wait for the namespace");
    std::string proc = "/proc/" + std::to_string(self);
    if (uid != 0) writeFile(proc + "/setgroups", "deny");
    auto map = [uid](unsigned id) {
      return uid == 0 ? std::string("0 0 65536")
                      : std::to_string(id) + " " + std::to_string(id) + " 1";
    };
    writeFile(proc + "/uid_map", map(uid));
    writeFile(proc + "/gid_map", map(gid));
    _exit(0);
  }
  must(unshare(CLONE_NEWUSER) == 0, "unshare");
  must(write(made[1], "", 1) == 1, "tell the helper");
  int status = 0;
  must(waitpid(helper, &status, 0) == helper && status == 0, "map users");
  writeFile("/proc/sys/user/max_user_namespaces", "0");
}

void forbidCall(const std::string& rule) {
  size_t equals = rule.find('=');
  std::string call = rule.substr(0, equals);
  int error = std::atoi(rule.c_str() + equals + 1);
  size_t colon = call.find(':');
  int number = seccomp_syscall_resolve_name(call.substr(0, colon).c_str());
  must(number != __NR_SCMP_ERROR && error > 0, rule.c_str());
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (geteuid() == 0) seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
  int result;
  if (colon == std::string::npos) {
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), number, 0);
  } else {
    auto bits = std::strtoull(call.c_str() + colon + 1, nullptr, 0);
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), number, 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, bits, bits));
  }
  must(result == 0 && seccomp_load(filter) == 0, "seccomp");
  seccomp_release(filter);
}

}  // namespace

int main(int, char** argv) {
  char** word = argv + 1;
  for (; *word != nullptr && **word != '/'; ++word) {
    if (std::string(*word) == "user_namespaces") {
      forbidUserNamespaces();
    } else {
      forbidCall(*word);
    }
  }
  must(*word != nullptr, "there is no program");
  execv(*word, word);
  must(false, *word);
}
