#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <capnp/rpc.capnp.h>

namespace nano {

// Counts what a peer makes our side of a link remember, from the RPC messages that pass: calls of
// its own that are not done, and capabilities of its own that we hold. capnp's RpcSystem has no
// limit for either.
class LinkCensus {
 public:
  struct Limits {
    uint32_t openCalls;
    size_t openCallWords;
    uint32_t imports;
  };
  explicit LinkCensus(const Limits& limits) : limits_(limits) {}

  // Looks at a message of `words` before the RPC system does. Says why the link has to be closed,
  // if so.
  std::optional<std::string_view> received(capnp::rpc::Message::Reader message, size_t words);
  void sent(capnp::rpc::Message::Reader message);

  // An answer is remembered until it is returned and the peer has finished with it. This is the
  // larger of what is not returned and what is not finished; both together are at most twice that.
  uint64_t openCalls() const;
  uint64_t imports() const { return imports_; }

 private:
  void addCall(capnp::rpc::Call::Reader call, size_t words);
  void addImports(capnp::rpc::Payload::Reader payload);
  void addImport(capnp::rpc::CapDescriptor::Reader capability);

  Limits limits_;
  uint64_t calls_ = 0;
  uint64_t returns_ = 0;
  uint64_t finishes_ = 0;
  uint64_t imports_ = 0;
  // The calls with much in them that are not returned yet, by their number.
  std::unordered_map<uint32_t, size_t> largeCalls_;
  uint64_t largeCallWords_ = 0;
  // Questions of ours that were given up before their answer: the peer drops what that carries.
  std::unordered_set<uint32_t> abandoned_;
};

}  // namespace nano
