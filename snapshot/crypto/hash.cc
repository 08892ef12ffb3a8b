#include "snapshot/crypto/hash.h"

#include <array>

#include <kj/debug.h>

namespace nano {

const EVP_MD* hashOf(uint32_t number) {
  static constexpr std::array kHashes = {EVP_md5,    EVP_sha1,     EVP_sha256,   EVP_sha384,
                                         EVP_sha512, EVP_sha3_256, EVP_sha3_384, EVP_sha3_512};
  KJ_REQUIRE(number < kHashes.size());
  return kHashes[number]();
}

}  // namespace nano
