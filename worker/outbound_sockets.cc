#include "worker/outbound_sockets.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "protocol/limits.h"
#include "snapshot/js_bytes.h"
#include "worker/io_bridge.h"
#include "worker/js_error.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

constexpr char kClosed[] = "The socket is closed";
// What capnp puts before a reason that comes from the other process.
constexpr std::string_view kRemote = "remote exception: ";

v8::Local<v8::Value> error(v8::Isolate* isolate, std::string_view message) {
  constexpr size_t kMost = 1024;
  v8::Local<v8::String> text;
  const std::string_view shown = message.substr(0, kMost);
  if (!v8::String::NewFromUtf8(isolate, shown.data(), v8::NewStringType::kNormal,
                               static_cast<int>(shown.size()))
           .ToLocal(&text)) {
    text = v8::String::Empty(isolate);
  }
  return v8::Exception::Error(text);
}

std::string reasonOf(const kj::Exception& exception) {
  if (exception.getType() == kj::Exception::Type::DISCONNECTED) return "Network connection lost.";
  std::string_view reason = exception.getDescription().cStr();
  if (reason.starts_with(kRemote)) reason.remove_prefix(kRemote.size());
  return std::string(reason);
}

kj::Exception failureOf(capnp::Text::Reader message) {
  return {kj::Exception::Type::FAILED, __FILE__, __LINE__, kj::heapString(message)};
}

v8::MaybeLocal<v8::Value> nothing(v8::Isolate* isolate) { return v8::Undefined(isolate); }

v8::MaybeLocal<v8::Value> bytesOf(v8::Isolate* isolate, capnp::Data::Reader bytes) {
  auto created = newBytes(isolate, bytes.size());
  if (!created) return {};
  if (bytes.size() > 0) memcpy(created->bytes.data(), bytes.begin(), bytes.size());
  return created->array;
}

// Those of policy and of limits, which the app's author cannot see from the peer's side.
bool isWorthALine(Kind kind) { return kind == Kind::DENIED || kind == Kind::OVER_LIMIT; }

}  // namespace

OutboundSockets::OutboundSockets(IoBridge& bridge, rpc::Egress::Client egress)
    : bridge_(bridge),
      egress_(kj::mv(egress)) {}

OutboundSockets::~OutboundSockets() noexcept(false) = default;

OutboundSockets::Socket* OutboundSockets::find(uint32_t id) const {
  const auto found = sockets_.find(id);
  return found == sockets_.end() ? nullptr : found->second.get();
}

void OutboundSockets::closeAllOf(uint32_t slot) {
  std::erase_if(sockets_, [slot](const auto& entry) { return entry.second->slot == slot; });
}

// ---- Opening.

uint32_t OutboundSockets::openSocket(std::string_view host, uint16_t port, Transport transport) {
  const uint32_t id = nextId_++;
  RequestContext* request = bridge_.current();
  // Of a request that is over: awaitSocket() finds nothing.
  if (request == nullptr) return id;
  auto socket = std::make_unique<Socket>();
  socket->slot = request->slot;
  socket->host = host;
  socket->port = port;
  socket->transport = transport;
  socket->refusal = refusalFor(*request);
  sockets_.emplace(id, std::move(socket));
  return id;
}

std::string OutboundSockets::refusalFor(RequestContext& request) {
  const uint64_t most = bridge_.limits().get(rpc::Limit::SUBREQUESTS);
  if (request.outbound.count(most)) return {};
  std::string reason =
      "Too many subrequests: " + describeBreach({rpc::Limit::SUBREQUESTS, most, most + 1});
  bridge_.report(&request, LogLevel::kWarn, reason);
  return reason;
}

v8::Local<v8::Promise> OutboundSockets::awaitSocket(uint32_t id) {
  Socket* socket = find(id);
  if (socket == nullptr) return failed("The request is over: it can open no socket any more");
  if (!socket->refusal.empty()) return failed(socket->refusal);
  RequestContext* request = bridge_.requests().find(socket->slot);
  const bool wasAsked = socket->turn != nullptr || socket->peer != nullptr;
  if (request == nullptr || wasAsked) return failed(kClosed);
  v8::Local<v8::Promise> promise = begin(id, Act::kOpen);
  socket->turn = request->outbound.take(bridge_.limits().get(rpc::Limit::OUTBOUND_AT_ONCE),
                                        [this, id]() { connect(id); });
  return promise;
}

