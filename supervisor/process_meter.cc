#include "supervisor/process_meter.h"

#include <fcntl.h>
#include <unistd.h>

#include <sstream>

#include <kj/debug.h>

namespace nano {
namespace {

kj::AutoCloseFd openOf(pid_t pid, const char* file) {
  std::string path = "/proc/" + std::to_string(pid) + "/" + file;
  int fd;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path.c_str());
  return kj::AutoCloseFd(fd);
}

// From the start; empty when the process has ended.
std::string readAll(int fd) {
  char text[1024];  // Both files are one line of numbers.
  ssize_t size = pread(fd, text, sizeof text, 0);
  return size <= 0 ? std::string() : std::string(text, static_cast<size_t>(size));
}

}  // namespace

ProcessMeter::ProcessMeter(pid_t pid) : statm_(openOf(pid, "statm")), stat_(openOf(pid, "stat")) {}

uint64_t ProcessMeter::rssBytes() const {
  std::istringstream statm(readAll(statm_));
  uint64_t size = 0;
  uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

kj::Duration ProcessMeter::cpuTime() const {
  std::string text = readAll(stat_);
  size_t afterName = text.rfind(')');  // proc(5): the name may hold anything else.
  if (afterName == std::string::npos) return 0 * kj::SECONDS;
  std::istringstream fields(text.substr(afterName + 1));
  std::string skipped;
  for (int i = 3; i < 14; i++)
    fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  return (user + system) * kj::SECONDS / sysconf(_SC_CLK_TCK);
}

}  // namespace nano
