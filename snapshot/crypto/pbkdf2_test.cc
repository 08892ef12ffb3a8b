#include "snapshot/crypto/pbkdf2.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/crypto/hash.h"
#include "snapshot/crypto/library.h"

namespace nano {
namespace {

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

// OpenSSL's own, which cannot be stopped, for comparison.
std::vector<std::byte> expected(const EVP_MD* hash, const std::string& password,
                                const std::string& salt, int iterations, size_t size) {
  std::vector<std::byte> out(size);
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets(bytes(salt)),
                    static_cast<int>(salt.size()), iterations, hash, static_cast<int>(size),
                    octets(std::span(out)));
  return out;
}

TEST(Pbkdf2Test, GivesWhatOpenSslGives) {
  prepareCrypto();
  CryptoTestHost host;
  for (uint32_t number = 1; number < 8; ++number) {
    const auto* hash = hashOf(number);
    for (const size_t keySize : {size_t{0}, size_t{8}, size_t{64}, size_t{200}}) {
      const std::string password(keySize, 'p');
      for (const size_t size : {size_t{1}, size_t{20}, size_t{150}}) {
        std::vector<std::byte> out(size);
        ASSERT_TRUE(pbkdf2(host, {hash, bytes(password), bytes("salt"), 3}, out));
        EXPECT_EQ(out, expected(hash, password, "salt", 3, size)) << number << " " << keySize;
      }
    }
  }
}

TEST(Pbkdf2Test, EndsWhenJavaScriptWasToldToStop) {
  prepareCrypto();
  CryptoTestHost host;
  host.stopAfter = 3;
  std::array<std::byte, 64> out;
  // By itself this would take more than a year.
  EXPECT_FALSE(pbkdf2(host, {hashOf(2), bytes("p"), bytes("s"), UINT32_MAX}, out));
  EXPECT_EQ(host.looks, 4);
  host = {};
  host.stopAfter = 0;
  std::vector<std::byte> large(size_t{1} << 20);
  EXPECT_FALSE(pbkdf2(host, {hashOf(2), bytes("p"), bytes("s"), 1}, large));
}

}  // namespace
}  // namespace nano
