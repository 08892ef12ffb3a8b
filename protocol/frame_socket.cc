#include "protocol/frame_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// Holds a turn's messages at 64 connections (about 1 KB a request) without a second recvmsg, and is
// less than what the kernel keeps for a unix socket (208 KiB).
constexpr size_t kReceiveWords = 64 * kKiB / sizeof(capnp::word);
constexpr size_t kSendBytes = 64 * kKiB;
// A send buffer that has grown beyond this is given back when it is empty.
constexpr size_t kMaxIdleSendBytes = 512 * kKiB;

}  // namespace

FrameSocket::FrameSocket(EventLoop& loop, kj::AutoCloseFd fd, Limits limits, Listener& listener)
    : loop_(loop),
      limits_(limits),
      listener_(listener),
      receive_(kj::heapArray<capnp::word>(kReceiveWords)),
      send_(kj::heapArray<kj::byte>(kSendBytes)),
      fd_(kj::mv(fd)) {
  auto onEvent = [](evutil_socket_t, short what, void* self) {
    auto& socket = *static_cast<FrameSocket*>(self);
    auto fail = [&socket](kj::Exception&& error) { socket.close(error.getDescription()); };
    if (what & EV_READ) {
      guard([&socket]() { socket.onReadable(); }, fail);
    } else {
      socket.waitsForRoom_ = false;
      guard([&socket]() { socket.flush(); }, fail);
    }
  };
  readEvent_.reset(event_new(&loop.base(), fd_.get(), EV_READ | EV_PERSIST, onEvent, this));
  writeEvent_.reset(event_new(&loop.base(), fd_.get(), EV_WRITE, onEvent, this));
  KJ_REQUIRE(readEvent_ != nullptr && writeEvent_ != nullptr);
  KJ_REQUIRE(event_add(readEvent_.get(), nullptr) == 0);
}

FrameSocket::~FrameSocket() noexcept(false) {}

kj::ArrayPtr<const kj::byte> FrameSocket::received() {
  return kj::arrayPtr(receiveBytes() + receiveStart_, receiveEnd_ - receiveStart_);
}

kj::Maybe<FrameSocket::Frame> FrameSocket::take() {
  KJ_REQUIRE(takenBytes_ == 0, "the last frame was not dropped");
  if (!isOpen()) return nullptr;
  auto scan = scanFrame(received(), limits_.maxFrameWords);
  switch (scan.state) {
    case FrameScan::State::kIncomplete:
      return nullptr;
    case FrameScan::State::kTooManySegments:
      close("a message with too many segments");
      return nullptr;
    case FrameScan::State::kTooLarge:
      close("a message larger than the limit");
      return nullptr;
    case FrameScan::State::kComplete:
      break;
  }
  takenBytes_ = scan.words * sizeof(capnp::word);
  auto* start = receive_.begin() + receiveStart_ / sizeof(capnp::word);
  Frame frame{kj::arrayPtr(start, scan.words), nullptr};
  if (receive_.size() > kReceiveWords && scan.words == receive_.size()) {
    // A buffer made for this frame: it goes along with it.
    frame.owned = kj::mv(receive_);
    receive_ = kj::heapArray<capnp::word>(kReceiveWords);
    receiveStart_ = receiveEnd_ = takenBytes_ = 0;
  }
  return kj::mv(frame);
}

void FrameSocket::drop() {
  receiveStart_ += takenBytes_;
  takenBytes_ = 0;
  if (receiveStart_ == receiveEnd_) receiveStart_ = receiveEnd_ = 0;
  if (paused_ && isOpen()) {
    paused_ = false;
    KJ_REQUIRE(event_add(readEvent_.get(), nullptr) == 0);
  }
}

bool FrameSocket::atEnd() {
  if (!peerEnded_ || !isOpen()) return false;
  if (receiveStart_ != receiveEnd_) close("the peer closed the link within a message");
  return isOpen();
}

// Makes room for more of the first frame: by moving it to the front, or with a buffer of its size.
void FrameSocket::makeRoom() {
  auto scan = scanFrame(received(), limits_.maxFrameWords);
  size_t kept = receiveEnd_ - receiveStart_;
  if (scan.state == FrameScan::State::kIncomplete && scan.words > receive_.size()) {
    auto larger = kj::heapArray<capnp::word>(scan.words);
    memcpy(larger.asBytes().begin(), receiveBytes() + receiveStart_, kept);
    receive_ = kj::mv(larger);
  } else {
    memmove(receiveBytes(), receiveBytes() + receiveStart_, kept);
  }
  receiveStart_ = 0;
  receiveEnd_ = kept;
}

