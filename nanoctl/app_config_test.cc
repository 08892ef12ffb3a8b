#include "nanoctl/app_config.h"

#include <gmock/gmock.h>

#include "nanoctl/app_folder_fixture.h"

namespace nano {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

Result<AppConfig> read(const std::string& file, const std::string& text) {
  AppFolder folder;
  folder.write(file, text);
  return readAppConfig(folder.path());
}

std::string failureOf(const std::string& file, const std::string& text) {
  auto config = read(file, text);
  return config.ok() ? "(no failure)" : config.failure().message;
}

TEST(AppConfigTest, AFolderWithoutAFileHasTheDefaults) {
  AppFolder folder;
  auto config = readAppConfig(folder.path()).value();
  EXPECT_EQ(config.file, "");
  EXPECT_EQ(config.name, "");
  EXPECT_EQ(config.main, "");
  EXPECT_FALSE(config.noBundle);
  EXPECT_FALSE(config.port.has_value());
}

TEST(AppConfigTest, ReadsEveryKeyThatItHonours) {
  auto config = read("wrangler.jsonc", R"({
    // a comment, and trailing commas
    "name": "shop",
    "main": "src/index.ts",
    "compatibility_date": "2026-08-04",
    "compatibility_flags": ["one", "two"],
    "no_bundle": true,
    "vars": {"TEXT": "t", "NUMBER": 3, "OBJECT": {"a": [1]}},
    "routes": ["shop.example.com/*", {"pattern": "*.example.com", "zone_name": "example.com"}],
  })")
                    .value();
  EXPECT_EQ(config.file, "wrangler.jsonc");
  EXPECT_EQ(config.name, "shop");
  EXPECT_EQ(config.main, "src/index.ts");
  EXPECT_EQ(config.compatibilityDate, "2026-08-04");
  EXPECT_THAT(config.compatibilityFlags, ElementsAre("one", "two"));
  EXPECT_TRUE(config.noBundle);
  EXPECT_THAT(config.vars,
              ElementsAre(Pair("NUMBER", 3), Pair("OBJECT", nlohmann::json({{"a", {1}}})),
                          Pair("TEXT", "t")));
  EXPECT_THAT(config.routes, ElementsAre("shop.example.com/*", "*.example.com"));
  EXPECT_TRUE(config.ineffective.empty());
}

TEST(AppConfigTest, ReadsTheSameFromToml) {
  auto config = read("wrangler.toml", R"(
name = "shop"
main = "index.js"
compatibility_date = 2026-08-04
no_bundle = false
route = "shop.example.com/api/*"
[vars]
TEXT = "t"
NUMBER = 3
RATIO = 0.5
ON = true
LIST = [1, "two"]
SINCE = 2026-08-04
[vars.OBJECT]
a = "b"
)")
                    .value();
  EXPECT_EQ(config.file, "wrangler.toml");
  EXPECT_EQ(config.name, "shop");
  EXPECT_EQ(config.compatibilityDate, "2026-08-04");
  EXPECT_THAT(config.routes, ElementsAre("shop.example.com/api/*"));
  EXPECT_THAT(config.vars,
              ElementsAre(Pair("LIST", nlohmann::json({1, "two"})), Pair("NUMBER", 3),
                          Pair("OBJECT", nlohmann::json({{"a", "b"}})), Pair("ON", true),
                          Pair("RATIO", 0.5), Pair("SINCE", "2026-08-04"), Pair("TEXT", "t")));
}

TEST(AppConfigTest, ReadsServicesFromBothKindsOfFiles) {
  for (auto& [file, text] : std::vector<std::pair<std::string, std::string>>{
           {"wrangler.jsonc", R"({"services": [{"binding": "OTHER", "service": "other-app"}]})"},
           {"wrangler.toml", "[[services]]\nbinding = 'OTHER'\nservice = 'other-app'\n"}}) {
    auto config = read(file, text).value();
    ASSERT_EQ(config.services.size(), 1U) << file;
    EXPECT_EQ(config.services[0].binding, "OTHER");
    EXPECT_EQ(config.services[0].service, "other-app");
  }
}

