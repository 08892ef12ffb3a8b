#include "supervisor/memory_watch.h"

#include <kj/debug.h>

namespace nano {
namespace {

constexpr kj::Duration kCalmPause = 500 * kj::MILLISECONDS;
constexpr kj::Duration kTensePause = 100 * kj::MILLISECONDS;

}  // namespace

MemoryWatch::MemoryWatch(kj::Timer& timer, Process process, uint64_t limitBytes)
    : timer_(timer),
      process_(std::move(process)),
      limit_(limitBytes),
      tasks_(*this) {
  lookAfter(kTensePause);
}

void MemoryWatch::lookAfter(kj::Duration pause) {
  tasks_.add(timer_.afterDelay(pause).then([this] {
    uint64_t used = process_.usage();
    if (used > limit_) {
      process_.isOver(used);
      return;
    }
    lookAfter(used > limit_ / 2 ? kTensePause : kCalmPause);
  }));
}

void MemoryWatch::taskFailed(kj::Exception&& error) { KJ_LOG(ERROR, error); }

}  // namespace nano
