#include "supervisor/egress/framing_budget.h"

#include <sys/socket.h>

#include <string>

#include <gtest/gtest.h>

#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

constexpr kj::TimePoint kStart = kj::origin<kj::TimePoint>();
constexpr int64_t kPiece = 64 * kKiB;

TEST(FramingBudgetTest, WhatIsNoBodyIsBounded) {
  FramingBudget budget;
  int64_t read = 1'000'000;
  EXPECT_TRUE(budget.spend(read, 0, kStart)) << "what came before the first look is not known";
  for (int64_t i = 0; i < FramingBudget::kFree / kPiece; i++)
    EXPECT_TRUE(budget.spend(read += kPiece, 0, kStart));
  EXPECT_FALSE(budget.spend(read += 1, 0, kStart));
}

TEST(FramingBudgetTest, ABodyMayComeByteByByte) {
  FramingBudget budget;
  int64_t read = 0;
  for (int64_t body = 0; body < 100'000; body++)
    ASSERT_TRUE(budget.spend(read += 41, body, kStart));
}

TEST(FramingBudgetTest, ALargeBodyEarnsNothingForWhatComesAfterIt) {
  FramingBudget budget;
  budget.spend(0, 0, kStart);
  EXPECT_TRUE(budget.spend(1'000'000'000, 1'000'000'000, kStart));
  EXPECT_FALSE(budget.spend(1'000'000'000 + FramingBudget::kFree + 1, 1'000'000'000, kStart));
}

TEST(FramingBudgetTest, ALittleNowAndThenIsFree) {
  FramingBudget budget;
  kj::TimePoint now = kStart;
  int64_t read = 0;
  for (int i = 0; i < 10'000; i++) {
    now += 500 * kj::MILLISECONDS;
    ASSERT_TRUE(budget.spend(read += FramingBudget::kPerSecond / 2, 0, now));
  }
}

TEST(FramingBudgetTest, AnotherConnectionIsCountedFromItsBegin) {
  FramingBudget budget;
  budget.spend(5, 0, kStart);
  budget.begin();
  EXPECT_TRUE(budget.spend(1'000'000'000, 0, kStart));
  EXPECT_TRUE(budget.spend(1'000'000'005, 0, kStart));
}

TEST(FramingBudgetTest, MoreMayBeFree) {
  FramingBudget budget;
  budget.setFree(FramingBudget::kFreeOfHttp2);
  budget.spend(0, 0, kStart);
  EXPECT_TRUE(budget.spend(FramingBudget::kFreeOfHttp2, 0, kStart));
  EXPECT_FALSE(budget.spend(FramingBudget::kFreeOfHttp2 + 1, 0, kStart));
}

TEST(FramingBudgetTest, CountsWhatWasReadAndNotWhatWaits) {
  std::atomic<bool> over{false};
  Upstream upstream([&over](Peer& peer, int) {
    peer.write(std::string(1000, 'x'));
    while (!over)
      std::this_thread::yield();
  });
  int fd;
  KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  kj::AutoCloseFd client(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(upstream.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  KJ_SYSCALL(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
  char bytes[1000];
  KJ_SYSCALL(recv(fd, bytes, sizeof(bytes), MSG_PEEK | MSG_WAITALL));
  EXPECT_EQ(bytesReadFrom(fd), 0);
  KJ_SYSCALL(recv(fd, bytes, 400, 0));
  EXPECT_EQ(bytesReadFrom(fd), 400);
  EXPECT_EQ(bytesReadFrom(-1), std::nullopt);
  over = true;
}

}  // namespace
}  // namespace nano
