#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <llhttp.h>

#include "supervisor/http_exchange.h"
#include "supervisor/http_framing.h"
#include "supervisor/http_head_scan.h"

namespace nano {

// Turns the bytes of one request's head into a RequestHead, or into the status it is refused with.
// Ambiguous heads are refused, never repaired.
//
// Two readers must agree. HttpHeadScan checks the bytes first, because llhttp 8.1 by itself accepts
// what we do not (http_hostile_heads_test.cc): folded lines, LF alone after the request's line or
// at the head's end, a space within a name, an empty name, several spaces in the request's line.
// Then llhttp splits the lines, and what it says about the body must be what http_framing says; if
// it refuses, or sees another length, other fields or another version, the request is refused.
// llhttp never sees a body: chunks have a decoder of their own (http_chunk_decoder.h).
//
// Nothing is copied: the head's views point into the received bytes, where names and the authority
// are made lower case.
class HttpParser final {
 public:
  explicit HttpParser(const HttpLimits& limits);
  HttpParser(const HttpParser&) = delete;
  HttpParser& operator=(const HttpParser&) = delete;

  enum class Progress : uint8_t { kMore, kReady, kRefused };

  // `received` is all of the request so far. After kMore it may be elsewhere and longer in the next
  // call; after kReady it must stay until reset().
  Progress parse(std::span<char> received);

  // kReady. The scheme is "http"; address and port are the connection's to add.
  const RequestHead& head() const { return head_; }
  const RequestFraming& framing() const { return framing_; }
  size_t headBytes() const { return scan_.headBytes(); }
  // kReady: asks about the server as a whole ("OPTIONS *"), which no app can answer.
  bool isForServer() const { return forServer_; }
  // kRefused.
  uint16_t refusal() const { return refusal_; }

  void reset();

 private:
  struct Callbacks;
  friend struct Callbacks;

  uint16_t split(std::span<char> lines);
  uint16_t readFields(std::span<char> lines);
  uint16_t readTarget(std::span<char> lines);
  uint16_t readAbsoluteTarget(std::span<char> target);

  HttpHeadScan scan_;
  llhttp_t llhttp_{};
  // What llhttp made of the body, taken when it saw the end of the head.
  uint64_t llhttpLength_ = 0;
  uint16_t llhttpFlags_ = 0;

  RequestHead head_;
  RequestFraming framing_;
  std::vector<HttpField> fields_;
  uint16_t refusal_ = 0;
  bool forServer_ = false;
};

}  // namespace nano
