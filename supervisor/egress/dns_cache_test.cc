#include "supervisor/egress/dns_cache.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

class Clock final : public kj::MonotonicClock {
 public:
  kj::TimePoint now() const override { return now_; }
  void advance(kj::Duration by) { now_ += by; }

 private:
  kj::TimePoint now_ = kj::origin<kj::TimePoint>() + 1 * kj::HOURS;
};

Resolution notFound(const std::string& reason) { return NameNotFound{reason}; }

std::string reasonOf(const Resolution* resolution) {
  return resolution == nullptr ? "nothing" : std::get<NameNotFound>(*resolution).reason;
}

class DnsCacheTest : public testing::Test {
 protected:
  Clock clock_;
  DnsCache cache_{3, clock_};
};

TEST_F(DnsCacheTest, ForgetsANameWhenItsTimeIsUp) {
  cache_.put("a", notFound("1"), 5 * kj::SECONDS);
  EXPECT_EQ(reasonOf(cache_.find("a")), "1");
  EXPECT_EQ(cache_.find("b"), nullptr);
  clock_.advance(5 * kj::SECONDS - 1 * kj::NANOSECONDS);
  EXPECT_EQ(reasonOf(cache_.find("a")), "1");
  clock_.advance(1 * kj::NANOSECONDS);
  EXPECT_EQ(cache_.find("a"), nullptr);
  EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(DnsCacheTest, TheLastAnswerAboutANameCounts) {
  cache_.put("a", notFound("1"), 5 * kj::SECONDS);
  cache_.put("a", notFound("2"), 1 * kj::SECONDS);
  EXPECT_EQ(reasonOf(cache_.find("a")), "2");
  EXPECT_EQ(cache_.size(), 1u);
  clock_.advance(1 * kj::SECONDS);
  EXPECT_EQ(cache_.find("a"), nullptr);
}

TEST_F(DnsCacheTest, TheNameThatNobodyAskedForTheLongestMakesRoom) {
  for (const char* name : {"a", "b", "c"})
    cache_.put(name, notFound(name), 5 * kj::SECONDS);
  EXPECT_EQ(reasonOf(cache_.find("a")), "a");
  cache_.put("d", notFound("d"), 5 * kj::SECONDS);
  EXPECT_EQ(cache_.size(), 3u);
  EXPECT_EQ(cache_.find("b"), nullptr);
  for (const char* name : {"a", "c", "d"})
    EXPECT_EQ(reasonOf(cache_.find(name)), name);
}

}  // namespace
}  // namespace nano
