#include "supervisor/egress/local_fetcher.h"

#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "supervisor/loaded_app_fixture.h"
#include "supervisor/outcome_reply.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

constexpr uint16_t kHostPort = 8787;
constexpr uint16_t kOwnPort = 9000;

Destination at(const std::string& host, uint16_t port = 80, const std::string& target = "/") {
  return {Destination::Scheme::kHttp, host, port, target};
}

OutboundRequest requestTo(Destination destination, uint8_t hops = 1) {
  OutboundRequest request;
  request.method = "GET";
  request.destination = std::move(destination);
  request.hops = hops;
  return request;
}

// Every route leads to the fixture's app, which is acme's "shop"; other names are in the table
// only.
class LocalFetcherTest : public LoadedAppTest, protected Dispatcher {
 protected:
  LocalFetcherTest() {
    version_->tenant = "acme";
    version_->app = "shop";
    version_->limits.set(rpc::Limit::WALL, 30'000);
    publish({routes(version_, {"shop.test", "*.wild.test", "shop.acme.localhost"}),
             routes(named("acme", "all"), {"*"}, kOwnPort),
             routes(named("other", "mail"), {"mail.test/api/*", "mail.other.localhost"})});
  }
  ~LocalFetcherTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  static std::shared_ptr<AppVersion> named(const std::string& tenant, const std::string& app) {
    auto version = std::make_shared<AppVersion>();
    version->tenant = tenant;
    version->app = app;
    return version;
  }
  static AppRoutes routes(std::shared_ptr<AppVersion> version, std::vector<std::string> patterns,
                          uint16_t port = 0) {
    AppRoutes result{std::move(version), nullptr, {}, port};
    for (const std::string& pattern : patterns)
      result.patterns.push_back(std::get<RoutePattern>(parseRoutePattern(pattern)));
    return result;
  }
  void publish(const std::vector<AppRoutes>& apps) {
    router_ = std::make_shared<const RequestRouter>(apps);
  }

  void dispatch(const Route* route, HttpExchange& exchange) override {
    dispatched_.push_back(route == nullptr ? "none" : route->version->app);
    if (route == nullptr) {
      respondWithOutcome(exchange, {rpc::Outcome::SCRIPT_NOT_FOUND}, "id");
    } else {
      app_->fetch(exchange, Admission());
    }
  }

  static EgressError errorOf(FetchOutcome outcome) { return std::get<EgressError>(outcome); }

  std::shared_ptr<const RequestRouter> router_;
  std::vector<std::string> dispatched_;
  LocalApps apps_{{loop_.timer(), *this, counters_, [this] { return router_; },
                   [](uint16_t port) { return port == kHostPort || port == kOwnPort; }}};
  ServiceFetcher shop_{apps_, "acme", "shop"};
  HostFetcher hosts_{apps_, "acme"};
};

TEST_F(LocalFetcherTest, AServiceIsTheAppWhateverTheHost) {
  seen_.answer = [](auto calls, auto results) {
    answerOk(results.initAnswers(1)[0], calls[0].getId(), calls[0].getRequest().getUrl());
  };
  start();
  auto fetching = shop_.fetch(requestTo(at("nowhere.test", 80, "/x")));
  turn();
  auto response = std::get<FetchedResponse>(loop_.run(kj::mv(fetching)));
  auto& body = std::get<kj::Array<kj::byte>>(response.body);
  EXPECT_EQ(std::string(body.asChars().begin(), body.size()), "http://nowhere.test/x");
  EXPECT_EQ(counters_.internalRequests.load(), 1U);
}

TEST_F(LocalFetcherTest, AServiceOfAnotherTenantDoesNotExist) {
  ServiceFetcher mail(apps_, "acme", "mail");
  EgressError error = errorOf(loop_.run(mail.fetch(requestTo(at("mail.test")))));
  EXPECT_EQ(error.kind, Kind::NAME_NOT_FOUND);
  EXPECT_NE(error.message.find("'mail'"), std::string::npos) << error.message;
  EXPECT_EQ(dispatched_, std::vector<std::string>{"none"});
}

TEST_F(LocalFetcherTest, AnAppThatIsGoneOrNewIsSeenByTheNextFetch) {
  ServiceFetcher blog(apps_, "acme", "blog");
  EXPECT_EQ(errorOf(loop_.run(blog.fetch(requestTo(at("x.test"))))).kind, Kind::NAME_NOT_FOUND);
  publish({routes(named("acme", "blog"), {})});
  auto fetching = blog.fetch(requestTo(at("x.test")));
  EXPECT_EQ(errorOf(loop_.run(shop_.fetch(requestTo(at("x.test"))))).kind, Kind::NAME_NOT_FOUND);
  EXPECT_EQ(dispatched_, (std::vector<std::string>{"none", "blog", "none"}));
  router_ = nullptr;
  EXPECT_EQ(errorOf(loop_.run(blog.fetch(requestTo(at("x.test"))))).kind, Kind::NAME_NOT_FOUND);
}

TEST_F(LocalFetcherTest, ServesTheTenantsOwnHostsAndNamesBelowLocalhost) {
  EXPECT_TRUE(hosts_.serves(at("shop.test")));
  EXPECT_TRUE(hosts_.serves(at("a.wild.test")));
  EXPECT_TRUE(hosts_.serves(at("shop.acme.localhost")));
  EXPECT_TRUE(hosts_.serves(at("mail.other.localhost")));
  EXPECT_FALSE(hosts_.serves(at("mail.test", 80, "/api/x"))) << "that its name is theirs DNS says";
  EXPECT_FALSE(hosts_.serves(at("api.bank.test"))) << "the route * takes what nobody has named";
  EXPECT_FALSE(hosts_.serves(at("none.localhost")));
  EXPECT_FALSE(hosts_.serves(at("localhost", kOwnPort)));
  HostFetcher others(apps_, "other");
  EXPECT_FALSE(others.serves(at("shop.test")));
  EXPECT_TRUE(others.serves(at("mail.test", 80, "/api/x")));
  EXPECT_FALSE(others.serves(at("mail.test", 80, "/")));
}

TEST_F(LocalFetcherTest, ServesHostsOnThePortsThatLeadToThem) {
  EXPECT_TRUE(hosts_.serves(at("shop.test", kHostPort)));
  EXPECT_FALSE(hosts_.serves(at("shop.test", kOwnPort))) << "another app has it";
  EXPECT_FALSE(hosts_.serves(at("shop.test", 5432)));
  EXPECT_FALSE(hosts_.serves(at("shop.test", 443)));
  EXPECT_TRUE(hosts_.serves({Destination::Scheme::kHttps, "shop.test", 443, "/"}));
  EXPECT_FALSE(hosts_.serves({Destination::Scheme::kTcp, "shop.test", 80, ""}));
}

TEST_F(LocalFetcherTest, WhereNobodyAnswersAHostHasAClientsPage) {
  auto response = std::get<FetchedResponse>(loop_.run(hosts_.fetch(requestTo(at("gone.test")))));
  EXPECT_EQ(response.status, 404);
}

TEST_F(LocalFetcherTest, ARequestThatHasPassedTooManyAppsEndsWithoutRunningOne) {
  EXPECT_EQ(errorOf(loop_.run(shop_.fetch(requestTo(at("shop.test"), kMaxHops)))).kind, Kind::LOOP);
  EXPECT_EQ(errorOf(loop_.run(hosts_.fetch(requestTo(at("shop.test"), 255)))).kind, Kind::LOOP);
  EXPECT_TRUE(dispatched_.empty());
}

TEST_F(LocalFetcherTest, AFetchHasPassedOneAppAtLeastWhateverItsWorkerSays) {
  uint8_t hops = 0;
  seen_.answer = [&hops](auto calls, auto results) {
    hops = calls[0].getHops();
    answerOk(results.initAnswers(1)[0], calls[0].getId(), "");
  };
  start();
  auto fetching = shop_.fetch(requestTo(at("shop.test"), 0));
  turn();
  loop_.run(kj::mv(fetching));
  EXPECT_EQ(hops, 1);
}

TEST_F(LocalFetcherTest, ATenantsFetchersShareWhatTheyMayKeepInMemory) {
  auto budget = apps_.budgetOf("acme");
  EXPECT_EQ(budget, apps_.budgetOf("acme"));
  EXPECT_NE(budget, apps_.budgetOf("other"));
  budget->take(kMaxBufferedRpcBytes);
  EXPECT_EQ(errorOf(loop_.run(shop_.fetch(requestTo(at("shop.test"))))).kind, Kind::OVER_LIMIT);
  budget->give(kMaxBufferedRpcBytes);
}

// An app that asks itself before it answers, and so on.
class RecursionTest : public LocalFetcherTest {
 protected:
  ~RecursionTest() noexcept override { tasks_.clear(); }

