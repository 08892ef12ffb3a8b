#pragma once

#include <cstdint>
#include <string>

namespace nano::test {

// The handler's body of an app whose every answer repeats the nonce of its request, in one of
// several ways: at once, later, from the request's body, in pieces, in many bytes.
extern const char kNonceHandler[];

struct TrafficReport {
  uint64_t answered = 0;
  uint64_t aborted = 0;
  uint64_t refused = 0;    // Answered with another status than 200.
  std::string firstWrong;  // An answer that is not its request's; empty when there is none.
};

// So many requests over a few connections at a time. A third of them is broken off: within the
// request, before the answer, within the answer. Every whole answer is compared with its nonce.
TrafficReport sendNonceTraffic(uint16_t port, const std::string& host, uint64_t requests);

}  // namespace nano::test
