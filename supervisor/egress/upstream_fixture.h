#pragma once

// What tests of the way out share: servers on loopback that do what a test says, a resolver and a
// policy that do too, and a fetcher between them.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

#include "protocol/limits.h"
#include "supervisor/egress/network_fetcher.h"

namespace nano {

// A server's side of one connection. Blocks, in a thread of its own; a client that does nothing for
// 20 s ends it, and so does the end of the test.
class Peer final {
 public:
  Peer(kj::AutoCloseFd socket, SSL* tls) : socket_(kj::mv(socket)), tls_(tls) {}
  ~Peer() noexcept(false) { SSL_free(tls_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Up to and with the empty line; empty at the end of the connection.
  std::string readHead() { return readTo("\r\n\r\n"); }
  std::string readTo(std::string_view end) {
    size_t at;
    while ((at = received_.find(end)) == std::string::npos) {
      if (!receive()) return "";
    }
    return take(at + end.size());
  }
  std::string read(size_t bytes) {
    while (received_.size() < bytes && receive()) {
    }
    return take(std::min(bytes, received_.size()));
  }
  // What is here, or comes next; empty at the end of the connection.
  std::string readSome() {
    if (received_.empty()) receive();
    return take(received_.size());
  }
  // False when the client is gone.
  bool write(std::string_view text) {
    while (!text.empty()) {
      ssize_t sent = tls_ == nullptr ? send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL)
                                     : SSL_write(tls_, text.data(), static_cast<int>(text.size()));
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // Reads the rest until the client has closed its side.
  void waitForEnd() {
    while (receive())
      received_.clear();
  }
  // The client sees a reset, not an end.
  void reset() {
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    KJ_SYSCALL(connect(socket_.get(), &nobody, sizeof(nobody)));
    socket_ = nullptr;
  }
  void endTls() { SSL_shutdown(tls_); }
  SSL* tls() const { return tls_; }
  int fd() const { return socket_.get(); }

 private:
  bool receive() {
    if (socket_.get() < 0) return false;
    char buffer[16 * 1024];
    ssize_t got = tls_ == nullptr ? recv(socket_.get(), buffer, sizeof(buffer), 0)
                                  : SSL_read(tls_, buffer, sizeof(buffer));
    if (got <= 0) return false;
    received_.append(buffer, static_cast<size_t>(got));
    return true;
  }
  std::string take(size_t bytes) {
    std::string taken = received_.substr(0, bytes);
    received_.erase(0, bytes);
    return taken;
  }

  kj::AutoCloseFd socket_;
  SSL* tls_;
  std::string received_;
};

// Listens on loopback and plays `script` on each connection; `number` counts them from 1.
class Upstream final {
 public:
  using Script = std::function<void(Peer& peer, int number)>;

  explicit Upstream(Script script, SSL_CTX* tls = nullptr) : script_(std::move(script)), tls_(tls) {
    int fd;
    KJ_SYSCALL(fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    listener_ = kj::AutoCloseFd(fd);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&address), size));
    KJ_SYSCALL(listen(fd, 256));
    KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size));
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this]() { accept(); });
  }
  ~Upstream() {
    shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (auto& [thread, fd] : peers_) {
      // A number of its own, so that a script which has closed its socket is not confused.
      shutdown(fd.get(), SHUT_RDWR);
      thread.join();
    }
  }

  uint16_t port() const { return port_; }
  int connections() const { return connections_.load(); }

 private:
  void accept() {
    int fd;
    while ((fd = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0)
      begin(fd);
  }

  void begin(int fd) {
    timeval patience{20, 0};
    int on = 1;
    KJ_SYSCALL(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)));
    KJ_SYSCALL(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)));
    KJ_SYSCALL(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
    int number = ++connections_;
    int copy;
    KJ_SYSCALL(copy = dup(fd));
    peers_.emplace_back(std::thread([this, number, fd]() { play(fd, number); }),
                        kj::AutoCloseFd(copy));
  }

  void play(int fd, int number) {
    kj::AutoCloseFd socket(fd);
    // OpenSSL writes without MSG_NOSIGNAL. Only here: the client has to do without.
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
    SSL* tls = nullptr;
    if (tls_ != nullptr) {
      tls = SSL_new(tls_);
      SSL_set_fd(tls, socket.get());
      if (SSL_accept(tls) != 1) {
        SSL_free(tls);
        shutdown(socket.get(), SHUT_RDWR);
        return;
      }
    }
    Peer peer(kj::mv(socket), tls);
    script_(peer, number);
    if (peer.fd() >= 0) shutdown(peer.fd(), SHUT_RDWR);
  }

  Script script_;
  SSL_CTX* tls_;
  kj::AutoCloseFd listener_;
  uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::list<std::pair<std::thread, kj::AutoCloseFd>> peers_;
  std::thread acceptor_;
};

// Answers every request on a connection with the same bytes.
inline Upstream::Script answering(std::string answer) {
  return [answer = std::move(answer)](Peer& peer, int) {
    while (!peer.readHead().empty() && peer.write(answer)) {
    }
  };
}

