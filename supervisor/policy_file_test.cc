#include "supervisor/policy_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/own_endpoints.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

std::string problemOf(const std::string& text) {
  auto parsed = parsePolicy("policy.jsonc", text);
  auto* why = std::get_if<std::string>(&parsed);
  return why == nullptr ? "" : *why;
}

// Hostile case S14.
TEST(PolicyFileTest, NamesFileLineAndKeyOfWhatIsWrong) {
  EXPECT_EQ(problemOf("{\n  // ours\n  \"limits\": {}\n}"),
            "policy.jsonc:3: nanod does not know the key 'limits'; it knows defaults, maxima, "
            "tenants, tenant_defaults, egress");
  EXPECT_EQ(problemOf("{\n\"tenants\": {\n\"acme\": {\n\"heap\": 1}}}"),
            "policy.jsonc:4: tenants.acme: nanod does not know the key 'heap'; it knows defaults, "
            "maxima, apps, isolation, code, clock, codegen, cpu_weight, memory_mb, "
            "requests_in_flight, requests_per_second, egress");
  EXPECT_EQ(problemOf("{\"maxima\": {\n\"heap\": 1}}"),
            "policy.jsonc:2: maxima: nanod does not know the key 'heap'; it knows " + limitKeys());
  EXPECT_EQ(problemOf("{\"tenants\": {\"acme\": {\"apps\": {\"shop\": {\n\"heap\": 1}}}}}"),
            "policy.jsonc:2: tenants.acme.apps.shop: nanod does not know the key 'heap'; it knows "
            "codegen, " +
                limitKeys());
  EXPECT_EQ(problemOf("{\"tenant_defaults\": {\n\"codegen\": \"yes\"}}"),
            "policy.jsonc:2: tenant_defaults.codegen must be true or false");
  EXPECT_EQ(problemOf("{\"defaults\": {\"cpu_ms\": 1},\n\n\"maxima\": {\"heap_mb\": 2000}}"),
            "policy.jsonc:3: maxima.heap_mb must be a whole number from 16 to 1024 (MB)");
  EXPECT_EQ(problemOf("{\n\"defaults\": {,}\n}").substr(0, 26), "policy.jsonc:2: not JSON: ");
  EXPECT_EQ(
      problemOf(
          "{\"tenants\": {\"acme\": {\"egress\": {\"rules\": [\n{\"allow\": {\n\"cidr\": 1}}]}}}}"),
      "policy.jsonc:3: tenants.acme.egress.rules[0].allow.cidr must be a block like "
      "\"10.1.0.0/16\"");
}

TEST(PolicyFileTest, RefusesWrongValues) {
  for (const char* text : {"",
                           "[]",
                           "1",
                           "{\"defaults\": 1}",
                           "{\"defaults\": {\"cpu_ms\": \"1\"}}",
                           "{\"defaults\": {\"cpu_ms\": 0}}",
                           "{\"defaults\": {\"cpu_ms\": -1}}",
                           "{\"defaults\": {\"cpu_ms\": 1.5}}",
                           "{\"defaults\": {\"cpu_ms\": null}}",
                           "{\"defaults\": {\"none\": 1}}",
                           "{\"tenants\": []}",
                           "{\"tenants\": {\"a/b\": {}}}",
                           "{\"tenants\": {\"acme\": 1}}",
                           "{\"tenants\": {\"acme\": {\"apps\": 1}}}",
                           "{\"tenants\": {\"acme\": {\"apps\": {\"..\": {}}}}}",
                           "{\"tenants\": {\"acme\": {\"apps\": {\"shop\": {\"cpu_ms\": 30001}}}}}",
                           "{\"tenants\": {\"acme\": {\"code\": \"fast\"}}}",
                           "{\"tenants\": {\"acme\": {\"clock\": 1}}}",
                           "{\"tenants\": {\"acme\": {\"codegen\": 1}}}",
                           "{\"tenants\": {\"acme\": {\"apps\": {\"shop\": {\"codegen\": null}}}}}",
                           "{\"defaults\": {\"codegen\": true}}",
                           "{\"tenants\": {\"acme\": {\"isolation\": \"none\"}}}",
                           "{\"tenants\": {\"acme\": {\"cpu_weight\": 10001}}}",
                           "{\"tenants\": {\"acme\": {\"memory_mb\": 63}}}",
                           "{\"tenants\": {\"acme\": {\"requests_in_flight\": 0}}}",
                           "{\"tenants\": {\"acme\": {\"requests_per_second\": true}}}",
                           "{\"tenant_defaults\": {\"apps\": {}}}",
                           "{\"egress\": {\"rules\": {}}}",
                           "{\"tenant_defaults\": {\"egress\": \"some\"}}",
                           "{\"tenants\": {\"acme\": {}, \"acme\": {}}}"}) {
    EXPECT_EQ(problemOf(text).substr(0, 13), "policy.jsonc:") << text;
  }
}

TEST(PolicyFileTest, TakesEveryKeyItKnows) {
  EXPECT_EQ(problemOf(R"({
    // The shape that docs/limits.md describes.
    "defaults": {"cpu_ms": 500},
    "maxima": {"heap_mb": 256},
    "tenant_defaults": {"isolation": "app", "egress": "none"},
    "egress": {"rules": [{"deny": {"host": "a.b"}}], "proxy": "none", "dns_private": "refuse"},
    "tenants": {"acme": {"defaults": {"cpu_ms": 2000}, "maxima": {"heap_mb": 512},
        "apps": {"shop": {"cpu_ms": 5000, "codegen": true}}, "isolation": "tenant",
        "code": "jitless", "codegen": false, "clock": "frozen", "cpu_weight": 200, "memory_mb": 512, "requests_in_flight": 200,
        "requests_per_second": 500, "egress": {"rules": [{"allow": {}}]}}}})"),
            "");
  EXPECT_EQ(problemOf("{}"), "");
}

