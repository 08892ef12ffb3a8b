#include "snapshot/crypto/scrypt.h"

#include <array>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/crypto/library.h"

namespace nano {
namespace {

std::span<const std::byte> bytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string hexOf(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += kDigits[std::to_integer<int>(byte) >> 4];
    text += kDigits[std::to_integer<int>(byte) & 15];
  }
  return text;
}

class ScryptTest : public testing::Test {
 protected:
  ScryptTest() { prepareCrypto(); }

  std::string run(const std::string& password, const std::string& salt, uint32_t cost,
                  uint32_t blockSize, uint32_t parallel) {
    std::array<std::byte, 16> out{};
    const ScryptWork work{bytesOf(password), bytesOf(salt), cost, blockSize, parallel};
    return scrypt(host_, work, budget_, out) ? hexOf(out) : "failed";
  }

  CryptoTestHost host_;
  std::shared_ptr<BufferBudget> budget_ =
      std::make_shared<BufferBudget>(std::numeric_limits<size_t>::max());
};

// RFC 7914, section 12.
TEST_F(ScryptTest, GivesWhatTheStandardHas) {
  EXPECT_EQ(run("", "", 16, 1, 1), "77d6576238657b203b19ca42c18a0497");
  EXPECT_EQ(run("password", "NaCl", 1024, 8, 16), "fdbabe1c9d3472007856e7190d01e9fe");
  EXPECT_EQ(run("pleaseletmein", "SodiumChloride", 16384, 8, 1),
            "7023bdcb3afd7348461c06cd81fd38eb");
}

TEST_F(ScryptTest, StopsWhenItIsTold) {
  host_.stopAfter = 3;
  EXPECT_EQ(run("p", "s", 1U << 20, 8, 1), "failed");
  EXPECT_EQ(host_.looks, 4);
}

TEST_F(ScryptTest, TakesItsMemoryFromTheBudgetAndGivesItBack) {
  budget_ = std::make_shared<BufferBudget>(size_t{1} << 20);
  EXPECT_EQ(run("p", "s", 16384, 8, 1), "failed");
  EXPECT_NE(run("p", "s", 256, 8, 1), "failed");
  EXPECT_EQ(budget_->usedBytes(), 0);
}

TEST_F(ScryptTest, RefusesWhatIsNoScrypt) {
  EXPECT_EQ(run("p", "s", 15, 1, 1), "failed");
  EXPECT_EQ(run("p", "s", 1, 1, 1), "failed");
  EXPECT_EQ(run("p", "s", 16, 0, 1), "failed");
  EXPECT_EQ(run("p", "s", 16, 1, 0), "failed");
  EXPECT_EQ(run("p", "s", 1U << 31, 1U << 30, 1), "failed");
  EXPECT_EQ(run("p", "s", 16, 1U << 30, 1U << 30), "failed");
}

}  // namespace
}  // namespace nano
