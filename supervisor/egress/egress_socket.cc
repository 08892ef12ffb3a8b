#include "supervisor/egress/egress_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// What one read takes at most: a chunk is held twice, here and in its message.
constexpr size_t kReadBytes = 64 * 1024;
static_assert(kReadBytes <= kMaxReadBytes);
// What TLS is given at a time: a record.
constexpr size_t kTlsInputBytes = 16 * 1024;
// How often in one turn: a peer that sends records with nothing in them must not hold the loop.
constexpr int kTlsInputsPerTurn = 16;
// RFC 1035 2.3.4, and room for no address that is longer.
constexpr size_t kMaxHostBytes = 253;

ssize_t receiveFrom(int socket, kj::ArrayPtr<kj::byte> into) {
  for (;;) {
    const ssize_t received = recv(socket, into.begin(), into.size(), MSG_DONTWAIT);
    if (received >= 0 || errno != EINTR) return received;
  }
}

bool isHost(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostBytes &&
         std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

EgressSocket::EgressSocket(const Surroundings& surroundings, Connection connection,
                           std::unique_ptr<AppSockets::Place> place)
    : around_(surroundings),
      name_(std::move(connection.name)),
      remoteAddress_(std::move(connection.remoteAddress)),
      place_(std::move(place)),
      socket_(surroundings.base, kj::mv(connection.socket)),
      queue_(std::move(connection.queued)),
      tasks_(ignoreErrors_) {
  place_->onClose([this]() { breakOff("the app is gone"); });
}

EgressSocket::~EgressSocket() noexcept(false) = default;

kj::Exception EgressSocket::brokenOff() const {
  return {kj::Exception::Type::FAILED, __FILE__, __LINE__,
          kj::str("the connection to ", name_.c_str(), " broke off: ", broken_.c_str())};
}

// Whoever waits is woken and finds out.
void EgressSocket::breakOff(std::string reason) {
  if (!broken_.empty()) return;
  broken_ = std::move(reason);
  socket_.shut();
  wakeWaiters();
}

// ---- Reading.

kj::Promise<void> EgressSocket::read(ReadContext context) {
  context.allowCancellation();
  const size_t maxBytes = std::clamp<size_t>(context.getParams().getMaxBytes(), 1, kReadBytes);
  context.releaseParams();
  KJ_REQUIRE(!reading_ && !securing_, "one read at a time");
  KJ_REQUIRE(!peerEnded_, "the peer has ended its side");
  reading_ = true;
  return readSome(context, maxBytes).attach(kj::defer([this]() { reading_ = false; }));
}

kj::Promise<void> EgressSocket::readSome(ReadContext context, size_t maxBytes) {
  if (!broken_.empty()) return brokenOff();
  auto buffer = kj::heapArray<kj::byte>(maxBytes);
  const Piece piece = receive(buffer);
  switch (piece.received) {
    case Received::kNothingYet:
      return socket_.readable().then(
          [this, context, maxBytes]() mutable { return readSome(context, maxBytes); });
    case Received::kBroken:
      return brokenOff();
    case Received::kEnd:
      peerEnded_ = true;
      break;
    case Received::kBytes:
      break;
  }
  auto results = context.initResults(capnp::MessageSize{piece.bytes / sizeof(capnp::word) + 8, 0});
  results.setBytes(buffer.slice(0, piece.bytes));
  results.setEnd(peerEnded_);
  return kj::READY_NOW;
}

EgressSocket::Piece EgressSocket::receive(kj::ArrayPtr<kj::byte> into) {
  return tls_ == nullptr ? receivePlain(into) : receiveTls(into);
}

EgressSocket::Piece EgressSocket::receivePlain(kj::ArrayPtr<kj::byte> into) {
  const ssize_t received = receiveFrom(socket_.fd(), into);
  if (received > 0) return {Received::kBytes, static_cast<size_t>(received)};
  if (received == 0) return {Received::kEnd};
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {Received::kNothingYet};
  breakOff(strerror(errno));
  return {Received::kBroken};
}

EgressSocket::Piece EgressSocket::receiveTls(kj::ArrayPtr<kj::byte> into) {
  for (int inputs = 0;; ++inputs) {
    const TlsClient::Read read = tls_->read(into);
    sendTlsOutput();
    if (read.state == TlsClient::State::kGoesOn) return {Received::kBytes, read.bytes};
    if (read.state == TlsClient::State::kEnded) return {Received::kEnd};
    if (read.state == TlsClient::State::kFailed) {
      breakOff(tls_->error());
      return {Received::kBroken};
    }
    if (inputs == kTlsInputsPerTurn) return {Received::kNothingYet};
    kj::byte buffer[kTlsInputBytes];
    const Piece sealed = receivePlain(kj::arrayPtr(buffer, sizeof(buffer)));
    if (sealed.received == Received::kEnd) {
      tls_->endInput();
    } else if (sealed.received == Received::kBytes) {
      tls_->addInput(kj::arrayPtr(buffer, sealed.bytes));
    } else {
      return sealed;
    }
  }
}

// ---- Writing.

kj::Promise<void> EgressSocket::write(WriteContext context) {
  context.allowCancellation();
  const capnp::Data::Reader bytes = context.getParams().getBytes();
  KJ_REQUIRE(bytes.size() <= kMaxReadBytes, "too much at a time", bytes.size());
  KJ_REQUIRE(!writing_ && !securing_, "one write at a time");
  KJ_REQUIRE(!ended_, "our side has ended");
  if (!broken_.empty()) return brokenOff();
  if (tls_ == nullptr) {
    send(bytes);
  } else {
    if (!tls_->write(bytes)) breakOff(tls_->error());
    sendTlsOutput();
  }
  context.releaseParams();
  if (!broken_.empty()) return brokenOff();
  if (queue_.size() < kQueuedBytes) return kj::READY_NOW;
  writing_ = true;
  return whenQueued(kQueuedBytes - 1).attach(kj::defer([this]() { writing_ = false; }));
}

void EgressSocket::send(kj::ArrayPtr<const kj::byte> bytes) {
  if (broken_.empty()) handle(queue_.add(socket_.fd(), bytes));
}

void EgressSocket::sendTlsOutput() {
  tls_->takeOutput([this](kj::ArrayPtr<const kj::byte> bytes) { send(bytes); });
}

void EgressSocket::handle(SendQueue::Sent sent) {
  if (sent == SendQueue::Sent::kBroken) {
    breakOff(strerror(errno));
  } else if (sent == SendQueue::Sent::kNoRoom) {
    breakOff(
        "the peers of this tenant's connections have not taken as many bytes as those may hold");
  } else if (sent == SendQueue::Sent::kSome && !pumping_) {
    pumping_ = true;
    tasks_.add(pump());
  }
}

kj::Promise<void> EgressSocket::pump() {
  // Each wait has a deadline of its own: the peer need not take all of it in that time.
  auto tooLate = around_.timer.afterDelay(kWriteIdle).then([this]() {
    breakOff("the peer has taken nothing for 30 s");
  });
  return socket_.writable().exclusiveJoin(kj::mv(tooLate)).then([this]() -> kj::Promise<void> {
    const auto sent = broken_.empty() ? queue_.resume(socket_.fd()) : SendQueue::Sent::kAll;
    if (sent == SendQueue::Sent::kBroken) breakOff(strerror(errno));
    wakeWaiters();
    if (sent == SendQueue::Sent::kSome) return pump();
    pumping_ = false;
    return kj::READY_NOW;
  });
}

kj::Promise<void> EgressSocket::whenQueued(size_t atMost) {
  if (queue_.size() <= atMost) return kj::READY_NOW;
  auto result = kj::newPromiseAndFulfiller<void>();
  waiters_.push_back({atMost, kj::mv(result.fulfiller)});
  return result.promise.then([this]() -> kj::Promise<void> {
    if (!broken_.empty()) return brokenOff();
    return kj::READY_NOW;
  });
}

void EgressSocket::wakeWaiters() {
  const auto isDone = [this](Waiter& waiter) {
    if (broken_.empty() && queue_.size() > waiter.atMost) return false;
    waiter.fulfiller->fulfill();
    return true;
  };
  waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(), isDone), waiters_.end());
}

