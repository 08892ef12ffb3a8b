#include "snapshot/crypto/library.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <kj/debug.h>

#include "snapshot/crypto/openssl.h"

namespace nano {

// Another OpenSSL's headers would mean structures of another shape: they must be the engine's.
static_assert(OPENSSL_VERSION_MAJOR == 3 && OPENSSL_VERSION_MINOR >= 5,
              "the headers of the engine's OpenSSL come before the system's");

void prepareCrypto() {
  // The process ends by _exit(): nothing is torn down.
  KJ_REQUIRE(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
                                     OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                                 nullptr) == 1);
  KJ_REQUIRE(OSSL_PROVIDER_available(nullptr, "default") == 1);
  // Two generators for each thread, both seeded by getrandom(2).
  unsigned char random[16];
  KJ_REQUIRE(RAND_bytes(random, sizeof random) == 1);
  KJ_REQUIRE(RAND_priv_bytes(random, sizeof random) == 1);
  OPENSSL_cleanse(random, sizeof random);
  const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  KJ_REQUIRE(key != nullptr, "OpenSSL makes no keys");
}

}  // namespace nano
