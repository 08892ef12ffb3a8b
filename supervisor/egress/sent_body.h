#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <kj/async.h>

#include "protocol/byte_source.h"
#include "supervisor/egress/outbound.h"

namespace nano {

// A request's body on its way from its source to curl, one piece at a time.
class SentBody final {
 public:
  class Owner {
   public:
    // What curl was told to wait for is here. Called at the level of the loop.
    virtual void bodyReady() = 0;
    // The source broke off, or gave less or more than it said. Nothing is called after this.
    virtual void bodyBroke(const char* why) = 0;

   protected:
    ~Owner() noexcept(false) = default;
  };

  // Pulls the first piece. `owner` outlives it.
  SentBody(OutboundRequest::Stream stream, Owner& owner);
  SentBody(const SentBody&) = delete;
  SentBody& operator=(const SentBody&) = delete;

  struct Taken {
    enum class State { kSome, kWait, kEnd } state = State::kEnd;
    size_t bytes = 0;
  };
  // Called from inside curl. After kWait, bodyReady() or bodyBroke() follows.
  Taken take(std::span<char> into);

  std::optional<uint64_t> length() const { return length_; }
  // Whether curl has had some of it: then the request cannot be sent a second time.
  bool begun() const { return begun_; }
  // Curl has all of it.
  bool over() const { return over_; }
  // Curl waits for the source.
  bool starved() const { return starved_; }
  // The owner is being called: it cannot destroy this now.
  bool isCalling() const { return calling_; }

 private:
  void pull();
  kj::Promise<void> readPiece();
  kj::Promise<void> arrived(ByteChunk chunk);
  // All that it said is here, and perhaps not all that there is: it is not given away before the
  // source has ended.
  bool waitsForEnd() const { return length_ && received_ == *length_ && !ended_; }
  void tell();
  void broke(const char* why);

  ByteReader reader_;
  std::optional<uint64_t> length_;
  Owner& owner_;
  kj::Array<const kj::byte> piece_;
  size_t taken_ = 0;
  uint64_t received_ = 0;
  uint64_t given_ = 0;
  bool ended_ = false;  // By the source.
  bool pulling_ = false;
  bool begun_ = false;
  bool over_ = false;
  bool starved_ = false;
  bool calling_ = false;
  kj::Promise<void> pull_ = nullptr;
};

}  // namespace nano