// The first block of code of a page, which is a whole policy file.
TEST(PolicyFileTest, TakesTheExamplesOfTheDocumentation) {
  for (const char* page : {NANO_DOCS "/limits.md", NANO_DOCS "/egress.md"}) {
    std::ifstream file(page);
    std::string line;
    std::string example;
    bool isPolicy = false;
    while (std::getline(file, line)) {
      // What an app says of itself is in one line.
      if (!isPolicy && line != "    {") continue;
      isPolicy = true;
      if (!line.starts_with("    ")) break;
      example += line + "\n";
    }
    EXPECT_NE(example.find("\"egress\""), std::string::npos) << page;
    EXPECT_EQ(problemOf(example), "") << page;
  }
}

class PolicyOnDiskTest : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(path()) << text; }
  std::string path() const { return directory_.below("policy.jsonc"); }
  std::unique_ptr<PolicyFile> open() {
    auto opened = PolicyFile::open(path());
    if (auto* why = std::get_if<std::string>(&opened)) ADD_FAILURE() << *why;
    return std::get<std::unique_ptr<PolicyFile>>(std::move(opened));
  }
  static uint64_t cpuWeight(const PolicyFile& file) {
    return file.policy().settingsOf("acme").cpuWeight;
  }

  TemporaryDirectory directory_;
};

// Hostile case S04.
TEST_F(PolicyOnDiskTest, KeepsThePolicyWhenTheFileIsBroken) {
  write("{\"tenant_defaults\": {\"cpu_weight\": 7}}");
  auto file = open();
  const LimitPolicy& policy = file->policy();
  EXPECT_EQ(cpuWeight(*file), 7u);
  write("{\"tenant_defaults\": {\"cpu_weight\": 8}, oops");
  auto problem = file->reload();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->find(path() + ":1: "), 0u) << *problem;
  EXPECT_EQ(cpuWeight(*file), 7u);
  std::filesystem::remove(path());
  EXPECT_TRUE(file->reload());
  EXPECT_EQ(cpuWeight(*file), 7u);
  write("{\"tenant_defaults\": {\"cpu_weight\": 9}}");
  EXPECT_FALSE(file->reload());
  EXPECT_EQ(policy.settingsOf("acme").cpuWeight, 9u);
}

TEST_F(PolicyOnDiskTest, FollowsALinkToTheFile) {
  std::ofstream(directory_.below("data")) << "{\"tenant_defaults\": {\"cpu_weight\": 5}}";
  std::filesystem::create_symlink(directory_.below("data"), path());
  EXPECT_EQ(cpuWeight(*open()), 5u);
}

// Hostile case S14.
TEST_F(PolicyOnDiskTest, RefusesAFileThatIsMissingOrTooLarge) {
  auto problem = [this] {
    auto opened = PolicyFile::open(path());
    auto* why = std::get_if<std::string>(&opened);
    return why == nullptr ? "" : *why;
  };
  EXPECT_NE(problem().find(path()), std::string::npos);
  write("{}" + std::string(10 << 20, ' '));
  EXPECT_NE(problem().find("more than"), std::string::npos);
  EXPECT_NE(problem().find(path()), std::string::npos);
}

TEST(PolicyFileWithoutPathTest, IsBuiltInAndStaysSo) {
  auto opened = PolicyFile::open("");
  auto& file = std::get<std::unique_ptr<PolicyFile>>(opened);
  EXPECT_EQ(file->policy().settingsOf("acme"), CordonSettings());
  EXPECT_FALSE(file->reload());
  EXPECT_EQ(file->policy().settingsOf("acme"), CordonSettings());
}

// Hostile case U04: what is this server's own is known from the start on, and after a reload.
TEST_F(PolicyOnDiskTest, GivesEveryEgressTheMachinesAddressesAndNanodsPorts) {
  write(R"({"egress": {"rules": [{"allow": {"cidr": "127.0.0.0/8", "ports": "1-65535"}}]}})");
  auto served = std::make_shared<ServedPorts>();
  auto opened = PolicyFile::open(path(), served);
  auto& file = std::get<std::unique_ptr<PolicyFile>>(opened);
  auto rule = [&file](const char* host, uint16_t port) {
    auto to = makeDestination(Destination::Scheme::kHttp, host, port);
    return file->policy().egressOf(AppVersion{})->decide(std::get<Destination>(to)).rule;
  };
  EXPECT_EQ(rule("127.0.0.1", 8787), "operator: egress.rules[0]");
  served->add(8787);
  const char kOwnPort[] = "built-in: nanod's own ports are not reached over the network";
  EXPECT_EQ(rule("127.0.0.1", 8787), kOwnPort);
  EXPECT_FALSE(file->reload());
  EXPECT_EQ(rule("127.0.0.1", 8787), kOwnPort);
  auto addresses = ownAddresses();
  for (const IpAddress& address : std::get<std::vector<IpAddress>>(addresses)) {
    auto facts = file->policy().egressOf(AppVersion{})->factsOf(address);
    bool isHere = facts.kind == AddressClass::kOwn || facts.kind == AddressClass::kLoopback;
    EXPECT_TRUE(isHere) << toString(address);
  }
}

}  // namespace
}  // namespace nano
