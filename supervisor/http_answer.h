#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "supervisor/http_date.h"
#include "supervisor/http_exchange.h"
#include "supervisor/http_framing.h"
#include "supervisor/http_limits.h"
#include "supervisor/http_output.h"
#include "supervisor/http_response_head.h"

namespace nano {

// The answer to one request: chooses its framing, writes it into the connection's output, and
// watches that its body keeps to what its head has said. Sends nothing itself.
class HttpAnswer final {
 public:
  HttpAnswer(HttpOutput& output, HttpDate& date, const HttpLimits& limits)
      : output_(output),
        date_(date),
        limits_(limits) {}
  HttpAnswer(const HttpAnswer&) = delete;
  HttpAnswer& operator=(const HttpAnswer&) = delete;

  // For the next request.
  void reset(std::string_view method, const RequestFraming& request);

  // The connection closes after this answer; said in the head if that is still to come.
  void closeAfterwards() { closes_ = true; }
  bool closes() const { return closes_; }
  bool started() const { return started_; }
  // Whether the head had to be replaced by a 502 (isSendable).
  bool replaced() const { return replaced_; }

  // Writes the head and returns the body that is to follow it: `body`, or nothing where the request
  // or the status allows none, or the text of the 502.
  std::string_view whole(const ResponseHead& head, std::string_view body);

  void start(const ResponseHead& head, std::optional<uint64_t> length);
  // Writes what precedes this piece of the body; the piece and then `tail` are to follow. Nothing
  // if the piece is more than the head has announced.
  struct Piece {
    std::string_view bytes;
    std::string_view tail;
  };
  std::optional<Piece> piece(std::string_view bytes);

  enum class End : uint8_t { kWhole, kShort };
  // Writes what ends the body. kShort: less came than announced, so the answer is broken.
  End end();

  // The supervisor's own short answer to a request that is not handed on.
  void refuse(uint16_t status);

 private:
  ResponseFraming framingOfHead(const ResponseHead& head, std::optional<uint64_t> length);
  ResponseFraming framingFor(uint16_t status, std::optional<uint64_t> length);
  void writeHead(const ResponseHead& head, std::optional<uint64_t> length);

  HttpOutput& output_;
  HttpDate& date_;
  const HttpLimits& limits_;

  HttpVersion version_ = HttpVersion::k11;
  ResponseFraming framing_;
  uint64_t written_ = 0;
  bool headOnly_ = false;  // The request was HEAD.
  bool closes_ = false;
  bool started_ = false;
  bool replaced_ = false;
  bool bodiless_ = false;  // Whatever comes as body is dropped.
};

}  // namespace nano
