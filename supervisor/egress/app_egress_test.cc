#include "supervisor/egress/app_egress.h"

#include <string>

#include <gtest/gtest.h>

#include "supervisor/egress/app_egress_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

TEST_F(AppEgressTest, TellsOfEachFetchOnce) {
  start({1, 2});
  ASSERT_EQ(heard_.size(), 2u);
  EXPECT_EQ(heard_[0].id, 1u);
  EXPECT_EQ(heard_[1].id, 2u);
  EXPECT_EQ(heard_[1].body, "hello");
  EXPECT_EQ(ways_.used, std::vector<std::string>{"network"})
      << "an app has one network, with its own connections";
  turn();
  EXPECT_EQ(heard_.size(), 2u);
  EXPECT_EQ(counters_.fetches.load(), 2u);
}

TEST_F(AppEgressTest, MakesTheHostItself) {
  start({1});
  ASSERT_EQ(requests_.size(), 1u);
  ASSERT_EQ(requests_[0].headers.size(), 1u);
  EXPECT_EQ(requests_[0].headers[0].first, "x-a");
  EXPECT_EQ(requests_[0].destination.host, "example.com");
}

TEST_F(AppEgressTest, SendsAServiceBindingsFetchToTheService) {
  start({1}, "http://whatever.example/", "OTHER");
  EXPECT_EQ(ways_.used, std::vector<std::string>{"service OTHER"});
}

TEST_F(AppEgressTest, SendsAFetchToAHostOfThisServerPastTheNetwork) {
  ways_.host = "here.example";
  start({1}, "http://here.example/");
  EXPECT_EQ(ways_.used, std::vector<std::string>{"host"});
  start({2}, "http://there.example/");
  EXPECT_EQ(ways_.used, (std::vector<std::string>{"host", "network"}));
}

TEST_F(AppEgressTest, AHostOfAnotherTenantIsReachedWhereThePolicyAllows) {
  ways_.host = "mail.other.localhost";
  auto none = std::make_shared<EgressSettings>();
  none->isNone = true;
  auto policy = [&none](bool byApp) {
    AppEgressPolicy::Parts parts;
    if (byApp) parts.app = none;
    if (!byApp) parts.operators = {{"operator: tenants.acme.egress", none}};
    return std::make_shared<AppEgressPolicy>(std::move(parts));
  };
  auto fetch = [this](Neighbour neighbour) {
    ways_.neighbour = neighbour;
    heard_.clear();
    start({1}, "http://mail.other.localhost/");
    return heard_.at(0).failure == Kind::NONE ? heard_[0].body : heard_[0].message;
  };
  EXPECT_EQ(fetch(Neighbour::kOtherTenant), "hello");
  version_->egress = policy(false);
  EXPECT_EQ(fetch(Neighbour::kOwnTenant), "hello") << "an operator's rules are about others";
  EXPECT_EQ(fetch(Neighbour::kOtherTenant),
            "http://mail.other.localhost may not be reached from here (operator: "
            "tenants.acme.egress is \"none\")");
  version_->egress = policy(true);
  for (auto neighbour : {Neighbour::kOwnTenant, Neighbour::kOtherTenant})
    EXPECT_NE(fetch(neighbour).find("app: egress is \"none\""), std::string::npos);
  EXPECT_EQ(ways_.used, (std::vector<std::string>{"host", "host"}));
}

FetchOutcome arrivedOf(OutboundRequest request) {
  EgressError error{Kind::DENIED, "denied"};
  error.arrived = std::make_shared<OutboundRequest>(std::move(request));
  return error;
}

TEST_F(AppEgressTest, AFetchThatTheNetworkLeadsBackIsAnsweredHere) {
  ways_.arrivedHost = "back.example";
  ways_.answer = [this](OutboundRequest request) -> kj::Promise<FetchOutcome> {
    if (ways_.used.back() == "arrived") return hello();
    return arrivedOf(std::move(request));
  };
  start({1}, "http://back.example/");
  EXPECT_EQ(ways_.used, (std::vector<std::string>{"network", "arrived"}));
  ways_.used.emplace_back("network");
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_EQ(heard_[0].body, "hello");
  start({2}, "http://nobodys.example/");
  ASSERT_EQ(heard_.size(), 2u);
  EXPECT_EQ(heard_[1].failure, Kind::DENIED);
  EXPECT_EQ(heard_[1].message, "denied, and no app of this server has that host");
}

// Else apps that fetch each other in a circle would wait for the places that they hold.
TEST_F(AppEgressTest, WhatIsAnsweredHereHoldsNoPlaceOnTheNetwork) {
  ways_.arrivedHost = "back.example";
  size_t arrived = 0;
  ways_.answer = [this, &arrived](OutboundRequest request) -> kj::Promise<FetchOutcome> {
    if (ways_.used.back() != "arrived") return arrivedOf(std::move(request));
    ways_.used.back() = "done";
    ++arrived;
    return kj::NEVER_DONE;
  };
  for (uint32_t id = 0; id < kMaxNetworkFetches + 3; ++id)
    start({id}, "http://back.example/");
  EXPECT_EQ(arrived, kMaxNetworkFetches + 3);
}

