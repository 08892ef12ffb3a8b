#include "worker/incoming_body.h"

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// What is asked for at a time: a chunk is held twice, in its message and in JavaScript.
constexpr uint32_t kReadBytes = 64 * 1024;
static_assert(kReadBytes <= kMaxReadBytes);

}  // namespace

void IncomingBody::read(Receiver receive) {
  KJ_REQUIRE(receiver_ == nullptr, "one read of a body at a time");
  receiver_ = kj::mv(receive);
  KJ_IF_MAYBE(source, source_) {
    auto request = source->readRequest();
    request.setMaxBytes(kReadBytes);
    tasks_.add(request.send().then(
        [this](auto&& response) {
          const auto bytes = response.getBytes();
          if (response.getEnd()) source_ = nullptr;
          finish({bytes.size() == 0 ? Chunk::Kind::kEnd : Chunk::Kind::kBytes, bytes});
        },
        [this](kj::Exception&&) {
          source_ = nullptr;
          finish({Chunk::Kind::kBroken});
        }));
  } else {
    tasks_.add(kj::evalLater([this]() { finish({Chunk::Kind::kEnd}); }));
  }
}

void IncomingBody::finish(const Chunk& chunk) {
  KJ_IF_MAYBE(waiting, receiver_) {
    Receiver receive = kj::mv(*waiting);
    receiver_ = nullptr;
    receive(chunk);
  }
}

}  // namespace nano
