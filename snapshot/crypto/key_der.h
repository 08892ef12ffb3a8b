#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "snapshot/crypto/openssl.h"
#include "snapshot/crypto/secret_bytes.h"

namespace nano {

// Asymmetric keys out of DER. Only RSA keys, keys of P-256, P-384 and P-521 by name, those of
// Ed25519, Ed448, X25519 and X448, and ML-KEM's and ML-DSA's are decoded; of all others no more is
// read than what they are.
// OpenSSL knows many kinds, and for some of them works on what it reads: a private DSA or DH key of
// 14 kB is an exponentiation of seconds that nobody can stop.
// Null: no such key, too large for its kind, or something behind it.
EvpKey keyFromSpkiDer(std::span<const std::byte> der);
EvpKey keyFromPkcs8Der(std::span<const std::byte> der);

// A private key as PKCS #8: of ML-KEM and ML-DSA the seed alone. Nothing where it cannot be
// written.
std::optional<SecretBytes> pkcs8DerOf(const EvpKey& key);

}  // namespace nano