TEST_F(AppEgressTest, AnswersAUrlThatIsNoneOfOurs) {
  for (kj::StringPtr url : {"ftp://example.com/"_kj, "http://user@example.com/"_kj,
                            "http://exa mple.com/"_kj, "http://127.1/"_kj, ""_kj})
    start({7}, url);
  ASSERT_EQ(heard_.size(), 5u);
  for (auto& heard : heard_)
    EXPECT_EQ(heard.failure, Kind::PROTOCOL) << heard.message;
  EXPECT_TRUE(requests_.empty());
}

TEST_F(AppEgressTest, KillsAWorkerThatUsesAnIdTwice) {
  ways_.answer = [](OutboundRequest) { return kj::Promise<FetchOutcome>(kj::NEVER_DONE); };
  start({1});
  EXPECT_EQ(owner_.killed, "");
  start({1});
  EXPECT_NE(owner_.killed, "");
}

TEST_F(AppEgressTest, KillsAWorkerThatBeginsTooManyAtOnce) {
  start(std::vector<uint32_t>(kMaxBatchFetches + 1));
  EXPECT_NE(owner_.killed, "");
}

TEST_F(AppEgressTest, HoldsAnAppToItsFetchesInFlight) {
  ways_.answer = [](OutboundRequest) { return kj::Promise<FetchOutcome>(kj::NEVER_DONE); };
  for (uint32_t id = 0; id < kMaxFetchesInFlight; ++id)
    start({id}, "http://whatever.example/", "OTHER");
  EXPECT_TRUE(heard_.empty());
  start({9999}, "http://whatever.example/", "OTHER");
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_EQ(heard_[0].failure, Kind::OVER_LIMIT);
  EXPECT_EQ(counters_.egressFailed[static_cast<size_t>(Kind::OVER_LIMIT)].load(), 1u);
}

TEST_F(AppEgressTest, LetsFetchesWaitForAPlaceOnTheNetwork) {
  std::vector<kj::Own<kj::PromiseFulfiller<FetchOutcome>>> asked;
  ways_.answer = [&asked](OutboundRequest) {
    auto waiting = kj::newPromiseAndFulfiller<FetchOutcome>();
    asked.push_back(kj::mv(waiting.fulfiller));
    return kj::mv(waiting.promise);
  };
  for (uint32_t id = 0; id < kMaxNetworkFetches + 3; ++id)
    start({id});
  EXPECT_EQ(asked.size(), kMaxNetworkFetches);
  EXPECT_TRUE(heard_.empty());
  asked[0]->fulfill(hello());
  turn();
  EXPECT_EQ(heard_.size(), 1u);
  EXPECT_EQ(asked.size(), kMaxNetworkFetches + 1);
  start({5000}, "http://whatever.example/", "OTHER");
  EXPECT_EQ(asked.size(), kMaxNetworkFetches + 2) << "an app of this server needs no such place";
}

TEST_F(AppEgressTest, AFetchThatIsCancelledMakesRoomForOthersToWait) {
  ways_.answer = [](OutboundRequest) { return kj::Promise<FetchOutcome>(kj::NEVER_DONE); };
  for (uint32_t id = 0; id < kMaxNetworkFetches; ++id)
    start({id});
  auto body = kj::heapArray<kj::byte>(128 << 10);
  std::vector<uint32_t> posts;
  for (uint32_t id = 1000; heard_.empty(); ++id) {
    start({id}, "http://example.com/", "", body);
    posts.push_back(id);
    ASSERT_LT(posts.size() * body.size(), 2 * kMaxWaitingFetchBytes);
  }
  EXPECT_EQ(heard_[0].failure, Kind::OVER_LIMIT);
  EXPECT_NE(heard_[0].message.find("bytes of requests"), std::string::npos) << heard_[0].message;
  posts.pop_back();
  cancel(posts);
  heard_.clear();
  start(posts, "http://example.com/", "", nullptr);
  start({999}, "http://example.com/", "", body);
  EXPECT_TRUE(heard_.empty()) << heard_[0].message;
}

TEST_F(AppEgressTest, CountsABodyUntilTheWorkerLetsGoOfIt) {
  ways_.answer = [](OutboundRequest) -> kj::Promise<FetchOutcome> {
    FetchedResponse response;
    response.status = 200;
    auto never = [](size_t) { return kj::Promise<ByteChunk>(kj::NEVER_DONE); };
    response.body.emplace<OutboundRequest::Stream>(
        OutboundRequest::Stream{makeByteSource(never), std::nullopt});
    return FetchOutcome(std::move(response));
  };
  for (uint32_t id = 0; id < kMaxNetworkFetches + 1; ++id)
    start({id});
  EXPECT_EQ(heard_.size(), kMaxNetworkFetches) << "a body that is not read has a place";
  heard_.erase(heard_.begin());
  turn();
  EXPECT_EQ(heard_.size(), kMaxNetworkFetches) << "and the last has it now";
}