TEST(AppConfigTest, ReadsEntrypointAndPropsOfAService) {
  auto config = read("wrangler.json", R"({"services": [
      {"binding": "A", "service": "a", "entrypoint": "Admin", "props": {"role": ["x"]}},
      {"binding": "B", "service": "b"}]})")
                    .value();
  EXPECT_EQ(config.services[0].entrypoint, "Admin");
  EXPECT_EQ(config.services[0].props, nlohmann::json({{"role", {"x"}}}));
  EXPECT_EQ(config.services[1].entrypoint, "");
  EXPECT_TRUE(config.services[1].props.is_null());
}

TEST(AppConfigTest, RefusesWhatAServiceBindingCannotHave) {
  auto failure = [](const std::string& services) {
    return failureOf("wrangler.json", R"({"services": )" + services + "}");
  };
  EXPECT_THAT(failure(R"([{"binding": "A", "service": "a", "entrypoint": 1}])"),
              StartsWith("wrangler.json: `services`: `A` has an `entrypoint` that is no name"));
  EXPECT_THAT(failure(R"([{"binding": "A", "service": "a", "props": "x"}])"),
              StartsWith("wrangler.json: `services`: `A` has `props` that are no object"));
  EXPECT_THAT(failure(R"([{"binding": "A", "service": "a", "cluster": "x"}])"),
              HasSubstr("`cluster`, which nano does not know"));
  for (const char* services :
       {"{}", "[1]", R"([{"binding": "A"}])", R"([{"service": "a"}])",
        R"([{"binding": 1, "service": "a"}])", R"([{"binding": "", "service": "a"}])"}) {
    EXPECT_THAT(failure(services), StartsWith("wrangler.json: `services` must be ")) << services;
  }
}

TEST(AppConfigTest, TakesTheFirstFileInWranglersOrder) {
  AppFolder folder;
  folder.write("wrangler.toml", "name = 'toml'");
  EXPECT_EQ(readAppConfig(folder.path()).value().name, "toml");
  folder.write("wrangler.json", R"({"name": "json"})");
  EXPECT_EQ(readAppConfig(folder.path()).value().name, "json");
  folder.write("wrangler.jsonc", R"({"name": "jsonc"})");
  EXPECT_EQ(readAppConfig(folder.path()).value().name, "jsonc");
}

TEST(AppConfigTest, NamesTheKeyThatItDoesNotKnow) {
  EXPECT_THAT(failureOf("wrangler.json", R"({"kv_namespaces": [{"binding": "KV"}]})"),
              StartsWith("wrangler.json: `kv_namespaces`: nano has no such thing"));
  EXPECT_THAT(failureOf("wrangler.toml", "[durable_objects]\nbindings = [{ name = \"D\" }]"),
              StartsWith("wrangler.toml: `durable_objects`: nano has no such thing"));
  EXPECT_EQ(failureOf("wrangler.json", R"({"nmae": "x"})"),
            "wrangler.json: nano does not know the key `nmae`: is `name` meant?");
  EXPECT_THAT(failureOf("wrangler.json", R"({"colour": "x"})"),
              StartsWith("wrangler.json: nano does not know the key `colour` (remove it); it "
                         "knows name, main, "));
  EXPECT_THAT(failureOf("nano.jsonc", R"({"storage": {}})"),
              StartsWith("nano.jsonc: nano does not know the key `storage`"));
}

TEST(AppConfigTest, SaysWhatToDoInstead) {
  EXPECT_THAT(failureOf("wrangler.json", R"({"assets": {"directory": "public"}})"),
              StartsWith("wrangler.json: `assets`: nano serves no static files; import them"));
  EXPECT_EQ(failureOf("wrangler.json", R"({"codegen": true})"),
            "wrangler.json: `codegen` is nano's own: it belongs into nano.jsonc");
  EXPECT_EQ(failureOf("nano.jsonc", R"({"vars": {}})"),
            "nano.jsonc: `vars` belongs into wrangler.jsonc, .json or .toml");
  EXPECT_THAT(failureOf("wrangler.json", R"({"env": {"production": {"name": "x"}}})"),
              StartsWith("wrangler.json: `env`: nano has no environments"));
  EXPECT_EQ(
      failureOf("wrangler.json", R"({"routes": [{"pattern": "a.test/x", "custom_domain": true}]})"),
      "wrangler.json: `routes`: a.test/x is a custom domain, which is one whole host: leave "
      "out its path and its *");
}