class FakeResolver final : public Resolver {
 public:
  kj::Promise<Resolution> resolve(std::string host) override {
    asked.push_back(host);
    if (hangs) return kj::Promise<Resolution>(kj::NEVER_DONE);
    auto found = names.find(host);
    if (found == names.end()) return Resolution(NameNotFound{"does not exist"});
    return Resolution(found->second);
  }

  std::map<std::string, std::vector<IpAddress>> names;
  std::vector<std::string> asked;
  bool hangs = false;
};

class FakePolicy final : public EgressPolicy {
 public:
  EgressDecision decide(const Destination& destination) const override {
    return {deniedHosts.count(destination.host) == 0, "rule of hosts"};
  }
  EgressDecision decide(const Destination&, const IpAddress& address) const override {
    ++addressDecisions;
    return {deniedAddresses.count(toString(address)) == 0, "rule of addresses"};
  }
  std::string proxy() const override { return proxyUrl; }

  std::set<std::string> deniedHosts;
  std::set<std::string> deniedAddresses;
  std::string proxyUrl;
  mutable int addressDecisions = 0;
};

class FetcherFixture : public ::testing::Test {
 public:
  ~FetcherFixture() noexcept override {}

 protected:
  FetcherFixture() { resolver_.names["up.test"] = {*parseIpAddress("127.0.0.1")}; }

  NetworkFetcher& fetcher() {
    if (fetcher_ == nullptr) {
      NetworkFetcher::Shared shared{loop_, resolver_, settings_, counters_, traffic_};
      fetcher_ = std::make_unique<NetworkFetcher>(shared, policy_);
    }
    return *fetcher_;
  }

  static OutboundRequest request(uint16_t port, std::string target = "/",
                                 std::string method = "GET") {
    OutboundRequest request;
    request.method = std::move(method);
    request.destination.scheme = Destination::Scheme::kHttp;
    request.destination.host = "up.test";
    request.destination.port = port;
    request.destination.target = std::move(target);
    return request;
  }
  static OutboundRequest secure(uint16_t port, std::string method = "GET") {
    OutboundRequest made = request(port, "/", std::move(method));
    made.destination.scheme = Destination::Scheme::kHttps;
    return made;
  }

  FetchOutcome outcome(OutboundRequest request) {
    return loop_.run(fetcher().fetch(kj::mv(request)));
  }
  // Fails the test where there is none.
  FetchedResponse response(OutboundRequest request) {
    auto result = outcome(kj::mv(request));
    if (auto* error = std::get_if<EgressError>(&result)) {
      ADD_FAILURE() << "no response: " << error->message;
      return {};
    }
    return kj::mv(std::get<FetchedResponse>(result));
  }
  EgressError failure(OutboundRequest request) {
    auto result = outcome(kj::mv(request));
    if (auto* error = std::get_if<EgressError>(&result)) return *error;
    ADD_FAILURE() << "a response: " << std::get<FetchedResponse>(result).status;
    return {};
  }
  // All of it, or what came and "BROKEN: " and why.
  std::string bodyOf(FetchedResponse& response) {
    if (auto* bytes = std::get_if<kj::Array<kj::byte>>(&response.body)) {
      return std::string(bytes->asChars().begin(), bytes->size());
    }
    auto* stream = std::get_if<OutboundRequest::Stream>(&response.body);
    if (stream == nullptr) return "";
    ByteReader reader(kj::mv(stream->source));
    std::string body;
    for (bool end = false; !end;) {
      KJ_IF_MAYBE(error, kj::runCatchingExceptions([&]() {
                    auto chunk = loop_.run(reader.read(kMaxReadBytes));
                    body.append(chunk.bytes.asChars().begin(), chunk.bytes.size());
                    end = chunk.end;
                  })) {
        return body + "BROKEN: " + error->getDescription().cStr();
      }
    }
    return body;
  }
  static std::string field(const FetchedResponse& response, std::string_view name) {
    for (auto& [each, value] : response.headers) {
      if (each == name) return value;
    }
    return "none";
  }
  // Runs the loop until another thread has done something.
  template <typename Condition>
  void runUntil(Condition condition) {
    while (!condition())
      loop_.runOnce();
  }

  EventLoop loop_;
  FakeResolver resolver_;
  std::shared_ptr<FakePolicy> policy_ = std::make_shared<FakePolicy>();
  NetworkSettings settings_;
  NetworkCounters counters_;
  std::shared_ptr<TenantTraffic> traffic_ = std::make_shared<TenantTraffic>();
  std::unique_ptr<NetworkFetcher> fetcher_;
};

// A body that gives these pieces, then its end.
inline OutboundRequest::Stream streamOf(std::vector<std::string> pieces,
                                        std::optional<uint64_t> length = std::nullopt) {
  auto left = std::make_shared<std::list<std::string>>(pieces.begin(), pieces.end());
  auto source = makeByteSource([left](size_t) -> kj::Promise<ByteChunk> {
    if (left->empty()) return ByteChunk{nullptr, true};
    std::string piece = std::move(left->front());
    left->pop_front();
    return ByteChunk{kj::heapArray<const kj::byte>(kj::StringPtr(piece.c_str()).asBytes()), false};
  });
  return {kj::mv(source), length};
}

inline kj::Array<kj::byte> bytesOfText(std::string_view text) {
  return kj::heapArray(reinterpret_cast<const kj::byte*>(text.data()), text.size());
}

}  // namespace nano
