#pragma once

// For tests: an authority of our own, and servers that it vouches for.

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <string>

#include <kj/debug.h>

#include "supervisor/egress/trusted_roots.h"
#include "supervisor/temporary_directory.h"

namespace nano {

using TlsServer = std::unique_ptr<SSL_CTX, ReleaseWith<SSL_CTX_free>>;

class TestAuthority final {
 public:
  TestAuthority() : key_(EVP_EC_gen("P-256")), certificate_(make("nano test authority", *key_)) {
    addExtension(*certificate_, NID_basic_constraints, "critical,CA:TRUE");
    sign(*certificate_, *key_, X509_get_subject_name(certificate_.get()));
    std::unique_ptr<FILE, ReleaseWith<fclose>> file(fopen(path().c_str(), "w"));
    KJ_REQUIRE(PEM_write_X509(file.get(), certificate_.get()) == 1);
  }

  std::string path() const { return directory_.below("authority.pem"); }
  // The system's roots and this authority.
  std::shared_ptr<const TrustedRoots> roots() const {
    auto loaded = TrustedRoots::load(path());
    return std::get<std::shared_ptr<const TrustedRoots>>(loaded);
  }

  enum class SignedBy { kAuthority, kItself };
  // `names` as OpenSSL writes them: "DNS:up.test,IP:127.0.0.1"; valid from yesterday for `days`.
  TlsServer server(const std::string& names, SignedBy by = SignedBy::kAuthority,
                   int days = 2) const {
    Key key(EVP_EC_gen("P-256"));
    Certificate certificate = make("a test server", *key, days);
    addExtension(*certificate, NID_subject_alt_name, names.c_str());
    bool ours = by == SignedBy::kAuthority;
    sign(*certificate, ours ? *key_ : *key,
         X509_get_subject_name(ours ? certificate_.get() : certificate.get()));
    TlsServer context(SSL_CTX_new(TLS_server_method()));
    KJ_REQUIRE(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
    KJ_REQUIRE(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
    return context;
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, ReleaseWith<EVP_PKEY_free>>;
  using Certificate = std::unique_ptr<X509, ReleaseWith<X509_free>>;

  static Certificate make(const char* name, EVP_PKEY& key, int days = 2) {
    constexpr long kDay = 24 * 60 * 60;
    static long serial = 1;
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), (days - 1) * kDay);
    X509_set_pubkey(certificate.get(), &key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
  }
  static void addExtension(X509& certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    KJ_REQUIRE(extension != nullptr);
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void sign(X509& certificate, EVP_PKEY& key, X509_NAME* issuer) {
    X509_set_issuer_name(&certificate, issuer);
    KJ_REQUIRE(X509_sign(&certificate, &key, EVP_sha256()) > 0);
  }

  TemporaryDirectory directory_;
  Key key_;
  Certificate certificate_;
};

}  // namespace nano