TEST(AppConfigTest, PassesOverKeysThatAskForNothing) {
  auto config = read("wrangler.json", R"({"name": "app", "kv_namespaces": [], "vectorize": null,
    "durable_objects": {"bindings": []}, "queues": {"producers": [], "consumers": []}})");
  EXPECT_EQ(config.value().name, "app");
  EXPECT_TRUE(config.value().ineffective.empty());
}

TEST(AppConfigTest, TellsOfKeysThatHaveNoEffectButNotOfTheSchema) {
  auto config = read("wrangler.json", R"({
    "$schema": "node_modules/wrangler/config-schema.json",
    "account_id": "x", "workers_dev": true, "observability": {"enabled": true}})")
                    .value();
  EXPECT_THAT(config.ineffective, ElementsAre("account_id", "observability", "workers_dev"));
}

TEST(AppConfigTest, RefusesAValueOfTheWrongTypeByTheKeysName) {
  for (const char* text :
       {R"({"name": 1})", R"({"main": []})", R"({"compatibility_date": 20260804})",
        R"({"compatibility_flags": "one"})", R"({"compatibility_flags": [1]})",
        R"({"no_bundle": "yes"})", R"({"vars": ["a"]})", R"({"routes": "a.test"})",
        R"({"routes": [1]})", R"({"route": null})", R"({"route": {"zone_name": "a.test"}})",
        R"({"routes": [{"zone_name": "a.test"}]})"}) {
    auto key = nlohmann::json::parse(text).begin().key();
    EXPECT_THAT(failureOf("wrangler.json", text),
                StartsWith("wrangler.json: `" + key + "` must be "))
        << text;
  }
  EXPECT_THAT(failureOf("wrangler.json", "[]"), HasSubstr("must hold one object"));
}

TEST(AppConfigTest, ReadsThePortFromNanoJsonc) {
  EXPECT_EQ(read("nano.jsonc", "{\"port\": 8788, /* its own */}").value().port, 8788);
  for (const char* port : {"\"8788\"", "0", "-1", "65536", "4294967297", "80.5", "null"}) {
    EXPECT_EQ(failureOf("nano.jsonc", std::string("{\"port\": ") + port + "}"),
              "nano.jsonc: `port` must be a number from 1 to 65535")
        << port;
  }
}

TEST(AppConfigTest, TakesLimitsFromBothFilesAndNanosOwnFirst) {
  AppFolder folder;
  folder.write("wrangler.toml", "[limits]\ncpu_ms = 100\nheap_mb = 64\n");
  folder.write("nano.jsonc", R"({"limits": {"cpu_ms": 200, "wall_ms": 5000}, "isolation": "app"})");
  auto config = readAppConfig(folder.path()).value();
  EXPECT_EQ(config.limits, nlohmann::json({{"cpu_ms", 200}, {"heap_mb", 64}, {"wall_ms", 5000}}));
  EXPECT_EQ(config.isolation, "app");
  EXPECT_EQ(read("wrangler.json", R"({"limits": {"cpu_ms": 7}})").value().limits,
            nlohmann::json({{"cpu_ms", 7}}));
}

TEST(AppConfigTest, TakesEgressFromNanoJsoncAsItIsWritten) {
  EXPECT_EQ(read("nano.jsonc", R"({"egress": "none"})").value().egress, "none");
  auto rules = nlohmann::json::parse(R"({"rules": [{"deny": {"host": "a.b"}}]})");
  EXPECT_EQ(
      read("nano.jsonc", R"({"egress": {"rules": [{"deny": {"host": "a.b"}}]}})").value().egress,
      rules);
  EXPECT_TRUE(read("nano.jsonc", "{}").value().egress.is_null());
  for (const char* value : {"1", "[]", "null", "\"off\"", "true"}) {
    EXPECT_EQ(failureOf("nano.jsonc", std::string(R"({"egress": )") + value + "}"),
              "nano.jsonc: `egress` must be \"none\" or an object with `rules`")
        << value;
  }
}

