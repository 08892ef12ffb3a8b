#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/harness/dns_server.h"
#include "tests/harness/test_certificates.h"
#include "tests/harness/upstream_server.h"
#include "tests/hostile/invariants.h"

namespace nano::test {

// A hostile case that an upstream makes, or a name server, or an app that goes where it may not.
// Its nanod asks a name server of the suite's and trusts an authority of the suite's.
//
// Tenants u01 to u30, with or without a b behind, may reach 127.0.0.0/8 at ports above 1023, u06
// only 127.0.0.1; u05b refuses names with a private address; u18, u25 and u28 have 1.5 s of wall
// time. All others may go where a tenant may go that the operator says nothing of.
class UpstreamTest : public HostileTest {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  // Names: kUpstream is 127.0.0.1 and has a certificate.
  static DnsServer& dns();
  static const TestAuthority& authority();
  static constexpr char kUpstream[] = "up.test";
  // For servers.
  static const TlsIdentity& identity();

  // An app that fetches what it is told to, in a tenant of its name.
  // A tenant like `name` that the last tests have not used: "u17x3".
  static std::string nextNameOf(const std::string& name);
  void deployFetcher(const std::string& name);

  // What the app's fetch came to: {status, headers, text, size, url}, where the text is the first 4
  // KiB; or what it threw: {error, message}; or, where nanod answered instead of the app, {nanod,
  // outcome}.
  //
  // `request`: `init` of fetch(); `upload`: how many pieces of 64 KiB it sends as a stream; `read`:
  // false leaves the body alone.
  static nlohmann::json fetchBy(const std::string& app, const std::string& url,
                                const nlohmann::json& request = nlohmann::json::object());

  // What fetchBy() gave.
  static testing::AssertionResult isText(const nlohmann::json& fetched, std::string_view text);
  // It threw a TypeError whose message has this part.
  static testing::AssertionResult threw(const nlohmann::json& fetched, std::string_view part = "");
  // The policy refused it.
  static testing::AssertionResult isDenied(const nlohmann::json& fetched);

 private:
  struct Surroundings;
  static std::unique_ptr<Surroundings> surroundings_;
};

}  // namespace nano::test
