#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <kj/memory.h>

#include "supervisor/egress/byte_budget.h"

namespace nano {

// What the fetches and sockets of one tenant may hold of a front end, those of all its apps and
// workers together: each app has bounds of its own, and a tenant may have any number of apps. One
// thread.
class TenantTraffic final : public std::enable_shared_from_this<TenantTraffic> {
 public:
  // Ours: bodies of 170 fetches that nobody reads, or half of the 64 MB that one app's worker could
  // make nanod hold.
  static constexpr size_t kMostHeldBytes = size_t{32} << 20;
  // Ours: a hundred connections of which each holds as much as it may.
  static constexpr size_t kMostQueuedBytes = size_t{32} << 20;
  // Ours: a sixteenth of the descriptors that the unit file gives nanod (LimitNOFILE).
  static constexpr size_t kMostConnections = 4096;

  explicit TenantTraffic(size_t mostHeldBytes = kMostHeldBytes,
                         size_t mostConnections = kMostConnections,
                         size_t mostQueuedBytes = kMostQueuedBytes)
      : held_(mostHeldBytes),
        queued_(mostQueuedBytes),
        mostConnections_(mostConnections) {}
  TenantTraffic(const TenantTraffic&) = delete;
  TenantTraffic& operator=(const TenantTraffic&) = delete;

  // Of bodies that have come in and are not read yet.
  std::shared_ptr<ByteBudget> held() { return {shared_from_this(), &held_}; }

  // Of what sockets were given to send and their peers have not taken.
  std::shared_ptr<ByteBudget> queued() { return {shared_from_this(), &queued_}; }

  // Connections, those that wait in a pool included.
  bool mayConnect() const { return connections_ < mostConnections_; }
  size_t mostConnections() const { return mostConnections_; }
  void opened() { ++connections_; }
  void closed() { --connections_; }
  // One more, until it is dropped.
  kj::Own<void> connection() {
    opened();
    return kj::heap<Connection>(shared_from_this());
  }

 private:
  struct Connection {
    explicit Connection(std::shared_ptr<TenantTraffic> of) : traffic(std::move(of)) {}
    ~Connection() { traffic->closed(); }
    KJ_DISALLOW_COPY(Connection);
    std::shared_ptr<TenantTraffic> traffic;
  };

  ByteBudget held_;
  ByteBudget queued_;
  const size_t mostConnections_;
  size_t connections_ = 0;
};

}  // namespace nano
