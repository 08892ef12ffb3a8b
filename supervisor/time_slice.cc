#include "supervisor/time_slice.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <glog/logging.h>

namespace nano {
namespace {

// The first version of sched_attr of the kernel's sched/types.h, which glibc's own headers hide.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;  // Of an ordinary thread: its slice.
  uint64_t deadline = 0;
  uint64_t period = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

void shortenTimeSlices() {
  SchedulingAttributes attributes;
  long result = syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0);
  // Whoever gave us another policy than the usual one knows why.
  if (result == 0 && attributes.policy != 0) return;
  attributes.runtime = kTimeSliceNanos;
  if (result == 0) result = syscall(SYS_sched_setattr, 0, &attributes, 0);
  if (result != 0) {
    LOG(WARNING) << "time slices stay as they are: " << strerror(errno)
                 << "; a worker that computes delays others for longer";
  }
}

}  // namespace nano
