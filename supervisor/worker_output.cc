#include "supervisor/worker_output.h"

#include <unistd.h>

#include <glog/logging.h>

namespace nano {

WorkerOutput::WorkerOutput(EventLoop& loop, kj::AutoCloseFd readEnd) : fd_(kj::mv(readEnd)) {
  readable_.reset(event_new(
      &loop.base(), fd_, EV_READ | EV_PERSIST,
      [](evutil_socket_t, short, void* self) { static_cast<WorkerOutput*>(self)->drain(); }, this));
  event_add(readable_.get(), nullptr);
}

void WorkerOutput::drain() {
  char buffer[4096];
  // Bounded, so that one worker that writes without end does not hold the loop.
  for (int i = 0; i < 16; i++) {
    ssize_t got = read(fd_, buffer, sizeof buffer);
    if (got < 0) return;
    if (got == 0) {
      event_del(readable_.get());
      if (!line_.empty()) logLine();
      return;
    }
    take({buffer, static_cast<size_t>(got)});
  }
}

void WorkerOutput::take(std::string_view bytes) {
  for (char byte : bytes) {
    if (byte == '\n') {
      logLine();
    } else if (line_.size() < kMaxLineBytes) {
      // No escape sequences in an operator's terminal.
      line_.push_back(static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f ? '?' : byte);
    }
  }
}

void WorkerOutput::logLine() {
  if (logged_ < kMaxWorkerOutputBytes) {
    LOG(INFO) << "worker " << pid_ << ": " << line_;
    logged_ += line_.size() + 1;
    if (logged_ >= kMaxWorkerOutputBytes) {
      LOG(WARNING) << "worker " << pid_ << " has written too much; the rest is not logged";
    }
  }
  line_.clear();
}

}  // namespace nano
