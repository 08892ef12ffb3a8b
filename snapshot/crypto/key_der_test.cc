#include "snapshot/crypto/key_der.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace nano {
namespace {

using namespace std::literals;

// DER by hand: what OpenSSL would not write.
std::string element(int type, std::string_view content) {
  std::string der(1, static_cast<char>(type));
  if (content.size() >= 128) {
    der += '\x82';
    der += static_cast<char>(content.size() >> 8);
  }
  return (der += static_cast<char>(content.size())).append(content);
}
std::string sequence(std::string_view content) { return element(0x30, content); }
std::string number(std::string_view bytes) { return element(2, bytes); }
std::string name(std::string_view bytes) { return element(6, bytes); }
std::string octetString(std::string_view bytes) { return element(4, bytes); }

std::string pkcs8(std::string_view algorithm, std::string_view key) {
  return sequence(number("\0"sv) + std::string(algorithm) + octetString(key));
}
std::string spki(std::string_view algorithm, std::string_view key) {
  return sequence(std::string(algorithm) + element(3, std::string(1, '\0').append(key)));
}

constexpr std::string_view kDsa = "\x2a\x86\x48\xce\x38\x04\x01";
constexpr std::string_view kDh = "\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01";
constexpr std::string_view kEc = "\x2a\x86\x48\xce\x3d\x02\x01";
constexpr std::string_view kP256 = "\x2a\x86\x48\xce\x3d\x03\x01\x07";
constexpr std::string_view kP384 = "\x2b\x81\x04\x00\x22"sv;

constexpr std::string_view kSecp256k1 = "\x2b\x81\x04\x00\x0a"sv;

std::span<const std::byte> bytesOf(const std::string& der) { return std::as_bytes(std::span(der)); }
bool isSpki(const std::string& der) { return keyFromSpkiDer(bytesOf(der)) != nullptr; }
bool isPkcs8(const std::string& der) { return keyFromPkcs8Der(bytesOf(der)) != nullptr; }
// What OpenSSL makes of them when nobody looks first.
bool isSpkiToOpenSsl(const std::string& der) {
  const unsigned char* at = octets(bytesOf(der));
  return EvpKey(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))) != nullptr;
}
bool isPkcs8ToOpenSsl(const std::string& der) {
  const unsigned char* at = octets(bytesOf(der));
  const Pkcs8 parsed(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  return parsed != nullptr && EvpKey(EVP_PKCS82PKEY_ex(parsed.get(), nullptr, nullptr)) != nullptr;
}

std::string written(const unsigned char* der, int size) {
  EXPECT_GT(size, 0);
  return {reinterpret_cast<const char*>(der), static_cast<size_t>(size)};
}
std::string spkiOf(const EvpKey& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  auto text = written(der, size);
  OPENSSL_free(der);
  return text;
}
std::string pkcs8Of(const EvpKey& key) {
  const Pkcs8 info(EVP_PKEY2PKCS8(key.get()));
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  auto text = written(der, size);
  OPENSSL_free(der);
  return text;
}
EvpKey newEcKey(const char* curve) {
  return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}

// With numbers as small as OpenSSL takes them.
std::string dsa(std::string_view p) {
  return sequence(name(kDsa) + sequence(number(p) + number("\x0b") + number("\x04")));
}
std::string dh(std::string_view p) {
  return sequence(name(kDh) + sequence(number(p) + number("\x04")));
}
std::string ecPrivateKey(std::string_view more) {
  return sequence(number("\x01") + octetString(std::string(32, '\x01')) + std::string(more));
}

TEST(KeyDerTest, ReadsTheKeysThatAreUsed) {
  for (const char* type : {"ED25519", "ED448", "X25519", "X448"}) {
    const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, type));
    EXPECT_TRUE(isSpki(spkiOf(key))) << type;
    EXPECT_TRUE(isPkcs8(pkcs8Of(key))) << type;
  }
  for (const char* curve : {"P-256", "P-384", "P-521"}) {
    const auto key = newEcKey(curve);
    EXPECT_TRUE(isSpki(spkiOf(key))) << curve;
    EXPECT_TRUE(isPkcs8(pkcs8Of(key))) << curve;
  }
  const EvpKey rsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048}));
  EXPECT_TRUE(isSpki(spkiOf(rsa)));
  EXPECT_TRUE(isPkcs8(pkcs8Of(rsa)));
}

TEST(KeyDerTest, ReadsKeysOfLatticesWithAllThatTheyHaveAndWritesTheSeedAlone) {
  for (const char* type :
       {"ML-KEM-512", "ML-KEM-768", "ML-KEM-1024", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"}) {
    const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, type));
    EXPECT_TRUE(isSpki(spkiOf(key))) << type;
    // OpenSSL writes the seed and the whole key.
    const auto whole = pkcs8Of(key);
    EXPECT_GT(whole.size(), 1000) << type;
    EXPECT_TRUE(isPkcs8(whole)) << type;
    const auto seed = pkcs8DerOf(key);
    ASSERT_TRUE(seed) << type;
    EXPECT_LT(seed->size(), 90) << type;
    const auto again = keyFromPkcs8Der(seed->view());
    ASSERT_NE(again, nullptr) << type;
    EXPECT_EQ(EVP_PKEY_eq(again.get(), key.get()), 1) << type;
    EXPECT_FALSE(isSpki(spkiOf(key) + std::string(8000, 'x'))) << type;
    EXPECT_FALSE(isPkcs8(whole.substr(0, whole.size() - 1))) << type;
  }
}

