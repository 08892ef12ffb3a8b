#include "snapshot/compression/coder.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

using State = Coder::State;

std::shared_ptr<BufferBudget> budgetOf(size_t bytes) {
  return std::make_shared<BufferBudget>(bytes);
}

struct Coded {
  std::string text;
  State state = State::kGoesOn;
  size_t read = 0;
};

// `data` in pieces of `inputBytes` into room of `outputBytes`, to the end or to a failure.
Coded code(Coder& coder, const std::string& data, size_t inputBytes, size_t outputBytes,
           bool tellsLast) {
  Coded result;
  std::vector<std::byte> room(outputBytes);
  while (true) {
    const size_t size = std::min(inputBytes, data.size() - result.read);
    const bool isLast = tellsLast && size == 0;
    const auto step =
        coder.step(std::as_bytes(std::span(data)).subspan(result.read, size), room, isLast);
    result.read += step.read;
    result.text.append(reinterpret_cast<const char*>(room.data()), step.written);
    result.state = step.state;
    if (step.state == State::kBroken || step.state == State::kNoMemory) return result;
    const bool stands = step.read == 0 && step.written == 0;
    if (step.state == State::kEnded && (stands || result.read == data.size())) return result;
    if (stands && (!tellsLast || isLast)) return result;
  }
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

class CoderTest : public testing::TestWithParam<CompressionFormat> {
 protected:
  std::string encode(const std::string& text, size_t inputBytes = 65536, size_t room = 65536) {
    const auto encoder = Coder::makeEncoder(GetParam(), budgetOf(64 << 20));
    const Coded coded = code(*encoder, text, inputBytes, room, true);
    EXPECT_EQ(coded.state, State::kEnded);
    EXPECT_EQ(coded.read, text.size());
    return coded.text;
  }
  Coded decode(const std::string& data, size_t inputBytes = 65536, size_t room = 65536) {
    const auto decoder = Coder::makeDecoder(GetParam(), budgetOf(64 << 20));
    return code(*decoder, data, inputBytes, room, false);
  }
};

TEST_P(CoderTest, GivesBackWhatItCompressed) {
  const std::string text = sample();
  const std::string encoded = encode(text);
  EXPECT_LT(encoded.size(), text.size() / 2);
  const Coded decoded = decode(encoded);
  EXPECT_EQ(decoded.state, State::kEnded);
  EXPECT_TRUE(decoded.text == text);
}

TEST_P(CoderTest, WorksByTheByte) {
  const std::string text = sample().substr(0, 5000);
  const Coded decoded = decode(encode(text, 1, 1), 1, 1);
  EXPECT_EQ(decoded.state, State::kEnded);
  EXPECT_TRUE(decoded.text == text);
}

TEST_P(CoderTest, CompressesNothing) {
  const Coded decoded = decode(encode(""));
  EXPECT_EQ(decoded.state, State::kEnded);
  EXPECT_EQ(decoded.text, "");
}

TEST_P(CoderTest, DoesNotEndInTheMiddle) {
  const std::string encoded = encode("some words");
  for (size_t size = 0; size < encoded.size(); ++size)
    EXPECT_EQ(decode(encoded.substr(0, size)).state, State::kGoesOn) << size;
}

TEST_P(CoderTest, DoesNotEndWithWhatIsBehindTheEnd) {
  const std::string encoded = encode("some words");
  const Coded decoded = decode(encoded + std::string(1, '\0'));
  EXPECT_EQ(decoded.text, "some words");
  EXPECT_TRUE(decoded.state != State::kEnded || decoded.read == encoded.size());
}

TEST_P(CoderTest, SaysThatThereIsNoMemory) {
  const std::string text = sample();
  const std::string encoded = encode(text);
  // Each allocation is the one that fails, at one budget or another.
  for (size_t bytes = 1024; bytes < (size_t{8} << 20); bytes += bytes / 3) {
    const auto budget = budgetOf(bytes);
    {
      const auto encoder = Coder::makeEncoder(GetParam(), budget);
      if (encoder != nullptr) {
        const State state = code(*encoder, text, 65536, 65536, true).state;
        EXPECT_TRUE(state == State::kEnded || state == State::kNoMemory) << bytes;
      }
    }
    EXPECT_EQ(budget->usedBytes(), 0);
    {
      const auto decoder = Coder::makeDecoder(GetParam(), budget);
      if (decoder != nullptr) {
        const State state = code(*decoder, encoded, 65536, 65536, false).state;
        EXPECT_TRUE(state == State::kEnded || state == State::kNoMemory) << bytes;
      }
    }
    EXPECT_EQ(budget->usedBytes(), 0);
  }
  EXPECT_EQ(Coder::makeEncoder(GetParam(), budgetOf(16)), nullptr);
  EXPECT_EQ(Coder::makeDecoder(GetParam(), budgetOf(16)), nullptr);
}

TEST_P(CoderTest, DecodesOrRefusesDamagedData) {
  const std::string encoded = encode(sample().substr(0, 3000));
  for (size_t i = 0; i < encoded.size(); ++i) {
    std::string damaged = encoded;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    const Coded decoded = decode(damaged);
    EXPECT_NE(decoded.state, State::kNoMemory) << i;
  }
}

std::string nameOf(const testing::TestParamInfo<CompressionFormat>& info) {
  constexpr const char* kNames[] = {"Deflate", "DeflateRaw", "Gzip", "Brotli", "Zstd"};
  return kNames[static_cast<size_t>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Formats, CoderTest,
                         testing::Values(CompressionFormat::kDeflate,
                                         CompressionFormat::kDeflateRaw, CompressionFormat::kGzip,
                                         CompressionFormat::kBrotli, CompressionFormat::kZstd),
                         nameOf);

TEST(ZlibCoder, TakesOneMemberOfGzipOnly) {
  const auto budget = budgetOf(1 << 20);
  const auto encoder = Coder::makeEncoder(CompressionFormat::kGzip, budget);
  const std::string member = code(*encoder, "text", 64, 64, true).text;
  const auto decoder = Coder::makeDecoder(CompressionFormat::kGzip, budget);
  const Coded decoded = code(*decoder, member + member, 65536, 64, false);
  EXPECT_EQ(decoded.text, "text");
  EXPECT_EQ(decoded.state, State::kEnded);
  EXPECT_EQ(decoded.read, member.size());
}

// A decoder is to get all of it before the end.
TEST_P(CoderTest, WritesOutWhatItHasReadWhenItIsToldTo) {
  const auto encoder = Coder::makeEncoder(GetParam(), budgetOf(64 << 20));
  const auto decoder = Coder::makeDecoder(GetParam(), budgetOf(64 << 20));
  encoder->setFlushing(true);
  for (const std::string text : {"first", "", "second"}) {
    const Coded packed = code(*encoder, text, 3, 1000, false);
    EXPECT_EQ(packed.state, State::kGoesOn);
    EXPECT_EQ(code(*decoder, packed.text, 1000, 1000, false).text, text);
  }
}

TEST_P(CoderTest, CompressesAsWellAsItIsTold) {
  std::string text;
  uint64_t state = 1;
  for (int i = 0; i < 30000; ++i) {
    state = state * 48271 % 0x7fffffff;
    text += std::to_string(state % 300 * (state % 300)) + " ";
  }
  const auto sizeAt = [&text](std::optional<int> level) {
    const auto encoder = Coder::makeEncoder(GetParam(), budgetOf(256 << 20), level);
    return code(*encoder, text, 1 << 16, 1 << 16, true).text.size();
  };
  EXPECT_LT(sizeAt(9), sizeAt(GetParam() == CompressionFormat::kZstd ? -7 : 1));
  // What the library does not have is brought within its scale.
  EXPECT_EQ(sizeAt(1000), sizeAt(GetParam() == CompressionFormat::kZstd ? 12 : 9));
  EXPECT_GT(sizeAt(-1000), 0);
}

}  // namespace
}  // namespace nano
