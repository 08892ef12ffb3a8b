// The operator's policy, and the metrics, through nanod and nanoctl.

#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using nlohmann::json;

json limitsOf(const Nanod& nanod, const std::string& app) {
  return json::parse(nanod.nanoctl({"limits", app, "--json"}).out, nullptr, false);
}

// "VALUE SOURCE" of one limit.
std::string said(const Nanod& nanod, const std::string& app, const std::string& key) {
  json limits = limitsOf(nanod, app);
  for (auto& limit : limits.value("limits", json::array())) {
    if (limit["key"] == key)
      return limit["value"].dump() + " " + limit["source"].get<std::string>();
  }
  return "no " + key;
}

class PolicyTest : public testing::Test {
 protected:
  Nanod::Options withPolicy(const std::string& text) {
    directory_.write("policy.jsonc", text);
    Nanod::Options options;
    options.flags = {"--policy=" + directory_.path() + "/policy.jsonc"};
    return options;
  }
  TestDirectory directory_;
};

TEST_F(PolicyTest, ADeployIsHeldToTheOperatorsMaximum) {
  Nanod nanod(withPolicy(R"({"maxima": {"cpu_ms": 400}, "defaults": {"heap_mb": 64}})"));
  auto refused = nanod.tryDeploy(
      "shop", {{"index.js", appThatSays("x")}, {"nano.jsonc", R"({"limits": {"cpu_ms": 401}})"}});
  EXPECT_EQ(refused.exitCode, 1);
  EXPECT_NE(refused.err.find("nano.jsonc: `limits.cpu_ms`: the app asks for 401 ms"),
            std::string::npos)
      << refused.err;
  nanod.deploy("shop", {{"index.js", appThatSays("x")},
                        {"wrangler.jsonc", R"({"limits": {"cpu_ms": 300}})"},
                        {"nano.jsonc", R"({"isolation": "app"})"}});
  EXPECT_EQ(nanod.get("shop.localhost").body, "x");
  EXPECT_NE(nanod.workerOf("default/shop"), 0);
  EXPECT_EQ(said(nanod, "shop", "cpu_ms"), "300 app");
  EXPECT_EQ(said(nanod, "shop", "block_ms"), "300 as cpu_ms");
  EXPECT_EQ(said(nanod, "shop", "heap_mb"), "64 operator: defaults");
  auto table = nanod.nanoctl({"limits", "shop"});
  EXPECT_NE(table.out.find("CPU time of one request"), std::string::npos) << table.out;
  EXPECT_EQ(nanod.nanoctl({"limits", "blog"}).exitCode, 1);
}

// Hostile case S04.
TEST_F(PolicyTest, IsReadAgainAtSighupUnlessItIsBroken) {
  Nanod nanod(withPolicy("{}"));
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  EXPECT_EQ(nanod.get("shop.localhost").body, "x");
  EXPECT_EQ(said(nanod, "shop", "cpu_ms"), "1000 built-in");
  directory_.write("policy.jsonc", "{");
  ASSERT_EQ(kill(nanod.pid(), SIGHUP), 0);
  EXPECT_EQ(said(nanod, "shop", "cpu_ms"), "1000 built-in");
  directory_.write("policy.jsonc", R"({"tenants": {"default": {"isolation": "app",
                                      "apps": {"shop": {"cpu_ms": 700}}}}})");
  ASSERT_EQ(kill(nanod.pid(), SIGHUP), 0);
  // nanod answers the signal in its own time; each look is a process, so this is no busy loop.
  std::string now;
  for (int i = 0; i < 1000 && now != "700 operator: tenants.default.apps.shop"; ++i)
    now = said(nanod, "shop", "cpu_ms");
  EXPECT_EQ(now, "700 operator: tenants.default.apps.shop");
  // Published a moment later than it is shown.
  for (int i = 0; i < 1000 && nanod.workerOf("default/shop") == 0; ++i)
    EXPECT_EQ(nanod.get("shop.localhost").body, "x");
  EXPECT_NE(nanod.workerOf("default/shop"), 0);
}

// Hostile case S14.
TEST_F(PolicyTest, ABrokenPolicyIsNotStartedWith) {
  directory_.write("policy.jsonc", "{\n\"maxima\": {\n\"heap\": 1}}");
  std::vector<std::string> flags = {"--policy=" + directory_.path() + "/policy.jsonc",
                                    "--http=127.0.0.1:0", "--lib-dir=" NANO_LIB_DIR};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  auto result = runProgram("nanod", flags);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("policy.jsonc:3: maxima: nanod does not know the key 'heap'"),
            std::string::npos)
      << result.err;
}

