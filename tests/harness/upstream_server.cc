#include "tests/harness/upstream_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include <kj/debug.h>

namespace nano::test {
namespace {

// `port` 0: the kernel's choice, which is put there.
kj::AutoCloseFd listenOn(const std::string& address, uint16_t& port) {
  sockaddr_in bound{};
  bound.sin_family = AF_INET;
  bound.sin_port = htons(port);
  KJ_REQUIRE(inet_pton(AF_INET, address.c_str(), &bound.sin_addr) == 1, address.c_str());
  int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  KJ_SYSCALL(made);
  kj::AutoCloseFd listener(made);
  socklen_t size = sizeof bound;
  KJ_SYSCALL(bind(listener, reinterpret_cast<sockaddr*>(&bound), size));
  KJ_SYSCALL(listen(listener, SOMAXCONN));
  KJ_SYSCALL(getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &size));
  port = ntohs(bound.sin_port);
  return listener;
}

std::string pathOf(const UpstreamRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

}  // namespace

UpstreamServer::UpstreamServer(const Options& options)
    : options_(options),
      port_(options.port),
      listener_(listenOn(options.address, port_)) {
  // OpenSSL writes to sockets whose other end may be gone.
  signal(SIGPIPE, SIG_IGN);
  if (options.identity != nullptr) {
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    KJ_REQUIRE(SSL_CTX_use_certificate(tls_.get(), options.identity->certificate.get()) == 1);
    KJ_REQUIRE(SSL_CTX_use_PrivateKey(tls_.get(), options.identity->key.get()) == 1);
    SSL_CTX_set_alpn_select_cb(
        tls_.get(),
        [](SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
           unsigned offeredSize, void* self) {
          auto& protocol = static_cast<UpstreamServer*>(self)->options_.protocol;
          for (unsigned at = 0; at < offeredSize; at += offered[at] + 1u) {
            std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
            if (name != protocol) continue;
            *chosen = offered + at + 1;
            *size = offered[at];
            return SSL_TLSEXT_ERR_OK;
          }
          return SSL_TLSEXT_ERR_NOACK;
        },
        this);
  }
  int stop = eventfd(0, EFD_CLOEXEC);
  KJ_SYSCALL(stop);
  stop_ = kj::AutoCloseFd(stop);
  acceptor_ = std::thread([this] { acceptAll(); });
}

UpstreamServer::~UpstreamServer() {
  uint64_t one = 1;
  KJ_ASSERT(write(stop_, &one, sizeof one) == sizeof one);
  acceptor_.join();
  gate_.end();
  for (auto& worker : workers_) {
    worker.connection->interrupt();
    worker.thread.join();
  }
}

std::string UpstreamServer::url(const std::string& host, const std::string& path) const {
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + path;
}

void UpstreamServer::on(const std::string& path, Script script) {
  std::lock_guard lock(mutex_);
  scripts_[path] = std::move(script);
}

void UpstreamServer::answer(const std::string& path, const std::string& head,
                            const std::string& body) {
  std::string whole = head + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  on(path, [whole](UpstreamConnection& connection, UpstreamRequest& request) {
    connection.readBody(request);
    connection.send(whole);
  });
}

void UpstreamServer::onConnection(std::function<void(UpstreamConnection&)> script) {
  std::lock_guard lock(mutex_);
  onConnection_ = std::move(script);
}

std::vector<UpstreamRequest> UpstreamServer::requests() {
  std::lock_guard lock(mutex_);
  return requests_;
}

size_t UpstreamServer::requestsFor(const std::string& path) {
  auto all = requests();
  return static_cast<size_t>(std::count_if(
      all.begin(), all.end(), [&path](auto& request) { return pathOf(request) == path; }));
}

size_t UpstreamServer::connections() {
  std::lock_guard lock(mutex_);
  return accepted_;
}

size_t UpstreamServer::openConnections() {
  std::lock_guard lock(mutex_);
  return static_cast<size_t>(
      std::count_if(workers_.begin(), workers_.end(), [](auto& worker) { return !worker.isOver; }));
}

void UpstreamServer::acceptAll() {
  for (;;) {
    pollfd fds[] = {{listener_, POLLIN, 0}, {stop_, POLLIN, 0}};
    KJ_SYSCALL(poll(fds, 2, -1));
    if (fds[1].revents != 0) return;
    int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) continue;
    std::lock_guard lock(mutex_);
    Worker& worker = workers_.emplace_back();
    worker.connection =
        std::make_unique<UpstreamConnection>(accepted_++, kj::AutoCloseFd(accepted), gate_);
    worker.thread = std::thread([this, &worker] {
      serve(*worker.connection);
      worker.connection->close();
      std::lock_guard inner(mutex_);
      worker.isOver = true;
    });
  }
}

void UpstreamServer::serve(UpstreamConnection& connection) {
  if (tls_ && !connection.startTls(*tls_)) return;
  std::unique_lock lock(mutex_);
  auto script = onConnection_;
  lock.unlock();
  if (script) return script(connection);
  while (auto request = connection.readHead())
    serveRequest(connection, *request);
}

void UpstreamServer::serveRequest(UpstreamConnection& connection, UpstreamRequest& request) {
  std::unique_lock lock(mutex_);
  size_t index = requests_.size();
  requests_.push_back(request);
  auto found = scripts_.find(pathOf(request));
  auto script = found == scripts_.end() ? Script() : found->second;
  lock.unlock();
  if (script) {
    script(connection, request);
  } else {
    connection.readBody(request);
    connection.send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
  }
  lock.lock();
  requests_[index].body = request.body;
}

}  // namespace nano::test
