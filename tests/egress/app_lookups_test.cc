// The lookups of several apps in one front end, against a name server that says what a test wants.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/event_loop.h"
#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/egress/app_resolver.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tcp_connector.h"
#include "tests/harness/dns_server.h"

namespace nano::test {
namespace {

using Kind = rpc::EgressFailure::Kind;

AppVersion versionOf(const std::string& app) {
  AppVersion version;
  version.tenant = "default";
  version.app = app;
  return version;
}

class AppLookupsTest : public testing::Test {
 protected:
  AppLookupsTest() {
    settings_.servers = {{*parseIpAddress("127.0.0.1"), server_.port()}};
    settings_.hosts = "";
    settings_.attemptTimeout = 1 * kj::HOURS;
    server_.setOthers(dnsSilence());
    server_.set("fine.test", {dnsAddresses({"192.0.2.1"})});
  }
  ~AppLookupsTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  DnsResolver& names() {
    if (!names_) names_ = kj::heap<DnsResolver>(loop_, settings_, timer_);
    return *names_;
  }
  void advance(kj::Duration by) { timer_.advanceTo(timer_.now() + by); }

  // So many names that nobody answers for.
  std::vector<kj::Promise<Resolution>> flood(Resolver& resolver, size_t count) {
    std::vector<kj::Promise<Resolution>> lookups;
    for (size_t i = 0; i < count; i++) {
      std::string name = "hung" + std::to_string(nextName_++) + ".test";
      lookups.push_back(resolver.resolve(name).eagerlyEvaluate(nullptr));
    }
    return lookups;
  }
  Resolution ask(Resolver& resolver, const std::string& name) {
    return loop_.run(resolver.resolve(name));
  }
  bool finds(Resolver& resolver, const std::string& name = "fine.test") {
    return std::holds_alternative<std::vector<IpAddress>>(ask(resolver, name));
  }
  static OutboundRequest request(const std::string& host) {
    OutboundRequest request;
    request.method = "GET";
    request.destination = {Destination::Scheme::kHttp, host, 80, "/"};
    return request;
  }

