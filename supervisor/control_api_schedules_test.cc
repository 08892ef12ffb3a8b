// Cron triggers over the control API, as wrangler and nanoctl set them.

#include "supervisor/control_api_fixture.h"

namespace nano {
namespace {

using Json = nlohmann::json;

constexpr char kSchedules[] = "/client/v4/accounts/default/workers/scripts/shop/schedules";

class ControlApiSchedulesTest : public ControlApiTest {
 protected:
  std::unique_ptr<FakeExchange> setSchedules(const std::string& body) {
    auto exchange = std::make_unique<FakeExchange>("PUT", kSchedules);
    exchange->setBody("application/json", body);
    api_->handle(*exchange);
    turn();
    return exchange;
  }
  Json crons() { return ask("GET", "/nano/v1/apps")->json()["result"][0]["crons"]; }
};

TEST_F(ControlApiSchedulesTest, SetsAndShowsThemAsCloudflareDoes) {
  put(form(kMetadata));
  EXPECT_EQ(ask("GET", kSchedules)->json()["result"], (Json{{"schedules", Json::array()}}));
  auto answer = setSchedules(R"([{"cron":"*/5 * * * *"},{"cron":"0 0 L * *"}])");
  EXPECT_EQ(answer->status, 200) << answer->text;
  Json schedules = ask("GET", kSchedules)->json()["result"]["schedules"];
  EXPECT_EQ(answer->json()["result"]["schedules"], schedules);
  ASSERT_EQ(schedules.size(), 2U);
  EXPECT_EQ(schedules[0]["cron"], "*/5 * * * *");
  EXPECT_EQ(schedules[1]["created_on"].get<std::string>().back(), 'Z');
  EXPECT_EQ(crons(), (Json{"*/5 * * * *", "0 0 L * *"}));
}

TEST_F(ControlApiSchedulesTest, TheyStayWithTheAppWhateverItsVersion) {
  Json metadata = kMetadata;
  metadata["nano"] = {{"crons", {"1 * * * *"}}};
  put(form(metadata));
  put(form(kMetadata, "export default {}  // another"));
  EXPECT_EQ(crons(), Json{"1 * * * *"});
  metadata["nano"]["crons"] = Json::array();
  put(form(metadata));
  EXPECT_EQ(crons(), Json::array());
}

TEST_F(ControlApiSchedulesTest, TellsOfTriggersThatNothingAnswersTo) {
  server_.startup = Started{.lacksScheduled = true};
  EXPECT_EQ(put(form(kMetadata))->json()["messages"], Json::array());
  Json metadata = kMetadata;
  metadata["nano"] = {{"crons", {"1 * * * *"}}};
  Json messages = put(form(metadata))->json()["messages"];
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0]["message"],
            "the app has cron triggers, and 'index.js' has no scheduled(): each of their events "
            "fails (docs/cron.md)");
  server_.startup = Started{};
  EXPECT_EQ(put(form(metadata))->json()["messages"], Json::array());
}

TEST_F(ControlApiSchedulesTest, RefusesWhatIsNoListOfExpressions) {
  put(form(kMetadata));
  setSchedules(R"([{"cron":"1 * * * *"}])");
  for (const char* body : {"", "{}", R"([{"cron":"61 * * * *"}])", R"(["* * * * *"])"}) {
    auto answer = setSchedules(body);
    EXPECT_EQ(answer->status, 400) << body;
    EXPECT_EQ(answer->error()["code"], 10001);
  }
  EXPECT_EQ(crons(), Json{"1 * * * *"});
  Json metadata = kMetadata;
  metadata["nano"] = {{"crons", {"x"}}};
  EXPECT_NE(
      put(form(metadata))->error()["message"].get<std::string>().find("'nano.crons': the cron"),
      std::string::npos);
}

TEST_F(ControlApiSchedulesTest, AnAppThatIsNotThereHasNone) {
  EXPECT_EQ(ask("GET", kSchedules)->status, 404);
  EXPECT_EQ(setSchedules("[]")->status, 404);
}

}  // namespace
}  // namespace nano
