#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "supervisor/control_api_fixture.h"

namespace nano {
namespace {

using Json = nlohmann::json;

TEST_F(ControlApiTest, DeploysAnAppAndSaysWhereItIs) {
  Json metadata = kMetadata;
  metadata["nano"] = {{"hosts", {"shop.test/api/*", "*.shop.test"}}, {"port", 9000}};
  metadata["compatibility_flags"] = {"web_socket_compression"};
  auto answer = put(form(metadata));
  ASSERT_EQ(answer->status, 200) << answer->text;
  EXPECT_EQ(answer->fields["content-type"], "application/json");
  Json json = answer->json();
  EXPECT_EQ(json["success"], true);
  EXPECT_EQ(json["errors"], Json::array());
  EXPECT_EQ(json["messages"].size(), 1u);
  EXPECT_EQ(json["result"]["name"], "shop");
  EXPECT_EQ(json["result"]["version"], server_.versionAt("shop.localhost"));
  EXPECT_EQ(json["result"]["urls"], (Json{"http://localhost:9000/", "http://shop.localhost:8787/",
                                          "http://shop.test:8787/api/"}));
  EXPECT_EQ(server_.ports, std::set<uint16_t>{9000});
}

TEST_F(ControlApiTest, TakesAnUploadInPieces) {
  FakeExchange exchange("PUT", kShop);
  exchange.setBody(kFormType, form(kMetadata));
  exchange.streamIn(7, kj::Array<kj::byte>());
  api_->handle(exchange);
  turn();
  EXPECT_EQ(exchange.status, 200) << exchange.text;
  EXPECT_EQ(server_.appAt("shop.localhost"), "shop");
}

TEST_F(ControlApiTest, DeploysNothingOfAnUploadThatBreaksOff) {
  FakeExchange exchange("PUT", kShop);
  exchange.setBody(kFormType, form(kMetadata));
  exchange.streamIn(7, KJ_EXCEPTION(DISCONNECTED, "client went away"));
  api_->handle(exchange);
  turn();
  EXPECT_EQ(exchange.status, 400);
  EXPECT_EQ(server_.calls, std::vector<std::string>());
}

TEST_F(ControlApiTest, RefusesAnUploadThatIsTooLarge) {
  FakeExchange declared("PUT", kShop);
  declared.declareLength(kMaxBundleBytes + (2 << 20));
  api_->handle(declared);
  EXPECT_EQ(declared.status, 413);
  FakeExchange chunked("PUT", kShop);
  chunked.setBody(kFormType, std::string(kMaxBundleBytes + (2 << 20), 'x'));
  chunked.streamIn(1 << 20, kj::NEVER_DONE);
  api_->handle(chunked);
  turn();
  EXPECT_EQ(chunked.status, 413);
}

TEST_F(ControlApiTest, SaysWhereAnAppDoesNotStart) {
  put(form(kMetadata));
  std::string live = server_.versionAt("shop.localhost");
  server_.startup = StartupFailure{
      "startupFailed", "SyntaxError: Unexpected token", "at index.js:3:7", "index.js", 3, 7, "a b"};
  auto answer = put(form(kMetadata, "broken"));
  EXPECT_EQ(answer->status, 400);
  Json error = answer->error();
  EXPECT_EQ(error["code"], 10021);
  EXPECT_EQ(error["message"], "SyntaxError: Unexpected token");
  EXPECT_EQ(error["reason"], "startupFailed");
  EXPECT_EQ(error["file"], "index.js");
  EXPECT_EQ(error["line"], 3);
  EXPECT_EQ(error["column"], 7);
  EXPECT_EQ(error["excerpt"], "a b");
  EXPECT_EQ(error["stack"], "at index.js:3:7");
  EXPECT_EQ(server_.versionAt("shop.localhost"), live);
}

TEST_F(ControlApiTest, RefusesWhatIsNoUpload) {
  EXPECT_EQ(put("")->status, 400);
  EXPECT_EQ(put("--XX--")->status, 400);
  EXPECT_EQ(put(form({{"main_module", "other.js"}}))->status, 400);
  EXPECT_EQ(ask("PUT", kShop)->status, 400);
  EXPECT_EQ(server_.calls, std::vector<std::string>());
}

// Hostile case D07.
TEST_F(ControlApiTest, RefusesBadNamesBeforeItReadsTheBody) {
  for (const std::string& name : {std::string(), std::string(".."), std::string("A"),
                                  std::string("%2e%2e"), std::string(300, 'a')}) {
    FakeExchange exchange("PUT", "/client/v4/accounts/default/workers/scripts/" + name);
    exchange.streamIn(1, kj::NEVER_DONE);
    api_->handle(exchange);
    EXPECT_EQ(exchange.status, 400) << name;
    EXPECT_EQ(ask("GET", "/client/v4/accounts/" + name + "/workers/scripts")->status, 400) << name;
  }
}

TEST_F(ControlApiTest, AnswersUnknownPathsAndMethodsInItsEnvelope) {
  auto unknown = ask("GET", "/client/v4/user");
  EXPECT_EQ(unknown->status, 404);
  EXPECT_EQ(unknown->error()["code"], 7003);
  auto wrong = ask("POST", kShop);
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->fields["allow"], "PUT, DELETE");
  EXPECT_EQ(wrong->json()["success"], false);
}

// Hostile case D22: secrets are in no listing.
TEST_F(ControlApiTest, ListsAppsOfOneTenantOrOfAllWithoutTheirSecrets) {
  Json metadata = kMetadata;
  metadata["bindings"] = {{{"name", "KEY"}, {"type", "secret_text"}, {"text", "hunter2"}}};
  put(form(metadata));
  put(form(kMetadata), "/client/v4/accounts/acme/workers/scripts/blog");
  auto mine = ask("GET", "/client/v4/accounts/default/workers/scripts");
  Json result = mine->json()["result"];
  ASSERT_EQ(result.size(), 1u);
  EXPECT_EQ(result[0]["name"], "shop");
  EXPECT_EQ(result[0]["routes"], (Json{"shop.default.localhost/*", "shop.localhost/*"}));
  EXPECT_EQ(result[0]["version"], server_.versionAt("shop.localhost"));
  EXPECT_EQ(result[0]["modified_on"].get<std::string>().size(), 24u);
  auto all = ask("GET", "/nano/v1/apps");
  EXPECT_EQ(all->json()["result"].size(), 2u);
  EXPECT_EQ(all->text.find("hunter2"), std::string::npos);
}

TEST_F(ControlApiTest, WhoDeletesAnAppIsToldWhichServiceBindingsItTakesAway) {
  put(form(kMetadata));
  Json metadata = kMetadata;
  metadata["bindings"] = {{{"name", "SHOP"}, {"type", "service"}, {"service", "shop"}}};
  constexpr char kFront[] = "/client/v4/accounts/default/workers/scripts/front";
  ASSERT_EQ(put(form(metadata), kFront)->status, 200);
  Json messages = ask("DELETE", kShop)->json()["messages"];
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_NE(messages[0]["message"].get<std::string>().find("'front'"), std::string::npos);
  auto again = put(form(metadata), kFront);
  EXPECT_EQ(again->status, 400);
  EXPECT_EQ(again->error()["code"], 10143);
}

TEST_F(ControlApiTest, DeletesAnApp) {
  put(form(kMetadata));
  say("old");
  auto answer = ask("DELETE", kShop);
  EXPECT_EQ(answer->status, 200) << answer->text;
  EXPECT_EQ(server_.appAt("shop.localhost"), "none");
  auto again = ask("DELETE", kShop);
  EXPECT_EQ(again->status, 404);
  EXPECT_EQ(again->error()["code"], 10007);
  EXPECT_TRUE(log_.tail({"default", "shop"}, 10).empty());
}

TEST_F(ControlApiTest, TellsTheServersStatus) {
  put(form(kMetadata));
  server_.serverStatus.requests = 5;
  server_.serverStatus.weakenedLayers = {"landlock"};
  server_.serverStatus.workers = {{42, "default", 1000, 5, {"shop"}, {"seccomp"}}};
  Json result = ask("GET", "/nano/v1/status")->json()["result"];
  EXPECT_EQ(result["apps"], 1);
  EXPECT_EQ(result["requests"], 5);
  EXPECT_EQ(result["weakenedLayers"], Json{"landlock"});
  EXPECT_EQ(result["workers"][0]["pid"], 42);
  EXPECT_EQ(result["workers"][0]["apps"], Json{"shop"});
}

TEST_F(ControlApiTest, TellsAnAppsLimitsAndWhoSaidThem) {
  Json metadata = kMetadata;
  metadata["limits"] = {{"cpu_ms", 200}};
  metadata["nano"] = {{"isolation", "app"}};
  put(form(metadata));
  policy_ = policyOf(R"({"maxima": {"cpu_ms": 100}})");
  Json result = ask("GET", kShopLimits)->json()["result"];
  EXPECT_EQ(result["cordon"], "default/shop");
  EXPECT_EQ(result["memory_mb"], Json());
  ASSERT_EQ(result["limits"].size(), limitTable().size());
  EXPECT_EQ(result["limits"][0]["key"], "cpu_ms");
  EXPECT_EQ(result["limits"][0]["value"], 100);
  EXPECT_EQ(result["limits"][0]["source"], "app");
  EXPECT_EQ(result["limits"][0]["capped_from"], 200);
  EXPECT_EQ(result["limits"][0]["maximum_source"], "operator: maxima");
  EXPECT_EQ(ask("GET", "/nano/v1/accounts/default/scripts/blog/limits")->status, 404);
  EXPECT_EQ(ask("GET", "/nano/v1/accounts/default/scripts/BLOG/limits")->status, 400);
}

TEST_F(ControlApiTest, CodeGenerationIsRefusedUnlessTheOperatorAllowsIt) {
  Json metadata = kMetadata;
  metadata["nano"] = {{"codegen", true}};
  auto refused = put(form(metadata));
  EXPECT_EQ(refused->status, 400);
  EXPECT_NE(refused->text.find("tenants.default.codegen"), std::string::npos) << refused->text;
  auto codegen = [this] { return ask("GET", kShopLimits)->json()["result"]["codegen"]; };
  policy_ = policyOf(R"({"tenants": {"default": {"codegen": true}}})");
  EXPECT_EQ(put(form(metadata))->status, 200);
  EXPECT_EQ(codegen(), "on");
  EXPECT_EQ(put(form(kMetadata))->status, 200);
  EXPECT_EQ(codegen(), "off");
}

TEST_F(ControlApiTest, SaysWhichLimitWasAskedForInVain) {
  policy_ = policyOf(R"({"tenants": {"default": {"apps": {"shop": {"cpu_ms": 50}}}}})");
  Json metadata = kMetadata;
  metadata["limits"] = {{"cpu_ms", 200}};
  auto answer = put(form(metadata));
  ASSERT_EQ(answer->status, 200) << answer->text;
  ASSERT_EQ(answer->json()["messages"].size(), 1u);
  EXPECT_NE(answer->json()["messages"][0]["message"].get<std::string>().find("limits.cpu_ms"),
            std::string::npos);
}

TEST_F(ControlApiTest, ShowsTheMetricsAsText) {
  Counters::add(server_.seen.requests);
  auto answer = ask("GET", "/metrics");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->fields["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(answer->text.find("\nnano_requests_total 1\n"), std::string::npos) << answer->text;
}

// Hostile case D09.
TEST_F(ControlApiTest, AnswersTheSecondOfTwoDeploysWithConflict) {
  server_.holdStart = true;
  auto first = put(form(kMetadata, "one"));
  EXPECT_EQ(first->status, 0);
  auto second = put(form(kMetadata, "two"));
  EXPECT_EQ(second->status, 409);
  server_.held[0]->fulfill(Started{});
  turn();
  EXPECT_EQ(first->status, 200);
}

// Hostile case D12.
TEST_F(ControlApiTest, UndoesADeployWhoseClientIsGone) {
  server_.holdStart = true;
  auto exchange = put(form(kMetadata));
  api_->abandoned(*exchange);
  exchange.reset();
  server_.held[0]->fulfill(Started{});
  turn();
  EXPECT_TRUE(registry_->list().empty());
  server_.holdStart = false;
  EXPECT_EQ(put(form(kMetadata))->status, 200);
}

TEST_F(ControlApiTest, ForgetsAnUploadWhoseClientIsGone) {
  auto exchange = std::make_unique<FakeExchange>("PUT", kShop);
  exchange->setBody(kFormType, form(kMetadata));
  exchange->streamIn(7, kj::NEVER_DONE);
  api_->handle(*exchange);
  turn();
  api_->abandoned(*exchange);
  exchange.reset();
  turn();
  EXPECT_EQ(server_.calls, std::vector<std::string>());
}

TEST_F(ControlApiTest, AnswersWhenADeployFailsInside) {
  server_.holdStart = true;
  auto exchange = put(form(kMetadata));
  server_.held[0]->reject(KJ_EXCEPTION(FAILED, "a secret of the runtime"));
  turn();
  EXPECT_EQ(exchange->status, 500);
  EXPECT_EQ(exchange->text.find("a secret of the runtime"), std::string::npos);
}

TEST_F(ControlApiTest, GivesTheTailOfALogAsLines) {
  put(form(kMetadata));
  for (const char* message : {"1", "2", "bad \xff byte"})
    say(message);
  auto answer = ask("GET", std::string(kShopLogs) + "?tail=2");
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->ended);
  EXPECT_EQ(answer->fields["content-type"], "application/x-ndjson");
  size_t end = answer->text.find('\n');
  EXPECT_EQ(parseBoundedJson(answer->text.substr(0, end)), (Json{{"time", 5},
                                                                 {"requestId", "r1"},
                                                                 {"level", "warn"},
                                                                 {"message", "2"},
                                                                 {"version", "v"}}));
  EXPECT_EQ(std::count(answer->text.begin(), answer->text.end(), '\n'), 2);
  EXPECT_EQ(ask("GET", std::string(kShopLogs) + "?tail=x")->status, 400);
  EXPECT_EQ(ask("GET", "/nano/v1/accounts/default/scripts/none/logs")->status, 404);
}

TEST_F(ControlApiTest, FollowsALogUntilTheClientGoes) {
  put(form(kMetadata));
  say("1");
  auto exchange = ask("GET", std::string(kShopLogs) + "?tail=1&follow=1");
  say("2");
  turn();
  say("3");
  turn();
  EXPECT_EQ(std::count(exchange->text.begin(), exchange->text.end(), '\n'), 3);
  EXPECT_FALSE(exchange->ended);
  api_->abandoned(*exchange);
  exchange.reset();
  say("4");
  turn();
  std::vector<std::unique_ptr<FakeExchange>> followers;
  for (size_t i = 0; i < AppLog::kMaxFollowers; ++i) {
    followers.push_back(ask("GET", std::string(kShopLogs) + "?follow=1"));
    EXPECT_EQ(followers.back()->status, 200);
  }
  EXPECT_EQ(ask("GET", std::string(kShopLogs) + "?follow=1")->status, 429);
}

TEST(ControlReplyTest, WritesTimesAsRfc3339) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1'763'797'380'005), "2025-11-22T07:43:00.005Z");
}

}  // namespace
}  // namespace nano
