#include "supervisor/loop_field.h"

#include <algorithm>

#include "protocol/limits.h"
#include "supervisor/http_syntax.h"

namespace nano {
namespace {

constexpr std::string_view kOurName = "nano";
constexpr std::string_view kHops = "hops=";

// The part before `mark`, which goes with it.
std::string_view takeUntil(char mark, std::string_view& text) {
  const size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

uint8_t bounded(std::string_view digits) {
  uint32_t hops = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return kMaxHops;  // Not what we write: somebody plays with it.
    hops = std::min<uint32_t>(hops * 10 + static_cast<uint32_t>(c - '0'), kMaxHops);
  }
  return static_cast<uint8_t>(hops);
}

}  // namespace

std::string loopFieldValue(uint8_t hops) {
  return std::string(kOurName) + "; " + std::string(kHops) + std::to_string(hops);
}

uint8_t hopsOfLoopField(std::string_view value) {
  uint8_t most = 0;
  while (!value.empty()) {
    std::string_view server = takeUntil(',', value);
    if (!equalsIgnoringCase(takeUntil(';', server), kOurName)) continue;
    while (!server.empty()) {
      const std::string_view parameter = takeUntil(';', server);
      if (!parameter.starts_with(kHops)) continue;
      most = std::max(most, bounded(parameter.substr(kHops.size())));
    }
  }
  return most;
}

}  // namespace nano