TEST_F(PolicyTest, NanoctlSaysWhereAnAppMayGoAndWhy) {
  Nanod nanod(withPolicy(R"({"tenants": {"default": {"egress": {"rules": [
      {"allow": {"host": "db.example", "cidr": "10.1.0.0/16", "ports": 5432, "scheme": "tcp"}},
      {"allow": {"cidr": "127.0.0.1", "ports": "1-65535"}}]}}}})"));
  nanod.deploy("shop", {{"index.js", appThatSays("x")},
                        {"nano.jsonc", R"({"egress": {"rules": [{"deny": {"host": "a.b"}}]}})"}});
  auto test = [&nanod](const std::string& url, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"egress", "test", "shop", url};
    words.insert(words.end(), more.begin(), more.end());
    return nanod.nanoctl(words);
  };
  auto inside = test("tcp://db.example:5432", {"--address=10.1.2.3", "--address=10.2.2.3"});
  EXPECT_EQ(inside.exitCode, 0) << inside.err;
  EXPECT_EQ(inside.out,
            "tcp://db.example:5432: allowed\n"
            "  by name   allowed  built-in: public addresses\n"
            "  10.1.2.3  allowed  private (private use, 10.0.0.0/8): operator: "
            "tenants.default.egress.rules[0]\n"
            "  10.2.2.3  denied   private (private use, 10.0.0.0/8): built-in: public addresses "
            "only, and this one is private\n");
  auto metadata = test("http://169.254.169.254/latest/meta-data/");
  EXPECT_EQ(metadata.exitCode, 1);
  EXPECT_NE(metadata.out.find("169.254.169.254  denied  metadata"), std::string::npos)
      << metadata.out;
  auto byApp = test("https://a.b", {"--json"});
  EXPECT_EQ(byApp.exitCode, 1);
  EXPECT_EQ(json::parse(byApp.out)["by_name"]["rule"], "app: egress.rules[0]");
  // The rule opens this machine, but never what nanod itself serves there (hostile case U04).
  EXPECT_EQ(test("http://127.0.0.1:1").exitCode, 0);
  auto own = test("http://127.0.0.1:" + std::to_string(nanod.port()));
  EXPECT_EQ(own.exitCode, 1);
  EXPECT_NE(own.out.find("nanod's own ports"), std::string::npos) << own.out;
  for (const char* url : {"https://A.b", "http://127.1/", "a.b", "tcp://a.b", "ftp://a.b/"})
    EXPECT_EQ(test(url).exitCode, 2) << url;
  EXPECT_EQ(test("http://a.b", {"--address=10.1"}).exitCode, 2);
  EXPECT_EQ(nanod.nanoctl({"egress", "shop", "http://a.b"}).exitCode, 2);
  EXPECT_EQ(nanod.nanoctl({"egress", "test", "shop"}).exitCode, 2);
  EXPECT_EQ(nanod.nanoctl({"egress", "test", "blog", "http://a.b"}).exitCode, 1);
}

TEST_F(PolicyTest, AnAppsOwnPortIsNoDestinationWhileItIsOpen) {
  Nanod nanod(withPolicy(
      R"({"egress": {"rules": [{"allow": {"cidr": "127.0.0.1", "ports": "1-65535"}}]}})"));
  // A port that was free a moment ago.
  uint16_t port = Nanod().port();
  std::string url = "tcp://127.0.0.1:" + std::to_string(port);
  auto exitCode = [&nanod, &url] {
    return nanod.nanoctl({"egress", "test", "shop", url}).exitCode;
  };
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  EXPECT_EQ(exitCode(), 0);
  nanod.deploy("shop", {{"index.js", appThatSays("x")}}, {"--port=" + std::to_string(port)});
  EXPECT_EQ(exitCode(), 1);
  EXPECT_EQ(nanod.nanoctl({"delete", "shop"}).exitCode, 0);
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  EXPECT_EQ(exitCode(), 0);
}

