#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include <capnp/message.h>
#include <capnp/rpc.h>
#include <capnp/serialize.h>
#include <kj/array.h>
#include <kj/refcount.h>

namespace nano {

class MessagePool;

// An RPC message to be sent, built in memory that is used again.
class OutgoingMessage final : public capnp::OutgoingRpcMessage {
 public:
  class Sender {
   public:
    virtual void send(capnp::MessageBuilder& message) = 0;

   protected:
    ~Sender() noexcept(false) = default;
  };

  capnp::AnyPointer::Builder getBody() override { return builder_->getRoot<capnp::AnyPointer>(); }
  void send() override { sender_->send(*builder_); }
  size_t sizeInWords() override { return builder_->sizeInWords(); }

 private:
  friend class MessagePool;
  void start(kj::Own<MessagePool> pool, Sender& sender, size_t firstSegmentWords);
  kj::Own<MessagePool> finish();

  // Not used once the connection is gone: the RPC system keeps messages longer, but sends none.
  Sender* sender_ = nullptr;
  kj::Own<MessagePool> pool_;
  // All zero between uses: MallocMessageBuilder asks for that and cleans up after itself.
  kj::Array<capnp::word> scratch_;
  std::optional<capnp::MallocMessageBuilder> builder_;
};

// An RPC message that came, in memory that is used again.
class IncomingMessage final : public capnp::IncomingRpcMessage {
 public:
  capnp::AnyPointer::Reader getBody() override { return reader_->getRoot<capnp::AnyPointer>(); }
  size_t sizeInWords() override { return words_; }

 private:
  friend class MessagePool;
  void start(kj::Own<MessagePool> pool, kj::ArrayPtr<const capnp::word> frame,
             const capnp::ReaderOptions& options);
  kj::Own<MessagePool> finish();

  kj::Own<MessagePool> pool_;
  // Where a copied frame lies; an adopted one lies in owned_.
  kj::Array<capnp::word> copy_;
  kj::Array<capnp::word> owned_;
  std::optional<capnp::FlatArrayMessageReader> reader_;
  size_t words_ = 0;
};

// Keeps the message objects of one link, with their memory, for the next message. A message may
// outlive the link and holds on to the pool.
class MessagePool final : public kj::Refcounted {
 public:
  // `firstSegmentWords` is a hint; 0 is none.
  kj::Own<OutgoingMessage> outgoing(OutgoingMessage::Sender& sender, size_t firstSegmentWords);
  // Copies `frame`, or adopts `owned` where that holds it.
  kj::Own<IncomingMessage> incoming(kj::ArrayPtr<const capnp::word> frame,
                                    kj::Array<capnp::word> owned,
                                    const capnp::ReaderOptions& options);

 private:
  template <typename T>
  class Recycler final : public kj::Disposer {
   public:
    kj::Own<T> take() {
      if (idle_.empty()) return kj::Own<T>(std::make_unique<T>().release(), *this);
      auto message = kj::mv(idle_.back());
      idle_.pop_back();
      return kj::Own<T>(message.release(), *this);
    }

   private:
    void disposeImpl(void* pointer) const override {
      // Declared first, so destroyed last: it may be the last reference to what holds this object.
      kj::Own<MessagePool> pool;
      std::unique_ptr<T> message(static_cast<T*>(pointer));
      pool = message->finish();
      if (idle_.size() < kMaxIdleMessages) idle_.push_back(kj::mv(message));
    }

    // kj::Disposer is const for the sake of threads; a link belongs to one.
    mutable std::vector<std::unique_ptr<T>> idle_;
  };

  // Of each direction. A batch has left the link before the next is made.
  static constexpr size_t kMaxIdleMessages = 16;

  Recycler<OutgoingMessage> outgoing_;
  Recycler<IncomingMessage> incoming_;
};

}  // namespace nano
