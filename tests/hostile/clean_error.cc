#include "tests/hostile/clean_error.h"

#include <algorithm>
#include <regex>

namespace nano::test {

namespace {

constexpr size_t kMostBytes = 600;

// What an error body must not look like, and why.
struct Leak {
  const char* pattern;
  const char* what;
};
constexpr Leak kLeaks[] = {
    {R"((^|[\s"'(:=])/[A-Za-z])", "a path"},
    {R"(\.(js|mjs|cc|h|so|snapshot)\b)", "a file"},
    {R"(\b(file|nano|node):[/a-z])", "a module of ours or a file URL"},
    {R"((^|\n)\s+at )", "a line of a stack"},
    {R"(\b(v8|kj|capnp|isolate|signal \d|SIG[A-Z]+|errno|0x[0-9a-f]{6,}))", "the inside of nano"},
};

}  // namespace

std::string outcomeOf(const HttpResponse& response) {
  constexpr std::string_view kMark = "\noutcome: ";
  size_t at = response.body.find(kMark);
  if (at == std::string::npos) return {};
  size_t start = at + kMark.size();
  return response.body.substr(start, response.body.find('\n', start) - start);
}

testing::AssertionResult isCleanError(const HttpResponse& response,
                                      const std::vector<std::string>& secrets) {
  const std::string& body = response.body;
  auto failure = [&response, &body](const std::string& why) {
    return testing::AssertionFailure() << "the error body " << why << ": status " << response.status
                                       << " " << response.error << "\n"
                                       << body;
  };
  if (outcomeOf(response).empty()) return failure("names no outcome");
  if (!std::regex_search(body, std::regex(R"(\nrequest: [0-9a-f]{16}\n)"))) {
    return failure("names no request");
  }
  if (body.size() > kMostBytes) return failure("is long");
  for (unsigned char byte : body) {
    if (byte != '\n' && (byte < 0x20 || byte > 0x7e)) return failure("is not plain text");
  }
  for (auto& leak : kLeaks) {
    if (std::regex_search(body, std::regex(leak.pattern))) {
      return failure(std::string("shows ") + leak.what);
    }
  }
  for (auto& secret : secrets) {
    if (body.find(secret) != std::string::npos) return failure("shows " + secret);
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult endsAs(const HttpResponse& response, const Ending& ending,
                                const std::vector<std::string>& secrets) {
  auto among = [](auto& list, const auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  if (!among(ending.statuses, response.status)) {
    return testing::AssertionFailure()
           << "status " << response.status << " " << response.error << "\n"
           << response.body.substr(0, kMostBytes);
  }
  if (response.status == 200) return testing::AssertionSuccess();
  if (!among(ending.outcomes, outcomeOf(response))) {
    return testing::AssertionFailure() << "outcome '" << outcomeOf(response) << "'\n"
                                       << response.body.substr(0, kMostBytes);
  }
  return isCleanError(response, secrets);
}

}  // namespace nano::test
