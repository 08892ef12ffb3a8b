#include "supervisor/cron/cron_trigger.h"

#include <variant>

#include <gtest/gtest.h>

#include "supervisor/cron/cron_cursor.h"
#include "supervisor/cron/schedules_request.h"
#include "supervisor/deployment.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

using Crons = std::vector<std::string>;

TEST(CronTriggerTest, RefusesWhatIsTooManyTwiceOrNoExpression) {
  EXPECT_EQ(cronsProblem(Crons{"* * * * *", "1 * * * *"}), std::nullopt);
  EXPECT_NE(cronsProblem(Crons{"* * * * *", "* * * * *"})->find("twice"), std::string::npos);
  EXPECT_EQ(cronsProblem(Crons{"*/5 * * * mon", " */5\t*  * * MON "}),
            "the cron expression ' */5?*  * * MON ' is there twice, the other time as "
            "'*/5 * * * mon'");
  EXPECT_EQ(cronsProblem(Crons{"1 1 * * *", "11 * * * *"}), std::nullopt);
  EXPECT_NE(cronsProblem(Crons{"* * * * *", "x"})->find("'x'"), std::string::npos);
  EXPECT_NE(cronsProblem(Crons(kMaxCrons + 1, "* * * * *"))->find("250"), std::string::npos);
}

TEST(CronTriggerTest, ATriggerThatStaysKeepsItsTime) {
  auto first = replacedTriggers({}, Crons{"1 * * * *", "2 * * * *"}, 10);
  auto second = replacedTriggers(first, Crons{"2 * * * *", "3 * * * *"}, 20);
  EXPECT_EQ(second, (std::vector<CronTrigger>{{"2 * * * *", 10}, {"3 * * * *", 20}}));
  // With other spaces it is the same; what the app reads is as it is written now.
  auto third = replacedTriggers(second, Crons{"2  *  * * *"}, 30);
  EXPECT_EQ(third, (std::vector<CronTrigger>{{"2  *  * * *", 10}}));
}

TEST(CronTriggerTest, ADeploymentKeepsItsTriggers) {
  Deployment deployment;
  deployment.versionId = "v";
  deployment.triggers = {{"*/5 * * * *", 7}};
  auto read = parseDeployment(deploymentText(deployment));
  ASSERT_TRUE(std::holds_alternative<Deployment>(read));
  EXPECT_EQ(std::get<Deployment>(read).triggers, deployment.triggers);
}

TEST(CronTriggerTest, ADeploymentOfBeforeHasNone) {
  std::string text = R"({"format":1,"version":"v","routes":[],"port":0,"deployedMillis":1,)"
                     R"("previous":[]})";
  EXPECT_TRUE(std::get<Deployment>(parseDeployment(text)).triggers.empty());
  text.insert(1, R"("crons":[{"cron":"99 * * * *","createdMillis":1}],)");
  EXPECT_TRUE(std::holds_alternative<std::string>(parseDeployment(text)));
}

TEST(CronTriggerTest, ReadsWhatWranglerSends) {
  auto read = parseSchedules(R"([{"cron":"*/5 * * * *"},{"cron":"0 0 L * *"}])");
  EXPECT_EQ(std::get<Crons>(read), (Crons{"*/5 * * * *", "0 0 L * *"}));
  EXPECT_EQ(std::get<Crons>(parseSchedules("[]")), Crons{});
  for (const char* bad : {"", "{}", "[1]", "[{}]", R"([{"cron":5}])", R"([{"cron":"* * *"}])"})
    EXPECT_TRUE(std::holds_alternative<std::string>(parseSchedules(bad))) << bad;
}

TEST(CronTriggerTest, TheCursorIsThereAfterARestart) {
  TemporaryDirectory directory;
  RealVfs vfs;
  {
    auto opened = StateDir::open(directory.below("state"), vfs);
    auto state = std::get<std::unique_ptr<StateDir>>(std::move(opened));
    DiskCronCursor cursor(*state);
    EXPECT_EQ(cursor.read(), std::nullopt);
    EXPECT_FALSE(cursor.write(1'000));
    EXPECT_FALSE(cursor.write(2'000));
  }
  auto opened = StateDir::open(directory.below("state"), vfs);
  auto state = std::get<std::unique_ptr<StateDir>>(std::move(opened));
  EXPECT_EQ(DiskCronCursor(*state).read(), 2'000);
}

}  // namespace
}  // namespace nano