TEST(AppConfigTest, TakesCodegenFromNanoJsonc) {
  EXPECT_TRUE(read("nano.jsonc", R"({"codegen": true})").value().codegen);
  EXPECT_FALSE(read("nano.jsonc", R"({"codegen": false})").value().codegen);
  EXPECT_FALSE(read("nano.jsonc", "{}").value().codegen);
  EXPECT_EQ(failureOf("nano.jsonc", R"({"codegen": "yes"})"),
            "nano.jsonc: `codegen` must be true or false");
}

TEST(AppConfigTest, RefusesLimitsThatAreNoNumbers) {
  for (const char* file : {"wrangler.json", "nano.jsonc"}) {
    EXPECT_THAT(failureOf(file, R"({"limits": 5})"),
                StartsWith(std::string(file) + ": `limits` must be an object"));
    for (const char* value : {"-1", "1.5", "\"1\"", "null"}) {
      EXPECT_EQ(failureOf(file, std::string(R"({"limits": {"cpu_ms": )") + value + "}}"),
                std::string(file) + ": `limits.cpu_ms` must be a whole number");
    }
  }
  EXPECT_THAT(failureOf("nano.jsonc", R"({"isolation": "none"})"),
              StartsWith("nano.jsonc: `isolation` must be"));
}

TEST(AppConfigTest, SaysInWhichLineASyntaxErrorIs) {
  EXPECT_THAT(failureOf("wrangler.jsonc", "{\n  // a comment\n  \"name\": oops\n}\n"),
              StartsWith("wrangler.jsonc:3: not JSON: "));
  // A string that is not closed ends at the line's end, and that is still its line.
  EXPECT_THAT(failureOf("wrangler.json", "{\n  \"name\": \"shop\n}\n"),
              StartsWith("wrangler.json:2: not JSON: "));
  EXPECT_THAT(failureOf("wrangler.toml", "name = 'a'\nmain = \n"),
              StartsWith("wrangler.toml:2: not TOML: "));
  EXPECT_THAT(failureOf("nano.jsonc", "{\n\n\n]"), StartsWith("nano.jsonc:4: not JSON: "));
}

TEST(AppConfigTest, SaysWhatIsWrongWithoutTheParsersOwnPrefix) {
  EXPECT_THAT(failureOf("wrangler.json", "{\"name\": oops}"),
              testing::Not(HasSubstr("json.exception")));
}

TEST(AppConfigTest, ReadsCronTriggersAndSourceMaps) {
  auto config =
      read("wrangler.toml",
           "upload_source_maps = true\n[triggers]\ncrons = [\"*/5 * * * *\", \"0 0 L * *\"]\n");
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_TRUE(config.value().uploadSourceMaps);
  EXPECT_THAT(config.value().crons.value(), ElementsAre("*/5 * * * *", "0 0 L * *"));
  EXPECT_TRUE(config.value().ineffective.empty());
  EXPECT_TRUE(read("wrangler.json", R"({"triggers": {"crons": []}})").value().crons->empty());
  EXPECT_FALSE(read("wrangler.json", R"({"triggers": {}})").value().crons.has_value());
  EXPECT_THAT(failureOf("wrangler.json", R"({"triggers": {"cron": []}})"), HasSubstr("`cron`"));
  EXPECT_THAT(failureOf("wrangler.json", R"({"triggers": {"crons": "x"}})"),
              HasSubstr("`triggers`"));
  EXPECT_THAT(failureOf("wrangler.json", R"({"triggers": {"crons": [1]}})"),
              HasSubstr("`triggers.crons`"));
}

}  // namespace
}  // namespace nano
