#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kj/async.h>

#include "protocol/limits.h"
#include "protocol/worker.capnp.h"
#include "snapshot/host.h"

namespace nano {

// What one request, or one load, may still log.
struct LogBudget {
  size_t leftBytes = kMaxLogBytesPerRequest;
  bool truncated = false;
};

// An app's log lines on their way to the supervisor: bounded by the line, by the request and in
// all, sent once a turn. What does not fit is left out and said so; nothing waits for it.
class LogBuffer final {
 public:
  explicit LogBuffer(rpc::AppHost::Client host) : host_(kj::mv(host)), tasks_(ignored_) {}
  LogBuffer(const LogBuffer&) = delete;
  LogBuffer& operator=(const LogBuffer&) = delete;

  void add(LogBudget& budget, std::string_view requestId, LogLevel level, std::string_view message,
           int64_t unixMillis);
  bool empty() const { return lines_.empty(); }
  // Sends what there is, unless the supervisor is behind: then it waits for a later turn.
  void flush();

 private:
  struct Line {
    std::string requestId;
    LogLevel level;
    std::string message;
    int64_t unixMillis;
  };
  struct Ignored final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };

  void append(Line line);
  size_t sendSome(size_t begin);

  rpc::AppHost::Client host_;
  std::vector<Line> lines_;
  size_t bytes_ = 0;
  size_t dropped_ = 0;
  size_t callsInFlight_ = 0;
  Ignored ignored_;
  kj::TaskSet tasks_;
};

}  // namespace nano
