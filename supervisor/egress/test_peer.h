#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <kj/debug.h>
#include <kj/function.h>
#include <kj/io.h>

#include "supervisor/egress/test_certificates.h"

namespace nano {

// For tests: the other end of a connection, with blocking calls.
class TestConnection {
 public:
  explicit TestConnection(kj::AutoCloseFd socket) : socket_(kj::mv(socket)) {}

  int fd() const { return socket_.get(); }
  void send(std::string_view text) {
    size_t sent = 0;
    while (sent < text.size()) {
      ssize_t size;
      KJ_SYSCALL(size = ::send(fd(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL));
      sent += static_cast<size_t>(size);
    }
  }
  // At most what is asked for; empty: the end.
  std::string receive(size_t maxBytes = 65536) {
    std::string text(maxBytes, '\0');
    ssize_t size;
    KJ_SYSCALL(size = recv(fd(), text.data(), text.size(), 0));
    text.resize(static_cast<size_t>(size));
    return text;
  }
  std::string receiveExactly(size_t size) {
    std::string text;
    while (text.size() < size) {
      std::string more = receive(size - text.size());
      if (more.empty()) break;
      text += more;
    }
    return text;
  }
  void end() { KJ_SYSCALL(shutdown(fd(), SHUT_WR)); }
  // Closes with a reset.
  void reset() {
    linger option{1, 0};
    KJ_SYSCALL(setsockopt(fd(), SOL_SOCKET, SO_LINGER, &option, sizeof(option)));
    socket_ = nullptr;
  }
  bool hasInput() {
    pollfd waited{fd(), POLLIN, 0};
    return poll(&waited, 1, 0) == 1;
  }
  // Whether the other side is gone: an end or a reset, within ten seconds.
  bool isOver() {
    pollfd waited{fd(), POLLIN | POLLRDHUP, 0};
    int ready;
    KJ_SYSCALL(ready = poll(&waited, 1, 10'000));
    char byte;
    return ready == 1 && recv(fd(), &byte, 1, MSG_DONTWAIT) <= 0;
  }

 private:
  kj::AutoCloseFd socket_;
};

// Listens on a port of 127.0.0.1, or of another address of this machine.
class TestPeer {
 public:
  explicit TestPeer(uint32_t address = INADDR_LOOPBACK, uint16_t port = 0) {
    int fd;
    KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    listening_ = kj::AutoCloseFd(fd);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(address);
    local.sin_port = htons(port);
    socklen_t size = sizeof(local);
    KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&local), size));
    KJ_SYSCALL(listen(fd, 16));
    KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size));
    port_ = ntohs(local.sin_port);
  }

  // Two on one port. Another process may have the port at one of the addresses: then another is
  // tried.
  static std::pair<TestPeer, TestPeer> onOnePort(uint32_t first, uint32_t second) {
    for (int tries = 0;; tries++) {
      TestPeer one(first);
      kj::Maybe<TestPeer> other;
      static_cast<void>(kj::runCatchingExceptions([&] { other.emplace(second, one.port()); }));
      KJ_IF_MAYBE(peer, other) {
        return {kj::mv(one), kj::mv(*peer)};
      }
      KJ_REQUIRE(tries < 100, "no port is free at both addresses");
    }
  }

  int fd() const { return listening_.get(); }
  uint16_t port() const { return port_; }
  TestConnection accept() {
    int fd;
    KJ_SYSCALL(fd = accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    return TestConnection(kj::AutoCloseFd(fd));
  }

 private:
  kj::AutoCloseFd listening_;
  uint16_t port_ = 0;
};

// A TLS server that takes one connection in a thread of its own: first `beforeTls`, then a
// handshake, then it sends back what comes until its client ends.
class TestTlsServer {
 public:
  using BeforeTls = kj::Function<void(TestConnection&)>;

  TestTlsServer(
      const TestAuthority& authority, const std::string& names,
      BeforeTls beforeTls = [](TestConnection&) {})
      : issued_(authority.issue(names)),
        context_(SSL_CTX_new(TLS_server_method())),
        beforeTls_(kj::mv(beforeTls)) {
    KJ_REQUIRE(SSL_CTX_use_certificate(context_.get(), issued_.certificate.get()) == 1);
    KJ_REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), issued_.key.get()) == 1);
    thread_ = std::thread([this]() { serve(); });
  }
  ~TestTlsServer() { thread_.join(); }

  uint16_t port() const { return peer_.port(); }
  // The server name that the client asked for; once it is gone.
  std::string serverName() {
    thread_.join();
    thread_ = std::thread([]() {});
    return serverName_;
  }

 private:
  void serve() {
    TestConnection connection = peer_.accept();
    beforeTls_(connection);
    std::unique_ptr<SSL, ReleaseWith<SSL_free>> ssl(SSL_new(context_.get()));
    SSL_set_fd(ssl.get(), connection.fd());
    if (SSL_accept(ssl.get()) != 1) return;
    const char* name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    serverName_ = name == nullptr ? "" : name;
    char bytes[4096];
    for (;;) {
      const int size = SSL_read(ssl.get(), bytes, sizeof(bytes));
      if (size <= 0) break;
      SSL_write(ssl.get(), bytes, size);
    }
    SSL_shutdown(ssl.get());
  }

  TestAuthority::Issued issued_;
  std::unique_ptr<SSL_CTX, ReleaseWith<SSL_CTX_free>> context_;
  BeforeTls beforeTls_;
  TestPeer peer_;
  std::string serverName_;
  std::thread thread_;
};

}  // namespace nano