// Returns whether something changed that the listener should know.
bool FrameSocket::receiveMore() {
  iovec space{receiveBytes() + receiveEnd_, receiveCapacity() - receiveEnd_};
  msghdr message{};
  message.msg_iov = &space;
  message.msg_iovlen = 1;
  ssize_t size = recvmsg(fd_.get(), &message, MSG_DONTWAIT);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) closeForErrno("recvmsg", errno);
    return false;
  }
  if (message.msg_flags & MSG_CTRUNC) {
    close("the peer sent file descriptors");
    return false;
  }
  if (size == 0) {
    peerEnded_ = true;
    event_del(readEvent_.get());
    return true;
  }
  counters_.bytesReceived += size;
  receiveEnd_ += size;
  return true;
}

void FrameSocket::onReadable() {
  if (receiveEnd_ == receiveCapacity()) makeRoom();
  if (receiveEnd_ == receiveCapacity()) {
    // Full of whole frames that nobody takes: the peer has to wait. drop() goes on.
    paused_ = true;
    event_del(readEvent_.get());
    return;
  }
  if (receiveMore()) listener_.framesReady();
}

kj::byte* FrameSocket::reserve(size_t bytes) {
  if (send_.size() - sendEnd_ < bytes) {
    size_t kept = sendEnd_ - sendStart_;
    if (send_.size() >= 2 * (kept + bytes)) {
      memmove(send_.begin(), send_.begin() + sendStart_, kept);
    } else {
      auto larger = kj::heapArray<kj::byte>(2 * std::max(kept + bytes, kSendBytes));
      memcpy(larger.begin(), send_.begin() + sendStart_, kept);
      send_ = kj::mv(larger);
    }
    sendStart_ = 0;
    sendEnd_ = kept;
  }
  return send_.begin() + sendEnd_;
}

void FrameSocket::send(Segments segments) {
  if (!isOpen() || sendBroken_) return;
  size_t bytes = frameWords(segments) * sizeof(capnp::word);
  if (bufferedBytes() + bytes > limits_.maxBufferedBytes) {
    close("the peer does not read what is sent to it");
    return;
  }
  writeFrame(segments, reserve(bytes));
  sendEnd_ += bytes;
  if (!waitsForRoom_) loop_.flushAtTurnEnd(*this);
}

void FrameSocket::flush() {
  if (!isOpen() || waitsForRoom_ || bufferedBytes() == 0) return;
  iovec bytes{send_.begin() + sendStart_, bufferedBytes()};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  ssize_t size = sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      stopSending();
      return;
    }
    size = 0;
  } else {
    ++counters_.writes;
    counters_.bytesSent += size;
  }
  sendStart_ += size;
  if (bufferedBytes() > 0) {
    waitsForRoom_ = true;
    KJ_REQUIRE(event_add(writeEvent_.get(), nullptr) == 0);
    return;
  }
  sendStart_ = sendEnd_ = 0;
  if (send_.size() > kMaxIdleSendBytes) send_ = kj::heapArray<kj::byte>(kSendBytes);
}

// The peer takes nothing any more, as when it died. What it sent before can still be read, then
// comes the end: shutdown() makes sure of that with a peer that only shut its receiving side.
void FrameSocket::stopSending() {
  sendBroken_ = true;
  sendStart_ = sendEnd_ = 0;
  if (shutdown(fd_.get(), SHUT_RD) < 0 && errno != ENOTCONN) closeForErrno("shutdown", errno);
}

void FrameSocket::closeForErrno(kj::StringPtr what, int error) {
  close(kj::str(what, ": ", strerror(error)));
}

void FrameSocket::close(kj::StringPtr reason) {
  if (!isOpen()) return;
  // The events go before the descriptor does, or epoll would still know it.
  event_del(readEvent_.get());
  event_del(writeEvent_.get());
  fd_ = nullptr;
  listener_.closed(reason);
}

}  // namespace nano
