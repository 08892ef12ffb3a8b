#pragma once

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <kj/debug.h>

#include "protocol/libevent.h"

namespace nano {

using Certificate = std::unique_ptr<X509, ReleaseWith<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, ReleaseWith<EVP_PKEY_free>>;

// For tests: an authority made on the spot, and certificates that it signed.
class TestAuthority {
 public:
  struct Issued {
    Certificate certificate;
    PrivateKey key;
  };

  TestAuthority() : own_(make("Test Authority", "CA:TRUE", "", nullptr)) {}

  // `names` as X.509 has them: "DNS:localhost,IP:127.0.0.1".
  Issued issue(const std::string& names) const { return make("peer", "CA:FALSE", names, &own_); }
  Issued issueExpired(const std::string& names) const {
    Issued issued = make("peer", "CA:FALSE", names, &own_);
    X509_gmtime_adj(X509_getm_notAfter(issued.certificate.get()), -1);
    sign(issued, own_);
    return issued;
  }
  // Nobody vouches for it but itself.
  static Issued issueAlone(const std::string& names) {
    return make("peer", "CA:FALSE", names, nullptr);
  }

  // The authority's certificate, as an operator's CA file.
  void writeTo(const std::string& path) const {
    FILE* file = fopen(path.c_str(), "w");
    KJ_REQUIRE(file != nullptr);
    KJ_REQUIRE(PEM_write_X509(file, own_.certificate.get()) == 1);
    fclose(file);
  }

 private:
  static void extend(X509* certificate, const Issued* issuer, int extension,
                     const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer == nullptr ? certificate : issuer->certificate.get(),
                   certificate, nullptr, nullptr, 0);
    X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str());
    KJ_REQUIRE(made != nullptr && X509_add_ext(certificate, made, -1) == 1);
    X509_EXTENSION_free(made);
  }

  static Issued make(const char* name, const char* constraints, const std::string& names,
                     const Issued* issuer) {
    Issued issued{Certificate(X509_new()), PrivateKey(EVP_EC_gen("P-256"))};
    X509* certificate = issued.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
    constexpr long kDay = 24L * 60 * 60;
    X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate), kDay);
    X509_set_pubkey(certificate, issued.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(
        certificate,
        X509_get_subject_name(issuer == nullptr ? certificate : issuer->certificate.get()));
    extend(certificate, issuer, NID_basic_constraints, std::string("critical,") + constraints);
    if (!names.empty()) extend(certificate, issuer, NID_subject_alt_name, names);
    sign(issued, issuer == nullptr ? issued : *issuer);
    return issued;
  }

  static void sign(const Issued& issued, const Issued& issuer) {
    KJ_REQUIRE(X509_sign(issued.certificate.get(), issuer.key.get(), EVP_sha256()) > 0);
  }

  Issued own_;
};

}  // namespace nano
