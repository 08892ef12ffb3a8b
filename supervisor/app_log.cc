#include "supervisor/app_log.h"

#include <algorithm>

#include "protocol/limits.h"

namespace nano {
namespace {

// What a line costs beside its text.
constexpr size_t kLineOverhead = 128;

size_t sizeOf(const AppLogLine& line) {
  return kLineOverhead + line.message.size() + line.requestId.size() + line.version.size();
}

AppLog::Line droppedLine(uint64_t count, const char* why, const AppLogLine& after) {
  AppLogLine line;
  line.unixMillis = after.unixMillis;
  line.level = LogLevel::kWarn;
  line.message = std::to_string(count) + " lines are left out here: " + why;
  line.version = after.version;
  return std::make_shared<const AppLogLine>(std::move(line));
}

}  // namespace

const char* logLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kLog:
      return "log";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "log";
}

// What waits for one follower.
class AppLog::Queue final : public Follower {
 public:
  Queue(AppLog& log, AppName app) : log_(&log), app_(std::move(app)) {}
  ~Queue() noexcept(false) override {
    if (log_ != nullptr) log_->leave(app_, *this);
  }

  kj::Promise<std::vector<Line>> next() override {
    if (!lines_.empty()) return take();
    auto paf = kj::newPromiseAndFulfiller<void>();
    waiting_ = kj::mv(paf.fulfiller);
    return paf.promise.then([this] { return take(); });
  }

  // Keeps the latest kMaxLines.
  void push(const Line& line) {
    lines_.push_back(line);
    if (lines_.size() > kMaxLines) {
      lines_.pop_front();
      ++dropped_;
    }
    if (waiting_.get() != nullptr) {
      waiting_->fulfill();
      waiting_ = nullptr;
    }
  }

  void logIsGone() { log_ = nullptr; }

 private:
  std::vector<Line> take() {
    std::vector<Line> result;
    if (dropped_ > 0) {
      result.push_back(
          droppedLine(dropped_, "they came faster than they were read", *lines_.front()));
    }
    result.insert(result.end(), lines_.begin(), lines_.end());
    lines_.clear();
    dropped_ = 0;
    return result;
  }

  AppLog* log_;
  AppName app_;
  std::deque<Line> lines_;
  uint64_t dropped_ = 0;
  kj::Own<kj::PromiseFulfiller<void>> waiting_;
};

AppLog::AppLog(const kj::MonotonicClock& clock) : clock_(clock) {}

AppLog::~AppLog() noexcept(false) {
  for (auto& entry : channels_) {
    for (Queue* follower : entry.second.followers)
      follower->logIsGone();
  }
}

void AppLog::append(const AppName& app, AppLogLine line) {
  Channel& channel = channelOf(app);
  if (line.message.size() > kMaxLogLineBytes) {
    line.message.resize(kMaxLogLineBytes);
    line.message += "... (cut)";
  }
  if (!spend(channel, sizeOf(line))) {
    ++channel.dropped;
    return;
  }
  if (channel.dropped > 0) {
    keep(channel, droppedLine(channel.dropped, "the app writes more than 1 MB a second", line));
    channel.dropped = 0;
  }
  keep(channel, std::make_shared<const AppLogLine>(std::move(line)));
}

std::vector<AppLog::Line> AppLog::tail(const AppName& app, size_t count) const {
  auto entry = channels_.find(app);
  if (entry == channels_.end()) return {};
  const std::deque<Line>& lines = entry->second.lines;
  size_t from = lines.size() - std::min(count, lines.size());
  return {lines.begin() + static_cast<ptrdiff_t>(from), lines.end()};
}

kj::Maybe<kj::Own<AppLog::Follower>> AppLog::follow(const AppName& app) {
  Channel& channel = channelOf(app);
  if (channel.followers.size() >= kMaxFollowers) return nullptr;
  auto queue = kj::heap<Queue>(*this, app);
  channel.followers.push_back(queue.get());
  return kj::Own<Follower>(kj::mv(queue));
}

void AppLog::forget(const AppName& app) {
  auto entry = channels_.find(app);
  if (entry == channels_.end()) return;
  entry->second.lines.clear();
  entry->second.bytes = 0;
  if (entry->second.followers.empty()) channels_.erase(entry);
}

AppLog::Channel& AppLog::channelOf(const AppName& app) {
  auto [entry, isNew] = channels_.try_emplace(app);
  if (isNew) entry->second.filled = clock_.now();
  return entry->second;
}

// A token bucket of one second's bytes.
bool AppLog::spend(Channel& channel, size_t bytes) {
  kj::TimePoint now = clock_.now();
  double seconds = static_cast<double>((now - channel.filled) / kj::MICROSECONDS) / 1e6;
  channel.filled = now;
  channel.budget = std::min<double>(channel.budget + seconds * kBytesPerSecond, kBytesPerSecond);
  if (channel.budget < static_cast<double>(bytes)) return false;
  channel.budget -= static_cast<double>(bytes);
  return true;
}

void AppLog::keep(Channel& channel, Line line) {
  for (Queue* follower : channel.followers)
    follower->push(line);
  channel.bytes += sizeOf(*line);
  channel.lines.push_back(std::move(line));
  while (channel.lines.size() > kMaxLines || channel.bytes > kMaxBytes) {
    channel.bytes -= sizeOf(*channel.lines.front());
    channel.lines.pop_front();
  }
}

void AppLog::leave(const AppName& app, const Queue& follower) {
  auto entry = channels_.find(app);
  if (entry == channels_.end()) return;
  auto& followers = entry->second.followers;
  followers.erase(std::remove(followers.begin(), followers.end(), &follower), followers.end());
}

}  // namespace nano
