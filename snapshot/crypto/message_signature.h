#pragma once

#include <optional>

#include "snapshot/crypto/crypto_call.h"

namespace nano {

// Signatures over a message of any length, which is hashed piece by piece. `prepare` sets the
// padding, where there is one; it gets the key's context and is false when it fails.
using PrepareSignature = bool (*)(EVP_PKEY_CTX*, uint32_t);

struct SignatureScheme {
  const EVP_MD* hash;
  PrepareSignature prepare;
  uint32_t preparedWith;
};

std::optional<SecretBytes> signMessage(Host& host, const EvpKey& key, const SignatureScheme& scheme,
                                       std::span<const std::byte> data);
// Nothing when it could not be found out.
std::optional<bool> verifyMessage(Host& host, const EvpKey& key, const SignatureScheme& scheme,
                                  std::span<const std::byte> signature,
                                  std::span<const std::byte> data);

}  // namespace nano
