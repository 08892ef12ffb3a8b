#include "supervisor/cron/cron_expression.h"

#include <chrono>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

using std::chrono::sys_days;

int64_t minuteOf(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  sys_days date{std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)};
  return (date.time_since_epoch() / std::chrono::minutes(1)) + hour * 60 + minute;
}

CronExpression parsed(std::string_view text) {
  auto result = CronExpression::parse(text);
  if (auto* problem = std::get_if<std::string>(&result)) ADD_FAILURE() << *problem;
  auto* expression = std::get_if<CronExpression>(&result);
  return expression == nullptr ? CronExpression() : *expression;
}

std::string problemOf(std::string_view text) {
  auto result = CronExpression::parse(text);
  auto* problem = std::get_if<std::string>(&result);
  return problem == nullptr ? "none: " + std::string(text) : *problem;
}

// The days of the month on which it is due at midnight.
std::vector<unsigned> daysOf(std::string_view text, int year, unsigned month) {
  CronExpression expression = parsed(text);
  std::vector<unsigned> days;
  auto last = std::chrono::year(year) / std::chrono::month(month) / std::chrono::last;
  for (unsigned day = 1; day <= static_cast<unsigned>(last.day()); ++day) {
    if (expression.isDue(minuteOf(year, month, day))) days.push_back(day);
  }
  return days;
}

std::vector<int> minutesOf(std::string_view text) {
  CronExpression expression = parsed(text);
  std::vector<int> minutes;
  for (int minute = 0; minute < 60; ++minute) {
    if (expression.isDue(minuteOf(2026, 11, 28, 7, minute))) minutes.push_back(minute);
  }
  return minutes;
}

using Days = std::vector<unsigned>;
using Minutes = std::vector<int>;

TEST(CronExpressionTest, ReadsListsRangesAndSteps) {
  EXPECT_EQ(minutesOf("*/20 * * * *"), (Minutes{0, 20, 40}));
  EXPECT_EQ(minutesOf("5,7-9 * * * *"), (Minutes{5, 7, 8, 9}));
  EXPECT_EQ(minutesOf("50/4 * * * *"), (Minutes{50, 54, 58}));
  EXPECT_EQ(minutesOf("10-20/5,59 * * * *"), (Minutes{10, 15, 20, 59}));
  EXPECT_EQ(minutesOf("*/30,1 * * * *"), (Minutes{0, 1, 30}));
  EXPECT_EQ(minutesOf("* * * * *").size(), 60U);
  EXPECT_EQ(minutesOf("0 8 * * *"), Minutes{});
  EXPECT_EQ(minutesOf("  0\t7   * * * "), (Minutes{0}));
}

TEST(CronExpressionTest, GoesOnAtTheBeginningOfTheValues) {
  EXPECT_EQ(minutesOf("58-1 * * * *"), (Minutes{0, 1, 58, 59}));
  EXPECT_EQ(daysOf("0 0 * * FRI-MON", 2026, 11).size(), 18U);
}

TEST(CronExpressionTest, TakesNamesInAnyCase) {
  EXPECT_EQ(daysOf("0 0 * nov *", 2026, 11).size(), 30U);
  EXPECT_EQ(daysOf("0 0 * JAN-mar *", 2026, 11), Days{});
  EXPECT_EQ(daysOf("0 0 * * mon", 2026, 11), (Days{2, 9, 16, 23, 30}));
}

// Cloudflare's numbers, not those of crontab(5).
TEST(CronExpressionTest, CountsWeekdaysFromSundayAsOne) {
  EXPECT_EQ(daysOf("0 0 * * 1", 2026, 11), (Days{1, 8, 15, 22, 29}));
  EXPECT_EQ(daysOf("0 0 * * 7", 2026, 11), (Days{7, 14, 21, 28}));
  EXPECT_EQ(daysOf("0 0 * * 2-6", 2026, 11), daysOf("0 0 * * MON-FRI", 2026, 11));
  EXPECT_EQ(daysOf("0 0 * * L", 2026, 11), (Days{7, 14, 21, 28}));
}

TEST(CronExpressionTest, KnowsTheEndOfTheMonth) {
  EXPECT_EQ(daysOf("0 0 L * *", 2026, 11), (Days{30}));
  EXPECT_EQ(daysOf("0 0 L * *", 2028, 2), (Days{29}));
  EXPECT_EQ(daysOf("0 0 L-3 * *", 2026, 2), (Days{25}));
  EXPECT_EQ(daysOf("0 0 L-30 * *", 2026, 2), Days{});
  EXPECT_EQ(daysOf("0 0 31 * *", 2026, 11), Days{});
  EXPECT_EQ(daysOf("0 0 * * friL", 2026, 11), (Days{27}));
  EXPECT_EQ(daysOf("0 0 * * 6L", 2026, 11), (Days{27}));
}

