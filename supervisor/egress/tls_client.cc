#include "supervisor/egress/tls_client.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <kj/debug.h>

#include "supervisor/egress/ip_address.h"

namespace nano {
namespace {

// Also forgets it: the queue is the thread's, and the next failure must not find this one.
std::string firstOpensslError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

}  // namespace

std::shared_ptr<const TlsClientContext> TlsClientContext::make(
    const std::shared_ptr<const TrustedRoots>& roots) {
  Context context(SSL_CTX_new(TLS_client_method()));
  KJ_REQUIRE(context != nullptr, firstOpensslError());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // A renegotiation would let a peer make work without end; TLS 1.3 has none.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  KJ_REQUIRE(SSL_CTX_set1_verify_cert_store(context.get(), roots->store()) == 1);
  return std::shared_ptr<const TlsClientContext>(new TlsClientContext(std::move(context)));
}

TlsClient::TlsClient(std::shared_ptr<const TlsClientContext> context, const std::string& host)
    : context_(std::move(context)),
      ssl_(SSL_new(context_->context_.get())),
      input_(BIO_new(BIO_s_mem())),
      output_(BIO_new(BIO_s_mem())) {
  KJ_REQUIRE(ssl_ != nullptr && input_ != nullptr && output_ != nullptr);
  // An empty heap is no end.
  BIO_set_mem_eof_return(input_, -1);
  SSL_set_bio(ssl_.get(), input_, output_);
  SSL_set_connect_state(ssl_.get());
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl_.get());
  if (parseIpAddress(host)) {
    KJ_REQUIRE(X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1);
  } else {
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    KJ_REQUIRE(SSL_set1_host(ssl_.get(), host.c_str()) == 1);
    KJ_REQUIRE(SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1);
  }
}

void TlsClient::addInput(kj::ArrayPtr<const kj::byte> bytes) {
  const int written = BIO_write(input_, bytes.begin(), static_cast<int>(bytes.size()));
  KJ_ASSERT(written == static_cast<int>(bytes.size()));
}

void TlsClient::endInput() { BIO_set_mem_eof_return(input_, 0); }

TlsClient::State TlsClient::fail(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return State::kWantsInput;
  if (error == SSL_ERROR_ZERO_RETURN) return State::kEnded;
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK) {
    error_ =
        std::string("the certificate is not accepted: ") + X509_verify_cert_error_string(verified);
    ERR_clear_error();
  } else if (error == SSL_ERROR_SYSCALL) {
    error_ = "the connection ended without TLS's end";
  } else {
    error_ = firstOpensslError();
  }
  return State::kFailed;
}

TlsClient::State TlsClient::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? State::kGoesOn : fail(result);
}

TlsClient::Read TlsClient::read(kj::ArrayPtr<kj::byte> into) {
  ERR_clear_error();
  size_t bytes = 0;
  const int result = SSL_read_ex(ssl_.get(), into.begin(), into.size(), &bytes);
  if (result == 1) return {State::kGoesOn, bytes};
  return {fail(result)};
}

bool TlsClient::write(kj::ArrayPtr<const kj::byte> bytes) {
  if (bytes.size() == 0) return true;
  ERR_clear_error();
  size_t written = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.begin(), bytes.size(), &written);
  if (result == 1 && written == bytes.size()) return true;
  fail(result);
  return false;
}

void TlsClient::close() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace nano
