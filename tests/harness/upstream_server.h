#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <kj/io.h>

#include "tests/harness/test_certificates.h"
#include "tests/harness/upstream_connection.h"

namespace nano::test {

// An upstream that does to its clients whatever a script says, on loopback, with a thread for each
// connection. A script is ordinary code; when it returns, the connection goes on with the next
// request, unless the script has closed it.
class UpstreamServer final {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    uint16_t port = 0;
    const TlsIdentity* identity = nullptr;  // None: no TLS.
    std::string protocol{};                 // What ALPN agrees on, where the client offers it.
  };
  UpstreamServer() : UpstreamServer(Options{}) {}
  explicit UpstreamServer(const Options& options);
  // Breaks off what is under way.
  ~UpstreamServer();
  UpstreamServer(const UpstreamServer&) = delete;
  UpstreamServer& operator=(const UpstreamServer&) = delete;

  uint16_t port() const { return port_; }
  // "http://HOST:PORT/path" or https.
  std::string url(const std::string& host, const std::string& path = "/") const;

  // For requests with this path; the body is not read yet. A path without a script is answered by
  // 404.
  using Script = std::function<void(UpstreamConnection&, UpstreamRequest&)>;
  void on(const std::string& path, Script script);
  // A whole answer to each request for the path: `head` without the lines that frame it.
  void answer(const std::string& path, const std::string& head, const std::string& body = {});
  // Instead of reading requests: from the first byte of each connection on.
  void onConnection(std::function<void(UpstreamConnection&)> script);

  // Lets so many go on that hold(), now or later.
  void release(size_t times = 1) { gate_.release(times); }

  std::vector<UpstreamRequest> requests();
  size_t requestsFor(const std::string& path);
  // Connections accepted so far, and those not over yet.
  size_t connections();
  size_t openConnections();

 private:
  struct Worker {
    std::unique_ptr<UpstreamConnection> connection;
    std::thread thread;
    bool isOver = false;
  };

  void acceptAll();
  void serve(UpstreamConnection& connection);
  void serveRequest(UpstreamConnection& connection, UpstreamRequest& request);

  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  Options options_;
  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  uint16_t port_;
  kj::AutoCloseFd listener_;
  kj::AutoCloseFd stop_;
  UpstreamGate gate_;

  std::mutex mutex_;
  std::map<std::string, Script> scripts_;
  std::function<void(UpstreamConnection&)> onConnection_;
  std::vector<UpstreamRequest> requests_;
  std::list<Worker> workers_;
  size_t accepted_ = 0;

  std::thread acceptor_;
};

}  // namespace nano::test
