#include "supervisor/deploy_request.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "supervisor/egress/egress_settings.h"

namespace nano {
namespace {

using Json = nlohmann::json;

constexpr char kEsModule[] = "application/javascript+module";

FormPart module(const std::string& path, const std::string& type = kEsModule,
                std::string_view body = "x") {
  return {path, path, type, body};
}

std::variant<DeployRequest, std::string> parse(const std::string& metadata,
                                               std::vector<FormPart> modules) {
  modules.push_back({"metadata", "", "application/json", metadata});
  return parseDeployRequest("acme", "shop", modules);
}

// What is said about this metadata with one good module; "" when it is accepted.
std::string problem(const std::string& metadata, std::vector<FormPart> modules) {
  auto result = parse(metadata, std::move(modules));
  auto* text = std::get_if<std::string>(&result);
  return text == nullptr ? "" : *text;
}
std::string problem(const Json& more) {
  Json metadata = {{"main_module", "index.js"}};
  metadata.update(more);
  return problem(metadata.dump(), {module("index.js")});
}
DeployRequest accepted(const Json& more) {
  Json metadata = {{"main_module", "index.js"}};
  metadata.update(more);
  std::string text = metadata.dump();
  auto result = parse(text, {module("index.js")});
  if (auto* why = std::get_if<std::string>(&result)) ADD_FAILURE() << *why;
  return std::get<DeployRequest>(result);
}

TEST(DeployRequestTest, TakesModulesByTheirContentType) {
  auto result = parse(
      R"({"main_module":"src/index.js"})",
      {module("src/index.js"), module("a.json", "application/json"),
       module("a.txt", "text/plain; charset=utf-8"), module("a.bin", "application/octet-stream"),
       module("a.wasm", "Application/Wasm", "bytes")});
  auto& request = std::get<DeployRequest>(result);
  const AppVersion& version = request.upload.version;
  EXPECT_EQ(version.tenant, "acme");
  EXPECT_EQ(version.app, "shop");
  EXPECT_EQ(version.isolation, Isolation::kTenant);
  EXPECT_EQ(version.mainModule, "src/index.js");
  ASSERT_EQ(version.modules.size(), 5u);
  EXPECT_EQ(version.modules[0].kind, ModuleKind::kEsModule);
  EXPECT_EQ(version.modules[1].kind, ModuleKind::kJson);
  EXPECT_EQ(version.modules[2].kind, ModuleKind::kText);
  EXPECT_EQ(version.modules[3].kind, ModuleKind::kData);
  EXPECT_EQ(version.modules[4].kind, ModuleKind::kWasm);
  EXPECT_EQ(request.upload.contents[4], "bytes");
  EXPECT_FALSE(request.routes);
  EXPECT_FALSE(request.port);
}

TEST(DeployRequestTest, TakesBindings) {
  auto request = accepted({{"bindings",
                            {{{"name", "A"}, {"type", "plain_text"}, {"text", "a"}},
                             {{"name", "B"}, {"type", "json"}, {"json", {{"x", 1}}}},
                             {{"name", "C"}, {"type", "secret_text"}, {"text", "c"}}}}});
  const auto& env = request.upload.version.env;
  ASSERT_EQ(env.size(), 3u);
  EXPECT_EQ(env[0].value, "a");
  EXPECT_FALSE(env[0].secret);
  EXPECT_EQ(env[1].value, R"({"x":1})");
  EXPECT_EQ(env[1].kind, AppBinding::Kind::kJson);
  EXPECT_TRUE(env[2].secret);
}

TEST(DeployRequestTest, TakesServiceBindings) {
  Json service = {{"name", "OTHER"}, {"type", "service"}, {"service", "other-app"}};
  const auto& env = accepted({{"bindings", {service}}}).upload.version.env;
  ASSERT_EQ(env.size(), 1u);
  EXPECT_EQ(env[0].name, "OTHER");
  EXPECT_EQ(env[0].kind, AppBinding::Kind::kService);
  EXPECT_EQ(env[0].value, "other-app");
  EXPECT_FALSE(env[0].secret);
  EXPECT_EQ(env[0].entrypoint + env[0].props, "");
}

TEST(DeployRequestTest, TakesEntrypointAndPropsOfAService) {
  Json service = {{"name", "OTHER"},
                  {"type", "service"},
                  {"service", "other-app"},
                  {"entrypoint", "Admin"},
                  {"props", {{"role", "x"}}}};
  EXPECT_EQ(accepted({{"bindings", {service}}}).upload.version.env[0].entrypoint, "Admin");
  auto props = Json::parse(accepted({{"bindings", {service}}}).upload.version.env[0].props);
  EXPECT_EQ(props, Json({{"role", "x"}}));
  service["entrypoint"] = "default";
  EXPECT_EQ(accepted({{"bindings", {service}}}).upload.version.env[0].entrypoint, "");
}

TEST(DeployRequestTest, RefusesServicesItCannotLeadTo) {
  auto problemWith = [](const Json& members) {
    Json service = {{"name", "OTHER"}, {"type", "service"}, {"service", "other-app"}};
    service.update(members);
    return problem({{"bindings", {service}}});
  };
  for (const Json& entrypoint : {Json(""), Json("a b"), Json("__proto__"), Json(1), Json()}) {
    EXPECT_NE(problemWith({{"entrypoint", entrypoint}}).find("'entrypoint' is no name"),
              std::string::npos)
        << entrypoint;
  }
  for (const Json& props : {Json("text"), Json(Json::array()), Json()})
    EXPECT_NE(problemWith({{"props", props}}).find("'props' is not an object"), std::string::npos);
  EXPECT_NE(problemWith({{"props", {{"a", std::string(6000, '-')}}}}).find("bytes, more than 5120"),
            std::string::npos);
  EXPECT_NE(problemWith({{"environment", "x"}}).find("'environment'"), std::string::npos);
  for (const Json& service : {Json(1), Json(""), Json("../up"), Json("UPPER"), Json()})
    EXPECT_NE(problemWith({{"service", service}}).find("'service'"), std::string::npos) << service;
}

TEST(DeployRequestTest, TakesRoutesPortIsolationAndLimits) {
  auto request = accepted(
      {{"compatibility_date", "2025-11-22"},
       {"compatibility_flags", {"nodejs_compat", "url_original"}},
       {"keep_bindings", {"secret_text", "secret_key"}},
       {"limits", {{"cpu_ms", 50}}},
       {"nano",
        {{"hosts", {"a.test/*", "a.test", {{"pattern", "b.test"}, {"custom_domain", true}}}},
         {"port", 9000},
         {"isolation", "app"},
         {"codegen", true}}}});
  ASSERT_TRUE(request.routes);
  EXPECT_EQ(request.routes->size(), 2u);
  EXPECT_EQ(request.port, 9000);
  EXPECT_TRUE(request.keepsSecrets);
  EXPECT_EQ(request.upload.version.isolation, Isolation::kApp);
  EXPECT_TRUE(request.upload.version.requestedCodegen);
  EXPECT_FALSE(accepted(Json::object()).upload.version.requestedCodegen);
  EXPECT_EQ(request.upload.version.requested, (LimitValues{{rpc::Limit::CPU, 50}}));
  EXPECT_EQ(request.upload.version.compatibilityDate, "2025-11-22");
  ASSERT_FALSE(request.notes.empty());
  EXPECT_NE(request.notes[0].find("url_original"), std::string::npos);
}

TEST(DeployRequestTest, TakesEveryLimitOfTheTable) {
  Json limits = Json::object();
  for (const LimitRow& row : limitTable())
    limits[std::string(row.key)] = row.least;
  auto requested = accepted({{"limits", limits}}).upload.version.requested;
  EXPECT_EQ(requested.size(), limitTable().size());
  for (const LimitRow& row : limitTable())
    EXPECT_EQ(requested[row.limit], row.least);
  std::string unknown = problem({{"limits", {{"memory", 1}}}});
  EXPECT_NE(unknown.find("'limits.memory'"), std::string::npos);
  EXPECT_NE(unknown.find(limitKeys()), std::string::npos);
}

TEST(DeployRequestTest, RefusesWhatItDoesNotSupportByItsName) {
  EXPECT_NE(problem({{"placement", {{"mode", "smart"}}}}).find("'placement'"), std::string::npos);
  EXPECT_NE(problem({{"nano", {{"storage", 1}}}}).find("'storage'"), std::string::npos);
  EXPECT_NE(problem({{"limits", {{"memory_mb", 1}}}}).find("'limits.memory_mb'"),
            std::string::npos);
  Json kv = {{"name", "STORE"}, {"type", "kv_namespace"}, {"namespace_id", "1"}};
  std::string text = problem({{"bindings", {kv}}});
  EXPECT_NE(text.find("'STORE'"), std::string::npos);
  EXPECT_NE(text.find("'kv_namespace'"), std::string::npos);
  EXPECT_NE(problem({{"keep_bindings", {"kv_namespace"}}}), "");
  Json extra = {{"name", "A"}, {"type", "plain_text"}, {"text", "a"}, {"json", 1}};
  EXPECT_NE(problem({{"bindings", {extra}}}).find("'json'"), std::string::npos);
  EXPECT_NE(problem(R"({"main_module":"index.js"})",
                    {module("index.js"), module("index.py", "text/x-python")})
                .find("'index.py'"),
            std::string::npos);
  EXPECT_NE(problem(R"({"main_module":"index.js"})", {module("index.js", "text/javascript")}), "");
}

TEST(DeployRequestTest, RefusesWrongValues) {
  for (const Json& more : std::vector<Json>{
           {{"main_module", 1}},
           {{"main_module", "other.js"}},
           {{"bindings", 1}},
           {{"bindings", {1}}},
           {{"bindings", {{{"name", "A"}}}}},
           {{"bindings", {{{"name", "a-b"}, {"type", "plain_text"}, {"text", ""}}}}},
           {{"bindings", {{{"name", "__proto__"}, {"type", "plain_text"}, {"text", ""}}}}},
           {{"bindings", {{{"name", "A"}, {"type", "plain_text"}, {"text", 1}}}}},
           {{"bindings", {{{"name", "A"}, {"type", "json"}}}}},
           {{"compatibility_date", "today"}},
           {{"compatibility_date", "2999-01-01"}},
           {{"compatibility_flags", {"no_such_flag"}}},
           {{"compatibility_date", 20251122}},
           {{"compatibility_flags", "x"}},
           {{"compatibility_flags", {1}}},
           {{"limits", 1}},
           {{"limits", {{"cpu_ms", 0}}}},
           {{"limits", {{"cpu_ms", 30001}}}},
           {{"limits", {{"cpu_ms", "50"}}}},
           {{"limits", {{"heap_mb", 15}}}},
           {{"nano", 1}},
           {{"nano", {{"port", 65536}}}},
           {{"nano", {{"port", -1}}}},
           {{"nano", {{"port", "80"}}}},
           {{"nano", {{"isolation", "none"}}}},
           {{"nano", {{"codegen", "yes"}}}},
           {{"nano", {{"hosts", "a.test"}}}},
           {{"nano", {{"hosts", {1}}}}},
           {{"nano", {{"hosts", {"a test"}}}}},
           {{"nano", {{"hosts", {{{"pattern", "a.test/x"}, {"custom_domain", true}}}}}}},
           {{"nano", {{"hosts", std::vector<std::string>(101, "a.test")}}}}}) {
    EXPECT_NE(problem(more), "") << more;
  }
  for (const char* metadata : {"", "[]", "1", "{", "{}", "null"}) {
    EXPECT_NE(problem(std::string(metadata), {module("index.js")}), "") << metadata;
  }
}

TEST(DeployRequestTest, TakesTheEgressThatTheAppAllowsItself) {
  EXPECT_EQ(accepted(Json::object()).upload.version.requestedEgress, nullptr);
  auto none = accepted({{"nano", {{"egress", "none"}}}});
  EXPECT_TRUE(none.upload.version.requestedEgress->isNone);
  Json rules = Json::parse(R"({"rules": [{"allow": {"host": "a.b"}}, {"deny": {}}]})");
  auto some = accepted({{"nano", {{"egress", rules}}}});
  EXPECT_EQ(some.upload.version.requestedEgress->rules.size(), 2u);
  rules["rules"][0]["allow"]["host"] = "a b";
  EXPECT_EQ(problem({{"nano", {{"egress", rules}}}})
                .find("metadata: nano.egress.rules[0].allow.host: 'a b' has a byte other than"),
            0u);
  EXPECT_EQ(problem({{"nano", {{"egress", {{"proxy", "http://p:1"}}}}}}),
            "metadata: nano.egress: nanod does not know the key 'proxy'; it knows rules");
}

TEST(DeployRequestTest, RefusesFormsThatAreNoApp) {
  const std::string metadata = R"({"main_module":"index.js"})";
  EXPECT_NE(problem(metadata, {}), "");
  EXPECT_NE(problem(metadata, {module("index.js"), module("index.js")}), "");
  EXPECT_NE(problem(metadata, {module("index.js"), module("a"), module("a/b")}), "");
  EXPECT_NE(problem(metadata, {module("index.js"), module("../a.js")}), "");
  EXPECT_NE(problem(metadata, {module("index.js", "text/plain")}), "");
  EXPECT_NE(problem(metadata, {module("index.js"), {"metadata", "", "", "{}"}}), "");
  std::vector<FormPart> noMetadata{module("index.js")};
  EXPECT_TRUE(std::holds_alternative<std::string>(parseDeployRequest("t", "a", noMetadata)));
}

TEST(DeployRequestTest, HoldsAnAppToItsLimits) {
  const std::string metadata = R"({"main_module":"index.js"})";
  std::string large(kMaxBundleBytes, 'x');
  EXPECT_EQ(problem(metadata, {module("index.js", kEsModule, ""),
                               module("a.bin", "application/octet-stream", large)}),
            "");
  EXPECT_NE(problem(metadata, {module("index.js", kEsModule, "x"),
                               module("a.bin", "application/octet-stream", large)}),
            "");
  // Hostile case D05.
  std::vector<FormPart> many{module("index.js")};
  for (size_t i = 1; i < kMaxBundleFiles; ++i)
    many.push_back(module(std::to_string(i)));
  EXPECT_EQ(problem(metadata, many), "");
  many.push_back(module("one-more"));
  EXPECT_NE(problem(metadata, many), "");
  Json bindings = Json::array();
  for (size_t i = 0; i < kMaxBindings; ++i) {
    bindings.push_back({{"name", "A" + std::to_string(i)}, {"type", "plain_text"}, {"text", ""}});
  }
  EXPECT_EQ(problem({{"bindings", bindings}}), "");
  bindings.push_back({{"name", "B"}, {"type", "plain_text"}, {"text", ""}});
  EXPECT_NE(problem({{"bindings", bindings}}), "");
  Json big = {
      {"name", "A"}, {"type", "plain_text"}, {"text", std::string(kMaxBindingBytes + 1, 'x')}};
  EXPECT_NE(problem({{"bindings", {big}}}), "");
  EXPECT_NE(problem({{"bindings",
                      {{{"name", "A"}, {"type", "plain_text"}, {"text", ""}},
                       {{"name", "A"}, {"type", "plain_text"}, {"text", ""}}}}}),
            "");
}

TEST(DeployRequestTest, TakesAClassicScriptAsBodyPart) {
  auto parsed =
      parse(R"({"body_part":"worker.js"})", {module("worker.js", "application/javascript"),
                                             module("worker.js.map", "application/source-map")});
  ASSERT_TRUE(std::holds_alternative<DeployRequest>(parsed)) << std::get<std::string>(parsed);
  const AppVersion& version = std::get<DeployRequest>(parsed).upload.version;
  EXPECT_EQ(version.mainModule, "worker.js");
  EXPECT_EQ(version.modules[0].kind, ModuleKind::kScript);
  EXPECT_EQ(version.modules[1].kind, ModuleKind::kSourceMap);
}

TEST(DeployRequestTest, RefusesAScriptThatIsNotTheMainModule) {
  for (const char* metadata : {R"({"main_module":"index.js"})", R"({})",
                               R"({"main_module":"index.js","body_part":"other.js"})"}) {
    EXPECT_NE(problem(metadata, {module("index.js"), module("other.js", "application/javascript")}),
              "")
        << metadata;
  }
}

}  // namespace
}  // namespace nano
