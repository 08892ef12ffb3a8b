// What the proxy benches fetch from: an HTTP server of ours that does nothing.
//
//   nano_bench_upstream [port]        prints "serving PORT", then serves until it is killed
//
// "/bytes/N" is N bytes; everything else is a short greeting.

#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "supervisor/http_server.h"
#include "supervisor/listening_socket.h"

namespace {

using nano::HttpExchange;

constexpr std::string_view kBytes = "/bytes/";
constexpr size_t kPieceBytes = size_t{64} * 1024;

class Upstream final : public nano::HttpHandler, private kj::TaskSet::ErrorHandler {
 public:
  void handle(HttpExchange& exchange) override {
    const std::string_view target = exchange.head().target;
    if (target.starts_with(kBytes)) {
      uint64_t length = 0;
      std::from_chars(target.data() + kBytes.size(), target.data() + target.size(), length);
      exchange.start({.status = 200, .statusText = {}, .fields = {}}, length);
      writers_.push_back(&exchange);
      tasks_.add(write(exchange, length));
      return;
    }
    static constexpr nano::HttpField kFields[] = {{"content-type", "text/plain;charset=UTF-8"}};
    static constexpr std::string_view kBody = "Hello, World!";
    exchange.respond({.status = 200, .statusText = {}, .fields = kFields},
                     std::as_bytes(std::span(kBody)));
  }
  void abandoned(HttpExchange& exchange) override { std::erase(writers_, &exchange); }

 private:
  kj::Promise<void> write(HttpExchange& exchange, uint64_t left) {
    if (std::find(writers_.begin(), writers_.end(), &exchange) == writers_.end()) {
      return kj::READY_NOW;
    }
    if (left == 0) {
      std::erase(writers_, &exchange);
      exchange.end();
      return kj::READY_NOW;
    }
    const uint64_t size = std::min<uint64_t>(left, piece_.size());
    return exchange.write(std::span(piece_).first(size)).then([this, &exchange, left, size] {
      return write(exchange, left - size);
    });
  }
  void taskFailed(kj::Exception&& error) override { KJ_LOG(WARNING, error); }

  std::vector<std::byte> piece_ = std::vector<std::byte>(kPieceBytes, std::byte{'x'});
  std::vector<HttpExchange*> writers_;
  kj::TaskSet tasks_{*this};
};

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  auto opened = nano::openListeningSockets("127.0.0.1", port, 1);
  auto* sockets = std::get_if<std::vector<nano::ListeningSocket>>(&opened);
  KJ_REQUIRE(sockets != nullptr, std::get<std::string>(opened).c_str());
  nano::EventLoop loop;
  Upstream upstream;
  nano::HttpLimits limits;
  limits.requestsPerConnection = UINT32_MAX;
  nano::HttpServer server(loop, upstream, limits);
  const uint16_t bound = sockets->front().port;
  server.listen(kj::mv(sockets->front().fd), bound);
  printf("serving %d\n", bound);
  fflush(stdout);
  loop.run(kj::Promise<void>(kj::NEVER_DONE));
  return 0;
}
