#pragma once

#include <sys/types.h>

#include <string>

#include <kj/io.h>

#include "protocol/event_loop.h"

namespace nano {

// What a worker process itself writes to its stdout and stderr (V8's last words, warnings of ours),
// copied line by line into the supervisor's log. Bounded, because a compromised worker writes here
// as well: long lines are cut, and after kMaxWorkerOutputBytes the rest is read and thrown away.
class WorkerOutput final {
 public:
  static constexpr size_t kMaxLineBytes = 1024;
  static constexpr size_t kMaxWorkerOutputBytes = 64 * 1024;

  WorkerOutput(EventLoop& loop, kj::AutoCloseFd readEnd);
  KJ_DISALLOW_COPY(WorkerOutput);

  void setPid(pid_t pid) { pid_ = pid; }
  // Takes what is there now: the last words of a process that has ended.
  void drain();

 private:
  void take(std::string_view bytes);
  void logLine();

  kj::AutoCloseFd fd_;
  pid_t pid_ = 0;
  std::string line_;
  size_t logged_ = 0;
  Event readable_;
};

}  // namespace nano
