#include "snapshot/crypto/cshake.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/crypto/library.h"

namespace nano {
namespace {

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string hex(std::span<const std::byte> data) {
  std::string text;
  for (const auto byte : data) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[std::to_integer<size_t>(byte) >> 4];
    text += kDigits[std::to_integer<size_t>(byte) & 15];
  }
  return text;
}

std::string cshake(const CShake::Kind& kind, const std::string& data, size_t size) {
  CryptoTestHost host;
  CShake shake(host);
  std::vector<std::byte> out(size);
  EXPECT_TRUE(shake.begin(kind) && shake.update(bytes(data)) && shake.end(out));
  return hex(out);
}

// The samples of NIST's "cSHAKE_samples.pdf".
TEST(CShakeTest, GivesWhatNistHas) {
  prepareCrypto();
  const std::string four("\0\1\2\3", 4);
  const std::string customization = "Email Signature";
  EXPECT_EQ(cshake({128, {}, bytes(customization)}, four, 32),
            "c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5");
  EXPECT_EQ(cshake({256, {}, bytes(customization)}, four, 64),
            "d008828e2b80ac9d2218ffee1d070c48b8e4c87bff32c9699d5b6896eee0edd1"
            "64020e2be0560858d9c00c037e34a96937c561a74c412bb4c746469527281c8c");
  // Without both it is SHAKE.
  EXPECT_EQ(cshake({128, {}, {}}, "", 32),
            "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
}

TEST(CShakeTest, GivesWhatIsLongAndEndsThere) {
  prepareCrypto();
  const std::string name = "n";
  const std::string longOne = cshake({256, bytes(name), {}}, "data", (size_t{1} << 20) + 5);
  EXPECT_EQ(longOne.substr(0, 200), cshake({256, bytes(name), {}}, "data", 100));
  CryptoTestHost host;
  CShake shake(host);
  std::vector<std::byte> tooMuch(kMaxShakeBytes + 1);
  EXPECT_TRUE(shake.begin({256, bytes(name), {}}));
  EXPECT_FALSE(shake.end(tooMuch));
}

// OpenSSL's KMAC, where that takes the key.
TEST(KmacTest, GivesWhatOpenSslGives) {
  prepareCrypto();
  CryptoTestHost host;
  for (const uint32_t bits : {128U, 256U}) {
    for (const size_t keySize : {size_t{4}, size_t{32}, size_t{168}, size_t{500}}) {
      for (const std::string& customization : {std::string(), std::string(300, 'c')}) {
        const SecretBytes key{std::span<const std::byte>(std::vector(keySize, std::byte{7}))};
        std::vector<std::byte> out(48);
        ASSERT_TRUE(kmac(host, {bits, {}, bytes(customization)}, key, bytes("data"), out));
        const EvpMac mac(EVP_MAC_fetch(nullptr, bits == 128 ? "KMAC128" : "KMAC256", nullptr));
        const EvpMacContext context(EVP_MAC_CTX_new(mac.get()));
        size_t size = out.size();
        const std::array params = {
            OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
            OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM,
                                              const_cast<char*>(customization.data()),
                                              customization.size()),
            OSSL_PARAM_construct_end()};
        std::vector<std::byte> theirs(48);
        ASSERT_EQ(EVP_MAC_init(context.get(), octets(key.view()), key.size(), params.data()), 1);
        ASSERT_EQ(EVP_MAC_update(context.get(), octets(bytes("data")), 4), 1);
        ASSERT_EQ(EVP_MAC_final(context.get(), octets(std::span(theirs)), &size, theirs.size()), 1);
        EXPECT_EQ(out, theirs) << bits << " " << keySize << " " << customization.size();
      }
    }
  }
}

TEST(KmacTest, TakesKeysThatOpenSslDoesNot) {
  prepareCrypto();
  CryptoTestHost host;
  std::vector<std::byte> first(32);
  std::vector<std::byte> second(32);
  EXPECT_TRUE(kmac(host, {128, {}, {}}, SecretBytes(size_t{1}), {}, first));
  EXPECT_TRUE(kmac(host, {128, {}, {}}, SecretBytes(size_t{5000}), {}, second));
  EXPECT_NE(first, second);
}

TEST(CShakeTest, EndsWhenJavaScriptWasToldToStop) {
  prepareCrypto();
  CryptoTestHost host;
  host.stopAfter = 0;
  std::vector<std::byte> large(size_t{4} << 20);
  CShake shake(host);
  ASSERT_TRUE(shake.begin({128, {}, {}}));
  EXPECT_FALSE(shake.update(large));
  EXPECT_EQ(host.looks, 1);
}

}  // namespace
}  // namespace nano
