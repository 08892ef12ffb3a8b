#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <capnp/message.h>
#include <capnp/rpc.capnp.h>
#include <kj/array.h>

namespace nano::test {

// The RPC socket of a worker, without an RPC system. Waits by asking again and again: its filter
// has no poll().
class RawSocket final {
 public:
  void sendBytes(const void* bytes, size_t size);
  // Half words, as a frame's table has them.
  void sendHalfWords(const std::vector<uint32_t>& halfWords);
  void sendMessage(capnp::MessageBuilder& message);

  // Reads until the supervisor calls this interface, and gives the call's question. Answers nothing
  // in between.
  uint32_t nextCallOf(uint64_t interfaceId);

 private:
  // Takes what came; the number of the question, once a whole call of the interface is there.
  std::optional<uint32_t> takeCall(uint64_t interfaceId);

  std::vector<capnp::word> received_;
};

// Nothing more: until the supervisor ends us.
[[noreturn]] void waitForTheEnd();

}  // namespace nano::test