// Each may have two capabilities on the link, which would be closed for more than it takes.
TEST_F(AppEgressTest, HoldsTheAppsOfAWorkerToWhatItsLinkCarries) {
  auto piece = kj::newPromiseAndFulfiller<ByteChunk>();
  ways_.answer = [&piece](OutboundRequest) -> kj::Promise<FetchOutcome> {
    FetchedResponse response;
    response.status = 200;
    auto pull = [&piece](size_t) { return kj::mv(piece.promise); };
    response.body.emplace<OutboundRequest::Stream>(
        OutboundRequest::Stream{makeByteSource(pull), std::nullopt});
    return FetchOutcome(std::move(response));
  };
  *exchanges_ = kMaxExchangesOfWorker - 1;  // Those of its other apps.
  start({1}, "http://whatever.example/", "OTHER");
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_EQ(heard_[0].failure, Kind::NONE);
  EXPECT_EQ(*exchanges_, kMaxExchangesOfWorker) << "its body is still held";
  start({2}, "http://whatever.example/", "OTHER");
  ASSERT_EQ(heard_.size(), 2u);
  EXPECT_EQ(heard_[1].failure, Kind::OVER_LIMIT);
  EXPECT_NE(heard_[1].message.find("share this app's process"), std::string::npos);
  heard_.clear();
  turn();
  EXPECT_EQ(*exchanges_, kMaxExchangesOfWorker - 1);
  start({3}, "http://whatever.example/", "OTHER");
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_EQ(heard_[0].failure, Kind::NONE);
}

TEST_F(AppEgressTest, GivesUpAFetchThatIsCancelled) {
  bool dropped = false;
  ways_.answer = [&dropped](OutboundRequest) {
    return kj::Promise<FetchOutcome>(kj::NEVER_DONE).attach(kj::defer([&] { dropped = true; }));
  };
  start({5});
  auto request = client_.cancelRequest();
  request.initIds(2).set(0, 5);
  loop_.run(request.send().ignoreResult());
  turn();
  EXPECT_TRUE(dropped);
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_EQ(heard_[0].failure, Kind::CANCELED);
}

TEST_F(AppEgressTest, GivesAllUpWithItsApp) {
  int dropped = 0;
  ways_.answer = [&dropped](OutboundRequest) {
    return kj::Promise<FetchOutcome>(kj::NEVER_DONE).attach(kj::defer([&] { dropped++; }));
  };
  start({1, 2, 3});
  egress_ = nullptr;
  EXPECT_EQ(dropped, 3);
  auto late = client_.startRequest();
  late.initFetches(1);
  loop_.run(late.send().ignoreResult());
}

TEST_F(AppEgressTest, CountsWhatWasDenied) {
  ways_.answer = [](OutboundRequest) -> kj::Promise<FetchOutcome> {
    return FetchOutcome(EgressError{Kind::DENIED, "not there"});
  };
  start({1});
  EXPECT_EQ(heard_[0].message, "not there");
  EXPECT_EQ(counters_.egressFailed[static_cast<size_t>(Kind::DENIED)].load(), 1u);
}

TEST_F(AppEgressTest, AnAppThatNoPolicyHasSeenGoesNowhere) {
  version_->egress = nullptr;
  start({1});
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_EQ(heard_[0].failure, Kind::DENIED);
  auto request = client_.connectRequest();
  request.setHost("db.example");
  request.setPort(5432);
  EXPECT_EQ(loop_.run(request.send()).getFailure().getKind(), Kind::DENIED);
}

TEST_F(AppEgressTest, HoldsAnAppToItsSockets) {
  std::vector<std::unique_ptr<AppSockets::Place>> places;
  ways_.openSocket = [&places](Destination, AppSockets& sockets) -> kj::Promise<SocketOutcome> {
    places.push_back(std::make_unique<AppSockets::Place>(sockets));
    return SocketOutcome(EgressError{Kind::CONNECT_FAILED, "nobody listens"});
  };
  auto connect = [this] {
    auto request = client_.connectRequest();
    request.setHost("db.example");
    request.setPort(5432);
    return loop_.run(request.send()).getFailure().getKind();
  };
  for (size_t i = 0; i < kMaxSocketsInFlight; ++i)
    EXPECT_EQ(connect(), Kind::CONNECT_FAILED);
  EXPECT_EQ(connect(), Kind::OVER_LIMIT);
  places.pop_back();
  EXPECT_EQ(connect(), Kind::CONNECT_FAILED);
}

}  // namespace
}  // namespace nano
