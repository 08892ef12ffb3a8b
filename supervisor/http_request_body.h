#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <kj/array.h>
#include <kj/async.h>
#include <kj/time.h>

#include "supervisor/http_chunk_decoder.h"
#include "supervisor/http_framing.h"
#include "supervisor/http_input.h"
#include "supervisor/http_limits.h"

namespace nano {

// The body of one request, from the socket to whoever reads it. Either all of it is there before
// the handler is called (takeWhole, or startCollecting and collect), or it is pulled (read and
// receive), or nobody wants it any more (skip).
class HttpRequestBody final {
 public:
  HttpRequestBody(HttpInput& input, const HttpLimits& limits) : input_(input), limits_(limits) {}
  ~HttpRequestBody() noexcept(false);
  HttpRequestBody(const HttpRequestBody&) = delete;
  HttpRequestBody& operator=(const HttpRequestBody&) = delete;

  // For the next request; its head is consumed and pinned.
  void reset(const RequestFraming& framing);

  // All of it has been taken off the connection.
  bool done() const;
  // Bytes the client has still to send, where it said how many.
  std::optional<uint64_t> left() const;

  enum class Fault : uint8_t { kNone, kMalformed, kTooLarge, kTooSlow, kCutOff };
  Fault fault() const { return fault_; }
  // Whoever reads, now or later, is refused.
  void fail(Fault fault);

  // All of it, if it has arrived with the head and is small; stays pinned with the head. Otherwise
  // the decoded beginning is kept for read().
  std::optional<std::string_view> takeWhole();

  // A body with a length, gathered in memory of its own.
  void startCollecting();
  Received collect(int socket);
  bool collected() const { return collectedBytes_ == length_; }
  std::string_view whole() const { return {collected_.get(), collectedBytes_}; }

  // As HttpExchange::readBody.
  kj::Promise<kj::Array<kj::byte>> read(size_t maxBytes);
  // Somebody waits for bytes; then nothing is unread in the input.
  bool wanted() { return reader_.get() != nullptr && reader_->isWaiting(); }
  // Receives for the reader. `scratch` bounds one call.
  Received receive(int socket, std::span<char> scratch);

  enum class Skipped : uint8_t { kSome, kAll, kTooMuch };
  // Forgets what the input holds of it.
  Skipped skip();

  // The rate counts only while the client is waited for: a slow handler is not its fault.
  void waits(kj::TimePoint now);
  void came(kj::TimePoint now);
  bool tooSlow() const;

  // The exchange is over.
  void release();

 private:
  // Decodes into `plain`, which may begin where `raw` does; returns how much of `raw` is used.
  HttpChunkDecoder::Step decode(std::span<const char> raw, std::span<char> plain);
  kj::Array<kj::byte> takeFromInput(size_t maxBytes);

  HttpInput& input_;
  const HttpLimits& limits_;

  RequestFraming::Body framing_ = RequestFraming::Body::kNone;
  uint64_t length_ = 0;
  uint64_t taken_ = 0;    // Plain bytes so far.
  uint64_t skipped_ = 0;  // Raw bytes skip() has used.
  HttpChunkDecoder chunks_;
  Fault fault_ = Fault::kNone;

  std::string_view early_;  // Decoded by takeWhole() and not read yet.
  std::unique_ptr<char[]> collected_;
  size_t collectedBytes_ = 0;

  kj::Own<kj::PromiseFulfiller<kj::Array<kj::byte>>> reader_;
  size_t readBytes_ = 0;  // What the reader asked for.

  std::optional<kj::TimePoint> waitingSince_;
  kj::Duration waited_ = 0 * kj::SECONDS;
  uint64_t received_ = 0;  // Raw bytes that were waited for.
};

}  // namespace nano
