#pragma once

// What tests of whole connections share: a server with a handler that each test writes, clients on
// real sockets, and a clock that stands still until a test moves it.

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "supervisor/http_server.h"

namespace nano {

inline std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// What a client reads.
struct ClientResponse {
  int status = 0;
  std::string head;
  std::map<std::string, std::string> fields;
  std::string body;
  // The whole body came, by its own framing.
  bool whole = false;
};

class HttpServerFixture : public ::testing::Test,
                          private HttpHandler,
                          private kj::TaskSet::ErrorHandler {
 public:
  ~HttpServerFixture() noexcept override {}

 protected:
  class Client final {
   public:
    Client(HttpServerFixture& test, kj::AutoCloseFd socket)
        : test_(test),
          socket_(kj::mv(socket)) {}

    // Sends all of it, running the server while the socket takes no more.
    void send(std::string_view text);
    // Runs the server until one response is here, or the connection has ended.
    ClientResponse next(std::string_view method = "GET");
    // Runs the server until this much is here, or the connection has ended.
    std::string read(size_t bytes);
    // Runs the server until it has nothing to do, and takes what came.
    std::string readNow();
    // Runs the server until the connection is over; the rest of what came is in received().
    enum class End { kOrderly, kReset };
    End waitForEnd();
    bool isOpen();

    void shutdownWrite() { KJ_SYSCALL(shutdown(socket_.get(), SHUT_WR)); }
    void shutdownWriteIfOpen() { shutdown(socket_.get(), SHUT_WR); }
    void close() { socket_ = nullptr; }
    void reset();
    const std::string& received() const { return received_; }
    // Takes what has come, without running the server.
    const std::string& receivedSoFar();
    int fd() const { return socket_.get(); }

   private:
    enum class State { kOpen, kEnded, kReset };
    void take();

    HttpServerFixture& test_;
    kj::AutoCloseFd socket_;
    State state_ = State::kOpen;
    std::string received_;
  };

  // Starts the server, with limits_ as they are now.
  void start();
  Client connect();
  Client connectUnix();

  // Runs the loop without sleeping until this holds, or much longer than it may take.
  void runUntil(const std::function<bool()>& done);
  // Runs the loop until nothing happens any more.
  void run();
  // Moves the clock, in steps small enough for every deadline to be seen.
  void advance(kj::Duration time);

  static void hello(HttpExchange& exchange) {
    static constexpr HttpField kFields[] = {{"content-type", "text/plain"}};
    exchange.respond({.status = 200, .statusText = {}, .fields = kFields}, bytesOf("hello"));
  }
  static std::string request(std::string_view target = "/", std::string_view lines = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
  }

  struct FixedClock final : kj::Clock {
    kj::Date now() const override { return date; }
    kj::Date date = kj::UNIX_EPOCH + 1'795'330'800 * kj::SECONDS;
  };

  EventLoop loop_;
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>()};
  FixedClock clock_;
  HttpLimits limits_;
  std::function<void(HttpExchange&)> onRequest_ = hello;
  std::function<void(HttpExchange&)> onAbandoned_ = [](HttpExchange&) {};
  std::vector<HttpExchange*> abandoned_;
  std::unique_ptr<HttpServer> server_;
  uint16_t port_ = 0;
  // What a handler of a test goes on with; none may fail.
  kj::TaskSet tasks_{*this};

 private:
  void handle(HttpExchange& exchange) override { onRequest_(exchange); }
  void abandoned(HttpExchange& exchange) override {
    abandoned_.push_back(&exchange);
    onAbandoned_(exchange);
  }
  void taskFailed(kj::Exception&& error) override {
    ADD_FAILURE() << error.getDescription().cStr();
  }
};

}  // namespace nano
