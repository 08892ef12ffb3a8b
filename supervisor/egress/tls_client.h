#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>

#include <kj/array.h>

#include "protocol/libevent.h"
#include "supervisor/egress/trusted_roots.h"

namespace nano {

// Whom outgoing TLS connections trust, and what they speak: TLS 1.2 and later, peer and host
// verified, always. Immutable; any number of threads may use one.
class TlsClientContext final {
 public:
  static std::shared_ptr<const TlsClientContext> make(
      const std::shared_ptr<const TrustedRoots>& roots);

 private:
  friend class TlsClient;
  using Context = std::unique_ptr<SSL_CTX, ReleaseWith<SSL_CTX_free>>;
  explicit TlsClientContext(Context context) : context_(std::move(context)) {}

  Context context_;
};

// The client's side of one TLS connection, between two heaps of bytes: it touches no socket. What
// it has to say to the peer waits in it until takeOutput(), so look there after every call.
class TlsClient final {
 public:
  // `host` is a name or an IP address; the peer's certificate has to be for it.
  TlsClient(std::shared_ptr<const TlsClientContext> context, const std::string& host);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // What the peer sent. At most a record is kept beyond what was read.
  void addInput(kj::ArrayPtr<const kj::byte> bytes);
  // The peer's connection ended, which is a failure unless TLS ended first.
  void endInput();

  enum class State { kGoesOn, kWantsInput, kEnded, kFailed };
  // kGoesOn: the handshake is done.
  State handshake();
  struct Read {
    State state;
    size_t bytes = 0;
  };
  // kGoesOn: some bytes are in `into`.
  Read read(kj::ArrayPtr<kj::byte> into);
  // False: failed. All of `bytes` is taken.
  bool write(kj::ArrayPtr<const kj::byte> bytes);
  // Ends our side; reading may go on.
  void close();

  // Hands what the peer has to get to `take`, in pieces.
  template <typename Take>
  void takeOutput(Take take) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(output_, &data);
    if (size > 0) take(kj::arrayPtr(reinterpret_cast<const kj::byte*>(data), size));
    static_cast<void>(BIO_reset(output_));
  }

  // Why it failed, for the app's author.
  const std::string& error() const { return error_; }

 private:
  State fail(int result);

  std::shared_ptr<const TlsClientContext> context_;
  std::unique_ptr<SSL, ReleaseWith<SSL_free>> ssl_;
  BIO* input_;
  BIO* output_;
  std::string error_;
};

}  // namespace nano
