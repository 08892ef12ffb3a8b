#include "supervisor/egress/small_pieces.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr size_t kOne = 1;

TEST(SmallPiecesTest, SoManyAtOnceAndLargeOnesAlways) {
  SmallPieces pieces;
  auto now = kj::origin<kj::TimePoint>() + 1 * kj::SECONDS;
  for (int i = 0; i < SmallPieces::kAtOnce; i++)
    ASSERT_TRUE(pieces.take(kOne, now)) << i;
  EXPECT_FALSE(pieces.take(kOne, now));
  EXPECT_TRUE(pieces.take(SmallPieces::kSmall, now));
}

TEST(SmallPiecesTest, WhatCurlStillUnpacksCountsBeforeTheNext) {
  SmallPieces pieces;
  auto now = kj::origin<kj::TimePoint>() + 1 * kj::SECONDS;
  while (pieces.take(kOne, now)) {
  }
  now += 50 * kj::MILLISECONDS;
  EXPECT_FALSE(pieces.hasSome(now)) << "2500 of the 2700";
  now += 50 * kj::MILLISECONDS;
  EXPECT_TRUE(pieces.hasSome(now));
}

TEST(SmallPiecesTest, SavesUpNoMoreThanSoMany) {
  SmallPieces pieces;
  auto now = kj::origin<kj::TimePoint>() + 3600 * kj::SECONDS;
  int taken = 0;
  while (pieces.take(kOne, now))
    taken++;
  EXPECT_EQ(taken, SmallPieces::kAtOnce);
}

}  // namespace
}  // namespace nano
