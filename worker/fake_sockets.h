#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kj/async.h>
#include <kj/debug.h>

#include "protocol/egress.capnp.h"

namespace nano {

// For tests: the other end of a socket, as the supervisor would serve it.
struct FakePeer {
  std::string host;
  uint16_t port = 0;
  bool isTls = false;
  std::string received;
  std::vector<size_t> writes;
  std::string securedFor;
  bool hasEnded = false;
  bool isClosed = false;
  // Writes wait while there is none.
  bool takes = true;

  // Each is one read; an empty one is the end, and what begins with '!' a break.
  std::deque<std::string> incoming;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> reading;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> writing;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> opening;

  void send(std::string text) {
    incoming.push_back(std::move(text));
    wake(reading);
  }
  void take() {
    takes = true;
    wake(writing);
  }
  void open() { wake(opening); }

 private:
  static void wake(kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>>& waiting) {
    KJ_IF_MAYBE(fulfiller, waiting) {
      (*fulfiller)->fulfill();
    }
    waiting = nullptr;
  }
};

class FakeSocket final : public rpc::Socket::Server {
 public:
  explicit FakeSocket(std::shared_ptr<FakePeer> peer) : peer_(std::move(peer)) {}
  ~FakeSocket() noexcept(false) { peer_->isClosed = true; }

  kj::Promise<void> read(ReadContext context) override {
    context.allowCancellation();
    if (peer_->incoming.empty()) {
      auto result = kj::newPromiseAndFulfiller<void>();
      peer_->reading = kj::mv(result.fulfiller);
      return result.promise.then([this, context]() mutable { return read(context); });
    }
    std::string text = std::move(peer_->incoming.front());
    peer_->incoming.pop_front();
    if (text.starts_with('!')) {
      return kj::Exception(kj::Exception::Type::FAILED, __FILE__, __LINE__,
                           kj::heapString(text.c_str() + 1));
    }
    context.getResults().setBytes(kj::StringPtr(text).asBytes());
    context.getResults().setEnd(text.empty());
    return kj::READY_NOW;
  }
  kj::Promise<void> write(WriteContext context) override {
    context.allowCancellation();
    const auto bytes = context.getParams().getBytes();
    peer_->received.append(bytes.asChars().begin(), bytes.size());
    peer_->writes.push_back(bytes.size());
    if (peer_->takes) return kj::READY_NOW;
    auto result = kj::newPromiseAndFulfiller<void>();
    peer_->writing = kj::mv(result.fulfiller);
    return kj::mv(result.promise);
  }
  kj::Promise<void> shutdown(ShutdownContext) override {
    peer_->hasEnded = true;
    return kj::READY_NOW;
  }
  kj::Promise<void> startTls(StartTlsContext context) override {
    peer_->securedFor = context.getParams().getHost().cStr();
    if (peer_->securedFor == "bad.test") {
      auto failure = context.getResults().initFailure();
      failure.setKind(rpc::EgressFailure::Kind::TLS_FAILED);
      failure.setMessage("TLS with db.test:5432 failed");
    }
    return kj::READY_NOW;
  }

 private:
  std::shared_ptr<FakePeer> peer_;
};

// Opens every socket that is asked for, those to slow.test when their peer says so; not those to
// denied.test.
class FakeEgress final : public rpc::Egress::Server {
 public:
  using Peers = std::vector<std::shared_ptr<FakePeer>>;
  explicit FakeEgress(std::shared_ptr<Peers> peers) : peers_(std::move(peers)) {}

  kj::Promise<void> connect(ConnectContext context) override {
    const auto params = context.getParams();
    auto peer = std::make_shared<FakePeer>();
    peer->host = params.getHost().cStr();
    peer->port = params.getPort();
    peer->isTls = params.getTls();
    peers_->push_back(peer);
    if (peer->host == "slow.test") {
      auto result = kj::newPromiseAndFulfiller<void>();
      peer->opening = kj::mv(result.fulfiller);
      return result.promise.then([context, peer = std::move(peer)]() mutable {
        context.getResults().setSocket(kj::heap<FakeSocket>(std::move(peer)));
      });
    }
    if (peer->host == "denied.test") {
      auto failure = context.getResults().initFailure();
      failure.setKind(rpc::EgressFailure::Kind::DENIED);
      failure.setMessage("a connection to denied.test:1 is not allowed: not this host");
    } else {
      context.getResults().setSocket(kj::heap<FakeSocket>(std::move(peer)));
    }
    return kj::READY_NOW;
  }

 private:
  std::shared_ptr<Peers> peers_;
};

}  // namespace nano