  void recurse() {
    seen_.answer = [this](auto calls, auto) {
      for (auto call : calls) {
        depth_ = std::max<unsigned>(depth_, call.getHops());
        uint32_t id = call.getId();
        uint8_t hops = call.getHops() + 1;
        auto fetching = shop_.fetch(requestTo(at("shop.test"), hops));
        tasks_.push_back(fetching.then([this, id](FetchOutcome&& outcome) { finish(id, outcome); })
                             .eagerlyEvaluate(nullptr));
      }
    };
    start();
  }
  // As a handler that passes on whether what it asked for came.
  void finish(uint32_t id, const FetchOutcome& outcome) {
    if (auto* error = std::get_if<EgressError>(&outcome)) errors_.push_back(error->kind);
    auto request = app_->host().answerRequest();
    answerOk(request.initAnswers(1)[0], id, "");
    tasks_.push_back(request.send().ignoreResult().eagerlyEvaluate(nullptr));
  }
  void askAtOnce(size_t count) {
    size_t answered = 0;
    for (size_t i = 0; i < count; i++) {
      tasks_.push_back(shop_.fetch(requestTo(at("shop.test")))
                           .then([&answered](FetchOutcome&&) { answered++; })
                           .eagerlyEvaluate(nullptr));
    }
    runUntil([&answered, count] { return answered == count; });
    turn();
    EXPECT_EQ(app_->inFlight(), 0U);
  }

