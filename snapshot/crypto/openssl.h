#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <span>

namespace nano {

// What OpenSSL gives to free, owned. Secrets are cleansed on the way.
template <auto release>
struct OpenSslRelease {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using EvpKey = std::unique_ptr<EVP_PKEY, OpenSslRelease<EVP_PKEY_free>>;
using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, OpenSslRelease<EVP_PKEY_CTX_free>>;
using EvpDigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslRelease<EVP_MD_CTX_free>>;
using EvpCipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpenSslRelease<EVP_CIPHER_CTX_free>>;
using EvpMac = std::unique_ptr<EVP_MAC, OpenSslRelease<EVP_MAC_free>>;
using EvpMacContext = std::unique_ptr<EVP_MAC_CTX, OpenSslRelease<EVP_MAC_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, OpenSslRelease<BN_clear_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, OpenSslRelease<ECDSA_SIG_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, OpenSslRelease<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, OpenSslRelease<OSSL_PARAM_free>>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpenSslRelease<PKCS8_PRIV_KEY_INFO_free>>;

inline const unsigned char* octets(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* octets(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace nano
