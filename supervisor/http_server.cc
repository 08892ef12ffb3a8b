#include "supervisor/http_server.h"

#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {

HttpServer::HttpServer(Loop loop, HttpHandler& handler, const HttpLimits& limits)
    : loop_(loop),
      limits_(limits),
      deadlines_(loop.timer, limits_),
      date_(loop.clock),
      scratch_(std::make_unique_for_overwrite<char[]>(kMaxReadBytes)),
      shared_{loop.base, handler,    *this,
              limits_,   deadlines_, date_,
              blocks_,   counters_,  {scratch_.get(), kMaxReadBytes}},
      tasks_(*this) {}

HttpServer::HttpServer(EventLoop& loop, HttpHandler& handler, const HttpLimits& limits)
    : HttpServer({loop.base(), loop.timer(), kj::systemCoarseCalendarClock()}, handler, limits) {}

HttpServer::~HttpServer() noexcept(false) {
  listeners_.clear();
  while (!connections_.empty()) {
    connections_.begin()->first->lose();
  }
}

uint16_t HttpServer::listen(kj::AutoCloseFd socket, uint16_t port) {
  KJ_REQUIRE(state_ == State::kServing);
  HttpListener::Acceptor& acceptor = *this;
  listeners_.push_back(
      std::make_unique<HttpListener>(loop_.base, loop_.timer, kj::mv(socket), port, acceptor));
  return listeners_.back()->port();
}

void HttpServer::stopListening(uint16_t port) {
  std::erase_if(listeners_, [port](const auto& listener) { return listener->port() == port; });
  finishAll(
      [port](const HttpConnection& connection) { return connection.peer().localPort == port; });
}

kj::Promise<void> HttpServer::drain() {
  KJ_REQUIRE(state_ == State::kServing, "a server drains once");
  state_ = State::kDraining;
  listeners_.clear();
  finishAll([](const HttpConnection&) { return true; });
  if (connections_.empty()) return kj::READY_NOW;
  auto pair = kj::newPromiseAndFulfiller<void>();
  drained_ = kj::mv(pair.fulfiller);
  return kj::mv(pair.promise);
}

void HttpServer::finishAll(const std::function<bool(const HttpConnection&)>& which) {
  std::vector<HttpConnection*> chosen;
  for (auto& [connection, owned] : connections_) {
    if (which(*connection)) chosen.push_back(connection);
  }
  // A closed one leaves connections_ at once, but lives on until the turn's end.
  for (HttpConnection* connection : chosen) {
    connection->finish();
  }
}

bool HttpServer::admits(int socket, const HttpPeer& peer) const {
  if (state_ != State::kServing || connections_.size() >= limits_.connections) return false;
  if (mayConnect_ && !mayConnect_(socket)) return false;
  if (peer.network == 0) return true;
  auto found = networks_.find(peer.network);
  return found == networks_.end() || found->second < limits_.connectionsPerAddress;
}

void HttpServer::accepted(kj::AutoCloseFd socket, HttpPeer peer) {
  if (limits_.loopback == HttpLimits::Loopback::kExempt && peer.isLoopback) peer.network = 0;
  if (!admits(socket.get(), peer)) {
    counters_.refusedConnections++;
    return;
  }
  counters_.connections++;
  if (peer.network != 0) networks_[peer.network]++;
  auto connection = std::make_unique<HttpConnection>(shared_, kj::mv(socket), std::move(peer));
  HttpConnection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void HttpServer::resumeSoon(HttpConnection& connection) {
  resuming_.push_back(&connection);
  endTurn();
}

void HttpServer::closed(HttpConnection& connection) {
  if (uint64_t network = connection.peer().network; network != 0) {
    auto found = networks_.find(network);
    if (--found->second == 0) networks_.erase(found);
  }
  auto found = connections_.find(&connection);
  closed_.push_back(std::move(found->second));
  connections_.erase(found);
  if (connections_.empty() && drained_.get() != nullptr) drained_->fulfill();
  endTurn();
}

// In KJ's queue rather than in the loop's flush: handlers called from here may queue work of their
// own for this turn.
void HttpServer::endTurn() {
  if (turnEndQueued_) return;
  turnEndQueued_ = true;
  tasks_.add(kj::evalLast([this]() { runResumes(); }));
}

void HttpServer::runResumes() {
  turnEndQueued_ = false;
  std::vector<HttpConnection*> resuming = std::exchange(resuming_, {});
  for (HttpConnection* connection : resuming) {
    KJ_IF_MAYBE(error, kj::runCatchingExceptions([connection] { connection->resume(); })) {
      KJ_LOG(ERROR, "an HTTP connection failed", *error);
      connection->lose();
    }
  }
  // What has asked to be resumed meanwhile may be among the closed.
  if (resuming_.empty()) closed_.clear();
}

void HttpServer::taskFailed(kj::Exception&& error) {
  KJ_LOG(ERROR, "the end of an HTTP server's turn failed", error);
}

}  // namespace nano
