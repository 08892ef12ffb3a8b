#pragma once

#include <cstddef>
#include <cstdint>

#include <capnp/capability.h>
#include <kj/async.h>
#include <kj/io.h>
#include <kj/string.h>

#include "protocol/event_loop.h"
#include "protocol/limits.h"

namespace nano {

// What one end of a link accepts. The defaults are for an end that does not trust its peer.
struct RpcLinkOptions {
  // A larger frame closes the link before anything is allocated for it.
  size_t maxMessageBytes = kMaxMessageBytes;
  // How many words may be read from a message, in multiples of its size (security 3.1: 4x), so that
  // pointers to the same data do not multiply it. 0: no limit, for a peer that is trusted.
  uint32_t traversalFactor = kTraversalFactor;
  int nestingLimit = kMaxNesting;
  // What may wait for a peer that does not read; more closes the link.
  size_t maxBufferedBytes = kMaxBufferedRpcBytes;
  // Calls of the peer that are not finished; more closes the link.
  uint32_t maxOpenCalls = kMaxOpenCalls;
  // What the parameters of such calls take together, beyond 4 KiB each; more closes the link.
  size_t maxOpenCallBytes = kMaxOpenCallBytes;
  // Capabilities of the peer that we hold; more closes the link.
  uint32_t maxImports = kMaxImports;

  // What a worker uses towards its supervisor, which it trusts.
  static RpcLinkOptions forWorker();
};

struct RpcLinkCounters {
  uint64_t bytesSent = 0;
  uint64_t bytesReceived = 0;
  uint64_t messagesSent = 0;
  uint64_t messagesReceived = 0;
  // System calls that sent something.
  uint64_t writes = 0;
};

// One Cap'n Proto connection over a connected stream socket. What is sent within a turn of the loop
// leaves in one write at its end. Descriptors are never sent; a peer that sends some is cut off.
//
// A peer that breaks the protocol or a limit gets the link closed, with a reason for the log. All
// calls in flight then fail as DISCONNECTED, and so does every later one.
class RpcLink {
 public:
  enum class Side { kSupervisor, kWorker };

  // `bootstrap` is what the peer gets from its bootstrap(); the supervisor may have none.
  RpcLink(EventLoop& loop, kj::AutoCloseFd socket, Side side,
          kj::Maybe<capnp::Capability::Client> bootstrap = nullptr,
          const RpcLinkOptions& options = {});
  // Closes the link. Capabilities that came from it may live on, broken.
  ~RpcLink() noexcept(false);
  RpcLink(const RpcLink&) = delete;
  RpcLink& operator=(const RpcLink&) = delete;

  // The peer's bootstrap capability.
  capnp::Capability::Client bootstrap();

  // Ready once the link is closed, with the reason as text for the log. May be asked for often and
  // may outlive the link.
  kj::Promise<kj::String> onDisconnect();

  RpcLinkCounters counters() const;
  // What waits for the peer to read it. A caller that has much to send looks here first.
  size_t bufferedBytes() const;

  // Closes the link for `reason`, for example an answer that breaks our own rules.
  void close(kj::StringPtr reason);

 private:
  class Impl;
  kj::Own<Impl> impl_;
};

// The two ends of a new link, close-on-exec, with buffers for a turn's output.
struct RpcSocketPair {
  kj::AutoCloseFd supervisorEnd;
  kj::AutoCloseFd workerEnd;
};
RpcSocketPair makeRpcSocketPair();

}  // namespace nano
