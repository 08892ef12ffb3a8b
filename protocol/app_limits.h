#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/limit.capnp.h"

// What one app may use: the one list of limits. The worker enforces some, the supervisor others;
// both, the control API and nanoctl name them by their keys.
namespace nano {

enum class LimitUnit : uint8_t { kMillis, kMegabytes, kRequests, kRequestsPerSecond };

struct LimitRow {
  rpc::Limit limit;
  std::string_view key;  // In the `limits` of wrangler's configuration and of nano.jsonc.
  LimitUnit unit;
  uint64_t usual;  // What an app gets that asks for nothing.
  uint64_t most;   // What an app may ask for, unless the operator says otherwise.
  uint64_t least;
  std::string_view meaning;  // A noun phrase: "CPU time of one request".
};

// In the order of the schema, without `none`.
std::span<const LimitRow> limitTable();
// `limit` is one of the table's: not `none`, and not one of a newer build.
const LimitRow& limitRow(rpc::Limit limit);
// Null where there is no such key, or no such limit in this build.
const LimitRow* findLimit(std::string_view key);
const LimitRow* findLimit(rpc::Limit limit);
// "cpu_ms, cpu_average_ms, ...": for who asked for another one.
std::string limitKeys();
std::string_view unitName(LimitUnit unit);  // "ms", "MB", "requests", "requests/s"

// Every limit's value for one app.
class AppLimits final {
 public:
  // Of an app that asks for nothing.
  AppLimits();

  // In the limit's unit.
  uint64_t get(rpc::Limit limit) const { return values_[static_cast<size_t>(limit)]; }
  void set(rpc::Limit limit, uint64_t value) { values_[static_cast<size_t>(limit)] = value; }

  // Of a limit in kMillis, or in kMegabytes.
  std::chrono::milliseconds time(rpc::Limit limit) const {
    return std::chrono::milliseconds(get(limit));
  }
  size_t bytes(rpc::Limit limit) const { return static_cast<size_t>(get(limit)) << 20; }

  bool operator==(const AppLimits&) const = default;

  static constexpr size_t kCount = static_cast<size_t>(rpc::Limit::OUTBOUND_AT_ONCE) + 1;

 private:
  std::array<uint64_t, kCount> values_{};
};

// A limit that was run into. Numbers in the limit's unit.
struct LimitBreach {
  rpc::Limit limit = rpc::Limit::NONE;
  uint64_t allowed = 0;
  uint64_t used = 0;

  explicit operator bool() const { return limit != rpc::Limit::NONE; }
};

// As a message, and back: an unknown limit becomes `none`.
void write(const LimitBreach& breach, rpc::LimitBreach::Builder message);
LimitBreach readBreach(rpc::LimitBreach::Reader message);
// "limits.cpu_ms: 1000 ms allowed, 1003 ms used". Empty for none.
std::string describeBreach(const LimitBreach& breach);

}  // namespace nano
