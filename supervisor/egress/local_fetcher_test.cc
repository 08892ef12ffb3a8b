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

std::shared_ptr<AppVersion> named(const std::string& tenant, const std::string& app) {
  auto version = std::make_shared<AppVersion>();
  version->tenant = tenant;
  version->app = app;
  return version;
}

AppRoutes routes(std::shared_ptr<AppVersion> version, const std::vector<std::string>& patterns,
                 uint16_t port = 0) {
  AppRoutes result{std::move(version), nullptr, {}, port};
  for (const std::string& pattern : patterns)
    result.patterns.push_back(std::get<RoutePattern>(parseRoutePattern(pattern)));
  return result;
}

// The fixture's app is acme's "shop", which is bound to itself and to others. Whatever is routed
// anywhere is answered by it.
class LocalFetcherTest : public LoadedAppTest, protected Dispatcher {
 protected:
  LocalFetcherTest() {
    version_->tenant = "acme";
    version_->app = "shop";
    version_->limits.set(rpc::Limit::WALL, 30'000);
    version_->env = {{"SHOP", AppBinding::Kind::kService, "shop"},
                     {"BLOG", AppBinding::Kind::kService, "blog"},
                     {"MAIL", AppBinding::Kind::kService, "mail"},
                     {"TEXT", AppBinding::Kind::kText, "shop"},
                     {"ADMIN", AppBinding::Kind::kService, "shop", false, "Admin", "{\"a\":1}"}};
    publish({routes(version_, {"shop.test", "*.wild.test", "shop.acme.localhost"}),
             routes(named("acme", "all"), {"*"}, kOwnPort),
             routes(named("other", "mail"), {"mail.test/api/*", "mail.other.localhost"})});
  }
  ~LocalFetcherTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

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

  kj::Promise<FetchOutcome> fetch(std::string_view binding, uint8_t hops = 1) {
    return local_.fetchService(*version_, binding, requestTo(at("any.test", 80, "/x"), hops));
  }
  EgressError errorOf(kj::Promise<FetchOutcome> promise) {
    turn();
    return std::get<EgressError>(loop_.run(kj::mv(promise)));
  }
  FetchedResponse responseOf(kj::Promise<FetchOutcome> promise) {
    turn();
    return std::get<FetchedResponse>(loop_.run(kj::mv(promise)));
  }
  bool serves(const Destination& destination) {
    return local_.servedBy(*version_, destination).has_value();
  }

  std::shared_ptr<const RequestRouter> router_;
  std::vector<std::string> dispatched_;
  LocalFetcher local_{{loop_.timer(), *this, counters_, [this] { return router_; },
                       [](uint16_t port) { return port == kHostPort || port == kOwnPort; }}};
};

TEST_F(LocalFetcherTest, AServiceIsTheAppWhateverTheHost) {
  seen_.answer = [](auto calls, auto results) {
    answerOk(results.initAnswers(1)[0], calls[0].getId(), calls[0].getRequest().getUrl());
  };
  start();
  auto response = responseOf(fetch("SHOP"));
  auto& body = std::get<kj::Array<kj::byte>>(response.body);
  EXPECT_EQ(std::string(body.asChars().begin(), body.size()), "http://any.test/x");
  EXPECT_EQ(counters_.internalRequests.load(), 1U);
}

TEST_F(LocalFetcherTest, ACallGoesToTheEntrypointThatTheBindingNames) {
  seen_.answer = [](auto calls, auto results) {
    std::string said = std::string(calls[0].getEntrypoint().cStr()) + " " +
                       calls[0].getProps().cStr() + " " + calls[0].getMethod().cStr();
    answerOk(results.initAnswers(1)[0], calls[0].getId(), said.c_str());
  };
  start();
  auto call = [this](const char* binding, const char* method) {
    auto request = requestTo(at("any.test"));
    request.rpcMethod = method;
    request.entrypoint = "Other";
    request.props = "{\"forged\":1}";
    auto response = responseOf(local_.fetchService(*version_, binding, std::move(request)));
    auto& body = std::get<kj::Array<kj::byte>>(response.body);
    return std::string(body.asChars().begin(), body.size());
  };
  EXPECT_EQ(call("ADMIN", "add"), "Admin {\"a\":1} add");
  EXPECT_EQ(call("ADMIN", ""), "Admin {\"a\":1} ");
  EXPECT_EQ(call("SHOP", "add"), "  add");
}

TEST_F(LocalFetcherTest, AnEntrypointThatTheAppDoesNotExportIsNamed) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answer.setId(calls[0].getId());
    answer.setOutcome(rpc::Outcome::SCRIPT_NOT_FOUND);
  };
  start();
  EgressError error = errorOf(fetch("ADMIN"));
  EXPECT_EQ(error.kind, Kind::NAME_NOT_FOUND);
  EXPECT_EQ(error.message,
            "the app 'shop' did not answer: it does not export the entrypoint 'Admin'");
  EXPECT_EQ(errorOf(fetch("SHOP")).kind, Kind::INTERNAL) << "nobody has asked for one";
}

