#pragma once

#include <cstddef>
#include <cstdint>

#include <capnp/common.h>
#include <kj/array.h>
#include <kj/io.h>
#include <kj/string.h>

#include "protocol/event_loop.h"
#include "protocol/message_frame.h"

namespace nano {

// Frames in and out of a connected, non-blocking stream socket, with bounded memory both ways.
//
// Uses sendmsg and recvmsg with MSG_DONTWAIT and no other flags, which is what the worker's filter
// allows, and never a control buffer: the kernel closes descriptors that the peer sends.
class FrameSocket final : private Flushable {
 public:
  class Listener {
   public:
    // A whole frame, or the end, may be there. Must not throw.
    virtual void framesReady() = 0;
    // Called once, whoever closed it; `reason` is for the log. May be called from within any method
    // of the socket. Must not throw.
    virtual void closed(kj::StringPtr reason) = 0;

   protected:
    ~Listener() noexcept(false) = default;
  };

  struct Limits {
    size_t maxFrameWords;
    size_t maxBufferedBytes;
  };

  struct Counters {
    uint64_t bytesSent = 0;
    uint64_t bytesReceived = 0;
    uint64_t writes = 0;
  };

  FrameSocket(EventLoop& loop, kj::AutoCloseFd fd, Limits limits, Listener& listener);
  ~FrameSocket() noexcept(false) override;

  // A frame; `owned` holds it where it was too large for the receive buffer, and may be taken. Else
  // it lies in that buffer until drop().
  struct Frame {
    kj::ArrayPtr<const capnp::word> words;
    kj::Array<capnp::word> owned;
  };
  // The first frame that is whole. Null when there is none (yet).
  kj::Maybe<Frame> take();
  // Ends the use of the frame that take() gave.
  void drop();
  // The peer has ended its side and take() has given everything. Closes the socket when the peer
  // ended within a frame, which is not an end.
  bool atEnd();

  // Buffers a frame for the end of the turn. Does nothing on a closed socket.
  void send(Segments segments);
  // Writes what it can at once.
  void flush() override;
  void close(kj::StringPtr reason);

  bool isOpen() const { return fd_.get() >= 0; }
  size_t bufferedBytes() const { return sendEnd_ - sendStart_; }
  const Counters& counters() const { return counters_; }

 private:
  kj::byte* receiveBytes() { return receive_.asBytes().begin(); }
  size_t receiveCapacity() const { return receive_.size() * sizeof(capnp::word); }
  kj::ArrayPtr<const kj::byte> received();
  bool receiveMore();
  void makeRoom();
  void onReadable();
  kj::byte* reserve(size_t bytes);
  void stopSending();
  void closeForErrno(kj::StringPtr what, int error);

  EventLoop& loop_;
  Limits limits_;
  Listener& listener_;
  Counters counters_;

  // What came and is not dropped yet lies in [receiveStart_, receiveEnd_), in bytes; the start of a
  // frame is always at a word.
  kj::Array<capnp::word> receive_;
  size_t receiveStart_ = 0;
  size_t receiveEnd_ = 0;
  size_t takenBytes_ = 0;
  bool peerEnded_ = false;
  bool paused_ = false;

  kj::Array<kj::byte> send_;
  size_t sendStart_ = 0;
  size_t sendEnd_ = 0;
  bool waitsForRoom_ = false;
  bool sendBroken_ = false;

  kj::AutoCloseFd fd_;
  Event readEvent_;
  Event writeEvent_;
};

}  // namespace nano
