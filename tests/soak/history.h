#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What a soak records: every request, every deploy, every fault. The checker judges these alone.
namespace nano::soak {

// Of one monotonic clock, the same in every thread.
using Micros = int64_t;

// An app is its place in History::apps.
using AppIndex = uint16_t;
inline constexpr AppIndex kNobody = UINT16_MAX;

struct App {
  std::string name;
  std::string host;
  std::string cordon;
};

enum class Ending : uint8_t {
  kWhole,      // Head and body came, framed as HTTP says.
  kBrokenOff,  // Reset or closed before its framing's end: the client sees that it is not whole.
  kAborted,    // The client left on purpose.
  kTimedOut,   // The client gave up waiting. No request may hang.
  kMalformed,  // What came is no HTTP answer.
};

// One request and what came of it.
struct Answer {
  AppIndex app = 0;               // Asked.
  AppIndex answeredBy = kNobody;  // By the answer's own word; kNobody: nanod's own answer, or none.
  uint16_t status = 0;            // 0: no status line came.
  Ending ending = Ending::kWhole;
  uint32_t version = 0;  // By the answer's own word.
  uint64_t nonce = 0;
  uint64_t answeredNonce = 0;
  Micros start = 0;
  Micros end = 0;
  // Of the bytes that came, and of those that had to: all of them when the answer is whole, as many
  // as came when it is not. Both 0 for answers that are nanod's own.
  uint64_t bodyHash = 0;
  uint64_t expectedHash = 0;
};

// Versions of one app are numbered in the order of their deploys, which never overlap.
struct Deploy {
  AppIndex app = 0;
  uint32_t version = 0;
  Micros start = 0;
  Micros end = 0;
  // kRefused: nanod did not say ok, and must not have put it live.
  enum class Result : uint8_t { kOk, kRefused } result = Result::kOk;
};

// A fault that may be felt in one cordon and nowhere else.
struct Fault {
  std::string kind;
  std::string cordon;
  AppIndex app = kNobody;  // The app that did it, where an app did.
  Micros start = 0;
  Micros end = 0;  // The cordon answers again, or the wait for that was given up.
  enum class Result : uint8_t { kRecovered, kStillDown } result = Result::kRecovered;
};

struct History {
  std::vector<App> apps;
  std::vector<Answer> answers;
  std::vector<Deploy> deploys;
  std::vector<Fault> faults;
};

}  // namespace nano::soak