kj::Promise<void> EgressSocket::shutdown(ShutdownContext context) {
  context.allowCancellation();
  KJ_REQUIRE(!writing_ && !securing_, "a write is under way");
  KJ_REQUIRE(!ended_, "our side has ended");
  if (!broken_.empty()) return brokenOff();
  ended_ = true;
  if (tls_ != nullptr) {
    tls_->close();
    sendTlsOutput();
    if (!broken_.empty()) return brokenOff();
  }
  return whenQueued(0).then([this]() {
    // The peer may have gone meanwhile; the next read says so.
    static_cast<void>(::shutdown(socket_.fd(), SHUT_WR));
  });
}

// ---- TLS.

kj::Promise<void> EgressSocket::startTls(StartTlsContext context) {
  context.allowCancellation();
  const auto text = context.getParams().getHost();
  const std::string host(text.begin(), text.size());
  context.releaseParams();
  KJ_REQUIRE(isHost(host), "not a host");
  KJ_REQUIRE(tls_ == nullptr, "TLS has begun already");
  KJ_REQUIRE(!reading_ && !writing_, "a read or a write is under way");
  KJ_REQUIRE(!ended_ && !peerEnded_, "a side has ended");
  if (!broken_.empty()) return brokenOff();
  return secure(host).then([context](kj::Maybe<EgressError>&& error) mutable {
    KJ_IF_MAYBE(failed, error) {
      auto failure = context.getResults().initFailure();
      failure.setKind(failed->kind);
      failure.setMessage(failed->message);
    }
  });
}

