#include "protocol/message_frame.h"

#include <cstring>
#include <vector>

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

namespace nano {
namespace {

using State = FrameScan::State;

FrameScan scan(std::vector<uint32_t> table, size_t bytes, size_t maxWords = 1000) {
  table.resize(std::max(table.size(), (bytes + 3) / 4));
  return scanFrame(kj::arrayPtr(reinterpret_cast<const kj::byte*>(table.data()), bytes), maxWords);
}

TEST(MessageFrameTest, WritesWhatCapnpWrites) {
  capnp::MallocMessageBuilder message(8, capnp::AllocationStrategy::FIXED_SIZE);
  auto list = message.initRoot<capnp::AnyPointer>().initAs<capnp::List<capnp::Text>>(6);
  for (auto i : kj::indices(list))
    list.set(i, "enough for a segment of its own");
  auto segments = message.getSegmentsForOutput();
  ASSERT_GT(segments.size(), 3u);
  auto expected = capnp::messageToFlatArray(segments);
  std::vector<kj::byte> written(frameWords(segments) * sizeof(capnp::word), 0xff);
  writeFrame(segments, written.data());
  ASSERT_EQ(written.size(), expected.asBytes().size());
  EXPECT_EQ(memcmp(written.data(), expected.asBytes().begin(), written.size()), 0);
}

TEST(MessageFrameTest, WaitsForAWholeTable) {
  EXPECT_EQ(scan({0, 2}, 0).state, State::kIncomplete);
  EXPECT_EQ(scan({0, 2}, 3).state, State::kIncomplete);
  EXPECT_EQ(scan({0, 2}, 7).state, State::kIncomplete);
  EXPECT_EQ(scan({0, 2}, 7).words, 0u);
}

TEST(MessageFrameTest, KnowsTheSizeOnceTheTableIsThere) {
  EXPECT_EQ(scan({0, 2}, 8).state, State::kIncomplete);
  EXPECT_EQ(scan({0, 2}, 8).words, 3u);
  EXPECT_EQ(scan({0, 2}, 23).state, State::kIncomplete);
  EXPECT_EQ(scan({0, 2}, 24).state, State::kComplete);
}

TEST(MessageFrameTest, RefusesTooManySegmentsFromTheFirstFourBytes) {
  EXPECT_EQ(scan({63}, 4).state, State::kIncomplete);
  EXPECT_EQ(scan({64}, 4).state, State::kTooManySegments);
  EXPECT_EQ(scan({0xffffffff}, 4).state, State::kTooManySegments);
}

TEST(MessageFrameTest, RefusesSizesWhoseSumIsTooLarge) {
  EXPECT_EQ(scan({0, 999}, 8).state, State::kIncomplete);
  EXPECT_EQ(scan({0, 1000}, 8).state, State::kTooLarge);
  EXPECT_EQ(scan({0, 0xffffffff}, 8).state, State::kTooLarge);
  // Would be 2 words if the sum were taken in 32 bits.
  EXPECT_EQ(scan({2, 0x80000000, 0x80000000, 0}, 16).state, State::kTooLarge);
}

}  // namespace
}  // namespace nano