TEST_F(LocalFetcherTest, AnAppReachesTheServicesThatItIsBoundToAndNoOther) {
  for (const char* binding : {"TEXT", "shop", "OTHER", ""}) {
    EgressError error = errorOf(fetch(binding));
    EXPECT_EQ(error.kind, Kind::DENIED) << binding;
    EXPECT_NE(error.message.find("service binding"), std::string::npos) << error.message;
  }
  EXPECT_TRUE(dispatched_.empty());
}

TEST_F(LocalFetcherTest, AServiceOfAnotherTenantDoesNotExist) {
  EgressError error = errorOf(fetch("MAIL"));
  EXPECT_EQ(error.kind, Kind::NAME_NOT_FOUND);
  EXPECT_NE(error.message.find("'mail'"), std::string::npos) << error.message;
  EXPECT_EQ(dispatched_, std::vector<std::string>{"none"});
}

TEST_F(LocalFetcherTest, AnAppThatIsGoneOrNewIsSeenByTheNextFetch) {
  EXPECT_EQ(errorOf(fetch("BLOG")).kind, Kind::NAME_NOT_FOUND);
  publish({routes(named("acme", "blog"), {})});
  auto fetching = fetch("BLOG");
  EXPECT_EQ(errorOf(fetch("SHOP")).kind, Kind::NAME_NOT_FOUND);
  EXPECT_EQ(dispatched_, (std::vector<std::string>{"none", "blog", "none"}));
  router_ = nullptr;
  EXPECT_EQ(errorOf(fetch("BLOG")).kind, Kind::NAME_NOT_FOUND);
}

TEST_F(LocalFetcherTest, ServesTheTenantsOwnHostsAndNamesBelowLocalhost) {
  EXPECT_TRUE(serves(at("shop.test")));
  EXPECT_TRUE(serves(at("a.wild.test")));
  EXPECT_TRUE(serves(at("shop.acme.localhost")));
  EXPECT_EQ(local_.servedBy(*version_, at("shop.acme.localhost")), Neighbour::kOwnTenant);
  EXPECT_EQ(local_.servedBy(*version_, at("mail.other.localhost")), Neighbour::kOtherTenant);
  EXPECT_FALSE(serves(at("mail.test", 80, "/api/x"))) << "that its name is theirs DNS says";
  EXPECT_FALSE(serves(at("api.bank.test"))) << "the route * takes what nobody has named";
  EXPECT_FALSE(serves(at("none.localhost")));
  EXPECT_FALSE(serves(at("localhost", kOwnPort)));
  auto mail = named("other", "mail");
  EXPECT_FALSE(local_.servedBy(*mail, at("shop.test")));
  EXPECT_TRUE(local_.servedBy(*mail, at("mail.test", 80, "/api/x")));
  EXPECT_FALSE(local_.servedBy(*mail, at("mail.test", 80, "/")));
  router_ = nullptr;
  EXPECT_FALSE(serves(at("shop.test")));
}

TEST_F(LocalFetcherTest, ServesHostsOnThePortsThatLeadToThem) {
  EXPECT_TRUE(serves(at("shop.test", kHostPort)));
  EXPECT_FALSE(serves(at("shop.test", kOwnPort))) << "another app has it";
  EXPECT_FALSE(serves(at("shop.test", 5432)));
  EXPECT_FALSE(serves(at("shop.test", 443)));
  EXPECT_TRUE(serves({Destination::Scheme::kHttps, "shop.test", 443, "/"}));
  EXPECT_FALSE(serves({Destination::Scheme::kTcp, "shop.test", 80, ""}));
}

