#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kj/async.h>
#include <kj/timer.h>

#include "protocol/egress.capnp.h"
#include "supervisor/egress/app_sockets.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/egress/ready_socket.h"
#include "supervisor/egress/send_queue.h"
#include "supervisor/egress/tls_client.h"

namespace nano {

// One connection of an app to an address that was checked, as its worker holds it: bytes both ways,
// plain or inside TLS.
//
// The worker is hostile: a call that breaks the rules of egress.capnp fails, and nothing else. What
// the peer sends stays in the kernel until somebody reads; what it does not take waits here, up to
// kQueuedBytes and one call's. Lives as long as the capability; then the connection is closed at
// once.
class EgressSocket final : public rpc::Socket::Server {
 public:
  // From here on a write waits until the peer takes more.
  static constexpr size_t kQueuedBytes = 64 * 1024;
  // A peer that takes nothing for this long while something waits for it has gone.
  static constexpr kj::Duration kWriteIdle = 30 * kj::SECONDS;
  static constexpr kj::Duration kTlsDeadline = 10 * kj::SECONDS;

  struct Surroundings {
    event_base& base;
    kj::Timer& timer;
    std::shared_ptr<const TlsClientContext> tls;
  };
  struct Connection {
    kj::AutoCloseFd socket;
    // "example.com:5432", for messages.
    std::string name;
    // "192.0.2.1:5432".
    std::string remoteAddress;
    // What all connections of the tenant may hold on their way out.
    std::shared_ptr<ByteBudget> queued;
  };
  // `connection.socket` is connected and non-blocking. `place` is given up at the end.
  EgressSocket(const Surroundings& surroundings, Connection connection,
               std::unique_ptr<AppSockets::Place> place);
  ~EgressSocket() noexcept(false);

  // TLS from here on, as startTls(): ready when the handshake is done, or with why it was not.
  kj::Promise<kj::Maybe<EgressError>> secure(const std::string& host);

  kj::Promise<void> read(ReadContext context) override;
  kj::Promise<void> write(WriteContext context) override;
  kj::Promise<void> shutdown(ShutdownContext context) override;
  kj::Promise<void> startTls(StartTlsContext context) override;
  kj::Promise<void> info(InfoContext context) override;

 private:
  struct IgnoreErrors final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };
  enum class Received { kBytes, kNothingYet, kEnd, kBroken };
  struct Piece {
    Received received;
    size_t bytes = 0;
  };
  struct Waiter {
    size_t atMost;
    kj::Own<kj::PromiseFulfiller<void>> fulfiller;
  };

  kj::Promise<void> readSome(ReadContext context, size_t maxBytes);
  Piece receive(kj::ArrayPtr<kj::byte> into);
  Piece receivePlain(kj::ArrayPtr<kj::byte> into);
  Piece receiveTls(kj::ArrayPtr<kj::byte> into);
  void send(kj::ArrayPtr<const kj::byte> bytes);
  void sendTlsOutput();
  void handle(SendQueue::Sent sent);
  kj::Promise<void> pump();
  // Ready when no more than this waits to be sent.
  kj::Promise<void> whenQueued(size_t atMost);
  void wakeWaiters();
  kj::Promise<kj::Maybe<EgressError>> shakeHands();
  kj::Maybe<EgressError> tlsFailed();
  // What calls on a broken connection fail with: the app's author reads it.
  kj::Exception brokenOff() const;
  void breakOff(std::string reason);

  const Surroundings around_;
  const std::string name_;
  const std::string remoteAddress_;
  std::unique_ptr<AppSockets::Place> place_;
  ReadySocket socket_;
  SendQueue queue_;
  std::vector<Waiter> waiters_;
  std::unique_ptr<TlsClient> tls_;
  // Empty while the connection holds.
  std::string broken_;
  bool reading_ = false;
  bool writing_ = false;
  bool securing_ = false;
  bool pumping_ = false;
  bool peerEnded_ = false;
  bool ended_ = false;
  IgnoreErrors ignoreErrors_;
  kj::TaskSet tasks_;
};

}  // namespace nano
