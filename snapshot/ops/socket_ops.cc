// Sockets: connections to addresses on the network; and what a WebSocket's handshake computes.

// SHA-1 by itself: EVP would read OpenSSL's configuration, and a sandboxed process opens no file.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// Null, with an exception pending, in a program without a network.
SocketHost* socketsOf(OpCall& call, Host& host) {
  SocketHost* sockets = host.sockets();
  if (sockets == nullptr) call.isolate()->ThrowError("There is no network here");
  return sockets;
}

// `tls` is 1 or 0.
uint32_t openSocket(OpCall& call, Host& host, const Utf8& address, uint32_t port, uint32_t tls) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets == nullptr) return 0;
  return sockets->openSocket(
      address.view(), static_cast<uint16_t>(port),
      tls == 1 ? SocketHost::Transport::kTls : SocketHost::Transport::kPlain);
}

v8::MaybeLocal<v8::Promise> awaitSocket(OpCall& call, Host& host, uint32_t socket) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets == nullptr) return {};
  return sockets->awaitSocket(socket);
}

v8::MaybeLocal<v8::Promise> readSocket(OpCall& call, Host& host, uint32_t socket,
                                       uint32_t maxBytes) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets == nullptr) return {};
  return sockets->readSocket(socket, maxBytes);
}

v8::MaybeLocal<v8::Promise> writeSocket(OpCall& call, Host& host, uint32_t socket,
                                        std::span<const std::byte> bytes) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets == nullptr) return {};
  return sockets->writeSocket(socket, bytes);
}

v8::MaybeLocal<v8::Promise> endSocket(OpCall& call, Host& host, uint32_t socket) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets == nullptr) return {};
  return sockets->endSocket(socket);
}

v8::MaybeLocal<v8::Promise> secureSocket(OpCall& call, Host& host, uint32_t socket,
                                         const Utf8& name) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets == nullptr) return {};
  return sockets->secureSocket(socket, name.view());
}

void closeSocket(OpCall& call, Host& host, uint32_t socket) {
  SocketHost* sockets = socketsOf(call, host);
  if (sockets != nullptr) sockets->closeSocket(socket);
}

// RFC 6455 1.3: of a key that proves nothing but that the server speaks WebSocket.
v8::MaybeLocal<v8::Uint8Array> sha1(OpCall& call, std::span<const std::byte> bytes) {
  SHA_CTX context;
  const auto made = newBytes(call.isolate(), SHA_DIGEST_LENGTH);
  if (!made) return {};
  SHA1_Init(&context);
  SHA1_Update(&context, bytes.data(), bytes.size());
  SHA1_Final(reinterpret_cast<unsigned char*>(made->bytes.data()), &context);
  return made->array;
}

constexpr Op kOps[] = {
    {"openSocket", bindOp<openSocket>},   {"awaitSocket", bindOp<awaitSocket>},
    {"readSocket", bindOp<readSocket>},   {"writeSocket", bindOp<writeSocket>},
    {"endSocket", bindOp<endSocket>},     {"secureSocket", bindOp<secureSocket>},
    {"closeSocket", bindOp<closeSocket>}, {"sha1", bindOp<sha1>},
};

}  // namespace

const std::span<const Op> kSocketOps = kOps;

}  // namespace nano