// What fetch() of the app "front" comes to, and what `egress test` says of it.
TEST_F(PolicyTest, WithoutEgressAnAppReachesTheHostsOfItsTenantAndOfNoOther) {
  Nanod nanod(withPolicy(R"({"tenants": {"default": {"egress": "none"}}})"));
  nanod.deploy("back", {{"index.js", appThatSays("back")}});
  nanod.deploy("mail", {{"index.js", appThatSays("mail")}}, {"--tenant=other"});
  nanod.deploy("front", {{"index.js", R"(export default { async fetch(request) {
    try {
      return await fetch(new URL(request.url).searchParams.get('to'));
    } catch (error) {
      return new Response(error.message);
    }
  } };)"}});
  auto urlOf = [&nanod](const std::string& host) {
    return "http://" + host + ":" + std::to_string(nanod.port()) + "/";
  };
  auto fetched = [&](const std::string& host) {
    return nanod.get("front.localhost", "/?to=" + urlOf(host)).body;
  };
  auto test = [&](const std::string& host) {
    return nanod.nanoctl({"egress", "test", "front", urlOf(host)});
  };
  EXPECT_EQ(fetched("back.localhost"), "back");
  auto own = test("back.localhost");
  EXPECT_EQ(own.exitCode, 0);
  EXPECT_NE(own.out.find("answered by app default/back of this server, without the network"),
            std::string::npos)
      << own.out;
  const std::string rule = "operator: tenants.default.egress is \"none\"";
  std::string denied = fetched("mail.other.localhost");
  EXPECT_NE(denied.find("may not be reached from here (" + rule + ")"), std::string::npos)
      << denied;
  auto other = test("mail.other.localhost");
  EXPECT_EQ(other.exitCode, 1);
  EXPECT_NE(other.out.find(rule), std::string::npos) << other.out;
}

TEST_F(PolicyTest, EgressIsReadAgainAtSighup) {
  Nanod nanod(withPolicy("{}"));
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  auto rule = [&nanod] {
    auto result = nanod.nanoctl({"egress", "test", "shop", "https://a.b", "--json"});
    return json::parse(result.out)["by_name"]["rule"].get<std::string>();
  };
  EXPECT_EQ(rule(), "built-in: public addresses");
  directory_.write("policy.jsonc", R"({"tenant_defaults": {"egress": "none"}})");
  ASSERT_EQ(kill(nanod.pid(), SIGHUP), 0);
  // nanod answers the signal in its own time; each look is a process, so this is no busy loop.
  std::string now;
  for (int i = 0; i < 1000 && now != "operator: tenant_defaults.egress is \"none\""; ++i)
    now = rule();
  EXPECT_EQ(now, "operator: tenant_defaults.egress is \"none\"");
}

TEST_F(PolicyTest, CodeGenerationIsTheAppsWishAndTheOperatorsWord) {
  Nanod nanod(withPolicy("{}"));
  std::map<std::string, std::string> files = {{"index.js", R"(export default { fetch() {
    try { return new Response(eval("'on'")); } catch (error) { return new Response(error.message); }
  } };)"}};
  nanod.deploy("plain", files);
  std::string off = nanod.get("plain.localhost").body;
  EXPECT_NE(off.find("\"codegen\": true in nano.jsonc"), std::string::npos) << off;
  files["nano.jsonc"] = R"({"codegen": true})";
  auto refused = nanod.tryDeploy("shop", files);
  EXPECT_EQ(refused.exitCode, 1);
  EXPECT_NE(refused.err.find("tenants.default.apps.shop.codegen"), std::string::npos)
      << refused.err;
  // nanod answers the signal in its own time; each look is a process, so this is no busy loop.
  auto policy = [&](const char* text, auto done) {
    directory_.write("policy.jsonc", text);
    ASSERT_EQ(kill(nanod.pid(), SIGHUP), 0);
    bool isDone = false;
    for (int i = 0; i < 1000 && !isDone; ++i)
      isDone = done();
    EXPECT_TRUE(isDone) << text;
  };
  policy(R"({"tenants": {"default": {"apps": {"shop": {"codegen": true}}}}})",
         [&] { return nanod.tryDeploy("shop", files).exitCode == 0; });
  EXPECT_EQ(nanod.get("shop.localhost").body, "on");
  EXPECT_EQ(limitsOf(nanod, "shop")["codegen"], "on");
  // Taken back it is off from the next request on.
  policy("{}", [&] { return nanod.get("shop.localhost").body == off; });
  EXPECT_EQ(limitsOf(nanod, "shop")["codegen"], "asked for, and not allowed");
}

TEST_F(PolicyTest, NanoctlShowsTheMetrics) {
  Nanod nanod;
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  nanod.get("shop.localhost");
  auto metrics = nanod.nanoctl({"metrics"});
  EXPECT_EQ(metrics.exitCode, 0) << metrics.err;
  EXPECT_NE(metrics.out.find("\nnano_answered_total 1\n"), std::string::npos) << metrics.out;
  EXPECT_NE(metrics.out.find("\nnano_apps 1\n"), std::string::npos) << metrics.out;
}

}  // namespace
}  // namespace nano::test
