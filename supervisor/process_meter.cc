#include "supervisor/process_meter.h"

#include <fcntl.h>
#include <time.h>
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
  char text[1024];  // One line of numbers.
  ssize_t size = pread(fd, text, sizeof text, 0);
  return size <= 0 ? std::string() : std::string(text, static_cast<size_t>(size));
}

}  // namespace

ProcessMeter::ProcessMeter(pid_t pid) : statm_(openOf(pid, "statm")), pid_(pid) {}

uint64_t ProcessMeter::rssBytes() const {
  std::istringstream statm(readAll(statm_));
  uint64_t size = 0;
  uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

kj::Duration ProcessMeter::cpuTime() const {
  clockid_t clock;
  timespec used{};
  if (clock_getcpuclockid(pid_, &clock) != 0) return 0 * kj::SECONDS;
  if (clock_gettime(clock, &used) != 0) return 0 * kj::SECONDS;
  return used.tv_sec * kj::SECONDS + used.tv_nsec * kj::NANOSECONDS;
}

}  // namespace nano
