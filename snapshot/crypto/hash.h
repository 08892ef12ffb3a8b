#pragma once

#include <openssl/evp.h>

#include <cstdint>

namespace nano {

// A digest by the number that snapshot/js/crypto/hashes.js has for it. Ends in a KJ exception for
// another number.
const EVP_MD* hashOf(uint32_t number);

// The longest result of any of them.
inline constexpr unsigned kMaxHashBytes = 64;

}  // namespace nano
