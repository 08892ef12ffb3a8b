#include "supervisor/http_connection.h"

#include <utility>

#include <kj/debug.h>

namespace nano {

HttpConnection::HttpConnection(HttpShared& shared, kj::AutoCloseFd socket, HttpPeer peer)
    : shared_(shared),
      socket_(kj::mv(socket)),
      peer_(std::move(peer)),
      input_(shared.blocks),
      output_(shared.blocks),
      parser_(shared.limits),
      body_(input_, shared.limits),
      answer_(output_, shared.date, shared.limits) {
  makeEvents();
  // The first head is waited for from the start: nothing else is known of this client.
  shared_.deadlines.arm(inputDeadline_, HttpWait::kHead, *this);
  watchInput();
}

HttpConnection::~HttpConnection() noexcept(false) {}

void HttpConnection::finish() {
  finishing_ = true;
  if (phase_ == Phase::kHead && input_.unread().empty() && output_.pending() == 0) close();
}

void HttpConnection::lose() {
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kHandling) {
    phase_ = Phase::kClosing;
    shared_.counters.abandoned++;
    shared_.handler.abandoned(*this);
  }
  close();
}

void HttpConnection::resume() {
  resuming_ = false;
  if (phase_ == Phase::kClosed) return;
  if (broken_) {
    lose();
  } else {
    advance();
  }
}

void HttpConnection::onReadable() {
  Received received = receive();
  switch (received) {
    case Received::kBlocked:
      return;
    case Received::kLost:
      return lose();
    case Received::kEnded:
      endOfInput();
      break;
    case Received::kSome:
      body_.came(shared_.deadlines.now());
      if (inputDeadline_.armedFor(HttpWait::kBody)) inputDeadline_.disarm();
      if (!body_.done() && body_.tooSlow()) return inputExpired(HttpWait::kBody);
      break;
    case Received::kNoRoom:
      break;
  }
  advance();
}

void HttpConnection::onWritable() {
  blocked_ = false;
  trySend();
  if (phase_ != Phase::kClosed) advance();
}

Received HttpConnection::receive() {
  switch (phase_) {
    case Phase::kHead:
      // Room for the largest head, and a little more so that the parser sees what is too much.
      return input_.receiveFrom(
          socket_.get(),
          shared_.limits.targetBytes + shared_.limits.headerBytes + HttpBlockPool::kBlockBytes);
    case Phase::kCollecting:
      return body_.collect(socket_.get());
    case Phase::kHandling:
      if (body_.wanted()) return body_.receive(socket_.get(), shared_.scratch);
      return input_.receiveFrom(socket_.get(), kMaxQueuedBytes);
    case Phase::kDraining:
    case Phase::kLingering:
      return input_.receiveFrom(socket_.get(), kMaxQueuedBytes);
    case Phase::kClosing:
    case Phase::kClosed:
      break;
  }
  return Received::kNoRoom;
}

// A client may end its side and still wait for the answer (hostile case H46).
void HttpConnection::endOfInput() {
  inputEnded_ = true;
  if (isPeerGone()) broken_ = true;
  if (body_.wanted()) body_.fail(HttpRequestBody::Fault::kCutOff);
}

// Goes on as far as what has been received allows.
void HttpConnection::advance() {
  if (broken_) return lose();
  working_ = true;
  while (step()) {
  }
  working_ = false;
  settle();
}

bool HttpConnection::step() {
  if (broken_) return false;
  // A client that sends requests and takes no answers is not asked for more.
  if (output_.pending() >= shared_.limits.writeBufferBytes) {
    trySend();
    if (output_.pending() >= shared_.limits.writeBufferBytes) return false;
  }
  switch (phase_) {
    case Phase::kHead:
      return parse();
    case Phase::kCollecting:
      if (!body_.collected()) return false;
      wholeBody_ = body_.whole();
      bodyKind_ = BodyKind::kWhole;
      return callHandler();
    case Phase::kDraining:
      switch (body_.skip()) {
        case HttpRequestBody::Skipped::kSome:
          return false;
        case HttpRequestBody::Skipped::kAll:
          nextRequest();
          return true;
        case HttpRequestBody::Skipped::kTooMuch:
          lingers_ = true;
          phase_ = Phase::kClosing;
          return false;
      }
      return false;
    case Phase::kLingering:
      discard();
      return false;
    default:
      return false;
  }
}

