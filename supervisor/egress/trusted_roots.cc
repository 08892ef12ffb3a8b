#include "supervisor/egress/trusted_roots.h"

#include <openssl/err.h>

#include <cstdlib>

#include <kj/debug.h>

namespace nano {
namespace {

// Where distributions keep their roots in one file: Debian and Alpine, Fedora, openSUSE. In a
// folder of single files OpenSSL would look at each handshake, which is the disk in the loop.
constexpr const char* kSystemRoots[] = {"/etc/ssl/certs/ca-certificates.crt",
                                        "/etc/pki/tls/certs/ca-bundle.crt",
                                        "/etc/ssl/ca-bundle.pem"};

// Also forgets it: the queue is the thread's, and the next failure must not find this one.
std::string lastOpensslError() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

// A machine without any roots trusts nobody, which every https request will say.
void loadSystemRoots(X509_STORE& store) {
  const char* chosen = getenv("SSL_CERT_FILE");
  bool loaded = chosen != nullptr && X509_STORE_load_file(&store, chosen) == 1;
  for (const char* file : kSystemRoots) {
    if (!loaded) loaded = X509_STORE_load_file(&store, file) == 1;
  }
  ERR_clear_error();
}

}  // namespace

std::variant<std::shared_ptr<const TrustedRoots>, std::string> TrustedRoots::load(
    const std::string& caFile) {
  Store store(X509_STORE_new());
  KJ_REQUIRE(store != nullptr);
  loadSystemRoots(*store);
  if (!caFile.empty() && X509_STORE_load_file(store.get(), caFile.c_str()) != 1) {
    return caFile + " has no certificates in PEM form that can be read: " + lastOpensslError();
  }
  // As curl sets them: an intermediate that is named as trusted is trusted, and trusted
  // certificates are tried before those that the server sends.
  KJ_REQUIRE(X509_STORE_set_flags(store.get(),
                                  X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN) == 1);
  return std::shared_ptr<const TrustedRoots>(new TrustedRoots(std::move(store)));
}

}  // namespace nano