void OutboundSockets::connect(uint32_t id) {
  Socket* socket = find(id);
  if (socket == nullptr) return;
  auto request = egress_.connectRequest();
  request.setHost(socket->host);
  request.setPort(socket->port);
  request.setTls(socket->transport == Transport::kTls);
  auto done = request.send().then(
      [this, id](capnp::Response<rpc::Egress::ConnectResults>&& response) -> kj::Promise<Value> {
        const auto failure = response.getFailure();
        if (failure.getKind() == Kind::NONE) {
          if (Socket* opened = find(id)) opened->peer = response.getSocket();
          return Value(nothing);
        }
        Socket* refused = find(id);
        if (refused != nullptr && isWorthALine(failure.getKind())) {
          bridge_.report(bridge_.requests().find(refused->slot), LogLevel::kWarn,
                         failure.getMessage().cStr());
        }
        return failureOf(failure.getMessage());
      });
  run(id, Act::kOpen, kj::mv(done));
}

// ---- What is under way.

v8::Local<v8::Promise> OutboundSockets::begin(uint32_t id, Act act) {
  v8::Isolate* isolate = bridge_.isolate();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(isolate->GetCurrentContext()).ToLocal(&resolver)) return {};
  auto pending = std::make_unique<Pending>();
  pending->resolver.Reset(isolate, resolver);
  pendingOf(*find(id), act) = std::move(pending);
  return resolver->GetPromise();
}

v8::Local<v8::Promise> OutboundSockets::failed(std::string_view why) {
  v8::Isolate* isolate = bridge_.isolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  static_cast<void>(resolver->Reject(context, error(isolate, why)).FromMaybe(false));
  return resolver->GetPromise();
}

rpc::Socket::Client* OutboundSockets::usable(uint32_t id, Act act) {
  Socket* socket = find(id);
  if (socket == nullptr || pendingOf(*socket, act) != nullptr) return nullptr;
  KJ_IF_MAYBE(peer, socket->peer) {
    return peer;
  }
  return nullptr;
}

void OutboundSockets::run(uint32_t id, Act act, kj::Promise<Value> done) {
  pendingOf(*find(id), act)->task =
      done.then([this, id, act](Value&& value) { settle(id, act, kj::mv(value)); },
                [this, id, act](kj::Exception&& failure) { reject(id, act, reasonOf(failure)); })
          .eagerlyEvaluate(nullptr);
}

// In the stack of the act's own task, which is freed later.
std::unique_ptr<OutboundSockets::Pending> OutboundSockets::takePending(uint32_t id, Act act) {
  Socket* socket = find(id);
  if (socket == nullptr) return nullptr;
  std::unique_ptr<Pending> taken = std::move(pendingOf(*socket, act));
  if (taken != nullptr) {
    ended_.add(kj::mv(taken->task));
    bridge_.stir();
  }
  // The next one may be connected now.
  if (act == Act::kOpen) socket->turn.reset();
  return taken;
}

void OutboundSockets::settle(uint32_t id, Act act, Value value) {
  Socket* socket = find(id);
  RequestContext* request = socket == nullptr ? nullptr : bridge_.requests().find(socket->slot);
  const std::unique_ptr<Pending> pending = takePending(id, act);
  if (pending == nullptr || request == nullptr) return;
  bridge_.enter(request, [this, &pending, &value](v8::Local<v8::Context> context) {
    v8::Isolate* isolate = bridge_.isolate();
    v8::Local<v8::Promise::Resolver> resolver = pending->resolver.Get(isolate);
    v8::TryCatch caught(isolate);
    v8::Local<v8::Value> result;
    if (value(isolate).ToLocal(&result)) {
      static_cast<void>(resolver->Resolve(context, result).FromMaybe(false));
    } else if (!caught.HasTerminated()) {
      static_cast<void>(resolver->Reject(context, caught.Exception()).FromMaybe(false));
    }
  });
}

void OutboundSockets::reject(uint32_t id, Act act, const std::string& why) {
  Socket* socket = find(id);
  RequestContext* request = socket == nullptr ? nullptr : bridge_.requests().find(socket->slot);
  const std::unique_ptr<Pending> pending = takePending(id, act);
  if (pending == nullptr || request == nullptr) return;
  bridge_.enter(request, [this, &pending, &why](v8::Local<v8::Context>) { giveUp(*pending, why); });
}