bool HttpConnection::parse() {
  switch (parser_.parse(input_.unread())) {
    case HttpParser::Progress::kMore:
      return false;
    case HttpParser::Progress::kRefused:
      refuse(parser_.refusal());
      return false;
    case HttpParser::Progress::kReady:
      break;
  }
  input_.pin(parser_.headBytes());
  inputDeadline_.disarm();
  body_.reset(parser_.framing());
  answer_.reset(parser_.head().method, parser_.framing());
  if (++requests_ >= shared_.limits.requestsPerConnection) answer_.closeAfterwards();
  beginRequest();
  return phase_ != Phase::kHandling && phase_ != Phase::kClosed;
}

void HttpConnection::beginRequest() {
  const RequestFraming& framing = parser_.framing();
  if (framing.length > shared_.limits.bodyBytes) return refuse(413);
  if (parser_.isForServer()) {
    static constexpr HttpField kAllow[] = {
        {"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}};
    output_.append(answer_.whole({.status = 204, .statusText = {}, .fields = kAllow}, {}));
    return answered();
  }
  head_ = parser_.head();
  head_.clientAddress = peer_.address;
  head_.localPort = peer_.localPort;

  if (body_.done()) {
    bodyKind_ = BodyKind::kNone;
  } else if (auto whole = body_.takeWhole()) {
    bodyKind_ = BodyKind::kWhole;
    wholeBody_ = *whole;
  } else if (body_.fault() != HttpRequestBody::Fault::kNone) {
    return refuse(400);
  } else {
    // Only who has sent nothing of the body waits to be told to (RFC 9110 10.1.1).
    continuePending_ =
        framing.expect == RequestFraming::Expect::kContinue && input_.unread().empty();
    bool small = framing.body == RequestFraming::Body::kLength &&
                 framing.length <= shared_.limits.inlineBodyBytes;
    if (small && !continuePending_) {
      body_.startCollecting();
      phase_ = Phase::kCollecting;
      return;
    }
    bodyKind_ = BodyKind::kStream;
  }
  callHandler();
}

// Returns whether the connection can go on with something else.
bool HttpConnection::callHandler() {
  phase_ = Phase::kHandling;
  shared_.counters.requests++;
  shared_.handler.handle(*this);
  return phase_ != Phase::kHandling && phase_ != Phase::kClosed;
}

void HttpConnection::nextRequest() {
  phase_ = Phase::kHead;
  parser_.reset();
  input_.unpin();
}

void HttpConnection::refuse(uint16_t status) {
  shared_.counters.refusedRequests++;
  answer_.reset({}, RequestFraming());
  answer_.refuse(status);
  lingers_ = true;
  phase_ = Phase::kClosing;
}

void HttpConnection::expired(HttpDeadline& deadline, HttpWait wait) {
  if (&deadline == &inputDeadline_) {
    inputExpired(wait);
  } else if (takesItsAnswer()) {
    awaitClient();
  } else {
    shared_.counters.timeouts++;
    lose();
  }
}

void HttpConnection::inputExpired(HttpWait wait) {
  if (wait == HttpWait::kPeer) {
    if (isPeerGone() || (inputEnded_ && output_.sentBytes() == sentAtDeadline_)) return lose();
    return watchInput();
  }
  // A reader that has let go of its promise waits for nothing.
  if (phase_ == Phase::kHandling && !body_.wanted()) return watchInput();
  shared_.counters.timeouts++;
  bool nothingBegun = phase_ == Phase::kHead && input_.unread().empty();
  if (nothingBegun || phase_ == Phase::kLingering || phase_ == Phase::kDraining) return close();
  if (phase_ == Phase::kHandling) {
    body_.fail(HttpRequestBody::Fault::kTooSlow);
  } else {
    refuse(408);
  }
  settle();
}

}  // namespace nano
