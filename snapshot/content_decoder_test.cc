#include "snapshot/content_decoder.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "snapshot/content_codings_test.h"

namespace nano {
namespace {

using State = ContentDecoder::State;

struct Decoded {
  std::string text;
  State state = State::kFine;
  bool mayEnd = false;
};

std::shared_ptr<BufferBudget> budgetOf(size_t bytes) {
  return std::make_shared<BufferBudget>(bytes);
}

// `data` in pieces of `inputBytes` into room of `outputBytes`.
Decoded decodeIn(ContentCoding coding, const std::string& data, size_t inputBytes,
                 size_t outputBytes, size_t budget = 64 << 20) {
  Decoded result;
  auto decoder = ContentDecoder::make(coding, budgetOf(budget));
  if (decoder == nullptr) return {"", State::kNoMemory, false};
  std::vector<std::byte> room(outputBytes);
  size_t at = 0;
  while (result.state == State::kFine) {
    auto input = std::as_bytes(std::span(data).subspan(at, std::min(inputBytes, data.size() - at)));
    const auto step = decoder->decode(input, room);
    at += step.read;
    result.text.append(reinterpret_cast<const char*>(room.data()), step.written);
    result.state = step.state;
    if (step.written < outputBytes && at == data.size()) break;
  }
  result.mayEnd = decoder->mayEnd();
  return result;
}

Decoded decode(ContentCoding coding, const std::string& data) {
  return decodeIn(coding, data, 65536, 65536);
}

// Some that compresses and some that does not, larger than the pieces.
std::string sample() {
  std::string text;
  uint32_t random = 1;
  for (int i = 0; i < 20'000; ++i) {
    random = random * 1664525 + 1013904223;
    text += i % 3 == 0 ? std::to_string(random) : "the same words again ";
  }
  return text;
}

struct Encoded {
  const char* name;
  ContentCoding coding;
  std::string (*encode)(const std::string&);
};

class ContentCodingTest : public testing::TestWithParam<Encoded> {};

TEST_P(ContentCodingTest, GivesBackWhatWasEncoded) {
  const std::string text = sample();
  const Decoded whole = decode(GetParam().coding, GetParam().encode(text));
  EXPECT_EQ(whole.state, State::kFine);
  EXPECT_TRUE(whole.mayEnd);
  EXPECT_TRUE(whole.text == text);
}

TEST_P(ContentCodingTest, WorksByTheByte) {
  const std::string text = sample().substr(0, 5000);
  const Decoded slow = decodeIn(GetParam().coding, GetParam().encode(text), 1, 1);
  EXPECT_TRUE(slow.text == text);
  EXPECT_TRUE(slow.mayEnd);
}

TEST_P(ContentCodingTest, NeedsNoNewInputForOutputThatDidNotFit) {
  const std::string text(300'000, 'a');
  const std::string data = GetParam().encode(text);
  const Decoded result = decodeIn(GetParam().coding, data, data.size(), 1000);
  EXPECT_EQ(result.text.size(), text.size());
}

TEST_P(ContentCodingTest, TellsThatDataEndsTooEarly) {
  const std::string data = GetParam().encode(sample());
  const Decoded cut = decode(GetParam().coding, data.substr(0, data.size() / 2));
  EXPECT_EQ(cut.state, State::kFine);
  EXPECT_FALSE(cut.mayEnd);
}

TEST_P(ContentCodingTest, TakesNoDataForAnEmptyBody) {
  const Decoded none = decode(GetParam().coding, "");
  EXPECT_EQ(none.text, "");
  EXPECT_TRUE(none.mayEnd);
  const Decoded empty = decode(GetParam().coding, GetParam().encode(""));
  EXPECT_EQ(empty.text, "");
  EXPECT_TRUE(empty.mayEnd);
}

TEST_P(ContentCodingTest, RefusesGarbage) {
  EXPECT_EQ(decode(GetParam().coding, std::string(1000, '\xff')).state, State::kBroken);
}

TEST_P(ContentCodingTest, HasItsMemoryOnTheBudget) {
  const std::string data = GetParam().encode(sample());
  EXPECT_EQ(decodeIn(GetParam().coding, data, 65536, 65536, 4096).state, State::kNoMemory);
  auto budget = budgetOf(64 << 20);
  {
    auto decoder = ContentDecoder::make(GetParam().coding, budget);
    std::vector<std::byte> room(1000);
    decoder->decode(std::as_bytes(std::span(data)), room);
    EXPECT_GT(budget->usedBytes(), 4096u);
  }
  EXPECT_EQ(budget->usedBytes(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, ContentCodingTest,
    testing::Values(Encoded{"Gzip", ContentCoding::kGzip, gzipOf},
                    Encoded{"Deflate", ContentCoding::kDeflate,
                            [](const std::string& text) { return zlibOf(text, 15); }},
                    Encoded{"BareDeflate", ContentCoding::kDeflate,
                            [](const std::string& text) { return zlibOf(text, -15); }},
                    Encoded{"Brotli", ContentCoding::kBrotli, brotliOf},
                    Encoded{"Zstd", ContentCoding::kZstd, zstdOf}),
    [](const auto& tested) { return tested.param.name; });

TEST(ContentDecoderTest, DecodesFewBytesThatBecome64Megabytes) {
  const std::string text(64 << 20, 'a');
  for (const auto& [coding, data] : {std::pair(ContentCoding::kGzip, gzipOf(text)),
                                     std::pair(ContentCoding::kBrotli, brotliOf(text)),
                                     std::pair(ContentCoding::kZstd, zstdOf(text))}) {
    ASSERT_GT(text.size() / data.size(), 1000u);
    const Decoded result = decodeIn(coding, data, 16, 65536);
    EXPECT_EQ(result.state, State::kFine);
    EXPECT_TRUE(result.text == text);
    EXPECT_TRUE(result.mayEnd);
  }
}

// What has been made until then went to the reader in pieces of the size that it asked for.
TEST(ContentDecoderTest, StopsAtABombPast64MegabytesWhenItIsAThousandTimesItsSize) {
  const std::string text(80 << 20, 'a');
  for (const auto& [coding, bomb] : {std::pair(ContentCoding::kGzip, gzipOf(text)),
                                     std::pair(ContentCoding::kBrotli, brotliOf(text)),
                                     std::pair(ContentCoding::kZstd, zstdOf(text))}) {
    ASSERT_GT(text.size() / bomb.size(), 1000u);
    const Decoded result = decodeIn(coding, bomb, 16, 65536);
    EXPECT_EQ(result.state, State::kTooDense);
    EXPECT_LE(result.text.size(), (64u << 20) + 65536);
  }
}

TEST(ContentDecoderTest, JoinsTheMembersOfAGzipFile) {
  const std::string data = gzipOf("one ") + gzipOf("") + gzipOf("two");
  EXPECT_EQ(decode(ContentCoding::kGzip, data).text, "one two");
  const Decoded slow = decodeIn(ContentCoding::kGzip, data, 1, 1);
  EXPECT_EQ(slow.text, "one two");
  EXPECT_TRUE(slow.mayEnd);
}

TEST(ContentDecoderTest, JoinsTheFramesOfZstd) {
  EXPECT_EQ(decode(ContentCoding::kZstd, zstdOf("one ") + zstdOf("two")).text, "one two");
}

TEST(ContentDecoderTest, DropsWhatFollowsTheEnd) {
  for (const auto& [coding, data] :
       {std::pair(ContentCoding::kGzip, gzipOf("text") + "tail"),
        std::pair(ContentCoding::kDeflate, zlibOf("text", 15) + "tail"),
        std::pair(ContentCoding::kBrotli, brotliOf("text") + "tail")}) {
    const Decoded result = decodeIn(coding, data, 1, 16);
    EXPECT_EQ(result.text, "text");
    EXPECT_EQ(result.state, State::kFine);
    EXPECT_TRUE(result.mayEnd);
  }
}

TEST(ContentDecoderTest, KnowsTheNamesOfSingleCodings) {
  EXPECT_EQ(contentCodingOf("gzip"), ContentCoding::kGzip);
  EXPECT_EQ(contentCodingOf(" X-GZIP\t"), ContentCoding::kGzip);
  EXPECT_EQ(contentCodingOf("deflate"), ContentCoding::kDeflate);
  EXPECT_EQ(contentCodingOf("Br"), ContentCoding::kBrotli);
  EXPECT_EQ(contentCodingOf("zstd"), ContentCoding::kZstd);
  for (const char* other : {"", " ", "identity", "compress", "gzip, br", "gzip,", "gzip;q=1"}) {
    EXPECT_EQ(contentCodingOf(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace nano
