#include "snapshot/crypto/argon2.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/crypto/library.h"

namespace nano {
namespace {

using Kdf = std::unique_ptr<EVP_KDF, OpenSslRelease<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, OpenSslRelease<EVP_KDF_CTX_free>>;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

OSSL_PARAM param(const char* name, std::span<const std::byte> value) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<unsigned char*>(octets(value)),
                                           value.size());
}

// OpenSSL's own, which cannot be stopped, for comparison.
std::vector<std::byte> expected(Argon2Work work, size_t size) {
  constexpr std::array kNames = {"ARGON2D", "ARGON2I", "ARGON2ID"};
  const Kdf kdf(EVP_KDF_fetch(nullptr, kNames[static_cast<size_t>(work.kind)], nullptr));
  const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
  const std::array params = {
      param(OSSL_KDF_PARAM_PASSWORD, work.password),
      param(OSSL_KDF_PARAM_SALT, work.nonce),
      param(OSSL_KDF_PARAM_SECRET, work.secret),
      param(OSSL_KDF_PARAM_ARGON2_AD, work.associated),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &work.passes),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_LANES, &work.lanes),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_MEMCOST, &work.memoryKiB),
      OSSL_PARAM_construct_end()};
  std::vector<std::byte> out(size);
  EXPECT_EQ(EVP_KDF_derive(context.get(), octets(std::span(out)), size, params.data()), 1);
  return out;
}

class Argon2Test : public testing::Test {
 protected:
  Argon2Test() { prepareCrypto(); }

  Argon2Work work(uint32_t memoryKiB, uint32_t passes, uint32_t lanes) const {
    return {Argon2Kind::kId,    bytes(password_), bytes(nonce_), bytes(secret_),
            bytes(associated_), memoryKiB,        passes,        lanes};
  }
  bool run(const Argon2Work& work, std::span<std::byte> out) {
    const auto memory = Argon2Memory::forWork(host_, work);
    return memory != nullptr && argon2(host_, work, *memory, out);
  }

  CryptoTestHost host_;
  std::string password_ = "password";
  std::string nonce_ = "a nonce of some bytes";
  std::string secret_ = "secret";
  std::string associated_ = "associated";
};

TEST_F(Argon2Test, GivesWhatOpenSslGives) {
  struct Shape {
    uint32_t memoryKiB, passes, lanes;
    size_t size;
  };
  for (const auto kind : {Argon2Kind::kD, Argon2Kind::kI, Argon2Kind::kId}) {
    // The least memory, some that is no multiple of the lanes, segments of more than 128 blocks,
    // and tags on both sides of a hash's length.
    for (const auto& shape : {Shape{8, 1, 1, 4}, Shape{67, 3, 2, 32}, Shape{40, 2, 5, 64},
                              Shape{1500, 2, 1, 65}, Shape{2000, 4, 3, 200}}) {
      auto some = work(shape.memoryKiB, shape.passes, shape.lanes);
      some.kind = kind;
      std::vector<std::byte> out(shape.size);
      ASSERT_TRUE(isPossible(some));
      ASSERT_TRUE(run(some, out));
      EXPECT_EQ(out, expected(some, shape.size))
          << static_cast<int>(kind) << " " << shape.memoryKiB << " " << shape.lanes;
    }
  }
}

TEST_F(Argon2Test, EndsWhenJavaScriptWasToldToStop) {
  host_.stopAfter = 3;
  std::array<std::byte, 32> out{};
  // By itself this would take a year.
  EXPECT_FALSE(run(work(8192, UINT32_MAX, 4), out));
  EXPECT_EQ(host_.looks, 4);
}

TEST_F(Argon2Test, EndsBeforeAllLanesHaveBegun) {
  // Filling 6000 blocks looks five times only: it would come to its end.
  host_.stopAfter = 6;
  std::array<std::byte, 32> out{};
  EXPECT_FALSE(run(work(8000, 1, 1000), out));
  EXPECT_EQ(host_.looks, 7);
}

TEST_F(Argon2Test, WorksInMemoryOfTheAppAndGivesItBack) {
  const auto budget = std::make_shared<BufferBudget>(size_t{1} << 20);
  KeyStore keys(budget);
  host_.other = &keys;
  {
    const auto memory = Argon2Memory::forWork(host_, work(1000, 1, 1));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(budget->usedBytes(), size_t{1000} << 10);
    EXPECT_EQ(Argon2Memory::forWork(host_, work(100, 1, 1)), nullptr);
  }
  EXPECT_EQ(budget->usedBytes(), 0);
  EXPECT_EQ(Argon2Memory::forWork(host_, work(UINT32_MAX, 1, 1)), nullptr);
}

TEST_F(Argon2Test, KnowsWhatIsPossible) {
  EXPECT_TRUE(isPossible(work(8, 1, 1)));
  EXPECT_FALSE(isPossible(work(7, 1, 1)));
  EXPECT_FALSE(isPossible(work(8, 0, 1)));
  EXPECT_FALSE(isPossible(work(8, 1, 0)));
  EXPECT_FALSE(isPossible(work(8, 1, 2)));
  EXPECT_FALSE(isPossible(work(UINT32_MAX, 1, UINT32_MAX)));
  nonce_.resize(7);
  EXPECT_FALSE(isPossible(work(8, 1, 1)));
  nonce_.assign(kMaxArgon2Extra, 'n');
  EXPECT_FALSE(isPossible(work(8, 1, 1)));
}

}  // namespace
}  // namespace nano
