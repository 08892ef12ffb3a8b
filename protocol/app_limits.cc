#include "protocol/app_limits.h"

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

using rpc::Limit;
using Unit = LimitUnit;

// Numbers are security 3.1's where it has one. cpu_average_ms: its soft budget. queue and queue_ms
// are ours: a short wait takes up a burst, a long one only adds to an overload.
constexpr LimitRow kTable[] = {
    {Limit::CPU, "cpu_ms", Unit::kMillis, 1'000, 30'000, 1, "CPU time of one request"},
    {Limit::CPU_AVERAGE, "cpu_average_ms", Unit::kMillis, 50, 30'000, 1,
     "CPU time of a request, averaged over many"},
    {Limit::BLOCKED_TURN, "block_ms", Unit::kMillis, 1'000, 30'000, 1,
     "CPU time without returning to the event loop"},
    {Limit::STARTUP_CPU, "startup_cpu_ms", Unit::kMillis, 1'000, 5'000, 1,
     "CPU time of evaluating the modules"},
    {Limit::WALL, "wall_ms", Unit::kMillis, 30'000, 300'000, 1, "time until the response begins"},
    {Limit::WAIT_UNTIL, "wait_until_ms", Unit::kMillis, 30'000, 30'000, 1,
     "time for ctx.waitUntil() after the response"},
    {Limit::HEAP, "heap_mb", Unit::kMegabytes, 128, 1'024, 16, "JavaScript heap"},
    {Limit::BUFFERS, "buffers_mb", Unit::kMegabytes, 64, 1'024, 1,
     "array buffers, WebAssembly memories and bodies"},
    {Limit::IN_FLIGHT, "requests_in_flight", Unit::kRequests, kMaxCallsInFlight, kMaxCallsInFlight,
     1, "requests in the app at a time"},
    {Limit::QUEUE, "requests_queued", Unit::kRequests, 100, 10'000, 1,
     "requests that wait for a place"},
    {Limit::QUEUE_TIME, "queue_ms", Unit::kMillis, 5'000, 60'000, 1, "waiting for a place"},
    {Limit::REQUEST_RATE, "requests_per_second", Unit::kRequestsPerSecond, 1'000'000, 1'000'000, 1,
     "requests in a second"},
    {Limit::SUBREQUESTS, "subrequests", Unit::kRequests, 50, 1'000, 1,
     "fetches, sockets and calls of methods that one request begins"},
    {Limit::OUTBOUND_AT_ONCE, "outbound_at_once", Unit::kRequests, 6, 32, 1,
     "of those, at the same time"},
};

constexpr bool isInSchemaOrder() {
  size_t next = 1;
  for (const LimitRow& row : kTable) {
    if (static_cast<size_t>(row.limit) != next++) return false;
  }
  return next == AppLimits::kCount;
}
static_assert(isInSchemaOrder());

}  // namespace

std::span<const LimitRow> limitTable() { return kTable; }

const LimitRow* findLimit(rpc::Limit limit) {
  const auto index = static_cast<size_t>(limit);
  return index >= 1 && index < AppLimits::kCount ? &kTable[index - 1] : nullptr;
}

const LimitRow* findLimit(std::string_view key) {
  for (const LimitRow& row : kTable) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

const LimitRow& limitRow(rpc::Limit limit) {
  const LimitRow* row = findLimit(limit);
  KJ_REQUIRE(row != nullptr, "not in the table of limits", static_cast<int>(limit));
  return *row;
}

std::string limitKeys() {
  std::string keys;
  for (const LimitRow& row : kTable)
    keys.append(keys.empty() ? "" : ", ").append(row.key);
  return keys;
}

std::string_view unitName(LimitUnit unit) {
  switch (unit) {
    case Unit::kMillis:
      return "ms";
    case Unit::kMegabytes:
      return "MB";
    case Unit::kRequests:
      return "requests";
    case Unit::kRequestsPerSecond:
      return "requests/s";
  }
  return "";
}

AppLimits::AppLimits() {
  for (const LimitRow& row : kTable)
    set(row.limit, row.usual);
}

void write(const LimitBreach& breach, rpc::LimitBreach::Builder message) {
  message.setLimit(breach.limit);
  message.setAllowed(breach.allowed);
  message.setUsed(breach.used);
}

LimitBreach readBreach(rpc::LimitBreach::Reader message) {
  if (findLimit(message.getLimit()) == nullptr) return {};
  return {message.getLimit(), message.getAllowed(), message.getUsed()};
}

std::string describeBreach(const LimitBreach& breach) {
  const LimitRow* row = findLimit(breach.limit);
  if (row == nullptr) return {};
  const std::string unit = " " + std::string(unitName(row->unit));
  return "limits." + std::string(row->key) + ": " + std::to_string(breach.allowed) + unit +
         " allowed, " + std::to_string(breach.used) + unit + " used";
}

}  // namespace nano
