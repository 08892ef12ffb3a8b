#include "tests/hostile/upstream_world.h"

#include <regex>

namespace nano::test {
namespace {

using Json = nlohmann::json;

constexpr char kFetcher[] = R"(
  const { url, init = {}, upload = 0, read = true, abortAfter = 0 } = await request.json();
  try {
    if (abortAfter > 0) init.signal = AbortSignal.timeout(abortAfter);
    if (upload > 0) {
      let sent = 0;
      init.duplex = 'half';
      init.body = new ReadableStream({
        pull(controller) {
          if (sent++ < upload) controller.enqueue(new Uint8Array(65536).fill(120));
          else controller.close();
        },
      });
    }
    const response = await fetch(url, init);
    const text = read ? await response.text() : '';
    return new Response(JSON.stringify({
      status: response.status,
      headers: [...response.headers],
      text: text.slice(0, 4096),
      size: text.length,
      url: response.url,
    }));
  } catch (error) {
    return new Response(JSON.stringify({ error: String(error?.name), message: String(error?.message) }));
  })";

// Of a case that many tests are of. Each test kills the worker of its tenant at its end, and one
// whose workers die and die has to wait for the next.
constexpr int kNamesOfACase = 60;
std::string nameOf(const std::string& name, int i) { return name + "x" + std::to_string(i); }

Json allowLoopback(const std::string& block) {
  return {{"egress", {{"rules", {{{"allow", {{"cidr", block}, {"ports", "1024-65535"}}}}}}}}};
}

std::map<std::string, Json> tenants() {
  std::map<std::string, Json> all;
  for (int i = 1; i <= 30; i++) {
    std::string name = (i < 10 ? "u0" : "u") + std::to_string(i);
    all[name] = all[name + "b"] = allowLoopback("127.0.0.0/8");
  }
  all["u06"] = allowLoopback("127.0.0.1/32");
  all["u05b"]["egress"]["dns_private"] = "refuse";
  for (const char* name : {"u18", "u25", "u28"})
    all[name]["defaults"]["wall_ms"] = 1500;
  for (int i = 0; i < kNamesOfACase; i++) {
    for (const char* name : {"u16", "u17", "u19", "u24", "u25"})
      all[nameOf(name, i)] = all[name];
  }
  return all;
}

}  // namespace

struct UpstreamTest::Surroundings {
  DnsServer dns;
  TestAuthority authority;
  TlsIdentity identity = authority.issue({kUpstream});
  TestDirectory directory;
};

std::unique_ptr<UpstreamTest::Surroundings> UpstreamTest::surroundings_;

void UpstreamTest::SetUpTestSuite() {
  surroundings_ = std::make_unique<Surroundings>();
  surroundings_->directory.write("authority.pem", authority().pem());
  dns().set(kUpstream, {dnsAddresses({"127.0.0.1"})});
  WorldOptions options;
  options.flags = {"--dns=" + dns().address(),
                   "--egress-ca=" + surroundings_->directory.path() + "/authority.pem"};
  options.tenants = tenants();
  // Connections, TLS and HTTP/2 have been used once before the baseline is taken.
  options.warmUp = [] {
    const std::string name = "u01";
    UpstreamServer plain;
    UpstreamServer secure({.identity = &identity()});
    for (auto* server : {&plain, &secure})
      server->answer("/", "HTTP/1.1 200 OK\r\n", "warm");
    nanod().deploy(name, {{"index.js", moduleOf(kFetcher)}},
                   {"--tenant=" + name, "--host=" + hostOf(name)});
    for (auto* server : {&plain, &secure})
      EXPECT_TRUE(isText(fetchBy(name, server->url(kUpstream)), "warm"));
    removeApp(name);
  };
  startWorld(options);
}

void UpstreamTest::TearDownTestSuite() {
  HostileTest::TearDownTestSuite();
  surroundings_.reset();
}

DnsServer& UpstreamTest::dns() { return surroundings_->dns; }
const TestAuthority& UpstreamTest::authority() { return surroundings_->authority; }
const TlsIdentity& UpstreamTest::identity() { return surroundings_->identity; }

std::string UpstreamTest::nextNameOf(const std::string& name) {
  static int next = 0;
  return nameOf(name, next++ % kNamesOfACase);
}

// These suites deploy faster than nanod starts workers: an app's first requests may be refused.
void UpstreamTest::deployFetcher(const std::string& name) {
  deployHandler(name, kFetcher);
  ASSERT_TRUE(eventually([&name] { return fetchBy(name, "none:").contains("error"); }));
}

Json UpstreamTest::fetchBy(const std::string& app, const std::string& url, const Json& request) {
  Json whole = request;
  whole["url"] = url;
  HttpRequest ask;
  ask.host = hostOf(app);
  ask.method = "POST";
  ask.body = whole.dump();
  HttpResponse response = sendRequest(nanod().port(), ask);
  if (response.status != 200) {
    EXPECT_TRUE(isCleanError(response, secrets()));
    return {{"nanod", response.status}, {"outcome", outcomeOf(response)}};
  }
  return Json::parse(response.body, nullptr, false);
}

testing::AssertionResult UpstreamTest::isText(const Json& fetched, std::string_view text) {
  if (fetched.value("text", "") == text && fetched.contains("status")) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "it came to " << fetched.dump() << ", not to " << text;
}

testing::AssertionResult UpstreamTest::threw(const Json& fetched, std::string_view part) {
  if (fetched.value("error", "") == "TypeError" &&
      fetched.value("message", "").find(part) != std::string::npos) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure()
         << "it came to " << fetched.dump() << ", not to a TypeError with '" << part << "'";
}

testing::AssertionResult UpstreamTest::isDenied(const Json& fetched) {
  std::regex said("may not be reached|no address that may be reached");
  if (std::regex_search(fetched.value("message", ""), said)) return threw(fetched);
  return testing::AssertionFailure() << "it came to " << fetched.dump() << " and was not denied";
}

}  // namespace nano::test