  unsigned depth_ = 0;
  std::vector<Kind> errors_;
  std::vector<kj::Promise<void>> tasks_;
};

TEST_F(RecursionTest, AnAppThatFetchesItselfWithoutEndIsCutAfterSoManyHops) {
  recurse();
  askAtOnce(1);
  EXPECT_EQ(depth_, kMaxHops - 1U);
  EXPECT_EQ(errors_, std::vector<Kind>{Kind::LOOP});
}

TEST_F(RecursionTest, FiftySuchRequestsAtATimeEnd) {
  recurse();
  askAtOnce(50);
  EXPECT_EQ(errors_, std::vector<Kind>(50, Kind::LOOP));
}

TEST_F(RecursionTest, AnAppThatWaitsForAPlaceThatItHasItselfIsCutByTheQueuesDeadline) {
  version_->limits.set(rpc::Limit::IN_FLIGHT, 3);
  version_->limits.set(rpc::Limit::QUEUE_TIME, 20);
  recurse();
  askAtOnce(3);
  EXPECT_EQ(errors_, std::vector<Kind>(3, Kind::OVER_LIMIT));
}

TEST_F(RecursionTest, WhatAnAppAskedOfItselfIsNotTriedAgainWhenItsWorkerDies) {
  ways_.answer = [this](OutboundRequest request) { return shop_.fetch(std::move(request)); };
  start();
  RecordingExchange client;
  app_->fetch(client, Admission());
  auto asking = app_->egress().startRequest();
  auto asked = asking.initFetches(1)[0];
  asked.initRequest().setMethod("GET");
  asked.getRequest().setUrl("http://any.test/");
  tasks_.push_back(asking.send().ignoreResult().eagerlyEvaluate(nullptr));
  turn();
  ASSERT_EQ(app_->inFlight(), 2U);
  auto orphans = app_->workerGone(rpc::Outcome::WORKER_DIED, LoadedApp::Orphans::kRetry);
  ASSERT_EQ(orphans.size(), 1U);
  EXPECT_EQ(orphans[0].exchange, &client);
}

}  // namespace
}  // namespace nano
