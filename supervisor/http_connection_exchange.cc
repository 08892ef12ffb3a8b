// The handler's side of HttpConnection: the body as it is asked for, the answer as it is given.

#include <kj/debug.h>

#include "supervisor/http_connection.h"

namespace nano {
namespace {

// From here on a second buffer in the system call is cheaper than a copy.
constexpr size_t kWorthSendingInPlace = size_t{8} * 1024;

std::string_view textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::span<const std::byte> HttpConnection::wholeBody() const {
  return std::as_bytes(std::span(wholeBody_.data(), wholeBody_.size()));
}

std::optional<uint64_t> HttpConnection::bodyLength() const {
  if (parser_.framing().body != RequestFraming::Body::kLength) return std::nullopt;
  return parser_.framing().length;
}

kj::Promise<kj::Array<kj::byte>> HttpConnection::readBody(size_t maxBytes) {
  KJ_REQUIRE(phase_ == Phase::kHandling && bodyKind_ == BodyKind::kStream);
  auto promise = body_.read(maxBytes);
  if (!body_.wanted()) {
    continuePending_ = false;
    resumeSoon();
    return promise;
  }
  if (inputEnded_) {
    body_.fail(HttpRequestBody::Fault::kCutOff);
  } else if (continuePending_) {
    continuePending_ = false;
    output_.append("HTTP/1.1 100 Continue\r\n\r\n");
    resumeSoon();
  }
  if (!working_) watchInput();
  return promise;
}

// Before the head is written: what keeps another request from following this one.
void HttpConnection::sayWhetherItCloses() {
  // Who waits for "100 Continue" may send the body or not: the next request could not be found.
  bool unsent = continuePending_ && !body_.done() && input_.unreadBytes() == 0;
  bool unclear = unsent || body_.fault() != HttpRequestBody::Fault::kNone;
  if (unclear || finishing_ || (inputEnded_ && input_.unreadBytes() == 0)) {
    answer_.closeAfterwards();
  }
  continuePending_ = false;
}

void HttpConnection::respond(const ResponseHead& head, std::span<const std::byte> body) {
  KJ_REQUIRE(phase_ == Phase::kHandling && !answer_.started());
  sayWhetherItCloses();
  // Nobody will read the rest of the body.
  if (body_.left().value_or(0) > shared_.limits.drainBytes) answer_.closeAfterwards();
  sendBody(answer_.whole(head, textOf(body)), {});
  if (answer_.replaced()) shared_.counters.replacedAnswers++;
  answered();
}

void HttpConnection::start(const ResponseHead& head, std::optional<uint64_t> length) {
  KJ_REQUIRE(phase_ == Phase::kHandling && !answer_.started());
  sayWhetherItCloses();
  answer_.start(head, length);
  if (answer_.replaced()) shared_.counters.replacedAnswers++;
  resumeSoon();
}

kj::Promise<void> HttpConnection::write(std::span<const std::byte> bytes) {
  KJ_REQUIRE(phase_ == Phase::kHandling && answer_.started());
  auto piece = answer_.piece(textOf(bytes));
  if (!piece.has_value()) breakLater();
  if (broken_) return kj::NEVER_DONE;  // abandoned() follows.
  sendBody(piece->bytes, piece->tail);
  if (broken_) return kj::NEVER_DONE;
  resumeSoon();
  if (output_.pending() < shared_.limits.writeBufferBytes) return kj::READY_NOW;
  auto pair = kj::newPromiseAndFulfiller<void>();
  writer_ = kj::mv(pair.fulfiller);
  return kj::mv(pair.promise);
}

void HttpConnection::end() {
  KJ_REQUIRE(phase_ == Phase::kHandling && answer_.started());
  if (answer_.end() == HttpAnswer::End::kShort) return abort();
  answered();
}

void HttpConnection::abort() {
  KJ_REQUIRE(phase_ == Phase::kHandling);
  reset();
}

// A large piece goes to the socket from where it is; a small one waits for the end of the turn.
void HttpConnection::sendBody(std::string_view body, std::string_view tail) {
  if (body.size() >= kWorthSendingInPlace && !blocked_) {
    sendMore(body, tail);
  } else {
    output_.append(body);
    output_.append(tail);
  }
}

// The exchange is the connection's again.
void HttpConnection::answered() {
  handlerState = nullptr;
  body_.release();
  if (writer_.get() != nullptr) writer_->fulfill();
  writer_ = nullptr;
  if (broken_ || answer_.closes() || body_.fault() != HttpRequestBody::Fault::kNone) {
    lingers_ = !body_.done() || input_.unreadBytes() != 0;
    phase_ = Phase::kClosing;
  } else if (body_.done()) {
    nextRequest();
  } else {
    phase_ = Phase::kDraining;
    input_.unpin();
  }
  if (working_) return;
  // Further requests wait for the turn's end: the handler is not called from inside its own call.
  if (input_.unreadBytes() == 0 && phase_ != Phase::kDraining) {
    settle();
  } else {
    resumeSoon();
  }
}

void HttpConnection::breakLater() {
  broken_ = true;
  if (!resuming_) {
    resuming_ = true;
    shared_.owner.resumeSoon(*this);
  }
}

// While advance() is on the stack it goes on by itself.
void HttpConnection::resumeSoon() {
  if (working_ || resuming_) return;
  resuming_ = true;
  shared_.owner.resumeSoon(*this);
}

}  // namespace nano
