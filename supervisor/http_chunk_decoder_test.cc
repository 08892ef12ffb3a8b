#include "supervisor/http_chunk_decoder.h"

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

struct Decoded {
  std::string text;
  std::string rest;
  enum class End { kMore, kDone, kBroken } end;
};

Decoded decode(const std::string& coded, size_t pieceBytes) {
  HttpChunkDecoder decoder;
  Decoded result;
  size_t used = 0;
  while (used < coded.size() && !decoder.done() && !decoder.broken()) {
    // In place, as the connection does it.
    std::string piece = coded.substr(used, pieceBytes);
    auto step = decoder.decode(piece, piece);
    result.text += piece.substr(0, step.made);
    used += step.used;
  }
  result.rest = coded.substr(used);
  result.end = decoder.done()     ? Decoded::End::kDone
               : decoder.broken() ? Decoded::End::kBroken
                                  : Decoded::End::kMore;
  return result;
}

TEST(HttpChunkDecoderTest, JoinsChunksHoweverTheyAreCut) {
  std::string coded =
      "5\r\nhello\r\nA;name=\"v\"\r\n0123456789\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\nnext";
  for (size_t piece = 1; piece <= coded.size(); piece++) {
    Decoded decoded = decode(coded, piece);
    EXPECT_EQ(decoded.end, Decoded::End::kDone) << piece;
    EXPECT_EQ(decoded.text, "hello0123456789!");
    EXPECT_EQ(decoded.rest, "next");
  }
}

TEST(HttpChunkDecoderTest, StopsWhereTheOutputIsFull) {
  HttpChunkDecoder decoder;
  std::string coded = "5\r\nhello\r\n0\r\n\r\n";
  char plain[3];
  auto step = decoder.decode(coded, plain);
  EXPECT_EQ(std::string(plain, step.made), "hel");
  EXPECT_EQ(step.used, 6u);
  std::string rest = coded.substr(step.used);
  step = decoder.decode(rest, plain);
  EXPECT_EQ(std::string(plain, step.made), "lo");
  EXPECT_TRUE(decoder.done());
}

TEST(HttpChunkDecoderTest, NeedsTheLastChunk) {
  std::string coded = "5\r\nhello\r\n0\r\n\r\n";
  for (size_t size = 0; size < coded.size(); size++) {
    EXPECT_EQ(decode(coded.substr(0, size), 4).end, Decoded::End::kMore) << size;
  }
}

TEST(HttpChunkDecoderTest, RefusesWhatCanBeReadInTwoWays) {
  using namespace std::string_literals;
  const std::string broken[] = {
      "\r\n",
      "5\nhello\r\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhelloX\r\n",
      "5\r\nhello0\r\n\r\n",
      " 5\r\nhello\r\n",
      "5 \r\nhello\r\n",
      "5\t\r\nhello\r\n",
      "0x5\r\nhello\r\n",
      "+5\r\nhello\r\n",
      "-5\r\nhello\r\n",
      "5_0\r\n",
      "g\r\n",
      "5\r\rhello\r\n",
      "5\rX",
      "ffffffffffffffff\r\n",
      "10000000000000000000005\r\nhello\r\n",
      "5;a\nb\r\nhello\r\n",
      "5;a\rb\r\nhello\r\n",
      "5;a\0b\r\nhello\r\n"s,
      "5;\x7f\r\nhello\r\n",
      "0\r\n folded\r\n\r\n",
      "0\r\nName\r\n\r\n",
      "0\r\nName : v\r\n\r\n",
      "0\r\nName: v\n\r\n",
      "0\r\nName: v\r\n\n",
      "0\r\n\rX",
      "0\n\n",
      "0\r\n\n",
  };
  for (const std::string& coded : broken) {
    EXPECT_EQ(decode(coded, 1).end, Decoded::End::kBroken) << coded;
    EXPECT_EQ(decode(coded, 1000).end, Decoded::End::kBroken) << coded;
  }
}

TEST(HttpChunkDecoderTest, BoundsExtensionsOverAllChunks) {
  std::string coded;
  for (int i = 0; i < 100; i++) {
    coded += "1;" + std::string(100, 'x') + "\r\na\r\n";
  }
  EXPECT_EQ(decode(coded, 1000).end, Decoded::End::kBroken);
  EXPECT_EQ(decode("5;" + std::string(1 << 20, 'x'), 1000).end, Decoded::End::kBroken);
}

TEST(HttpChunkDecoderTest, BoundsTrailers) {
  EXPECT_EQ(decode("0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n", 1000).end,
            Decoded::End::kBroken);
}

}  // namespace
}  // namespace nano
