#include "supervisor/cron/cron_scheduler.h"

#include <algorithm>
#include <utility>

#include <glog/logging.h>

#include "supervisor/cron/cron_expression.h"

namespace nano {
namespace {

constexpr int64_t kMinuteMillis = 60'000;
constexpr int64_t kSecondMillis = 1'000;
// The clock may be set while we sleep, so we look again.
constexpr int64_t kMaxSleepMillis = 10'000;
// So far back the clock may go without anything being begun twice. When it goes further, it was
// wrong before, and waiting for it to get there again would stop all triggers.
constexpr int64_t kMaxStepBackMillis = 10 * kMinuteMillis;

}  // namespace

CronScheduler::CronScheduler(Parts parts)
    : parts_(parts),
      begunThrough_(parts.cursor.read().value_or(nowMillis())),
      recordedThrough_(begunThrough_),
      running_(*this) {}

CronScheduler::~CronScheduler() noexcept(false) = default;

kj::Promise<void> CronScheduler::run() {
  look(nowMillis());
  return sleep().then([this] { return run(); });
}

kj::Promise<void> CronScheduler::sleep() {
  const int64_t now = nowMillis();
  int64_t until = (now / kMinuteMillis + 1) * kMinuteMillis;
  if (next_ < plan_.size()) until = std::min(until, plan_[next_].at);
  const int64_t delay = std::clamp<int64_t>(until - now, 1, kMaxSleepMillis);
  return parts_.timer.afterDelay(delay * kj::MILLISECONDS);
}

void CronScheduler::look(int64_t now) {
  checkClock(now);
  const int64_t minute = now / kMinuteMillis;
  if (minute != minute_) {
    // Only where we were kept from it for half a minute: late, but once.
    if (minute == minute_ + 1) beginDue(now);
    if (next_ < plan_.size()) {
      LOG(WARNING)
          << "cron: " << plan_.size() - next_
          << " events were not begun in their minute: the clock was set, or nanod was kept "
             "from running";
    }
    plan(minute);
  }
  beginDue(now);
}

void CronScheduler::checkClock(int64_t now) {
  if (begunThrough_ - now <= kMaxStepBackMillis) return;
  LOG(WARNING) << "cron: the clock was set back by " << (begunThrough_ - now) / kMinuteMillis
               << " minutes; triggers begin anew from now";
  begunThrough_ = recordedThrough_ = now;
}

void CronScheduler::plan(int64_t minute) {
  minute_ = minute;
  next_ = 0;
  plan_.clear();
  for (const DeployedApp& app : parts_.registry.list()) {
    const AppVersion& version = *app.version;
    for (const CronTrigger& trigger : app.deployment.triggers) {
      auto parsed = CronExpression::parse(trigger.cron);
      auto* expression = std::get_if<CronExpression>(&parsed);
      if (expression == nullptr || !expression->isDue(minute)) continue;
      const int64_t at = minute * kMinuteMillis + momentOf(version.tenant, version.app);
      if (at > begunThrough_) plan_.push_back({at, version.tenant, version.app, trigger.cron});
    }
  }
  std::stable_sort(plan_.begin(), plan_.end(),
                   [](const Due& a, const Due& b) { return a.at < b.at; });
}

void CronScheduler::beginDue(int64_t now) {
  while (next_ < plan_.size() && plan_[next_].at <= now) {
    const Due& due = plan_[next_++];
    if (!isStillWanted(due)) continue;
    // First, so that a nanod that dies now leaves none to be begun twice.
    if (due.at > recordedThrough_) record(now);
    begin(due);
  }
  // Of the next minute nothing is planned yet.
  begunThrough_ = std::max(begunThrough_, std::min(now, (minute_ + 1) * kMinuteMillis - 1));
}

// It may have been changed or deleted since the minute began.
bool CronScheduler::isStillWanted(const Due& due) const {
  auto app = parts_.registry.find(due.tenant, due.app);
  if (!app) return false;
  const auto& triggers = app->deployment.triggers;
  return std::any_of(triggers.begin(), triggers.end(),
                     [&due](const CronTrigger& trigger) { return trigger.cron == due.cron; });
}

// A whole second at a time, so that many apps cost few writes; who dies in between loses the rest
// of that second's.
void CronScheduler::record(int64_t now) {
  recordedThrough_ = (now / kSecondMillis + 1) * kSecondMillis;
  if (auto error = parts_.cursor.write(recordedThrough_)) {
    LOG(ERROR) << "cron: a restart within this minute may begin its triggers again: "
               << error->message;
  }
}

void CronScheduler::begin(const Due& due) {
  const int64_t scheduled = due.at / kMinuteMillis * kMinuteMillis;
  running_.add(
      parts_.server.runScheduled(due.tenant, due.app, {due.cron, scheduled}).ignoreResult());
}

void CronScheduler::taskFailed(kj::Exception&& exception) {
  LOG(ERROR) << "cron: " << exception.getDescription().cStr();
}

int64_t CronScheduler::momentOf(const std::string& tenant, const std::string& app) {
  // FNV-1a: the same after a restart and on every machine, which std::hash need not be.
  constexpr uint64_t kPrime = 1099511628211U;
  uint64_t hash = 14695981039346656037U;
  const std::string name = tenant + "/" + app;
  for (char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  // Its low bits are the weakest.
  return static_cast<int64_t>((hash >> 16) % static_cast<uint64_t>(kSpreadMillis));
}

}  // namespace nano
