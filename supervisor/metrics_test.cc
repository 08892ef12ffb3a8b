#include "supervisor/metrics.h"

#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace nano {
namespace {

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

std::string textOf(std::vector<const Counters*> counters, const ServerStatus& status = {}) {
  return metricsText({std::move(counters), status, 3});
}

TEST(MetricsTest, AddsTheFrontEndsUp) {
  Counters one;
  Counters two;
  Counters::add(one.requests);
  Counters::add(two.requests);
  Counters::add(two.requests);
  Counters::add(one.failedBy[static_cast<size_t>(rpc::Outcome::EXCEEDED_CPU)]);
  Counters::add(two.breaches[static_cast<size_t>(rpc::Limit::CPU)]);
  Counters::add(one.deathsBy[static_cast<size_t>(EndClass::kSandboxAlarm)]);
  std::string text = textOf({&one, &two});
  EXPECT_TRUE(has(text, "nano_requests_total 3"));
  EXPECT_TRUE(has(text, "nano_failed_total{outcome=\"exceededCpu\"} 1"));
  EXPECT_TRUE(has(text, "nano_limit_breaches_total{limit=\"cpu_ms\"} 1"));
  EXPECT_TRUE(has(text, "nano_worker_deaths_total{class=\"sandbox_alarm\"} 1"));
  EXPECT_TRUE(has(text, "nano_apps 3"));
}

TEST(MetricsTest, ShowsEveryLimitAndDeathFromTheStart) {
  std::string text = textOf({});
  for (const LimitRow& row : limitTable()) {
    EXPECT_TRUE(has(text, "nano_limit_breaches_total{limit=\"" + std::string(row.key) + "\"} 0"));
  }
  for (size_t i = 0; i < Counters::kEndClasses; ++i) {
    auto name = std::string(endClassName(static_cast<EndClass>(i)));
    EXPECT_TRUE(has(text, "nano_worker_deaths_total{class=\"" + name + "\"} 0"));
  }
}

TEST(MetricsTest, TellsOfWorkersAndTheirSandbox) {
  ServerStatus status;
  status.workers.resize(3);
  status.workers[0].cordon = "acme";
  status.workers[0].rssBytes = 5;
  status.workers[1].rssBytes = 6;
  status.weakenedLayers = {"userns"};
  status.cgroups = "v1: \"memory\"";
  std::string text = textOf({}, status);
  EXPECT_TRUE(has(text, "nano_workers{use=\"cordon\"} 1"));
  EXPECT_TRUE(has(text, "nano_workers{use=\"spare\"} 2"));
  EXPECT_TRUE(has(text, "nano_worker_memory_bytes 11"));
  EXPECT_TRUE(has(text, "nano_sandbox_weakened{layer=\"userns\"} 1"));
  EXPECT_TRUE(has(text, "nano_cgroup_info{backend=\"v1: \\\"memory\\\"\"} 1"));
}

// Prometheus' text format: HELP and TYPE once, before the metric's lines, which stand together.
TEST(MetricsTest, IsWellFormed) {
  std::istringstream lines(textOf({}));
  std::set<std::string> seen;
  std::string current;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      current = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(seen.insert(current).second) << current;
      continue;
    }
    if (line.starts_with("# TYPE ")) {
      bool isCounter = current.ends_with("_total");
      EXPECT_EQ(line, "# TYPE " + current + (isCounter ? " counter" : " gauge"));
      continue;
    }
    EXPECT_EQ(line.substr(0, line.find_first_of(" {")), current);
  }
  EXPECT_FALSE(seen.empty());
}

TEST(CountersTest, ANumberThatNoEnumerantHasCountsAsTheFirst) {
  Counters counters;
  Counters::add(counters.failedBy[Counters::kOutcomes + 100]);
  EXPECT_EQ(counters.failedBy[0].load(), 1u);
}

}  // namespace
}  // namespace nano
