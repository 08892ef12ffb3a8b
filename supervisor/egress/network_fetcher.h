#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/egress/curl_multi.h"
#include "supervisor/egress/deadline_watch.h"
#include "supervisor/egress/egress_policy.h"
#include "supervisor/egress/network_settings.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/egress/resolver.h"
#include "supervisor/egress/transfer.h"

namespace nano {

// Answers the fetches of one app from the network. Its pool of connections is its own, is made with
// the first fetch and goes when nothing was fetched for a while.
class NetworkFetcher final : public Fetcher {
 public:
  // What the fetchers of one front end share, and what outlives them.
  struct Shared {
    EventLoop& loop;
    Resolver& resolver;
    const NetworkSettings& settings;
    NetworkCounters& counters;
    std::shared_ptr<TenantTraffic> traffic;  // Of the app's tenant.
  };
  NetworkFetcher(const Shared& shared, std::shared_ptr<const EgressPolicy> policy);
  // What is still being fetched fails as canceled, and bodies that are still being received break
  // off.
  ~NetworkFetcher() noexcept(false);
  NetworkFetcher(const NetworkFetcher&) = delete;
  NetworkFetcher& operator=(const NetworkFetcher&) = delete;

  kj::Promise<FetchOutcome> fetch(OutboundRequest request) override;

  // Whether there is a pool of connections.
  bool isWarm() const { return context_ != nullptr; }

 private:
  struct Proxy {
    std::string url;
    Destination destination;
  };
  struct Context;

  static std::optional<Proxy> readProxy(const std::string& url);
  kj::Promise<FetchOutcome> connect(OutboundRequest request, std::vector<IpAddress> addresses);
  kj::Promise<FetchOutcome> transfer(OutboundRequest request, TransferRoute route);
  const TransferContext& warmContext();
  kj::Promise<void> coolDown(kj::TimePoint at);

  Shared shared_;
  std::shared_ptr<const EgressPolicy> policy_;
  std::optional<Proxy> proxy_;
  DeadlineWatch deadlines_;
  std::unique_ptr<Context> context_;
  kj::TimePoint lastUsed_;
  kj::Promise<void> cooling_ = nullptr;
  kj::Canceler resolving_;
};

}  // namespace nano