  DnsServer server_;
  DnsSettings settings_;
  EventLoop loop_;
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>() + 1 * kj::HOURS};
  kj::Own<DnsResolver> names_;
  std::shared_ptr<const EgressPolicy> policy_ =
      std::make_shared<AppEgressPolicy>(AppEgressPolicy::Parts());
  size_t nextName_ = 0;
};

TEST_F(AppLookupsTest, AnAppWhoseNamesNobodyAnswersForDelaysNoOther) {
  AppResolver greedy(names(), versionOf("greedy"));
  AppResolver other(names(), versionOf("other"));
  auto flooded = flood(greedy, 5000);
  loop_.runOnce();
  EXPECT_EQ(names().figures().open, settings_.openLookupsOfApp);
  EXPECT_EQ(names().figures().waiting, settings_.waitingLookupsOfApp);
  EXPECT_TRUE(finds(other));
  EXPECT_EQ(names().figures().open, settings_.openLookupsOfApp) << "and the flood goes on";
}

TEST_F(AppLookupsTest, TheLimitIsNamedToWhoRunsIntoIt) {
  settings_.openLookupsOfApp = 2;
  settings_.waitingLookupsOfApp = 3;
  AppResolver greedy(names(), versionOf("greedy"));
  auto flooded = flood(greedy, 5);
  auto refused = ask(greedy, "fine.test");
  auto* missing = std::get_if<NameNotFound>(&refused);
  ASSERT_NE(missing, nullptr);
  EXPECT_EQ(missing->reason,
            "could not be looked up: the app has 2 lookups of names at work and 3 waiting already, "
            "which is the most it may have at a time");
  EXPECT_TRUE(missing->isOverLimit);
}

TEST_F(AppLookupsTest, WhatIsKnownNeedsNoTurn) {
  AppResolver greedy(names(), versionOf("greedy"));
  EXPECT_TRUE(finds(greedy));
  auto flooded = flood(greedy, 5000);
  EXPECT_TRUE(finds(greedy));
  EXPECT_TRUE(finds(greedy, "localhost"));
}

TEST_F(AppLookupsTest, AllVersionsAndWorkersOfAnAppCountAsOne) {
  settings_.openLookupsOfApp = 1;
  AppVersion version = versionOf("one");
  AppResolver first(names(), version);
  version.id = "another";
  AppResolver second(names(), version);
  auto flooded = flood(first, 1);
  auto more = flood(second, 1);
  EXPECT_EQ(names().figures().open, 1u);
  version.tenant = "other";
  AppResolver third(names(), version);
  EXPECT_TRUE(finds(third)) << "the app of this name of another tenant is another one";
}

// Else an app could hold a name up for all others by asking for it behind names that hang.
TEST_F(AppLookupsTest, AnAppDoesNotWaitBehindAnothersLookupOfTheSameName) {
  settings_.openLookupsOfApp = 1;
  AppResolver greedy(names(), versionOf("greedy"));
  AppResolver other(names(), versionOf("other"));
  auto flooded = flood(greedy, 1);
  auto waiting = greedy.resolve("fine.test").eagerlyEvaluate(nullptr);
  EXPECT_EQ(names().figures().waiting, 1u);
  EXPECT_TRUE(finds(other));
  flooded.clear();
  EXPECT_TRUE(std::holds_alternative<std::vector<IpAddress>>(loop_.run(kj::mv(waiting))));
  EXPECT_EQ(server_.questions("fine.test", DnsType::kA), 1u) << "it was known by then";
}

// Else an app could have a name remembered as one that nobody answers for.
TEST_F(AppLookupsTest, ALookupThatBeganLateSaysNothingAboutItsName) {
  settings_.openLookupsOfApp = 1;
  auto held = dnsAddresses({"192.0.2.1"});
  held.sending = DnsReply::Sending::kHeld;
  server_.set("slow.test", {held, dnsAddresses({"192.0.2.1"})});
  AppResolver greedy(names(), versionOf("greedy"));
  AppResolver other(names(), versionOf("other"));
  auto flooded = flood(greedy, 1);
  auto late = greedy.resolve("slow.test").eagerlyEvaluate(nullptr);
  loop_.runOnce();
  advance(settings_.lookupTimeout - 1 * kj::MILLISECONDS);
  flooded.clear();
  loop_.runOnce();
  server_.awaitQuestions("slow.test", DnsType::kA, 1);
  advance(1 * kj::MILLISECONDS);
  EXPECT_TRUE(std::holds_alternative<NameNotFound>(loop_.run(kj::mv(late))));
  EXPECT_TRUE(finds(other, "slow.test"));
}

TEST_F(AppLookupsTest, WhereTheFrontEndIsFullTheNextTurnIsWhosHasNone) {
  settings_.openLookups = 4;
  settings_.openLookupsOfApp = 4;
  settings_.waitingLookups = 8;
  AppResolver greedy(names(), versionOf("greedy"));
  AppResolver other(names(), versionOf("other"));
  auto flooded = flood(greedy, 12);
  EXPECT_EQ(names().figures().waiting, 8u);
  auto waiting = other.resolve("fine.test").eagerlyEvaluate(nullptr);
  EXPECT_EQ(names().figures().waiting, 8u) << "greedy's last one made room";
  auto refused = loop_.run(kj::mv(flooded.back()));
  ASSERT_TRUE(std::holds_alternative<NameNotFound>(refused));
  EXPECT_TRUE(std::get<NameNotFound>(refused).isOverLimit);
  flooded.erase(flooded.begin());
  EXPECT_TRUE(std::holds_alternative<std::vector<IpAddress>>(loop_.run(kj::mv(waiting))));
}

TEST_F(AppLookupsTest, DroppingAFetchOrASocketEndsItsLookup) {
  AppResolver resolver(names(), versionOf("one"));
  NetworkSettings network;
  NetworkCounters counters;
  auto traffic = std::make_shared<TenantTraffic>();
  NetworkFetcher fetcher({loop_, resolver, network, counters, traffic}, policy_);
  TcpConnector connector({loop_.base(), timer_, nullptr});
  AppSockets sockets;
  {
    auto fetch = fetcher.fetch(request("hung.test")).eagerlyEvaluate(nullptr);
    auto socket = connector
                      .connect({policy_, resolver, sockets, traffic},
                               {Destination::Scheme::kTcp, "hang.test", 1, ""})
                      .eagerlyEvaluate(nullptr);
    loop_.runOnce();
    EXPECT_EQ(names().figures().open, 2u);
  }
  EXPECT_EQ(names().figures().open, 0u);
  EXPECT_EQ(sockets.size(), 0u);
}

TEST_F(AppLookupsTest, FetchesAndSocketsShareTheirAppsLookups) {
  settings_.openLookupsOfApp = 1;
  settings_.waitingLookupsOfApp = 0;
  AppResolver resolver(names(), versionOf("one"));
  NetworkSettings network;
  NetworkCounters counters;
  auto traffic = std::make_shared<TenantTraffic>();
  NetworkFetcher fetcher({loop_, resolver, network, counters, traffic}, policy_);
  TcpConnector connector({loop_.base(), timer_, nullptr});
  AppSockets sockets;
  auto fetch = fetcher.fetch(request("hung.test")).eagerlyEvaluate(nullptr);
  auto refused = loop_.run(connector.connect({policy_, resolver, sockets, traffic},
                                             {Destination::Scheme::kTcp, "hang.test", 1, ""}));
  ASSERT_TRUE(std::holds_alternative<EgressError>(refused));
  EXPECT_EQ(std::get<EgressError>(refused).kind, Kind::OVER_LIMIT);
  auto second = loop_.run(fetcher.fetch(request("hang.test")));
  ASSERT_TRUE(std::holds_alternative<EgressError>(second));
  EXPECT_EQ(std::get<EgressError>(second).kind, Kind::OVER_LIMIT);
  EXPECT_EQ(std::get<EgressError>(second).message.substr(0, 55),
            "the name hang.test could not be looked up: the app has ");
}

}  // namespace
}  // namespace nano::test
