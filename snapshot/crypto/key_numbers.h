#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

#include "snapshot/crypto/crypto_call.h"

namespace nano {

// Big-endian numbers of a key on their way between JavaScript and OpenSSL.

// A number out of bytes, for OSSL_PARAM.
BigNumber numberFrom(std::span<const std::byte> bytes);
// A number of a key (OSSL_PKEY_PARAM_*), in `size` bytes or, where that is 0, as few as it needs.
// Null when the key has none.
std::optional<SecretBytes> numberOf(const EvpKey& key, const char* name, size_t size = 0);
// Bytes of a key (OSSL_PKEY_PARAM_*).
std::optional<SecretBytes> octetsOf(const EvpKey& key, const char* name);

// What EVP_PKEY_fromdata makes of these; null when it does not fit together.
EvpKey keyFromParams(const char* type, int selection, const ParamBuilder& builder);

}  // namespace nano
