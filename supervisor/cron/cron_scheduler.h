#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kj/async.h>
#include <kj/time.h>
#include <kj/timer.h>

#include "supervisor/app_registry.h"
#include "supervisor/cron/cron_cursor.h"
#include "supervisor/live_server.h"

namespace nano {

// Begins what is due of all apps' cron triggers: each trigger at most once a due minute, whatever
// the number of front ends, and not again by a nanod that starts again within that minute. Minutes
// in which no nanod ran are not made up for. Lives on the control thread.
//
// Not all at once: an app has a moment of its own in the first half of the minute, by a hash of its
// name, always the same one. docs/cron.md says so to authors of apps.
class CronScheduler final : private kj::TaskSet::ErrorHandler {
 public:
  struct Parts {
    const AppRegistry& registry;
    LiveServer& server;
    CronCursor& cursor;
    const kj::Clock& clock;  // What minute it is.
    kj::Timer& timer;        // What is slept by.
  };
  // What `parts` refer to outlives this.
  explicit CronScheduler(Parts parts);
  ~CronScheduler() noexcept(false);
  KJ_DISALLOW_COPY(CronScheduler);

  // Goes on until it is dropped; rejects never. Once.
  kj::Promise<void> run();

  // Done when no event that was begun is under way.
  kj::Promise<void> drained() { return running_.onEmpty(); }

  // How long after a minute's beginning an app's triggers are begun: less than kSpreadMillis.
  static int64_t momentOf(const std::string& tenant, const std::string& app);
  static constexpr int64_t kSpreadMillis = 30'000;

 private:
  struct Due {
    int64_t at;
    std::string tenant;
    std::string app;
    std::string cron;
  };

  int64_t nowMillis() const { return (parts_.clock.now() - kj::UNIX_EPOCH) / kj::MILLISECONDS; }
  kj::Promise<void> sleep();
  void look(int64_t now);
  void checkClock(int64_t now);
  void plan(int64_t minute);
  void beginDue(int64_t now);
  void begin(const Due& due);
  bool isStillWanted(const Due& due) const;
  void record(int64_t now);
  void taskFailed(kj::Exception&& exception) override;

  Parts parts_;
  int64_t minute_ = 0;
  // What is due in that minute, in the order it is begun in.
  std::vector<Due> plan_;
  size_t next_ = 0;
  // What was due until then is begun, by this nanod or the one before.
  int64_t begunThrough_;
  int64_t recordedThrough_;
  kj::TaskSet running_;
};

}  // namespace nano
