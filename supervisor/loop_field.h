#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The field CDN-Loop (RFC 8586), which tells servers of our kind that they ask each other in a
// circle: how many apps a request has passed goes out with each fetch, and counts on where it comes
// in again. A client that sends it can only have less.
namespace nano {

inline constexpr std::string_view kLoopFieldName = "cdn-loop";

// "nano; hops=3"
std::string loopFieldValue(uint8_t hops);
// The most hops that a value says for nano, at most kMaxHops; 0 where it names others only.
uint8_t hopsOfLoopField(std::string_view value);

}  // namespace nano
