#include "nanoctl/deploy.h"

#include <gmock/gmock.h>

#include "nanoctl/app_folder_fixture.h"
#include "nanoctl/one_request_server_fixture.h"

namespace nano {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string accepted() {
  return R"({"success": true,
             "result": {"version": "abc", "urls": ["http://shop.localhost:8787/"]}})";
}

// The part "metadata" of a multipart body.
json metadataOf(const std::string& request) {
  size_t begin = request.find("\r\n\r\n", request.find("name=\"metadata\"")) + 4;
  return json::parse(request.substr(begin, request.find("\r\n--", begin) - begin));
}

constexpr char kApp[] = "export default { fetch() { return new Response('x'); } };\n";

TEST(DeployTest, SendsModulesRoutesAndVariables) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write("wrangler.jsonc", R"({"name": "shop", "compatibility_date": "2026-08-04",
    "compatibility_flags": ["f"], "routes": ["a.test/*"], "vars": {"A": "1", "B": {"x": 2}}})");
  app.write("nano.jsonc", R"({"port": 8788})");
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  options.tenant = "acme";
  options.hosts = {"b.test"};
  options.vars = {"A=over", "C=d=e"};
  auto deployed = deployFolder(client, options);
  ASSERT_TRUE(deployed.ok()) << deployed.failure().message;

  EXPECT_THAT(server.request(),
              StartsWith("PUT /client/v4/accounts/acme/workers/scripts/shop HTTP/1.1\r\n"));
  EXPECT_THAT(server.request(), HasSubstr("name=\"index.js\""));
  EXPECT_THAT(server.request(),
              HasSubstr("application/javascript+module\r\n\r\n" + std::string(kApp)));
  json metadata = metadataOf(server.request());
  EXPECT_EQ(metadata["main_module"], "index.js");
  EXPECT_EQ(metadata["compatibility_date"], "2026-08-04");
  EXPECT_EQ(metadata["compatibility_flags"], json({"f"}));
  EXPECT_EQ(metadata["nano"], json({{"hosts", {"a.test/*", "b.test"}}, {"port", 8788}}));
  EXPECT_EQ(metadata["bindings"], json({{{"name", "A"}, {"type", "plain_text"}, {"text", "over"}},
                                        {{"name", "B"}, {"type", "json"}, {"json", {{"x", 2}}}},
                                        {{"name", "C"}, {"type", "plain_text"}, {"text", "d=e"}}}));
}

TEST(DeployTest, SendsServicesAsWranglerDoes) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write("wrangler.jsonc", R"({"vars": {"A": "1"},
      "services": [{"binding": "OTHER", "service": "other-app"},
                   {"binding": "ADMIN", "service": "other-app", "entrypoint": "Admin",
                    "props": {"role": "x"}}]})");
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  ASSERT_TRUE(deployFolder(client, options).ok());
  EXPECT_EQ(metadataOf(server.request())["bindings"],
            json({{{"name", "A"}, {"type", "plain_text"}, {"text", "1"}},
                  {{"name", "OTHER"}, {"type", "service"}, {"service", "other-app"}},
                  {{"name", "ADMIN"},
                   {"type", "service"},
                   {"service", "other-app"},
                   {"entrypoint", "Admin"},
                   {"props", {{"role", "x"}}}}}));
}

TEST(DeployTest, SendsWhatTheAppAsksForInNanoJsonc) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write("wrangler.jsonc", R"({"name": "shop", "limits": {"cpu_ms": 100}})");
  app.write(
      "nano.jsonc",
      R"({"isolation": "app", "limits": {"heap_mb": 64}, "egress": "none", "codegen": true})");
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  ASSERT_TRUE(deployFolder(client, options).ok());
  json metadata = metadataOf(server.request());
  EXPECT_EQ(metadata["limits"], json({{"cpu_ms", 100}, {"heap_mb", 64}}));
  EXPECT_EQ(metadata["nano"]["isolation"], "app");
  EXPECT_EQ(metadata["nano"]["egress"], "none");
  EXPECT_EQ(metadata["nano"]["codegen"], true);
}

TEST(DeployTest, HandsOnWhatTheServerHasToSay) {
  AppFolder app;
  app.write("index.js", kApp);
  OneRequestServer server(R"({"success": true, "result": {"version": "abc"},
                              "messages": [{"code": 0, "message": "it has no effect"}]})");
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  auto deployed = deployFolder(client, options).value();
  EXPECT_THAT(deployed.notes, ElementsAre("it has no effect"));
}

TEST(DeployTest, TellsWhatTheServerMadeOfIt) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write("wrangler.jsonc", R"({"name": "shop", "placement": {"mode": "smart"}})");
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  auto deployed = deployFolder(client, options).value();
  EXPECT_EQ(deployed.name, "shop");
  EXPECT_EQ(deployed.version, "abc");
  EXPECT_THAT(deployed.urls, ElementsAre("http://shop.localhost:8787/"));
  EXPECT_EQ(deployed.modules, 1U);
  EXPECT_EQ(deployed.bytes, sizeof kApp - 1);
  EXPECT_FALSE(deployed.bundled);
  EXPECT_THAT(deployed.notes, ElementsAre("wrangler.jsonc: `placement` has no effect on nano"));
}

