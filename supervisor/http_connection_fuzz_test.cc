// Clients and handlers that do anything at any time. Nothing may crash, hang or be told twice.

#include <set>
#include <string>

#include "supervisor/http_server_fixture.h"

namespace nano {
namespace {

class HttpConnectionFuzzTest : public HttpServerFixture {
 protected:
  size_t below(size_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % limit;
  }

  // What the handler knows of an exchange it has.
  struct Held {
    bool started = false;
    bool reading = false;
    kj::Promise<void> write = nullptr;
    kj::Promise<void> read = nullptr;
  };

  void hold(HttpExchange& exchange) {
    EXPECT_EQ(held_.count(&exchange), 0u) << "two requests of a connection at once";
    if (below(3) == 0) return exchange.respond({}, bytesOf("at once"));
    held_[&exchange] = std::make_unique<Held>();
    if (below(2) == 0) act(exchange);
  }
  void forget(HttpExchange& exchange) {
    EXPECT_EQ(held_.erase(&exchange), 1u) << "told of an exchange it does not have";
  }

  // One thing a handler may do.
  void act(HttpExchange& exchange) {
    Held& held = *held_.at(&exchange);
    switch (below(5)) {
      case 0:
        return held.started ? finish(exchange, [](HttpExchange& e) { e.end(); })
                            : finish(exchange, [this](HttpExchange& e) { answer(e); });
      case 1:
        if (held.started) return;
        held.started = true;
        return exchange.start({},
                              below(4) == 0 ? std::optional<uint64_t>(below(2000)) : std::nullopt);
      case 2:
        if (!held.started) return;
        held.write = exchange.write(bytesOf(std::string(below(40'000), 'w')))
                         .eagerlyEvaluate([](kj::Exception&&) {});
        return;
      case 3:
        if (exchange.bodyKind() != HttpExchange::BodyKind::kStream || held.reading) return;
        held.reading = true;
        held.read = exchange.readBody(1 + below(100'000))
                        .then([&held](kj::Array<kj::byte>&&) { held.reading = false; })
                        .eagerlyEvaluate([](kj::Exception&&) {});
        return;
      case 4:
        if (below(20) == 0) finish(exchange, [](HttpExchange& e) { e.abort(); });
        return;
    }
  }
  void answer(HttpExchange& exchange) {
    exchange.respond({.status = static_cast<uint16_t>(below(8) == 0 ? 204 : 200),
                      .statusText = {},
                      .fields = {}},
                     bytesOf(std::string(below(100'000), 'a')));
  }
  template <typename Last>
  void finish(HttpExchange& exchange, Last&& last) {
    // The exchange may be used again before `last` returns.
    std::unique_ptr<Held> ended = std::move(held_.at(&exchange));
    held_.erase(&exchange);
    last(exchange);
  }
  void actOnAll() {
    std::vector<HttpExchange*> some;
    for (auto& [exchange, held] : held_) {
      if (below(2) == 0) some.push_back(exchange);
    }
    for (HttpExchange* exchange : some) {
      if (held_.count(exchange) != 0) act(*exchange);
    }
  }

  std::string stream() {
    std::string body(below(3) == 0 ? below(200'000) : below(50), 'b');
    std::string text;
    for (size_t requests = 1 + below(4); requests > 0; requests--) {
      switch (below(6)) {
        case 0:
          text += request("/" + std::string(below(30'000), 'p'));
          break;
        case 1:
          text += request("/", below(4) == 0 ? "Connection: close\r\n" : "");
          break;
        case 2:
          text += "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body;
          break;
        case 3:
          text += "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" +
                  std::string("a;x=y\r\n0123456789\r\n0\r\n\r\n");
          break;
        case 4:
          text +=
              "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc";
          break;
        case 5:
          text += "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
          break;
      }
    }
    if (below(3) == 0) text[below(text.size())] = static_cast<char>(below(256));
    return text;
  }

  void talk(Client& client) {
    std::string text = stream();
    size_t sent = 0;
    for (int step = 0; step < 30; step++) {
      if (sent < text.size()) {
        size_t size = std::min(text.size() - sent, 1 + below(below(2) == 0 ? 100 : 100'000));
        ssize_t taken = ::send(client.fd(), text.data() + sent, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken > 0) sent += static_cast<size_t>(taken);
      }
      loop_.runOnce();
      if (below(2) == 0) actOnAll();
      if (below(3) == 0) client.receivedSoFar();
      if (below(100) == 0) client.shutdownWriteIfOpen();
      if (below(100) == 0) return client.reset();
      if (below(60) == 0) advance(static_cast<int64_t>(below(12)) * kj::SECONDS);
    }
    client.close();
  }

  uint64_t state_ = 1;
  std::map<HttpExchange*, std::unique_ptr<Held>> held_;
};

TEST_F(HttpConnectionFuzzTest, SurvivesWhateverBothSidesDo) {
  onRequest_ = [this](HttpExchange& exchange) { hold(exchange); };
  onAbandoned_ = [this](HttpExchange& exchange) { forget(exchange); };
  start();
  for (int round = 0; round < 1500; round++) {
    Client client = below(4) == 0 ? connectUnix() : connect();
    talk(client);
  }
  for (int round = 0; round < 1000 && server_->connections() != 0; round++) {
    actOnAll();
    advance(1 * kj::SECONDS);
  }
  EXPECT_EQ(server_->connections(), 0u);
  EXPECT_TRUE(held_.empty());
  EXPECT_GT(server_->counters().requests, 1000u);
  EXPECT_GT(server_->counters().abandoned, 50u);
}

}  // namespace
}  // namespace nano
