#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <kj/async.h>
#include <kj/common.h>

namespace nano {

struct AnswerUpstream;
struct Refusal;
struct ScheduledEvent;

struct HttpField {
  std::string_view name;   // Lower case.
  std::string_view value;  // Bytes; no NUL, CR or LF.
};

// A request whose framing has been checked. Views live as long as the exchange.
struct RequestHead {
  std::string_view method;
  std::string_view scheme;     // "http"
  std::string_view authority;  // Lower case host, with ":port" where the client sent one.
  std::string_view target;     // Origin form: begins with '/', no fragment, no control character.
  std::span<const HttpField> fields;  // As received, without hop-by-hop fields.
  std::string_view clientAddress;
  uint16_t localPort = 0;  // The listener's; 0 on a unix socket.
  uint8_t hops = 0;        // How many apps of such servers it has passed, as far as is known.
  // Set where no request came in: scheduled() is called, and the rest of this means nothing.
  const ScheduledEvent* scheduled = nullptr;
  // Of a call by a service binding, as FetchCall has them; empty of anything else.
  std::string_view entrypoint;
  std::string_view props;
  std::string_view rpcMethod;
};

struct ResponseHead {
  uint16_t status = 200;
  std::string_view statusText;        // Empty: the standard phrase.
  std::span<const HttpField> fields;  // Without framing fields, which are the exchange's to choose.
  // Set where nanod answers in an app's place: why (outcome_reply.h). It is in the body as well.
  const Refusal* refusal = nullptr;
};

// One request and its answer, at most once. The connection owns it; a handler borrows it from
// handle() until it has answered fully (respond, end or abort) or abandoned() was called.
class HttpExchange {
 public:
  virtual const RequestHead& head() const = 0;

  enum class BodyKind { kNone, kWhole, kStream };
  virtual BodyKind bodyKind() const = 0;
  // kWhole: all of it, at most kMaxInlineBodyBytes; lives as long as the exchange.
  virtual std::span<const std::byte> wholeBody() const = 0;
  // kStream: the declared length, or nothing when chunked.
  virtual std::optional<uint64_t> bodyLength() const = 0;
  // kStream: at least one byte and at most `maxBytes`, or an empty array at the end. One call at a
  // time. Rejects when the body breaks off, grows too large or comes too slowly.
  virtual kj::Promise<kj::Array<kj::byte>> readBody(size_t maxBytes) = 0;

  // The whole answer at once. Copies what it needs before it returns.
  virtual void respond(const ResponseHead& head, std::span<const std::byte> body) = 0;
  // Before start, of an answer to a call: who cannot go on with it lets it be.
  virtual void offerUpstream(AnswerUpstream&) {}
  // An answer in pieces: start, then write until end. Without `length` it is chunked.
  virtual void start(const ResponseHead& head, std::optional<uint64_t> length) = 0;
  // Ready when the next piece may come: back-pressure. `bytes` is copied before it returns.
  virtual kj::Promise<void> write(std::span<const std::byte> bytes) = 0;
  virtual void end() = 0;
  // Breaks the answer off so that the client sees it was not whole.
  virtual void abort() = 0;

  // The handler's own mark on this exchange.
  void* handlerState = nullptr;

 protected:
  ~HttpExchange() noexcept(false) = default;
};

class HttpHandler {
 public:
  // Must not throw. May answer before it returns.
  virtual void handle(HttpExchange& exchange) = 0;
  // The client is gone before the answer was whole: forget the exchange, it dies on return.
  virtual void abandoned(HttpExchange& exchange) = 0;

 protected:
  ~HttpHandler() noexcept(false) = default;
};

}  // namespace nano
