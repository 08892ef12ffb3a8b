// nanod's half of tests/js/url_spellings.js: what becomes of the form that the engine makes of each
// spelling, and that nothing else gets in.

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "supervisor/egress/address_class.h"
#include "supervisor/egress/destination.h"

namespace nano {
namespace {

using nlohmann::json;

const json& spellings() {
  static const json rows = [] {
    std::ifstream file(NANO_URL_SPELLINGS);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    constexpr std::string_view kBefore = "export default ";
    size_t begin = text.find(kBefore) + kBefore.size();
    return json::parse(text.substr(begin, text.rfind(';') - begin), nullptr, true,
                       /*ignore_comments=*/true);
  }();
  return rows;
}

// "refused", "name", or the class of the host.
std::string endOf(const std::variant<Destination, std::string>& parsed) {
  auto* destination = std::get_if<Destination>(&parsed);
  if (destination == nullptr) return "refused";
  auto address = parseIpAddress(destination->host);
  return address ? std::string(className(classify(*address).kind)) : "name";
}

// Hostile cases U01, U02 and U03.
TEST(UrlSpellingTest, TheEnginesFormEndsWhereItShould) {
  ASSERT_GE(spellings().size(), 200u);
  for (const json& row : spellings()) {
    if (row["href"].is_null()) continue;
    auto parsed = parseDestination(row["href"].get<std::string>());
    EXPECT_EQ(endOf(parsed), row["end"]) << row;
    if (auto* destination = std::get_if<Destination>(&parsed)) {
      EXPECT_EQ(destination->host, row["host"]) << row;
    }
  }
}

TEST(UrlSpellingTest, NoOtherSpellingGetsIn) {
  for (const json& row : spellings()) {
    if (row["url"] == row["href"]) continue;
    EXPECT_EQ(endOf(parseDestination(row["url"].get<std::string>())), "refused") << row;
  }
}

TEST(UrlSpellingTest, NoOtherSpellingIsAHostForASocketEither) {
  for (const json& row : spellings()) {
    std::string url = row["url"];
    bool isPlain = url.starts_with("http://") && url.ends_with("/") && row["href"] != row["url"];
    if (!isPlain) continue;
    std::string host = url.substr(7, url.size() - 8);
    // With a port, a user or a path it is no host; IPv6 may come without its brackets here.
    if (host.find_first_of(":/\\?@") != std::string::npos) continue;
    EXPECT_EQ(endOf(makeDestination(Destination::Scheme::kTcp, host, 443)), "refused") << row;
  }
}

}  // namespace
}  // namespace nano
