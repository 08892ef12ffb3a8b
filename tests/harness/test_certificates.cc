#include "tests/harness/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <kj/debug.h>

namespace nano::test {
namespace {

constexpr long kDay = 24 * 60 * 60;
constexpr long kVersion3 = 2;

struct FreeExtension {
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

PrivateKey makeKey() {
  PrivateKey key(EVP_EC_gen("P-256"));
  KJ_REQUIRE(key != nullptr);
  return key;
}

// Without an issuer, extensions and a signature.
Certificate makeCertificate(const std::string& commonName, EVP_PKEY& key,
                            TestAuthority::Validity validity) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  uint64_t serial = 0;
  KJ_REQUIRE(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  X509_set_version(raw, kVersion3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial >> 1);
  bool isOver = validity == TestAuthority::Validity::kOver;
  X509_gmtime_adj(X509_getm_notBefore(raw), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(raw), isOver ? -kDay : kDay);
  X509_set_pubkey(raw, &key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(commonName.c_str()), -1, -1, 0);
  return certificate;
}

void extend(X509& certificate, X509& issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, FreeExtension> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  KJ_REQUIRE(extension != nullptr, value.c_str());
  X509_add_ext(&certificate, extension.get(), -1);
}

void sign(X509& certificate, X509& issuer, EVP_PKEY& key) {
  X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
  KJ_REQUIRE(X509_sign(&certificate, &key, EVP_sha256()) > 0);
}

std::string alternativeName(const std::string& name) {
  bool isAddress = name.find(':') != std::string::npos ||
                   name.find_first_not_of("0123456789.") == std::string::npos;
  return (isAddress ? "IP:" : "DNS:") + name;
}

}  // namespace

TestAuthority::TestAuthority() {
  own_.key = makeKey();
  own_.certificate = makeCertificate("a test's authority", *own_.key, Validity::kNow);
  X509& certificate = *own_.certificate;
  extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate, certificate, NID_key_usage, "critical,keyCertSign");
  extend(certificate, certificate, NID_subject_key_identifier, "hash");
  sign(certificate, certificate, *own_.key);
}

std::string TestAuthority::pem() const {
  std::unique_ptr<BIO, FreeBio> memory(BIO_new(BIO_s_mem()));
  KJ_REQUIRE(PEM_write_bio_X509(memory.get(), own_.certificate.get()) == 1);
  char* bytes = nullptr;
  long size = BIO_get_mem_data(memory.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

TlsIdentity TestAuthority::issue(const std::vector<std::string>& names, Validity validity) const {
  TlsIdentity identity;
  identity.key = makeKey();
  identity.certificate = makeCertificate(names.at(0), *identity.key, validity);
  std::string alternatives;
  for (auto& name : names)
    alternatives += (alternatives.empty() ? "" : ",") + alternativeName(name);
  extend(*identity.certificate, *own_.certificate, NID_subject_alt_name, alternatives);
  extend(*identity.certificate, *own_.certificate, NID_authority_key_identifier, "keyid");
  sign(*identity.certificate, *own_.certificate, *own_.key);
  return identity;
}

}  // namespace nano::test
