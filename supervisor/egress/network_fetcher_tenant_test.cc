// What a tenant's fetches may hold together, whatever app they are of.

#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;
using NetworkFetcherTenantTest = FetcherFixture;

constexpr size_t kKiB = 1024;
constexpr size_t kBodyBytes = 400 * kKiB;

void answerLarge(Peer& peer, int) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBodyBytes);
  while (!peer.readHead().empty())
    peer.write(head + "\r\n\r\n" + std::string(kBodyBytes, 'x'));
}

TEST_F(NetworkFetcherTenantTest, BodiesThatNobodyReadsShareABudget) {
  constexpr size_t kBudget = 256 * kKiB;
  traffic_ = std::make_shared<TenantTraffic>(kBudget);
  const auto held = traffic_->held();
  Upstream upstream(answerLarge);
  std::vector<FetchedResponse> unread;
  for (int i = 0; i < 10; ++i)
    unread.push_back(response(request(upstream.port())));
  runUntil([&]() { return !held->hasRoomFor(16 * kKiB); });
  EXPECT_LE(held->taken(), kBudget);

  // The budget is used up, and whoever reads still gets everything.
  EXPECT_EQ(bodyOf(unread.back()).size(), kBodyBytes);
  unread.pop_back();
  FetchedResponse another = response(request(upstream.port()));
  EXPECT_EQ(bodyOf(another).size(), kBodyBytes);
  EXPECT_LE(held->taken(), kBudget);
  unread.clear();
  EXPECT_EQ(held->taken(), 0u);
}

TEST_F(NetworkFetcherTenantTest, AnAppsBodiesCountForItsTenantOnly) {
  traffic_ = std::make_shared<TenantTraffic>(256 * kKiB);
  Upstream upstream(answerLarge);
  std::vector<FetchedResponse> unread;
  for (int i = 0; i < 4; ++i)
    unread.push_back(response(request(upstream.port())));
  runUntil([&]() { return !traffic_->held()->hasRoomFor(16 * kKiB); });

  auto others = std::make_shared<TenantTraffic>(256 * kKiB);
  NetworkFetcher::Shared shared{loop_, resolver_, settings_, counters_, others};
  NetworkFetcher other(shared, policy_);
  auto outcome = loop_.run(other.fetch(request(upstream.port())));
  ASSERT_TRUE(std::holds_alternative<FetchedResponse>(outcome));
  EXPECT_EQ(std::get<FetchedResponse>(outcome).status, 200);
  runUntil([&]() { return others->held()->taken() >= 128 * kKiB; });
  EXPECT_GE(others->held()->taken(), 128 * kKiB);
  EXPECT_LE(others->held()->taken(), 256 * kKiB);
  EXPECT_FALSE(traffic_->held()->hasRoomFor(16 * kKiB));
}

TEST_F(NetworkFetcherTenantTest, ATenantHasOnlySoManyConnections) {
  traffic_ = std::make_shared<TenantTraffic>(TenantTraffic::kMostHeldBytes, 2);
  Upstream upstream(answerLarge);
  FetchedResponse first = response(request(upstream.port()));
  FetchedResponse second = response(request(upstream.port()));
  EgressError error = failure(request(upstream.port()));
  EXPECT_EQ(error.kind, Kind::OVER_LIMIT);
  EXPECT_EQ(error.message, "the tenant's apps have 2 connections already, the most there may be");
  // One that is given up is closed, and another may be opened.
  first.body = std::monostate();
  EXPECT_EQ(response(request(upstream.port())).status, 200);
}

TEST_F(NetworkFetcherTenantTest, ConnectionsOfAPoolThatIsClosedAreNoneAnyMore) {
  traffic_ = std::make_shared<TenantTraffic>(TenantTraffic::kMostHeldBytes, 1);
  Upstream upstream(answerLarge);
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(bodyOf(got).size(), kBodyBytes);
  EXPECT_FALSE(traffic_->mayConnect());
  fetcher_ = nullptr;
  EXPECT_TRUE(traffic_->mayConnect());
}

}  // namespace
}  // namespace nano
