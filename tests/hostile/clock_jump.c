// Preloaded into nanod: the wall clock jumps each second, an hour or a day back or ahead, while
// the monotonic clock goes on (hostile case S06).

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long jumpedBy(void) {
  static const long kJumps[] = {0, 3600, -3600, 86400, -86400};
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return kJumps[now.tv_sec % 5];
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec* time) {
  long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    time->tv_sec += jumpedBy();
  }
  return (int)result;
}

__attribute__((visibility("default"))) int gettimeofday(struct timeval* time, void* zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

__attribute__((visibility("default"))) time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}
