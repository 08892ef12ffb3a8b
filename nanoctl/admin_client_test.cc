#include "nanoctl/admin_client.h"

#include <gmock/gmock.h>

#include "nanoctl/one_request_server_fixture.h"

namespace nano {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

TEST(AdminClientTest, GivesTheResultOfTheEnvelope) {
  OneRequestServer server(R"({"success": true, "result": {"requests": 3}})");
  auto answer = AdminClient(server.path()).get("/nano/v1/status");
  ASSERT_TRUE(answer.ok()) << answer.failure().message;
  EXPECT_EQ(answer.value()["requests"], 3);
  EXPECT_THAT(server.request(), StartsWith("GET /nano/v1/status HTTP/1.1\r\n"));
}

TEST(AdminClientTest, TurnsAnErrorIntoItsMessage) {
  OneRequestServer server(R"({"success": false, "errors": [{"message": "there is no app 'x'"}]})",
                          "404 Not Found");
  EXPECT_EQ(AdminClient(server.path()).remove("/x").failure().message, "there is no app 'x'");
  EXPECT_THAT(server.request(), StartsWith("DELETE /x HTTP/1.1\r\n"));
}

TEST(AdminClientTest, ARemovalHandsOnWhatNanodHasToSay) {
  OneRequestServer server(R"({"success": true, "messages": [{"message": "it was bound"}]})");
  EXPECT_THAT(AdminClient(server.path()).remove("/x").value().messages,
              ElementsAre("it was bound"));
}

TEST(AdminClientTest, SaysWhenTheAnswerIsNotJson) {
  OneRequestServer server("<html>", "502 Bad Gateway");
  EXPECT_EQ(AdminClient(server.path()).get("/x").failure().message,
            "nanod answered 502 with something that is not JSON");
}

TEST(AdminClientTest, HandsOutLinesUntilItIsToldToStop) {
  OneRequestServer server("one\ntwo\nthree\n");
  std::vector<std::string> lines;
  auto end = AdminClient(server.path()).lines("/logs", [&lines](std::string_view line) {
    lines.emplace_back(line);
    return lines.size() < 2;
  });
  EXPECT_TRUE(end.ok());
  EXPECT_THAT(lines, ElementsAre("one", "two"));
}

TEST(AdminClientTest, AnErrorInsteadOfLinesIsAFailureAndNoLine) {
  OneRequestServer server("{\"success\": false, \"errors\": [{\"message\": \"no app\"}]}\n",
                          "404 Not Found");
  int lines = 0;
  auto end =
      AdminClient(server.path()).lines("/logs", [&lines](std::string_view) { return ++lines > 0; });
  EXPECT_EQ(end.failure().message, "no app");
  EXPECT_EQ(lines, 0);
}

TEST(AdminClientTest, AStackIsShownWhenItSaysMoreThanThePlace) {
  nlohmann::json error = {{"message", "Error: no"}, {"file", "a.js"}, {"line", 2}, {"column", 1}};
  error["stack"] = "    at a.js:2:1";
  EXPECT_EQ(describeStartFailure(error), "Error: no\n  at a.js:2:1");
  error["stack"] = "    at f (a.js:2:1)\n    at a.js:9:1";
  EXPECT_EQ(describeStartFailure(error),
            "Error: no\n  at a.js:2:1\n\n    at f (a.js:2:1)\n    at a.js:9:1");
}

TEST(AdminClientTest, ANameIsOnePartOfAPathWhateverIsInIt) {
  EXPECT_EQ(pathSegment("my_app-2"), "my_app-2");
  EXPECT_EQ(pathSegment("a b/../?#%"), "a%20b%2F%2E%2E%2F%3F%23%25");
}

}  // namespace
}  // namespace nano