TEST(KeyDerTest, WritesNoKeyThatCameWithoutItsSeed) {
  const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ML-KEM-512"));
  std::string whole(1632, '\0');
  size_t size = 0;
  ASSERT_EQ(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY,
                                            reinterpret_cast<unsigned char*>(whole.data()),
                                            whole.size(), &size),
            1);
  const auto algorithm = sequence(name("\x60\x86\x48\x01\x65\x03\x04\x04\x01"sv));
  const auto der = pkcs8(algorithm, octetString(whole));
  const auto same = keyFromPkcs8Der(bytesOf(der));
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(EVP_PKEY_eq(same.get(), key.get()), 1);
  EXPECT_FALSE(pkcs8DerOf(same));
}

TEST(KeyDerTest, WritesOtherPrivateKeysAsOpenSslDoes) {
  const EvpKey edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const EvpKey nist = newEcKey("P-256");
  for (const auto* one : {&edwards, &nist}) {
    const auto& key = *one;
    const auto der = pkcs8DerOf(key);
    ASSERT_TRUE(der);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(der->view().data()), der->size()),
              pkcs8Of(key));
  }
}

TEST(KeyDerTest, ReadsTheLargestRsaKey) {
  const std::string whole = std::string(1, '\0') + std::string(1024, '\x81');
  const std::string half = std::string(1, '\0') + std::string(512, '\x81');
  const auto rsa = sequence(name("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") + element(5, ""));
  const auto publicPart = number(whole) + number("\x01\x00\x01"sv);
  EXPECT_TRUE(isSpki(spki(rsa, sequence(publicPart))));
  std::string numbers = number("\0"sv) + publicPart + number(whole);
  for (int i = 0; i < 5; ++i)
    numbers += number(half);
  EXPECT_TRUE(isPkcs8(pkcs8(rsa, sequence(numbers))));
  numbers = number("\0"sv) + publicPart + number(whole);
  for (int i = 0; i < 5; ++i)
    numbers += number(whole);
  EXPECT_TRUE(isPkcs8ToOpenSsl(pkcs8(rsa, sequence(numbers))));
  EXPECT_FALSE(isPkcs8(pkcs8(rsa, sequence(numbers))));
}

TEST(KeyDerTest, DecodesNoDsaOrDhKey) {
  const std::string wide = std::string(1, '\0') + std::string(128, '\xff');
  for (const auto& algorithm : {dsa("\x17"), dh(wide)}) {
    const auto privateKey = pkcs8(algorithm, number("\x03"));
    ASSERT_TRUE(isPkcs8ToOpenSsl(privateKey));
    EXPECT_FALSE(isPkcs8(privateKey));
    const auto publicKey = spki(algorithm, number("\x12"));
    ASSERT_TRUE(isSpkiToOpenSsl(publicKey));
    EXPECT_FALSE(isSpki(publicKey));
  }
}

// The larger ones are exponentiations of many seconds.
TEST(KeyDerTest, DecodesNoLargeDsaOrDhKeyEither) {
  for (const size_t size : {size_t{2000}, size_t{7000}}) {
    const std::string large = std::string(1, '\0') + std::string(size, '\xff');
    for (const auto& algorithm : {dsa(large), dh(large)}) {
      EXPECT_FALSE(isPkcs8(pkcs8(algorithm, number(large))));
      EXPECT_FALSE(isSpki(spki(algorithm, number(large))));
    }
  }
}

TEST(KeyDerTest, KnowsCurvesByTheirNamesOnly) {
  const auto key = newEcKey("P-256");
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                           OSSL_PKEY_EC_ENCODING_EXPLICIT),
            1);
  ASSERT_TRUE(isPkcs8ToOpenSsl(pkcs8Of(key)));
  ASSERT_TRUE(isSpkiToOpenSsl(spkiOf(key)));
  EXPECT_FALSE(isPkcs8(pkcs8Of(key)));
  EXPECT_FALSE(isSpki(spkiOf(key)));
  const auto other = newEcKey("secp256k1");
  EXPECT_FALSE(isPkcs8(pkcs8Of(other)));
  EXPECT_FALSE(isSpki(spkiOf(other)));
}

TEST(KeyDerTest, LetsAPrivateKeyNameNoOtherCurveInside) {
  const auto p256 = sequence(name(kEc) + name(kP256));
  EXPECT_TRUE(isPkcs8(pkcs8(p256, ecPrivateKey(""))));
  EXPECT_TRUE(isPkcs8(pkcs8(p256, ecPrivateKey(element(0xa0, name(kP256))))));
  for (const auto inner : {kP384, kSecp256k1}) {
    const auto der = pkcs8(p256, ecPrivateKey(element(0xa0, name(inner))));
    EXPECT_TRUE(isPkcs8ToOpenSsl(der));
    EXPECT_FALSE(isPkcs8(der));
  }
  // Parameters in full, and such as hide behind another spelling of the tag or a length left open.
  EXPECT_FALSE(isPkcs8(pkcs8(p256, ecPrivateKey(element(0xa0, sequence(number("\x01")))))));
  EXPECT_FALSE(isPkcs8(pkcs8(p256, ecPrivateKey("\xbf" + element(0, name(kP384))))));
  EXPECT_FALSE(isPkcs8(pkcs8(p256, ecPrivateKey("\xa0\x80" + name(kP384) + "\0\0"s))));
}

TEST(KeyDerTest, ReadsNothingThatIsCutOffOrHasSomethingBehindIt) {
  const auto key = newEcKey("P-256");
  for (const auto& [der, isKey] :
       {std::pair(spkiOf(key), &isSpki), std::pair(pkcs8Of(key), &isPkcs8)}) {
    for (size_t size = 0; size < der.size(); ++size)
      EXPECT_FALSE(isKey(der.substr(0, size))) << size;
    EXPECT_FALSE(isKey(der + '\0'));
    EXPECT_FALSE(isKey(der + std::string(512, '\0')));
  }
}

}  // namespace
}  // namespace nano
