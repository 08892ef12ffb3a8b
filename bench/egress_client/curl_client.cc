#include <curl/curl.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include <kj/debug.h>

#include "bench/egress_client/clients.h"

namespace nano::bench {
namespace {

struct Watch {
  Event event;
};

class Client final {
 public:
  Client(EventLoop& loop, const Load& load, kj::Own<kj::PromiseFulfiller<void>> done)
      : loop_(loop),
        load_(load),
        left_(load.requests),
        open_(load.connections),
        done_(kj::mv(done)),
        multi_(curl_multi_init()) {
    auto onDue = [](evutil_socket_t, short, void* self) {
      static_cast<Client*>(self)->act(CURL_SOCKET_TIMEOUT, 0);
    };
    timer_.reset(evtimer_new(&loop.base(), onDue, this));
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, onSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, onTimer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(load.connections));
    for (unsigned i = 0; i < load.connections; ++i) {
      calls_.push_back(std::make_unique<Call>());
      start(*calls_.back());
    }
  }
  ~Client() {
    for (auto& call : calls_) {
      curl_easy_cleanup(call->easy);
      curl_slist_free_all(call->fields);
      curl_slist_free_all(call->addresses);
    }
    curl_multi_cleanup(multi_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

 private:
  struct Call {
    CURL* easy = curl_easy_init();
    curl_slist* fields = nullptr;
    curl_slist* addresses = nullptr;
    std::vector<std::string> head;
  };

  static size_t onHeader(char* data, size_t size, size_t count, void* call) {
    static_cast<Call*>(call)->head.emplace_back(data, size * count);
    return size * count;
  }
  static size_t onBody(char*, size_t size, size_t count, void*) { return size * count; }

  static int onSocket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto& client = *static_cast<Client*>(self);
    auto* watch = static_cast<Watch*>(known);
    if (what == CURL_POLL_REMOVE) {
      delete watch;
      return 0;
    }
    if (watch == nullptr) {
      watch = new Watch;
      curl_multi_assign(client.multi_, socket, watch);
    }
    auto onReady = [](evutil_socket_t fd, short ready, void* owner) {
      int mask = ((ready & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
                 ((ready & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
      static_cast<Client*>(owner)->act(fd, mask);
    };
    int events = EV_PERSIST | ((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
                 ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0);
    watch->event.reset(
        event_new(&client.loop_.base(), socket, static_cast<short>(events), onReady, self));
    event_add(watch->event.get(), nullptr);
    return 0;
  }

  static int onTimer(CURLM*, long milliseconds, void* self) {
    event* timer = static_cast<Client*>(self)->timer_.get();
    if (milliseconds < 0) return event_del(timer);
    timeval delay{milliseconds / 1000, milliseconds % 1000 * 1000};
    return event_add(timer, &delay);
  }

  void start(Call& call) {
    if (left_ == 0) {
      if (--open_ == 0) done_->fulfill();
      return;
    }
    --left_;
    call.head.clear();
    CURL* easy = call.easy;
    curl_easy_reset(easy);
    curl_slist_free_all(call.fields);
    call.fields = nullptr;
    for (const char* field :
         {"accept: */*", "x-a: b", "user-agent: nano", "accept-encoding: gzip, br"}) {
      call.fields = curl_slist_append(call.fields, field);
    }
    curl_slist_free_all(call.addresses);
    std::string origin = "up.test:" + std::to_string(load_.port);
    call.addresses = curl_slist_append(nullptr, (origin + ":127.0.0.1").c_str());
    curl_easy_setopt(easy, CURLOPT_URL, ("http://" + origin + "/").c_str());
    curl_easy_setopt(easy, CURLOPT_RESOLVE, call.addresses);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call.fields);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "GET");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &call);
    curl_multi_add_handle(multi_, easy);
  }

  void act(curl_socket_t socket, int mask) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, mask, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      finish(message->easy_handle, message->data.result);
    }
  }

  void finish(CURL* easy, CURLcode result) {
    KJ_REQUIRE(result == CURLE_OK, curl_easy_strerror(result));
    Call* call = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
    curl_multi_remove_handle(multi_, easy);
    start(*call);
  }

  EventLoop& loop_;
  Load load_;
  uint64_t left_;
  uint64_t open_;
  kj::Own<kj::PromiseFulfiller<void>> done_;
  CURLM* multi_;
  Event timer_;
  std::vector<std::unique_ptr<Call>> calls_;
};

}  // namespace

void runCurlClient(EventLoop& loop, const Load& load) {
  auto done = kj::newPromiseAndFulfiller<void>();
  Client client(loop, load, kj::mv(done.fulfiller));
  loop.run(kj::mv(done.promise));
}

}  // namespace nano::bench
