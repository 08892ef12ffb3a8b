#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kj/async.h>
#include <kj/time.h>

namespace nano {

enum class LogLevel : uint8_t { kLog, kDebug, kInfo, kWarn, kError };
// "log", "debug", "info", "warn", "error".
const char* logLevelName(LogLevel level);

struct AppLogLine {
  int64_t unixMillis = 0;
  std::string requestId;  // Empty: no request caused it.
  LogLevel level = LogLevel::kLog;
  std::string message;
  std::string version;
};

// What each app wrote to its console lately, in memory. Bounded in every direction: lines and bytes
// an app, bytes a second an app, readers, and what waits for a slow reader. What is left out is
// counted and named in a line of its own. Lives on the control thread.
class AppLog final {
 public:
  static constexpr size_t kMaxLines = 1000;           // An app's.
  static constexpr size_t kMaxBytes = 1 << 20;        // An app's.
  static constexpr size_t kBytesPerSecond = 1 << 20;  // An app's (security 3.1: 1 MB/s).
  static constexpr size_t kMaxFollowers = 16;         // Of one app. Ours: people at terminals.

  // `clock` is for the rate; it outlives the log.
  explicit AppLog(const kj::MonotonicClock& clock);
  ~AppLog() noexcept(false);
  AppLog(const AppLog&) = delete;
  AppLog& operator=(const AppLog&) = delete;

  using Line = std::shared_ptr<const AppLogLine>;
  struct AppName {
    std::string tenant;
    std::string app;
    auto operator<=>(const AppName&) const = default;
  };

  void append(const AppName& app, AppLogLine line);

  // The last `count` lines, oldest first.
  std::vector<Line> tail(const AppName& app, size_t count) const;

  // New lines of one app, from now on. It may outlive the log, then there are no more.
  class Follower {
   public:
    virtual ~Follower() noexcept(false) = default;
    // Waits for at least one line. One call at a time.
    virtual kj::Promise<std::vector<Line>> next() = 0;
  };
  // Nothing when the app has kMaxFollowers already.
  kj::Maybe<kj::Own<Follower>> follow(const AppName& app);

  // The app is gone: forgets its lines. Who follows it keeps waiting, it may come back.
  void forget(const AppName& app);

 private:
  class Queue;
  struct Channel {
    std::deque<Line> lines;
    size_t bytes = 0;
    double budget = kBytesPerSecond;
    kj::TimePoint filled = kj::origin<kj::TimePoint>();
    uint64_t dropped = 0;
    std::vector<Queue*> followers;
  };

  Channel& channelOf(const AppName& app);
  // Whether there is room for a line of this size in the app's rate.
  bool spend(Channel& channel, size_t bytes);
  static void keep(Channel& channel, Line line);
  void leave(const AppName& app, const Queue& follower);

  const kj::MonotonicClock& clock_;
  std::map<AppName, Channel> channels_;
};

}  // namespace nano
