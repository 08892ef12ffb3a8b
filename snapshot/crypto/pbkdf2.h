#pragma once

#include <cstdint>
#include <span>

#include "snapshot/crypto/crypto_call.h"

namespace nano {

struct Pbkdf2Work {
  const EVP_MD* hash;
  std::span<const std::byte> password;
  std::span<const std::byte> salt;
  uint32_t iterations;
};

// PBKDF2 (RFC 8018, section 5.2) over HMAC, as many bytes as `out` has. OpenSSL's own cannot be
// stopped, and a tenant chooses how long it takes: this one looks at the host from time to time.
// False when it was stopped.
bool pbkdf2(Host& host, const Pbkdf2Work& work, std::span<std::byte> out);

}  // namespace nano
