#include "supervisor/compatibility/compatibility.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "supervisor/compatibility/flag_table.h"

namespace nano {
namespace {

using Names = std::vector<std::string>;

constexpr char kToday[] = "2026-11-28";

std::string problemOf(std::string_view date, const Names& flags) {
  return compatibilityProblem({date, flags}, kToday).value_or("");
}

std::string notesOf(std::string_view date, const Names& flags) {
  std::string text;
  for (const std::string& note : compatibilityNotes({date, flags}))
    text += note + "\n";
  return text;
}

// Of "... in 17 ways".
size_t waysOf(std::string_view date, const Names& flags) {
  const std::string text = notesOf(date, flags);
  const size_t at = text.find(" in ");
  return at == std::string::npos ? 0 : std::stoul(text.substr(at + 4));
}

bool isOn(const std::string& flag, std::string_view date, const Names& flags = {}) {
  auto on = honouredFlags({date, flags});
  return std::find(on.begin(), on.end(), flag) != on.end();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(CompatibilityTest, TakesDatesThatThereAre) {
  for (const char* date : {"", "2021-01-01", "2024-02-29", "2026-11-28"})
    EXPECT_EQ(problemOf(date, {}), "") << date;
  for (const char* date : {"2025-02-29", "2025-13-01", "2025-00-10", "25-01-01", "2025-1-1",
                           "2025-01-01x", "2025/01/01", "+025-01-01", "2025--1-01", "today"}) {
    EXPECT_TRUE(contains(problemOf(date, {}), "is not a date")) << date;
  }
  EXPECT_TRUE(contains(problemOf("2026-11-29", {}), "is in the future: today is 2026-11-28"));
}

TEST(CompatibilityTest, RefusesFlagsAsWorkersDo) {
  EXPECT_EQ(problemOf("2025-01-01", {"nodejs_compat", "no_global_navigator"}), "");
  EXPECT_TRUE(contains(problemOf("", {"no_such_flag"}), "'no_such_flag'"));
  EXPECT_TRUE(contains(problemOf("", {""}), "there is no compatibility flag"));
  EXPECT_TRUE(contains(problemOf("", {"url_standard", "url_original"}), "contradict each other"));
  EXPECT_TRUE(contains(problemOf("", {"url_standard", "url_standard"}), "is there twice"));
  EXPECT_TRUE(contains(problemOf("", {"experimental"}), "is experimental"));
}

TEST(CompatibilityTest, TellsWhatHasNoEffect) {
  EXPECT_TRUE(contains(notesOf("", {"web_socket_compression"}),
                       "'web_socket_compression' has no effect on nano"));
  EXPECT_TRUE(contains(notesOf("", {"url_original"}), "always behaves as with 'url_standard'"));
  EXPECT_TRUE(contains(notesOf("", {"fetch_iterable_type_support"}),
                       "changes nothing: nano always has a part of 'fetch_iterable"));
  EXPECT_TRUE(contains(notesOf("2026-01-01", {"global_navigator"}), "is the default from 2022"));
  EXPECT_EQ(notesOf("", {"url_standard", "no_global_navigator"}), "");
}

TEST(CompatibilityTest, TellsWhichBehavioursOfBeforeAnOldDateDoesNotGet) {
  const std::string old = notesOf("2021-10-01", {});
  EXPECT_TRUE(contains(old, "nano behaves as Workers of later dates in 4")) << old;
  EXPECT_LT(old.size(), 120U) << "a note is one line";
  const size_t without = waysOf("2024-09-23", {});
  EXPECT_EQ(waysOf("2024-09-23", {"nodejs_compat"}), without - 2);
  EXPECT_EQ(waysOf("2024-09-22", {"nodejs_compat"}), waysOf("2024-09-22", {}) - 1);
  EXPECT_FALSE(contains(notesOf("2026-08-04", {}), "later dates"));
  EXPECT_TRUE(contains(notesOf("2026-08-03", {}), "in nodejs_compat and nodejs_compat_v2 ("));
  EXPECT_EQ(waysOf("2026-04-06", {"web_socket_auto_reply_to_close"}), waysOf("2026-04-06", {}) - 1);
  EXPECT_EQ(notesOf("", {}), "");
  EXPECT_TRUE(contains(notesOf("2026-11-28", {}), "knows what changed in Workers up to"));
}

TEST(CompatibilityTest, ADateSwitchesOnWhatIsHonoured) {
  EXPECT_FALSE(isOn("global_navigator", "2022-03-20"));
  EXPECT_TRUE(isOn("global_navigator", "2022-03-21"));
  EXPECT_TRUE(isOn("global_navigator", "2021-01-01", {"global_navigator"}));
  EXPECT_FALSE(isOn("global_navigator", "2026-01-01", {"no_global_navigator"}));
  EXPECT_FALSE(isOn("upper_case_all_http_methods", "2024-10-13"));
  EXPECT_TRUE(isOn("upper_case_all_http_methods", "2024-10-14"));
}

TEST(CompatibilityTest, WithoutADateAllIsAsNanoHasIt) {
  EXPECT_TRUE(isOn("global_navigator", ""));
  EXPECT_TRUE(isOn("websocket_standard_binary_type", ""));
  EXPECT_FALSE(isOn("upper_case_all_http_methods", ""));
  EXPECT_FALSE(isOn("global_navigator", "", {"no_global_navigator"}));
}

TEST(CompatibilityTest, NodeCompatibilityBringsItsTimersFromADateOn) {
  const std::string timers = "enable_nodejs_global_timers";
  EXPECT_TRUE(isOn(timers, ""));
  EXPECT_FALSE(isOn(timers, "", {"no_nodejs_compat"}));
  EXPECT_TRUE(isOn(timers, "2026-02-10", {"nodejs_compat"}));
  EXPECT_FALSE(isOn(timers, "2026-02-09", {"nodejs_compat"}));
  EXPECT_FALSE(isOn(timers, "2026-02-10", {"nodejs_compat_v2"}));
  EXPECT_FALSE(isOn(timers, "2026-08-03"));
  EXPECT_TRUE(isOn(timers, "2026-08-04"));
  EXPECT_TRUE(isOn(timers, "2026-08-04", {"no_nodejs_compat_v2"}));
  EXPECT_FALSE(isOn(timers, "2026-08-04", {"no_nodejs_compat"}));
  EXPECT_FALSE(isOn(timers, "2026-08-04", {"no_nodejs_global_timers"}));
  EXPECT_TRUE(isOn(timers, "2025-01-01", {"enable_nodejs_global_timers"}));
}

TEST(CompatibilityTest, KnowsEachNameOnce) {
  std::set<std::string_view> names;
  for (const CompatibilityFlag& flag : compatibilityFlagTable()) {
    EXPECT_TRUE(names.insert(flag.enable).second) << flag.enable;
    if (!flag.disable.empty()) {
      EXPECT_TRUE(names.insert(flag.disable).second) << flag.disable;
    }
  }
  EXPECT_GT(names.size(), 300U);
}

TEST(CompatibilityTest, EveryFlagIsInTheDocumentation) {
  std::ifstream file(NANO_DOCS "/compatibility.md");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const char* const words[] = {"as nano does",   "honoured", "honoured",
                               "no effect here", "in part",  "experimental: refused"};
  for (const CompatibilityFlag& flag : compatibilityFlagTable()) {
    std::string line = "\n| `" + std::string(flag.enable) + "` | ";
    if (!flag.disable.empty()) line += "`" + std::string(flag.disable) + "`";
    line += " | " + std::string(flag.date) + " | " + words[static_cast<size_t>(flag.treatment)];
    EXPECT_TRUE(contains(text, line)) << line;
  }
}

}  // namespace
}  // namespace nano
