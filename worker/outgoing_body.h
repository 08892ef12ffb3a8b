#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <kj/async.h>
#include <kj/refcount.h>

#include "protocol/http.capnp.h"
#include "snapshot/buffer_budget.h"

namespace nano {

// A response body on its way out: JavaScript writes, the supervisor reads.
//
// Pulled: a chunk is asked of JavaScript only when the reader has asked for one and none is left,
// so at most one chunk is held, on the budget of the isolate. Shared by the request's context and
// the ByteSource that the supervisor holds; either may go first.
class OutgoingBody final : public kj::Refcounted {
 public:
  class Producer {
   public:
    // The next chunk is wanted: write, end or fail follows, perhaps before this returns.
    virtual void pull(uint32_t slot) = 0;
    // Nobody reads on; called at most once, and not after the end. Must not enter JavaScript now.
    virtual void readerLeft(uint32_t slot) = 0;

   protected:
    ~Producer() noexcept(false) = default;
  };

  // `producer` is borrowed until detach() or the end.
  OutgoingBody(Producer& producer, uint32_t slot) : producer_(&producer), slot_(slot) {}
  // A body that is all there; `share` is what the budget gave for it.
  OutgoingBody(std::string bytes, BufferShare share)
      : buffer_(std::move(bytes)),
        share_(std::move(share)),
        state_(State::kEnded) {}

  // Made once, for the answer.
  rpc::ByteSource::Client makeSource();

  // False, and the body breaks off, where the chunk does not fit into the budget.
  [[nodiscard]] bool write(std::span<const std::byte> chunk,
                           const std::shared_ptr<BufferBudget>& budget);
  void end();
  void fail();
  // The producer goes away; a body that has not ended breaks off.
  void detach();

  // Nothing is expected of the producer any more.
  bool isFinished() const { return state_ != State::kOpen; }
  // The producer gave it up too: it ended the body, or failed it.
  bool isForgotten() const { return isForgotten_; }

 private:
  class Source;
  enum class State { kOpen, kEnded, kFailed };
  using ReadContext = capnp::CallContext<rpc::ByteSource::ReadParams, rpc::ByteSource::ReadResults>;

  kj::Promise<void> read(ReadContext context);
  kj::Promise<void> deliver(ReadContext context);
  void breakOff();
  void sourceDropped();
  void wakeReader();

  Producer* producer_ = nullptr;
  uint32_t slot_ = 0;
  std::string buffer_;
  size_t offset_ = 0;
  BufferShare share_;
  State state_ = State::kOpen;
  bool pulling_ = false;
  bool isForgotten_ = false;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> reader_;
};

}  // namespace nano
