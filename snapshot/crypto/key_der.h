#pragma once

#include <cstddef>
#include <span>

#include "snapshot/crypto/openssl.h"

namespace nano {

// Asymmetric keys out of DER. Only RSA keys, keys of P-256, P-384 and P-521 by name, and those of
// Ed25519, Ed448, X25519 and X448 are decoded; of all others no more is read than what they are.
// OpenSSL knows many kinds, and for some of them works on what it reads: a private DSA or DH key of
// 14 kB is an exponentiation of seconds that nobody can stop.
// Null: no such key, too large for its kind, or something behind it.
EvpKey keyFromSpkiDer(std::span<const std::byte> der);
EvpKey keyFromPkcs8Der(std::span<const std::byte> der);

}  // namespace nano
