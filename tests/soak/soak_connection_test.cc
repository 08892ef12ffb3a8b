// A reader that repairs what it reads would hide what nanod does wrong.

#include "tests/soak/soak_connection.h"

#include <gtest/gtest.h>

namespace nano::soak {
namespace {

Received readAll(std::string_view bytes) {
  AnswerReader reader;
  for (char byte : bytes)
    reader.take({&byte, 1});
  return std::move(reader).finish(Ending::kBrokenOff);
}

constexpr char kChunked[] =
    "HTTP/1.1 200 OK\r\nX-App: shop\r\nx-version: 3\r\nx-nonce: 00000000000000ff\r\n"
    "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

TEST(AnswerReaderTest, ReadsChunksAndTheIdentity) {
  auto received = readAll(kChunked);
  EXPECT_EQ(received.ending, Ending::kWhole);
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.appName, "shop");
  EXPECT_EQ(received.version, 3U);
  EXPECT_EQ(received.nonce, 255U);
  EXPECT_EQ(received.body, "abcde");
}

TEST(AnswerReaderTest, EveryShorterPrefixIsBrokenOff) {
  std::string_view whole(kChunked);
  for (size_t size = 0; size < whole.size(); size++) {
    auto received = readAll(whole.substr(0, size));
    EXPECT_EQ(received.ending, Ending::kBrokenOff) << size;
    EXPECT_TRUE(std::string("abcde").starts_with(received.body)) << size;
  }
}

TEST(AnswerReaderTest, ReadsALength) {
  EXPECT_EQ(readAll("HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno").ending, Ending::kWhole);
  EXPECT_EQ(readAll("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").ending, Ending::kWhole);
  EXPECT_EQ(readAll("HTTP/1.1 503 No\r\ncontent-length: 3\r\n\r\nno").ending, Ending::kBrokenOff);
}

TEST(AnswerReaderTest, BytesAfterTheEndAreMalformed) {
  EXPECT_EQ(readAll("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nnoX").ending, Ending::kMalformed);
  EXPECT_EQ(readAll(std::string(kChunked) + "HTTP").ending, Ending::kMalformed);
}

TEST(AnswerReaderTest, NoOrTwoFramingsAreMalformed) {
  EXPECT_EQ(readAll("HTTP/1.1 200 OK\r\nx: y\r\n\r\nabc").ending, Ending::kMalformed);
  EXPECT_EQ(
      readAll("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n").ending,
      Ending::kMalformed);
}

TEST(AnswerReaderTest, AWrongChunkIsMalformed) {
  constexpr char kHead[] = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  EXPECT_EQ(readAll(std::string(kHead) + "x\r\n").ending, Ending::kMalformed);
  EXPECT_EQ(readAll(std::string(kHead) + "2\r\nabX\r\n").ending, Ending::kMalformed);
}

}  // namespace
}  // namespace nano::soak
