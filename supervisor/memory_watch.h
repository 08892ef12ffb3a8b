#pragma once

#include <cstdint>
#include <functional>

#include <kj/async.h>
#include <kj/timer.h>

namespace nano {

// Holds a process to a memory limit where the kernel does not: looks at what it uses every 500 ms,
// and every 100 ms (security 2.6) while that is more than half its limit. What is allocated between
// two looks may pass the limit.
class MemoryWatch final : private kj::TaskSet::ErrorHandler {
 public:
  struct Process {
    std::function<uint64_t()> usage;       // in bytes; 0 when it has ended
    std::function<void(uint64_t)> isOver;  // with its usage; called once
  };

  MemoryWatch(kj::Timer& timer, Process process, uint64_t limitBytes);
  KJ_DISALLOW_COPY(MemoryWatch);

  void setLimit(uint64_t bytes) { limit_ = bytes; }

 private:
  void lookAfter(kj::Duration pause);
  void taskFailed(kj::Exception&& error) override;

  kj::Timer& timer_;
  Process process_;
  uint64_t limit_;
  kj::TaskSet tasks_;
};

}  // namespace nano
