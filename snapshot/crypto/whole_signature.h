#pragma once

#include <optional>
#include <span>

#include "snapshot/crypto/openssl.h"
#include "snapshot/crypto/secret_bytes.h"

namespace nano {

// Signatures of Ed25519, Ed448 and ML-DSA, which take a message as a whole: nobody can stop it on
// the way. So there is a bound, of some hundred milliseconds.
inline constexpr size_t kMaxWholeMessage = size_t{64} << 20;

struct WholeMessage {
  std::span<const std::byte> data;
  // What it is signed for; Ed25519 knows none.
  std::span<const std::byte> context;
};

std::optional<SecretBytes> signWhole(const EvpKey& key, const WholeMessage& message);
// Nothing when it could not be found out.
std::optional<bool> verifyWhole(const EvpKey& key, const WholeMessage& message,
                                std::span<const std::byte> signature);

}  // namespace nano
