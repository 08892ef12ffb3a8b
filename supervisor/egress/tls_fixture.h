#pragma once

// For tests of fetches: TLS servers of an authority that the fetcher trusts.

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include <kj/debug.h>

#include "supervisor/egress/test_certificates.h"
#include "supervisor/egress/trusted_roots.h"
#include "supervisor/temporary_directory.h"

namespace nano {

using TlsServer = std::unique_ptr<SSL_CTX, ReleaseWith<SSL_CTX_free>>;

inline TlsServer makeTlsServer(const TestAuthority::Issued& issued) {
  TlsServer context(SSL_CTX_new(TLS_server_method()));
  KJ_REQUIRE(SSL_CTX_use_certificate(context.get(), issued.certificate.get()) == 1);
  KJ_REQUIRE(SSL_CTX_use_PrivateKey(context.get(), issued.key.get()) == 1);
  return context;
}

// One for all tests: the system's roots take a while to read.
struct TrustedAuthority {
  TrustedAuthority() {
    TemporaryDirectory directory;
    authority.writeTo(directory.below("ca.pem"));
    auto loaded = TrustedRoots::load(directory.below("ca.pem"));
    roots = std::get<std::shared_ptr<const TrustedRoots>>(loaded);
  }

  static const TrustedAuthority& get() {
    static const TrustedAuthority made;
    return made;
  }

  TestAuthority authority;
  std::shared_ptr<const TrustedRoots> roots;
};

}  // namespace nano
