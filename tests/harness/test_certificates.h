#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nano::test {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

// What a TLS server shows.
struct TlsIdentity {
  Certificate certificate;
  PrivateKey key;
};

// An authority of the test's own, made anew each time.
class TestAuthority final {
 public:
  TestAuthority();

  // As a file of trusted roots has it.
  std::string pem() const;

  enum class Validity : uint8_t { kNow, kOver };
  // For these names and addresses: "a.test", "127.0.0.1".
  TlsIdentity issue(const std::vector<std::string>& names,
                    Validity validity = Validity::kNow) const;

 private:
  TlsIdentity own_;
};

}  // namespace nano::test
