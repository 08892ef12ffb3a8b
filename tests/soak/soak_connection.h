#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kj/io.h>

#include "tests/soak/history.h"

namespace nano::soak {

// What came back on a connection.
struct Received {
  uint16_t status = 0;  // 0: no whole head came.
  Ending ending = Ending::kBrokenOff;
  std::string appName;  // x-app; empty in nanod's own answers.
  uint32_t version = 0;
  uint64_t nonce = 0;
  std::string body;  // Without its framing.
  enum class After : uint8_t { kOpen, kClosed } connection = After::kClosed;
};

// One client connection, plain sockets: it can leave in the middle of anything, and it believes
// nothing: what is not framed exactly as HTTP/1.1 says is malformed.
class SoakConnection final {
 public:
  // Open, or not: isOpen().
  explicit SoakConnection(uint16_t port);

  bool isOpen() const { return fd_ >= 0; }
  // As much as the peer takes.
  void send(std::string_view bytes);
  // Reads one answer to its end; gives up after the patience below. With `leaveAfter`, leaves once
  // that many bytes have come.
  Received receive(std::optional<size_t> leaveAfter = std::nullopt);
  // Whether a byte comes within this time; none is read.
  bool waitForByte(std::chrono::milliseconds most) const;
  // Closes with a reset.
  void reset();

 private:
  kj::AutoCloseFd fd_;
};

// Longer than the 30 s after which nanod gives an answer up (protocol/limits.h).
inline constexpr std::chrono::seconds kClientPatience{45};

// Reads an answer's bytes as they come. Its own class, so that its strictness has tests.
class AnswerReader final {
 public:
  // More bytes; true when the answer is at its end, well or not.
  bool take(std::string_view bytes);
  // The connection has ended, or the client stops: what has been read so far.
  Received finish(Ending ending) &&;

 private:
  enum class Phase : uint8_t { kHead, kLength, kChunkSize, kChunk, kChunkEnd, kLast, kDone, kBad };

  Phase step();
  Phase readHead();
  Phase readField(std::string_view line);
  Phase readChunkSize();
  Phase readBody(Phase next);
  // Takes CRLF off the front; null while it is not there.
  std::optional<std::string> takeLine();

  Phase phase_ = Phase::kHead;
  std::string pending_;
  std::optional<uint64_t> length_;
  enum class Framing : uint8_t { kNone, kLength, kChunked } framing_ = Framing::kNone;
  uint64_t left_ = 0;
  Received received_;
};

}  // namespace nano::soak
