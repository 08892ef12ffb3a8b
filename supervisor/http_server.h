#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include <kj/async.h>
#include <kj/io.h>
#include <kj/timer.h>

#include "protocol/event_loop.h"
#include "supervisor/http_connection.h"
#include "supervisor/http_exchange.h"
#include "supervisor/http_limits.h"
#include "supervisor/http_listener.h"
#include "supervisor/http_shared.h"

namespace nano {

// HTTP/1.1 for one handler, on any number of listening sockets, under one set of limits. A thread
// may have several: the public address, an app's own port, the admin socket.
class HttpServer final : private HttpConnectionOwner,
                         private HttpListener::Acceptor,
                         private kj::TaskSet::ErrorHandler {
 public:
  // What the thread's loop lends. `clock` is for the Date field; a coarse one will do.
  struct Loop {
    event_base& base;
    kj::Timer& timer;
    const kj::Clock& clock;
  };

  HttpServer(Loop loop, HttpHandler& handler, const HttpLimits& limits);
  HttpServer(EventLoop& loop, HttpHandler& handler, const HttpLimits& limits);
  // Exchanges that are still open are abandoned.
  ~HttpServer() noexcept(false);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Accepts on this socket, which listens already, is non-blocking, TCP or unix. `port` is what
  // requests show as localPort; 0: the socket's own. Returns it.
  uint16_t listen(kj::AutoCloseFd socket, uint16_t port = 0);
  // Accepts no more on that port; its connections end with the answers they are having.
  void stopListening(uint16_t port);
  // Serves one connected, non-blocking socket that somebody else has accepted.
  void serve(kj::AutoCloseFd socket, HttpPeer peer) { accepted(kj::mv(socket), std::move(peer)); }
  // From now on only clients for which this holds are served; it is shown the connected socket. For
  // the admin socket, where the kernel knows who has connected.
  void admitOnly(std::function<bool(int socket)> mayConnect) {
    mayConnect_ = std::move(mayConnect);
  }

  // The graceful end: accepts nothing more, closes idle connections, says Connection: close in
  // every further answer. Done when no connection is left, at most the handler's and the limits'
  // deadlines later. Once.
  kj::Promise<void> drain();

  size_t connections() const { return connections_.size(); }
  const HttpCounters& counters() const { return counters_; }

 private:
  void accepted(kj::AutoCloseFd socket, HttpPeer peer) override;
  void resumeSoon(HttpConnection& connection) override;
  void closed(HttpConnection& connection) override;
  void taskFailed(kj::Exception&& error) override;

  bool admits(int socket, const HttpPeer& peer) const;
  void finishAll(const std::function<bool(const HttpConnection&)>& which);
  void endTurn();
  void runResumes();

  Loop loop_;
  const HttpLimits limits_;
  HttpCounters counters_;
  HttpDeadlines deadlines_;
  HttpDate date_;
  HttpBlockPool blocks_;
  std::unique_ptr<char[]> scratch_;
  HttpShared shared_;

  std::function<bool(int socket)> mayConnect_;
  std::vector<std::unique_ptr<HttpListener>> listeners_;
  std::unordered_map<HttpConnection*, std::unique_ptr<HttpConnection>> connections_;
  // How many of them come from each HttpPeer::network.
  std::unordered_map<uint64_t, size_t> networks_;
  std::vector<HttpConnection*> resuming_;
  std::vector<std::unique_ptr<HttpConnection>> closed_;
  enum class State : uint8_t { kServing, kDraining } state_ = State::kServing;
  bool turnEndQueued_ = false;
  kj::Own<kj::PromiseFulfiller<void>> drained_;
  kj::TaskSet tasks_;
};

}  // namespace nano
