#include <vector>

#include <kj/debug.h>

#include "bench/egress_client/clients.h"
#include "protocol/byte_source.h"
#include "protocol/limits.h"
#include "supervisor/egress/network_fetcher.h"

namespace nano::bench {
namespace {

class Loopback final : public Resolver {
 public:
  kj::Promise<Resolution> resolve(std::string) override {
    return Resolution(std::vector<IpAddress>{*parseIpAddress("127.0.0.1")});
  }
};

class Everything final : public EgressPolicy {
 public:
  EgressDecision decide(const Destination&) const override { return {true, "any"}; }
  EgressDecision decide(const Destination&, const IpAddress&) const override {
    return {true, "any"};
  }
  std::string proxy() const override { return ""; }
};

class Client final {
 public:
  Client(EventLoop& loop, const Load& load) : port_(load.port), left_(load.requests) {
    settings_.idleConnections = load.connections;
    NetworkFetcher::Shared shared{loop, resolver_, settings_, counters_,
                                  std::make_shared<TenantTraffic>()};
    fetcher_ = std::make_unique<NetworkFetcher>(shared, std::make_shared<Everything>());
  }

  OutboundRequest request(std::string target) const {
    OutboundRequest request;
    request.method = "GET";
    request.destination.host = "up.test";
    request.destination.port = port_;
    request.destination.target = std::move(target);
    request.headers = {
        {"accept", "*/*"}, {"x-a", "b"}, {"user-agent", "nano"}, {"accept-encoding", "gzip, br"}};
    return request;
  }

  kj::Promise<FetchedResponse> fetch(std::string target) {
    return fetcher_->fetch(request(std::move(target))).then([](FetchOutcome&& outcome) {
      return kj::mv(std::get<FetchedResponse>(outcome));
    });
  }

  // One after the other until none is left.
  kj::Promise<void> takeTurns() {
    if (left_ == 0) return kj::READY_NOW;
    --left_;
    return fetch("/").then([this](FetchedResponse&&) { return takeTurns(); });
  }

 private:
  uint16_t port_;
  uint64_t left_;
  Loopback resolver_;
  NetworkSettings settings_;
  NetworkCounters counters_;
  std::unique_ptr<NetworkFetcher> fetcher_;
};

kj::Promise<uint64_t> drain(ByteReader& reader, uint64_t before) {
  return reader.read(kMaxReadBytes).then([&reader, before](ByteChunk&& chunk) {
    uint64_t sum = before + chunk.bytes.size();
    return chunk.end ? kj::Promise<uint64_t>(sum) : drain(reader, sum);
  });
}

}  // namespace

void runFetcher(EventLoop& loop, const Load& load) {
  Client client(loop, load);
  kj::Vector<kj::Promise<void>> all;
  for (unsigned i = 0; i < load.connections; ++i)
    all.add(client.takeTurns());
  loop.run(kj::joinPromises(all.releaseAsArray()));
}

uint64_t streamThroughFetcher(EventLoop& loop, uint16_t port) {
  Client client(loop, {port, 1, 0});
  FetchedResponse response = loop.run(client.fetch("/bytes/1073741824"));
  ByteReader reader(kj::mv(std::get<OutboundRequest::Stream>(response.body).source));
  return loop.run(drain(reader, 0));
}

}  // namespace nano::bench
