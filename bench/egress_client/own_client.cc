#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>
#include <utility>
#include <vector>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <kj/debug.h>
#include <llhttp.h>

#include "bench/egress_client/clients.h"

namespace nano::bench {
namespace {

constexpr char kRequest[] =
    "GET / HTTP/1.1\r\nhost: up.test:8099\r\naccept: */*\r\nx-a: b\r\nuser-agent: nano\r\n"
    "accept-encoding: gzip, br\r\n\r\n";

struct Run {
  uint64_t left;
  uint64_t open;
  kj::Own<kj::PromiseFulfiller<void>> done;
};

class Connection final {
 public:
  Connection(event_base& base, uint16_t port, Run& run)
      : run_(run),
        buffers_(bufferevent_socket_new(&base, -1, BEV_OPT_CLOSE_ON_FREE)) {
    llhttp_settings_init(&settings_);
    settings_.on_header_field = [](llhttp_t* parser, const char* data, size_t size) {
      of(parser).fields_.emplace_back(std::string(data, size), "");
      return 0;
    };
    settings_.on_header_value = [](llhttp_t* parser, const char* data, size_t size) {
      of(parser).fields_.back().second.append(data, size);
      return 0;
    };
    settings_.on_body = [](llhttp_t* parser, const char* data, size_t size) {
      of(parser).body_.append(data, size);
      return 0;
    };
    settings_.on_message_complete = [](llhttp_t* parser) {
      of(parser).complete_ = true;
      return 0;
    };
    llhttp_init(&parser_, HTTP_RESPONSE, &settings_);
    parser_.data = this;
    auto onRead = [](bufferevent*, void* self) { static_cast<Connection*>(self)->read(); };
    bufferevent_setcb(buffers_, onRead, nullptr, nullptr, this);
    bufferevent_enable(buffers_, EV_READ | EV_WRITE);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connecting =
        bufferevent_socket_connect(buffers_, reinterpret_cast<sockaddr*>(&server), sizeof(server));
    KJ_REQUIRE(connecting == 0);
    next();
  }
  ~Connection() { bufferevent_free(buffers_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  static Connection& of(llhttp_t* parser) { return *static_cast<Connection*>(parser->data); }

  void next() {
    if (run_.left == 0) {
      if (--run_.open == 0) run_.done->fulfill();
      return;
    }
    --run_.left;
    fields_.clear();
    body_.clear();
    bufferevent_write(buffers_, kRequest, sizeof(kRequest) - 1);
  }

  void read() {
    evbuffer* input = bufferevent_get_input(buffers_);
    size_t size = evbuffer_get_length(input);
    auto* data = reinterpret_cast<const char*>(evbuffer_pullup(input, -1));
    complete_ = false;
    KJ_REQUIRE(llhttp_execute(&parser_, data, size) == HPE_OK);
    evbuffer_drain(input, size);
    if (complete_) next();
  }

  Run& run_;
  bufferevent* buffers_;
  llhttp_settings_t settings_{};
  llhttp_t parser_{};
  std::vector<std::pair<std::string, std::string>> fields_;
  std::string body_;
  bool complete_ = false;
};

}  // namespace

void runOwnClient(EventLoop& loop, const Load& load) {
  auto done = kj::newPromiseAndFulfiller<void>();
  Run run{load.requests, load.connections, kj::mv(done.fulfiller)};
  std::vector<std::unique_ptr<Connection>> connections;
  for (unsigned i = 0; i < load.connections; ++i) {
    connections.push_back(std::make_unique<Connection>(loop.base(), load.port, run));
  }
  loop.run(kj::mv(done.promise));
}

}  // namespace nano::bench
