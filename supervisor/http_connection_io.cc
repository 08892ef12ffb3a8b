// The socket's side of HttpConnection: events, sending, deadlines, closing.

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <kj/debug.h>

#include "supervisor/http_connection.h"

namespace nano {
namespace {

template <auto method>
void call(evutil_socket_t, short, void* self) {
  auto& connection = *static_cast<HttpConnection*>(self);
  guard([&connection] { (connection.*method)(); },
        [&connection](kj::Exception&& error) {
          KJ_LOG(ERROR, "an HTTP connection failed", error);
          connection.lose();
        });
}

void addEvent(event& event) {
  int result = event_add(&event, nullptr);
  KJ_REQUIRE(result == 0, "libevent cannot watch a socket");
}

void removeEvent(event& event) {
  int result = event_del(&event);
  KJ_REQUIRE(result == 0);
}

}  // namespace

void HttpConnection::makeEvents() {
  readEvent_.reset(event_new(&shared_.base, socket_.get(), EV_READ | EV_PERSIST,
                             call<&HttpConnection::onReadable>, this));
  writeEvent_.reset(
      event_new(&shared_.base, socket_.get(), EV_WRITE, call<&HttpConnection::onWritable>, this));
  KJ_REQUIRE(readEvent_ != nullptr && writeEvent_ != nullptr);
}

// Sends what there is to send, and sees to what the connection waits for next.
void HttpConnection::settle() {
  if (phase_ == Phase::kClosed) return;
  trySend();
  if (phase_ == Phase::kClosed || closeWhenSent()) return;
  watchInput();
}

void HttpConnection::trySend() {
  if (!blocked_ && output_.pending() != 0) afterSend(output_.send(socket_.get()));
}

void HttpConnection::sendMore(std::string_view body, std::string_view tail) {
  afterSend(output_.sendWith(socket_.get(), body, tail));
}

void HttpConnection::afterSend(HttpOutput::Sent sent) {
  switch (sent) {
    case HttpOutput::Sent::kAll:
      outputDeadline_.disarm();
      break;
    case HttpOutput::Sent::kBlocked:
      blocked_ = true;
      addEvent(*writeEvent_);
      if (!outputDeadline_.armed()) awaitClient();
      break;
    case HttpOutput::Sent::kFailed:
      // The handler may be on the stack, calling the exchange.
      output_.drop();
      breakLater();
      return;
  }
  if (writer_.get() != nullptr && output_.pending() < shared_.limits.writeBufferBytes) {
    writer_->fulfill();
    writer_ = nullptr;
  }
}

// Whether the connection has closed, or is about to.
bool HttpConnection::closeWhenSent() {
  bool starved = inputEnded_ && (phase_ == Phase::kHead || phase_ == Phase::kCollecting ||
                                 phase_ == Phase::kDraining || phase_ == Phase::kLingering);
  if (starved && output_.pending() < shared_.limits.writeBufferBytes) phase_ = Phase::kClosing;
  bool idle = phase_ == Phase::kHead && input_.unreadBytes() == 0;
  if (idle && finishing_) phase_ = Phase::kClosing;
  if (phase_ != Phase::kClosing || output_.pending() != 0) return false;
  if (!lingers_ || inputEnded_ || broken_) {
    close();
    return true;
  }
  // Closing a socket with unread bytes resets it, and the reset can overtake the answer
  // (RFC 9112 9.6).
  if (shutdown(socket_.get(), SHUT_WR) != 0) {
    close();
    return true;
  }
  phase_ = Phase::kLingering;
  shared_.deadlines.arm(inputDeadline_, HttpWait::kLinger, *this);
  return false;
}

bool HttpConnection::wantsToRead() {
  if (inputEnded_) return false;
  switch (phase_) {
    case Phase::kHead:
      return output_.pending() < shared_.limits.writeBufferBytes;
    case Phase::kHandling:
      return body_.wanted() || input_.unreadBytes() < kMaxQueuedBytes;
    case Phase::kCollecting:
    case Phase::kDraining:
    case Phase::kLingering:
      return true;
    case Phase::kClosing:
    case Phase::kClosed:
      return false;
  }
  return false;
}

// Turns reading on or off, and arms the deadline for what is read next.
void HttpConnection::watchInput() {
  bool wants = wantsToRead();
  if (wants && !reading_) addEvent(*readEvent_);
  if (!wants && reading_) removeEvent(*readEvent_);
  reading_ = wants;
  std::optional<HttpWait> wait;
  switch (phase_) {
    case Phase::kHead:
      if (!reading_) break;
      wait = input_.unreadBytes() == 0 && requests_ != 0 ? HttpWait::kKeepAlive : HttpWait::kHead;
      break;
    case Phase::kCollecting:
    case Phase::kDraining:
      wait = HttpWait::kBody;
      break;
    case Phase::kHandling:
      if (body_.wanted()) {
        wait = HttpWait::kBody;
      } else if (!reading_) {
        // Nobody would tell that the client has gone.
        wait = HttpWait::kPeer;
      }
      break;
    case Phase::kLingering:
      wait = HttpWait::kLinger;
      break;
    case Phase::kClosing:
    case Phase::kClosed:
      break;
  }
  if (wait != HttpWait::kBody) body_.came(shared_.deadlines.now());
  if (!wait.has_value()) return inputDeadline_.disarm();
  if (inputDeadline_.armedFor(*wait)) return;
  if (*wait == HttpWait::kBody) body_.waits(shared_.deadlines.now());
  if (*wait == HttpWait::kPeer) sentAtDeadline_ = output_.sentBytes();
  shared_.deadlines.arm(inputDeadline_, *wait, *this);
}

void HttpConnection::awaitClient() {
  takenAtDeadline_ = takenByPeer();
  shared_.deadlines.arm(outputDeadline_, HttpWait::kWrite, *this);
}

// What the client has acknowledged, not what the kernel has buffered: a window of one byte would
// look like progress otherwise (hostile case H42). Signed: a unix socket counts the kernel's own
// overhead as queued, so that this may run behind.
int64_t HttpConnection::takenByPeer() const {
  int queued = 0;
  if (ioctl(socket_.get(), SIOCOUTQ, &queued) != 0) queued = 0;
  return static_cast<int64_t>(output_.sentBytes()) - queued;
}

bool HttpConnection::takesItsAnswer() {
  const HttpLimits& limits = shared_.limits;
  int64_t seconds = limits.writeTimeout / kj::SECONDS;
  return takenByPeer() - takenAtDeadline_ >= static_cast<int64_t>(limits.bytesPerSecond) * seconds;
}

// Both directions are shut or the connection was reset: no answer can arrive. A client that has
// only ended its side looks like one that has left, until something is sent to it.
bool HttpConnection::isPeerGone() const {
  pollfd state{socket_.get(), 0, 0};
  return poll(&state, 1, 0) == 1 && (state.revents & (POLLHUP | POLLERR)) != 0;
}

// While lingering: reads as much as the client may have had on its way, not more.
void HttpConnection::discard() {
  lingeredBytes_ += input_.unreadBytes();
  input_.consume(input_.unreadBytes());
  if (lingeredBytes_ > shared_.limits.drainBytes) close();
}

void HttpConnection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  readEvent_.reset();
  writeEvent_.reset();
  inputDeadline_.disarm();
  outputDeadline_.disarm();
  output_.drop();
  body_.release();
  if (writer_.get() != nullptr) {
    writer_->reject(KJ_EXCEPTION(DISCONNECTED, "the client is gone"));
    writer_ = nullptr;
  }
  socket_ = nullptr;
  shared_.owner.closed(*this);
}

// Closes so that the client cannot take what it has for the whole answer.
void HttpConnection::reset() {
  linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close();
}

}  // namespace nano