TEST_F(LocalFetcherTest, AHostsAnswerIsWhatAClientWouldGet) {
  seen_.answer = [](auto calls, auto results) {
    answerOk(results.initAnswers(1)[0], calls[0].getId(), "");
  };
  start();
  EXPECT_EQ(responseOf(local_.fetchHost(*version_, requestTo(at("shop.test")))).status, 200);
  EXPECT_EQ(responseOf(local_.fetchHost(*version_, requestTo(at("gone.test")))).status, 404);
  EXPECT_EQ(dispatched_, (std::vector<std::string>{"shop", "none"}));
}

TEST_F(LocalFetcherTest, WhatDnsLedHereIsAnsweredWhoeversRouteItIs) {
  seen_.answer = [](auto calls, auto results) {
    answerOk(results.initAnswers(1)[0], calls[0].getId(), "");
  };
  start();
  auto arrive = [this](Destination destination) {
    OutboundRequest request = requestTo(std::move(destination));
    KJ_IF_MAYBE(answer, local_.fetchArrived(*version_, request)) {
      responseOf(kj::mv(*answer));
      return dispatched_.back();
    }
    EXPECT_EQ(request.method, "GET") << "it is still there";
    return std::string("nothing");
  };
  EXPECT_EQ(arrive(at("mail.test", kHostPort, "/api/x")), "mail");
  EXPECT_EQ(arrive(at("shop.test", kHostPort)), "shop");
  EXPECT_EQ(arrive(at("api.bank.test", kHostPort)), "all") << "as of any client";
  EXPECT_EQ(arrive(at("mail.test", kOwnPort, "/api/x")), "all") << "whose port it is";
  publish({routes(version_, {"shop.test"})});
  EXPECT_EQ(arrive(at("mail.test", kHostPort, "/api/x")), "nothing");
  OutboundRequest deep = requestTo(at("shop.test", kHostPort), kMaxHops);
  EXPECT_EQ(errorOf(KJ_ASSERT_NONNULL(local_.fetchArrived(*version_, deep))).kind, Kind::LOOP);
}

TEST_F(LocalFetcherTest, ARequestThatHasPassedTooManyAppsEndsWithoutRunningOne) {
  EXPECT_EQ(errorOf(fetch("SHOP", kMaxHops)).kind, Kind::LOOP);
  EXPECT_EQ(errorOf(local_.fetchHost(*version_, requestTo(at("shop.test"), 255))).kind, Kind::LOOP);
  EXPECT_TRUE(dispatched_.empty());
}

TEST_F(LocalFetcherTest, AFetchHasPassedOneAppAtLeastWhateverItsWorkerSays) {
  uint8_t hops = 0;
  seen_.answer = [&hops](auto calls, auto results) {
    hops = calls[0].getHops();
    answerOk(results.initAnswers(1)[0], calls[0].getId(), "");
  };
  start();
  responseOf(fetch("SHOP", 0));
  EXPECT_EQ(hops, 1);
}

TEST_F(LocalFetcherTest, ATenantsFetchesShareWhatTheyMayKeepInMemory) {
  auto budget = local_.budgetOf("acme");
  EXPECT_EQ(budget, local_.budgetOf("acme"));
  EXPECT_NE(budget, local_.budgetOf("other"));
  budget->take(kMaxBufferedRpcBytes);
  EXPECT_EQ(errorOf(fetch("SHOP")).kind, Kind::OVER_LIMIT);
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
        auto fetching = fetch("SHOP", call.getHops() + 1);
        tasks_.push_back(fetching.then([this, id](FetchOutcome&& outcome) { finish(id, outcome); })
                             .eagerlyEvaluate(nullptr));
      }
    };
    start();
  }
  void finish(uint32_t id, const FetchOutcome& outcome) {
    if (auto* error = std::get_if<EgressError>(&outcome)) errors_.push_back(error->kind);
    auto request = app_->host().answerRequest();
    answerOk(request.initAnswers(1)[0], id, "");
    tasks_.push_back(request.send().ignoreResult().eagerlyEvaluate(nullptr));
  }
  void askAtOnce(size_t count) {
    size_t answered = 0;
    for (size_t i = 0; i < count; i++) {
      tasks_.push_back(
          fetch("SHOP").then([&answered](FetchOutcome&&) { answered++; }).eagerlyEvaluate(nullptr));
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
  ways_.answer = [this](OutboundRequest request) {
    return local_.fetchService(*version_, "SHOP", std::move(request));
  };
  start();
  RecordingExchange client;
  app_->fetch(client, Admission());
  auto asking = app_->egress().startRequest();
  auto asked = asking.initFetches(1)[0];
  asked.setService("SHOP");
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