TEST(DeployTest, AFolderWithoutANameInItsConfigurationGivesItsOwn) {
  AppFolder parent;
  parent.write("_My App.2/index.js", kApp);
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = parent.path() + "/_My App.2/";
  EXPECT_EQ(deployFolder(client, options).value().name, "my-app-2");
}

TEST(DeployTest, AStartThatFailedIsShownWithItsPlace) {
  AppFolder app;
  app.write("index.js", kApp);
  OneRequestServer server(R"({"success": false, "errors": [{
      "message": "ReferenceError: x is not defined",
      "file": "index.js", "line": 12, "column": 3, "excerpt": "  x();"}]})",
                          "400 Bad Request");
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  EXPECT_EQ(deployFolder(client, options).failure().message,
            "ReferenceError: x is not defined\n  at index.js:12:3\n\n"
            "    12 |   x();\n"
            "       |   ^");
}

TEST(DeployTest, DevVarsGoOverTheConfigurationsWhereTheyAreUsed) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write("wrangler.jsonc", R"({"vars": {"A": "config", "B": "config", "C": "config"}})");
  app.write(".dev.vars", "A=dev\nB=dev\nSECRET=hidden\n");
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  options.vars = {"B=line"};
  options.purpose = DeployOptions::Purpose::kDevelopment;
  auto deployed = deployFolder(client, options);
  ASSERT_TRUE(deployed.ok()) << deployed.failure().message;
  EXPECT_EQ(deployed.value().devVars, ".dev.vars: A, B, SECRET");
  EXPECT_TRUE(deployed.value().notes.empty());
  std::string bindings;
  const json sent = metadataOf(server.request())["bindings"];
  for (auto& binding : sent)
    bindings += binding.value("name", "") + "=" + binding.value("text", "") + " ";
  EXPECT_EQ(bindings, "A=dev B=line C=config SECRET=hidden ");
  EXPECT_THAT(server.request(), Not(HasSubstr(".dev.vars")));

  app.write(".dev.vars", "A\n");
  EXPECT_THAT(deployFolder(client, options).failure().message, StartsWith(".dev.vars:1: "));
}

TEST(DeployTest, DevVarsAreNotDeployedAndTheUserIsTold) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write(".dev.vars", "SECRET=hidden\n");
  OneRequestServer server(accepted());
  AdminClient client(server.path());
  DeployOptions options;
  options.folder = app.path();
  auto deployed = deployFolder(client, options);
  ASSERT_TRUE(deployed.ok()) << deployed.failure().message;
  EXPECT_EQ(deployed.value().devVars, "");
  EXPECT_THAT(deployed.value().notes,
              ElementsAre(StartsWith(".dev.vars is for `nanoctl dev` and not deployed: SECRET. ")));
  EXPECT_THAT(server.request(), Not(HasSubstr("hidden")));
  EXPECT_EQ(metadataOf(server.request())["bindings"], json::array());
}

TEST(DeployTest, InDevelopmentThereAreOnlyTheAppsBeside) {
  AppFolder app;
  app.write("index.js", kApp);
  app.write("wrangler.json", R"({"name": "front", "services": [
      {"binding": "SELF", "service": "front"}, {"binding": "BACK", "service": "back"}]})");
  AdminClient client(app.path() + "/no.sock");
  DeployOptions options;
  options.folder = app.path();
  options.purpose = DeployOptions::Purpose::kDevelopment;
  EXPECT_THAT(deployFolder(client, options).failure().message,
              StartsWith("wrangler.json: the service binding `BACK` leads to the app 'back', which "
                         "this `nanoctl dev` does not run: name its folder"));
  options.beside = {"back"};
  EXPECT_THAT(deployFolder(client, options).failure().message, StartsWith("nanod does not answer"));
  options.beside.clear();
  options.purpose = DeployOptions::Purpose::kServer;
  EXPECT_THAT(deployFolder(client, options).failure().message, StartsWith("nanod does not answer"));
}

TEST(DeployTest, NothingIsSentForAVariableWithoutAName) {
  AppFolder app;
  app.write("index.js", kApp);
  AdminClient client(app.path() + "/no.sock");
  DeployOptions options;
  options.folder = app.path();
  options.vars = {"=x"};
  EXPECT_EQ(deployFolder(client, options).failure().message, "--var must be NAME=VALUE, not '=x'");
}

TEST(DeployTest, SaysThatNanodDoesNotAnswer) {
  AppFolder app;
  app.write("index.js", kApp);
  AdminClient client(app.path() + "/no.sock");
  DeployOptions options;
  options.folder = app.path();
  EXPECT_THAT(deployFolder(client, options).failure().message,
              StartsWith("nanod does not answer on " + app.path() + "/no.sock"));
}

TEST(DeployTest, NamesAFolderThatIsNotThere) {
  AdminClient client("");
  DeployOptions options;
  options.folder = "/nonexistent/app";
  EXPECT_EQ(deployFolder(client, options).failure().message,
            "/nonexistent/app: there is no such folder");
  AppFolder app;
  app.write("index.js", kApp);
  options.folder = app.path() + "/index.js";
  EXPECT_THAT(deployFolder(client, options).failure().message,
              StartsWith(options.folder + " is a file: give the app's folder"));
}

}  // namespace
}  // namespace nano
