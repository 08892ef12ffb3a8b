#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include <kj/io.h>
#include <kj/time.h>

namespace nano {

// What the kernel counts of one process. Its file in /proc is opened once: a limit that is held by
// looking must not stop holding when we are out of descriptors.
class ProcessMeter final {
 public:
  // The process is there, or at least not reaped. Throws when it cannot be looked at.
  explicit ProcessMeter(pid_t pid);

  // 0 when it has ended.
  uint64_t rssBytes() const;
  // Of all its threads, to the nanosecond. 0 when it is reaped.
  kj::Duration cpuTime() const;

 private:
  kj::AutoCloseFd statm_;
  pid_t pid_;
};

}  // namespace nano