kj::Promise<kj::Maybe<EgressError>> EgressSocket::secure(const std::string& host) {
  tls_ = std::make_unique<TlsClient>(around_.tls, host);
  securing_ = true;
  auto tooLate = around_.timer.afterDelay(kTlsDeadline).then([this]() -> kj::Maybe<EgressError> {
    breakOff("the TLS handshake took longer than 10 s");
    return tlsFailed();
  });
  return shakeHands().exclusiveJoin(kj::mv(tooLate)).attach(kj::defer([this]() {
    securing_ = false;
  }));
}

kj::Promise<kj::Maybe<EgressError>> EgressSocket::shakeHands() {
  for (;;) {
    if (!broken_.empty()) return tlsFailed();
    const TlsClient::State state = tls_->handshake();
    sendTlsOutput();
    if (state == TlsClient::State::kGoesOn) return kj::Maybe<EgressError>();
    if (state != TlsClient::State::kWantsInput) {
      breakOff(tls_->error());
      return tlsFailed();
    }
    kj::byte buffer[kTlsInputBytes];
    const Piece sealed = receivePlain(kj::arrayPtr(buffer, sizeof(buffer)));
    if (sealed.received == Received::kNothingYet) {
      return socket_.readable().then([this]() { return shakeHands(); });
    }
    if (sealed.received == Received::kEnd) tls_->endInput();
    if (sealed.received == Received::kBytes) {
      tls_->addInput(kj::arrayPtr(buffer, sealed.bytes));
    }
  }
}

kj::Maybe<EgressError> EgressSocket::tlsFailed() {
  return EgressError{rpc::EgressFailure::Kind::TLS_FAILED,
                     "TLS with " + name_ + " failed: " + broken_};
}

kj::Promise<void> EgressSocket::info(InfoContext context) {
  // The machine's own address is none of an app's business.
  context.getResults().setRemoteAddress(remoteAddress_);
  return kj::READY_NOW;
}

}  // namespace nano
