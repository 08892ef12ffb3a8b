#include <sys/socket.h>
#include <unistd.h>

#include <set>

#include <kj/debug.h>

#include "supervisor/http_server.h"
#include "tests/fuzz/fuzz_loop.h"
#include "tests/fuzz/fuzz_targets.h"

namespace nano::fuzz {
namespace {

// Answers every request with what it was, and is told of each exchange's end once.
class EchoHandler final : public HttpHandler {
 public:
  void handle(HttpExchange& exchange) override {
    auto& head = exchange.head();
    KJ_ASSERT(!head.method.empty() && !head.authority.empty() && head.target.size() <= 16 * 1024);
    for (auto& field : head.fields) {
      KJ_ASSERT(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    }
    static constexpr HttpField kFields[] = {{"content-type", "text/plain"}};
    ResponseHead answer{.status = 200, .statusText = {}, .fields = kFields};
    exchange.respond(answer, exchange.bodyKind() == HttpExchange::BodyKind::kWhole
                                 ? exchange.wholeBody()
                                 : std::span<const std::byte>());
  }
  void abandoned(HttpExchange&) override {}
};

struct World {
  EventLoop& loop = fuzzLoop();
  EchoHandler handler;
  HttpLimits limits;
  HttpServer server{loop, handler, limits};
};

}  // namespace

int fuzzHttp(Bytes input) {
  if (input.empty()) return 0;
  size_t pieceBytes = input[0] == 0 ? SIZE_MAX : input[0];
  input = input.subspan(1);
  World world;
  int ends[2];
  KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
  kj::AutoCloseFd client(ends[1]);
  world.server.serve(kj::AutoCloseFd(ends[0]), HttpPeer());
  while (!input.empty()) {
    size_t size = std::min(input.size(), pieceBytes);
    ssize_t sent = send(client, input.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) break;
    input = input.subspan(static_cast<size_t>(sent));
    world.loop.runOnce();
    char answer[4096];
    while (recv(client, answer, sizeof answer, MSG_DONTWAIT) > 0) {
    }
  }
  client = nullptr;
  for (int turn = 0; turn < 8; ++turn)
    world.loop.runOnce();
  KJ_ASSERT(world.server.connections() == 0, "the client is gone");
  return 0;
}

}  // namespace nano::fuzz
