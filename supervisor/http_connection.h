#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <kj/async.h>
#include <kj/io.h>

#include "protocol/libevent.h"
#include "supervisor/http_answer.h"
#include "supervisor/http_exchange.h"
#include "supervisor/http_input.h"
#include "supervisor/http_output.h"
#include "supervisor/http_parser.h"
#include "supervisor/http_request_body.h"
#include "supervisor/http_shared.h"

namespace nano {

// One client's connection, and the exchange it is having: one at a time, in the order of the
// requests, the next one parsed when the last one is answered.
//
// Works in three moments: when libevent says the socket is ready, when the handler calls the
// exchange, and in resume() at the end of a turn, where what the handler's calls have left to do is
// done. Each ends in settle(), which sends, and says what the connection waits for next. The
// handler is called in the first and the last only, never inside a call of its own.
class HttpConnection final : public HttpExchange, private HttpDeadline::Listener {
 public:
  HttpConnection(HttpShared& shared, kj::AutoCloseFd socket, HttpPeer peer);
  ~HttpConnection() noexcept(false);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // The server is leaving: closes now if no request has begun, otherwise after its answer.
  void finish();
  // Ends it now, whatever it does; the handler is told.
  void lose();
  void resume();

  const HttpPeer& peer() const { return peer_; }

  const RequestHead& head() const override { return head_; }
  BodyKind bodyKind() const override { return bodyKind_; }
  std::span<const std::byte> wholeBody() const override;
  std::optional<uint64_t> bodyLength() const override;
  kj::Promise<kj::Array<kj::byte>> readBody(size_t maxBytes) override;
  void respond(const ResponseHead& head, std::span<const std::byte> body) override;
  void start(const ResponseHead& head, std::optional<uint64_t> length) override;
  kj::Promise<void> write(std::span<const std::byte> bytes) override;
  void end() override;
  void abort() override;

 private:
  // How much of the following requests waits unread while one is handled (hostile case H19).
  static constexpr size_t kMaxQueuedBytes = HttpBlockPool::kBlockBytes;

  enum class Phase : uint8_t {
    kHead,        // Between two requests, or within a head.
    kCollecting,  // A small body is on its way; the handler has not been called.
    kHandling,    // The exchange is the handler's.
    kDraining,    // Answered; the rest of the body is read and forgotten.
    kClosing,     // The last answer is on its way; nothing is read.
    kLingering,   // It is sent. Closing now could destroy it, so what still comes is read.
    kClosed,
  };

  // http_connection.cc: the request's way.
  void onReadable();
  void onWritable();
  void expired(HttpDeadline& deadline, HttpWait wait) override;
  void inputExpired(HttpWait wait);
  Received receive();
  void endOfInput();
  void advance();
  bool step();
  bool parse();
  void beginRequest();
  bool callHandler();
  void nextRequest();
  void refuse(uint16_t status);

  // http_connection_io.cc: what the socket is told.
  void makeEvents();
  void settle();
  void trySend();
  void sendMore(std::string_view body, std::string_view tail);
  void afterSend(HttpOutput::Sent sent);
  bool closeWhenSent();
  bool wantsToRead();
  void watchInput();
  void awaitClient();
  bool takesItsAnswer();
  bool isPeerGone() const;
  int64_t takenByPeer() const;
  void discard();
  void close();
  void reset();

  // http_connection_exchange.cc: the answer's way, called by the handler.
  void sayWhetherItCloses();
  void sendBody(std::string_view body, std::string_view tail);
  void answered();
  void breakLater();
  void resumeSoon();

  HttpShared& shared_;
  kj::AutoCloseFd socket_;
  HttpPeer peer_;
  Event readEvent_;
  Event writeEvent_;
  HttpDeadline inputDeadline_;
  HttpDeadline outputDeadline_;

  HttpInput input_;
  HttpOutput output_;
  HttpParser parser_;
  HttpRequestBody body_;
  HttpAnswer answer_;

  RequestHead head_;
  std::string_view wholeBody_;
  kj::Own<kj::PromiseFulfiller<void>> writer_;
  int64_t takenAtDeadline_ = 0;  // takenByPeer() when outputDeadline_ was armed.
  uint64_t sentAtDeadline_ = 0;  // What was sent when inputDeadline_ was armed for kPeer.
  uint64_t lingeredBytes_ = 0;
  uint32_t requests_ = 0;
  Phase phase_ = Phase::kHead;
  BodyKind bodyKind_ = BodyKind::kNone;
  bool working_ = false;          // advance() is on the stack.
  bool reading_ = false;          // readEvent_ is added.
  bool blocked_ = false;          // writeEvent_ is added.
  bool inputEnded_ = false;       // The client has ended its side.
  bool continuePending_ = false;  // It waits for "100 Continue".
  bool lingers_ = false;          // It may still be sending when we close.
  bool finishing_ = false;        // The server is leaving.
  bool broken_ = false;           // Nothing can be sent any more: resume() loses it.
  bool resuming_ = false;         // resume() will be called.
};

}  // namespace nano
