#include "worker/log_buffer.h"

#include <algorithm>
#include <utility>

namespace nano {
namespace {

// What may wait while the supervisor does not read (security 3.1: 1 MB/s per app; a second of it).
constexpr size_t kMaxWaitingBytes = 1 << 20;
constexpr size_t kMaxLogCallsInFlight = 4;
// What a line takes beside its text.
constexpr size_t kLineFrameBytes = 64;

// UTF-8 cut between characters.
std::string_view cut(std::string_view text, size_t maxBytes) {
  if (text.size() <= maxBytes) return text;
  while (maxBytes > 0 && (static_cast<unsigned char>(text[maxBytes]) & 0xC0) == 0x80)
    --maxBytes;
  return text.substr(0, maxBytes);
}

rpc::LogLine::Level rpcLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kLog:
      return rpc::LogLine::Level::LOG;
    case LogLevel::kDebug:
      return rpc::LogLine::Level::DEBUG;
    case LogLevel::kInfo:
      return rpc::LogLine::Level::INFO;
    case LogLevel::kWarn:
      return rpc::LogLine::Level::WARN;
    case LogLevel::kError:
      return rpc::LogLine::Level::ERROR;
  }
  return rpc::LogLine::Level::LOG;
}

}  // namespace

void LogBuffer::add(LogBudget& budget, std::string_view requestId, LogLevel level,
                    std::string_view message, int64_t unixMillis) {
  if (budget.truncated) return;
  std::string text(cut(message, kMaxLogLineBytes));
  if (text.size() < message.size()) text += " ... (line truncated)";
  if (text.size() > budget.leftBytes) {
    budget.truncated = true;
    level = LogLevel::kWarn;
    text = "(log truncated: more than " + std::to_string(kMaxLogBytesPerRequest) +
           " bytes from one request)";
  } else {
    // An empty line is not free: a million of them are a flood as well.
    budget.leftBytes -= std::min(budget.leftBytes, text.size() + 1);
  }
  append({std::string(requestId), level, std::move(text), unixMillis});
}

void LogBuffer::append(Line line) {
  const size_t size = line.message.size() + kLineFrameBytes;
  if (bytes_ + size > kMaxWaitingBytes) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) {
    const size_t dropped = std::exchange(dropped_, 0);
    append({"", LogLevel::kWarn, "(" + std::to_string(dropped) + " log lines dropped)",
            line.unixMillis});
  }
  bytes_ += size;
  lines_.push_back(std::move(line));
}

void LogBuffer::flush() {
  size_t sent = 0;
  while (sent < lines_.size() && callsInFlight_ < kMaxLogCallsInFlight)
    sent += sendSome(sent);
  lines_.erase(lines_.begin(), lines_.begin() + static_cast<ptrdiff_t>(sent));
}

// Returns how many lines went into one call.
size_t LogBuffer::sendSome(size_t begin) {
  size_t end = begin;
  size_t size = 0;
  while (end < lines_.size()) {
    const size_t next = lines_[end].message.size() + kLineFrameBytes;
    if (end > begin && size + next > kMaxLogBatchBytes) break;
    size += next;
    ++end;
  }
  auto request = host_.logRequest();
  auto list = request.initLines(static_cast<uint32_t>(end - begin));
  for (size_t i = begin; i < end; ++i) {
    const Line& line = lines_[i];
    auto message = list[static_cast<uint32_t>(i - begin)];
    message.setRequestId({line.requestId.c_str(), line.requestId.size()});
    message.setLevel(rpcLevel(line.level));
    message.setMessage({line.message.c_str(), line.message.size()});
    message.setUnixMillis(line.unixMillis);
  }
  bytes_ -= size;
  ++callsInFlight_;
  tasks_.add(request.send().ignoreResult().attach(kj::defer([this]() { --callsInFlight_; })));
  return end - begin;
}

}  // namespace nano
