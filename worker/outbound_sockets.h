#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <kj/async.h>
#include <kj/function.h>
#include <kj/vector.h>
#include <v8.h>

#include "protocol/egress.capnp.h"
#include "snapshot/socket_host.h"
#include "worker/request_context.h"

namespace nano {

class IoBridge;

// The sockets of one isolate: IoBridge's part for them. Each belongs to the request that opened it,
// takes one of its turns until it is connected, and ends with it.
class OutboundSockets final : public SocketHost {
 public:
  // `bridge` outlives this.
  OutboundSockets(IoBridge& bridge, rpc::Egress::Client egress);
  ~OutboundSockets() noexcept(false);
  OutboundSockets(const OutboundSockets&) = delete;
  OutboundSockets& operator=(const OutboundSockets&) = delete;

  // Closes all that a request has opened: it is about to go, or its isolate is.
  void closeAllOf(uint32_t slot);
  // Frees what has ended in its own stack. At the end of a turn.
  void sweep() { ended_.clear(); }

  uint32_t openSocket(std::string_view host, uint16_t port, Transport transport) override;
  v8::Local<v8::Promise> awaitSocket(uint32_t socket) override;
  v8::Local<v8::Promise> readSocket(uint32_t socket, uint32_t maxBytes) override;
  v8::Local<v8::Promise> writeSocket(uint32_t socket, std::span<const std::byte> bytes) override;
  v8::Local<v8::Promise> endSocket(uint32_t socket) override;
  v8::Local<v8::Promise> secureSocket(uint32_t socket, std::string_view host) override;
  void closeSocket(uint32_t socket) override;

 private:
  // What may be under way at a time, each of a kind once.
  enum class Act : uint8_t { kOpen, kRead, kWrite, kEnd, kSecure };
  static constexpr size_t kActs = 5;
  struct Pending {
    v8::Global<v8::Promise::Resolver> resolver;
    kj::Promise<void> task = nullptr;
  };
  struct Socket {
    uint32_t slot = 0;
    std::string host;
    uint16_t port = 0;
    Transport transport = Transport::kPlain;
    // Why it will not be opened; or empty.
    std::string refusal;
    // While it waits for its turn, and is connected.
    std::unique_ptr<OutboundTurns::Turn> turn;
    kj::Maybe<rpc::Socket::Client> peer;
    bool peerHasEnded = false;
    // Null: none is under way.
    std::array<std::unique_ptr<Pending>, kActs> pending;
  };
  // What an answer comes to in JavaScript; nothing, with an exception pending, where there is no
  // memory.
  using Value = kj::Function<v8::MaybeLocal<v8::Value>(v8::Isolate*)>;

  Socket* find(uint32_t id) const;
  std::unique_ptr<Pending>& pendingOf(Socket& socket, Act act) const {
    return socket.pending[static_cast<size_t>(act)];
  }
  std::string refusalFor(RequestContext& request);
  void connect(uint32_t id);
  // The promise of an act. The second makes it one that has failed.
  v8::Local<v8::Promise> begin(uint32_t id, Act act);
  v8::Local<v8::Promise> failed(std::string_view why);
  // Null where the act cannot begin.
  rpc::Socket::Client* usable(uint32_t id, Act act);
  void run(uint32_t id, Act act, kj::Promise<Value> done);
  void settle(uint32_t id, Act act, Value value);
  void reject(uint32_t id, Act act, const std::string& why);
  std::unique_ptr<Pending> takePending(uint32_t id, Act act);
  void giveUp(Pending& pending, std::string_view why);

  IoBridge& bridge_;
  rpc::Egress::Client egress_;
  uint32_t nextId_ = 0;
  std::unordered_map<uint32_t, std::unique_ptr<Socket>> sockets_;
  kj::Vector<kj::Promise<void>> ended_;
};

}  // namespace nano