TEST(CronExpressionTest, FindsTheNearestWorkdayInTheSameMonth) {
  EXPECT_EQ(daysOf("0 0 15W * *", 2026, 11), (Days{16}));  // A Sunday.
  EXPECT_EQ(daysOf("0 0 14W * *", 2026, 11), (Days{13}));  // A Saturday.
  EXPECT_EQ(daysOf("0 0 1W * *", 2026, 8), (Days{3}));     // Saturday the first.
  EXPECT_EQ(daysOf("0 0 31W * *", 2026, 5), (Days{29}));   // Sunday the last.
  EXPECT_EQ(daysOf("0 0 31W * *", 2026, 11), Days{});
  EXPECT_EQ(daysOf("0 0 LW * *", 2026, 10), (Days{30}));  // The 31st is a Saturday.
  EXPECT_EQ(daysOf("0 0 L-1W * *", 2026, 11), (Days{30}));
}

TEST(CronExpressionTest, FindsTheNthWeekday) {
  EXPECT_EQ(daysOf("0 0 * * 3#2", 2026, 11), (Days{10}));
  EXPECT_EQ(daysOf("0 0 * * SUN#5", 2026, 11), (Days{29}));
  EXPECT_EQ(daysOf("0 0 * * WED#5", 2026, 11), Days{});
}

TEST(CronExpressionTest, IsDueOnADayThatFitsEitherDayField) {
  EXPECT_EQ(daysOf("0 0 4 * MON", 2026, 11), (Days{2, 4, 9, 16, 23, 30}));
  EXPECT_EQ(daysOf("0 0 */10 * MON", 2026, 11), (Days{1, 2, 9, 11, 16, 21, 23, 30}));
}

TEST(CronExpressionTest, SaysWhatIsWrongAndWhere) {
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"60 * * * *", "at character 1, in its minutes", "0-59"},
      {"* 24 * * *", "at character 3, in its hours", "0-23"},
      {"* * 0 * *", "at character 5, in its days of the month", "1-31"},
      {"* * * 13 *", "at character 7, in its months", "JAN-DEC"},
      {"* * * * 0", "at character 9, in its weekdays", "1 (Sunday) to 7"},
      {"* * * * 8", "at character 9, in its weekdays", "#"},
      {"* * * *", "in its weekdays: the field is missing", "five fields"},
      {"* * * * * *", "at character 11, in its weekdays: there is more", "five fields"},
      {"", "in its minutes: the field is missing", "0-59"},
      {"*/0 * * * *", "at character 3, in its minutes: a step from 1 to 59", "0-59"},
      {"*/60 * * * *", "at character 3", "0-59"},
      {"5L * * * *", "at character 2", "0-59"},
      {"1,* * * * *", "stands alone", "0-59"},
      {"*5 * * * *", "stands alone", "0-59"},
      {"* * L-31 * *", "at character 7", "1-31"},
      {"* * 1W,2 * *", "at character 7", "1-31"},
      {"* * * * 2#6", "which of the month, a number from 1 to 5", "#"},
      {"* * * * MONDAY", "at character 12", "SUN-SAT"},
      {"1- * * * *", "at character 3", "0-59"},
      {"-1 * * * *", "at character 1", "0-59"},
      {"@daily", "at character 1", "0-59"},
      {"1234567890123 * * * *", "at character 1", "0-59"},
      {std::string(300, '*'), "longer than", ""},
  };
  for (const auto& [text, place, allowed] : cases) {
    std::string problem = problemOf(text);
    EXPECT_NE(problem.find(place), std::string::npos) << problem;
    EXPECT_NE(problem.find(allowed), std::string::npos) << problem;
  }
}

// Whatever a client sends is read or refused.
TEST(CronExpressionTest, SurvivesAnyText) {
  const std::string alphabet = "0159*,-/LW# JANSUN\t@\xff";
  uint32_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int j = 0; j < 14; ++j) {
      state = state * 1664525 + 1013904223;
      text += alphabet[(state >> 16) % alphabet.size()];
    }
    auto result = CronExpression::parse(text);
    if (auto* expression = std::get_if<CronExpression>(&result)) expression->isDue(29'000'000 + i);
  }
}

}  // namespace
}  // namespace nano
