#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "sandbox/cgroup.h"
#include "sandbox/spawn.h"

namespace nano {

inline std::string content(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

// A program of the system in a group, with its output.
class Program final {
 public:
  Program(const char* path, std::vector<std::string> arguments, const WorkerCgroup& cgroup)
      : child_(start(path, std::move(arguments), cgroup)) {}

  Child& child() { return child_; }
  std::string output() {
    std::string text;
    char bytes[4096];
    for (;;) {
      ssize_t size;
      KJ_SYSCALL(size = read(log_, bytes, sizeof bytes));
      if (size == 0) return text;
      text.append(bytes, static_cast<size_t>(size));
    }
  }

 private:
  Child start(const char* path, std::vector<std::string> arguments, const WorkerCgroup& cgroup) {
    int ends[2];
    KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
    log_ = kj::AutoCloseFd(ends[0]);
    kj::AutoCloseFd writer(ends[1]);
    int fd;
    KJ_SYSCALL(fd = open(path, O_RDONLY | O_CLOEXEC), path);
    kj::AutoCloseFd program(fd);
    KJ_SYSCALL(fd = open("/dev/null", O_RDWR | O_CLOEXEC));
    kj::AutoCloseFd null(fd);
    SpawnSpec spec;
    spec.programFd = program;
    spec.arguments = std::move(arguments);
    spec.descriptors = {null, writer, writer};
    spec.cgroup = cgroup.placement();
    return spawn(spec);
  }

  kj::AutoCloseFd log_;
  Child child_;
};

}  // namespace nano