// Inside JavaScript.
void OutboundSockets::giveUp(Pending& pending, std::string_view why) {
  v8::Isolate* isolate = bridge_.isolate();
  static_cast<void>(pending.resolver.Get(isolate)
                        ->Reject(isolate->GetCurrentContext(), error(isolate, why))
                        .FromMaybe(false));
}

// ---- The acts.

v8::Local<v8::Promise> OutboundSockets::readSocket(uint32_t id, uint32_t maxBytes) {
  rpc::Socket::Client* peer = usable(id, Act::kRead);
  if (peer == nullptr) return failed(kClosed);
  v8::Local<v8::Promise> promise = begin(id, Act::kRead);
  if (find(id)->peerHasEnded) {
    run(id, Act::kRead, kj::Promise<Value>(Value([](v8::Isolate* isolate) {
          return v8::MaybeLocal<v8::Value>(v8::Null(isolate));
        })));
    return promise;
  }
  auto request = peer->readRequest();
  request.setMaxBytes(std::clamp<uint32_t>(maxBytes, 1, kMaxReadBytes));
  run(id, Act::kRead,
      request.send().then([this, id](capnp::Response<rpc::Socket::ReadResults>&& response) {
        if (Socket* socket = find(id)) socket->peerHasEnded = response.getEnd();
        return Value([response = kj::mv(response)](v8::Isolate* isolate) mutable {
          const auto bytes = response.getBytes();
          if (bytes.size() == 0) return v8::MaybeLocal<v8::Value>(v8::Null(isolate));
          return bytesOf(isolate, bytes);
        });
      }));
  return promise;
}

v8::Local<v8::Promise> OutboundSockets::writeSocket(uint32_t id, std::span<const std::byte> bytes) {
  rpc::Socket::Client* peer = usable(id, Act::kWrite);
  if (peer == nullptr || bytes.size() > kMaxSocketWrite) return failed(kClosed);
  v8::Local<v8::Promise> promise = begin(id, Act::kWrite);
  auto request = peer->writeRequest(capnp::MessageSize{bytes.size() / sizeof(capnp::word) + 8, 0});
  request.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
  run(id, Act::kWrite, request.send().then([](auto&&) { return Value(nothing); }));
  return promise;
}

v8::Local<v8::Promise> OutboundSockets::endSocket(uint32_t id) {
  rpc::Socket::Client* peer = usable(id, Act::kEnd);
  if (peer == nullptr) return failed(kClosed);
  v8::Local<v8::Promise> promise = begin(id, Act::kEnd);
  run(id, Act::kEnd, peer->shutdownRequest().send().then([](auto&&) { return Value(nothing); }));
  return promise;
}

v8::Local<v8::Promise> OutboundSockets::secureSocket(uint32_t id, std::string_view host) {
  rpc::Socket::Client* peer = usable(id, Act::kSecure);
  if (peer == nullptr) return failed(kClosed);
  if (std::unique_ptr<Pending> reading = std::move(pendingOf(*find(id), Act::kRead))) {
    giveUp(*reading, "TLS has begun");
  }
  v8::Local<v8::Promise> promise = begin(id, Act::kSecure);
  auto request = peer->startTlsRequest();
  const std::string name(host);
  request.setHost(name);
  run(id, Act::kSecure,
      request.send().then(
          [](capnp::Response<rpc::Socket::StartTlsResults>&& response) -> kj::Promise<Value> {
            const auto failure = response.getFailure();
            if (failure.getKind() == Kind::NONE) return Value(nothing);
            return failureOf(failure.getMessage());
          }));
  return promise;
}

void OutboundSockets::closeSocket(uint32_t id) {
  auto found = sockets_.find(id);
  if (found == sockets_.end()) return;
  // Its turn is another's from here on, which may open a socket.
  const std::unique_ptr<Socket> socket = std::move(found->second);
  sockets_.erase(found);
  for (const std::unique_ptr<Pending>& pending : socket->pending) {
    if (pending != nullptr) giveUp(*pending, kClosed);
  }
}

}  // namespace nano
