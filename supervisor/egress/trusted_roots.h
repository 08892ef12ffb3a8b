#pragma once

#include <openssl/x509_vfy.h>

#include <memory>
#include <string>
#include <variant>

#include "protocol/libevent.h"

namespace nano {

// The authorities that upstreams' certificates are checked against, read and parsed once: a bundle
// takes some ten milliseconds, which no connection may cost. Immutable; any number of threads use
// one.
class TrustedRoots final {
 public:
  // The system's roots and, where `caFile` is not empty, those in it (PEM). A string says what is
  // wrong with that file. Reads the disk: at the start, never in a loop.
  static std::variant<std::shared_ptr<const TrustedRoots>, std::string> load(
      const std::string& caFile);

  // Whoever keeps it takes a reference of his own (SSL_CTX_set1_verify_cert_store).
  X509_STORE* store() const { return store_.get(); }

 private:
  using Store = std::unique_ptr<X509_STORE, ReleaseWith<X509_STORE_free>>;
  explicit TrustedRoots(Store store) : store_(std::move(store)) {}

  Store store_;
};

}  // namespace nano
