#include "supervisor/egress/curl_multi.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <kj/debug.h>

namespace nano {
namespace {

// Handles kept for the next fetches; 6 KB each.
constexpr size_t kSpareHandles = 8;
// How often curl may ask in a row to be called again at once before the loop goes on.
constexpr int kMaxPasses = 4;

// Null of a handle that is nobody's, as those that curl makes for itself.
CurlCall* callOf(CURL* easy) {
  void* call = nullptr;
  CURLcode result = curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
  KJ_ASSERT(result == CURLE_OK);
  return static_cast<CurlCall*>(call);
}

void logFailure(kj::Exception&& error) { KJ_LOG(ERROR, "a fetch's event failed", error); }

template <typename Option, typename Value>
void setMulti(CURLM* multi, Option option, Value value) {
  CURLMcode result = curl_multi_setopt(multi, option, value);
  KJ_REQUIRE(result == CURLM_OK, curl_multi_strerror(result));
}

}  // namespace

CurlMulti::CurlMulti(EventLoop& loop, const NetworkSettings& settings,
                     std::shared_ptr<TenantTraffic> traffic)
    : loop_(loop),
      settings_(settings),
      traffic_(std::move(traffic)) {
  // Counted and safe between threads; never undone, because the process ends with it.
  CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  KJ_REQUIRE(ready == CURLE_OK, curl_easy_strerror(ready));
  multi_.reset(curl_multi_init());
  KJ_REQUIRE(multi_ != nullptr);
  setMulti(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlMulti::onSocket);
  setMulti(multi_.get(), CURLMOPT_SOCKETDATA, this);
  setMulti(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlMulti::onTimer);
  setMulti(multi_.get(), CURLMOPT_TIMERDATA, this);
  setMulti(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(settings.idleConnections));
  // One request at a time on an HTTP/2 connection: README, "Why it is so".
  setMulti(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  auto onDue = [](evutil_socket_t, short, void* self) {
    auto& multi = *static_cast<CurlMulti*>(self);
    multi.timerDue_.reset();
    guard([&multi]() { multi.run(CURL_SOCKET_TIMEOUT, 0); }, logFailure);
  };
  timer_.reset(event_new(&loop.base(), -1, 0, onDue, this));
  KJ_REQUIRE(timer_ != nullptr);
}

CurlMulti::~CurlMulti() noexcept(false) {
  spare_.clear();
  // Closes the pool, which calls back into this object.
  multi_.reset();
}

std::unique_ptr<CurlHandle> CurlMulti::takeHandle() {
  std::unique_ptr<CurlHandle> handle;
  if (spare_.empty()) {
    handle = std::make_unique<CurlHandle>(settings_);
    setCurl(handle->easy(), CURLOPT_CLOSESOCKETFUNCTION, &CurlMulti::onClose);
    setCurl(handle->easy(), CURLOPT_CLOSESOCKETDATA, this);
  } else {
    handle = std::move(spare_.back());
    spare_.pop_back();
  }
  return handle;
}

void CurlMulti::giveBack(std::unique_ptr<CurlHandle> handle) {
  if (spare_.size() == kSpareHandles) return;
  setCurl(handle->easy(), CURLOPT_PRIVATE, static_cast<void*>(nullptr));
  spare_.push_back(std::move(handle));
}

void CurlMulti::start(CurlHandle& handle, CurlCall& call) {
  setCurl(handle.easy(), CURLOPT_PRIVATE, &call);
  CURLMcode result = curl_multi_add_handle(multi_.get(), handle.easy());
  KJ_REQUIRE(result == CURLM_OK, curl_multi_strerror(result));
}

void CurlMulti::stop(CurlHandle& handle, CurlCall& call) {
  KJ_ASSERT(!running_, "curl cannot be called from its callbacks");
  CURLMcode result = curl_multi_remove_handle(multi_.get(), handle.easy());
  // After that, which may have called it back.
  forget(call);
  KJ_ASSERT(result == CURLM_OK, curl_multi_strerror(result));
}

CURLcode CurlMulti::pause(CurlHandle& handle, int directions) {
  KJ_ASSERT(!running_, "curl cannot be called from its callbacks");
  CURLcode result = curl_easy_pause(handle.easy(), directions);
  loop_.flushAtTurnEnd(*this);
  return result;
}

void CurlMulti::connectNow(CurlHandle& handle) {
  // The one way to have curl look at a transfer: a change of what is paused, of which a transfer
  // that is not connected knows nothing.
  pause(handle, CURLPAUSE_RECV);
  pause(handle, CURLPAUSE_CONT);
}

void CurlMulti::forget(CurlCall& call) {
  std::replace(reports_.begin(), reports_.end(), &call, static_cast<CurlCall*>(nullptr));
}

void CurlMulti::flush() {
  guard([this]() { run(CURL_SOCKET_TIMEOUT, 0); }, logFailure);
}

void CurlMulti::run(curl_socket_t socket, int ready) {
  running_ = true;
  act(socket, ready);
  for (int i = 1; due_ && i < kMaxPasses; ++i)
    act(CURL_SOCKET_TIMEOUT, 0);
  running_ = false;
  closing_.clear();
  if (due_) loop_.flushAtTurnEnd(*this);
  collect();
}

void CurlMulti::socketReady(curl_socket_t socket, int ready) {
  uint64_t before = uploads_;
  run(socket, ready);
  auto watched = sockets_.find(socket);
  if (watched == sockets_.end()) return;
  watched->second->wasCalled(
      ready, uploads_ == before ? CurlSocket::Upload::kStood : CurlSocket::Upload::kMoved);
  CURL* user = watched->second->user();
  CurlCall* call = user == nullptr || ready != CURL_CSELECT_IN ? nullptr : callOf(user);
  if (call != nullptr) call->wasRead(socket);
}

void CurlMulti::act(curl_socket_t socket, int ready) {
  due_ = false;
  int running = 0;
  CURLMcode result = curl_multi_socket_action(multi_.get(), socket, ready, &running);
  if (result != CURLM_OK) KJ_LOG(ERROR, "curl failed", curl_multi_strerror(result));
}

// What is finished comes first: it needs no report any more.
void CurlMulti::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    CURLcode result = message->data.result;
    CurlCall* call = callOf(easy);
    curl_multi_remove_handle(multi_.get(), easy);
    forget(*call);
    call->finished(result);
  }
  for (size_t i = 0; i < reports_.size(); ++i) {
    if (CurlCall* call = reports_[i]) call->report();
  }
  reports_.clear();
}

// Left armed when it fires early enough: curl moves its timeouts with every request, and one early
// call is cheaper than a change of libevent's heap each time.
void CurlMulti::setTimer(long milliseconds) {
  if (milliseconds == 0) {
    due_ = true;
    if (!running_) loop_.flushAtTurnEnd(*this);
    return;
  }
  if (milliseconds < 0) return;
  kj::TimePoint due = loop_.timer().now() + milliseconds * kj::MILLISECONDS;
  if (timerDue_ && *timerDue_ <= due) return;
  timeval delay{milliseconds / 1000, milliseconds % 1000 * 1000};
  KJ_REQUIRE(event_add(timer_.get(), &delay) == 0);
  timerDue_ = due;
}

void CurlMulti::watchSocket(CURL* easy, curl_socket_t socket, int poll) {
  CurlSocket::Owner& owner = *this;
  std::unique_ptr<CurlSocket>& watched = sockets_[socket];
  if (watched == nullptr) watched = std::make_unique<CurlSocket>(loop_.base(), socket, owner);
  int wanted = poll == CURL_POLL_REMOVE ? 0 : poll;
  watched->want(wanted, easy);
  if (CurlCall* call = callOf(easy)) call->waitsFor(wanted);
}

int CurlMulti::onSocket(CURL* easy, curl_socket_t socket, int poll, void* self, void*) {
  int result = 0;
  guard([&]() { static_cast<CurlMulti*>(self)->watchSocket(easy, socket, poll); },
        [&result](kj::Exception&& error) {
          logFailure(kj::mv(error));
          result = -1;
        });
  return result;
}

int CurlMulti::onTimer(CURLM*, long milliseconds, void* self) {
  int result = 0;
  guard([&]() { static_cast<CurlMulti*>(self)->setTimer(milliseconds); },
        [&result](kj::Exception&& error) {
          logFailure(kj::mv(error));
          result = -1;
        });
  return result;
}

// Closed only after this run of curl: a transfer that goes on at once with another connection would
// get the same number, and curl 7.88 takes it for the socket that it has told us of already.
int CurlMulti::onClose(void* self, curl_socket_t socket) {
  auto& multi = *static_cast<CurlMulti*>(self);
  kj::AutoCloseFd closing(socket);
  multi.traffic_->closed();
  multi.sockets_.erase(socket);
  if (multi.running_) multi.closing_.add(kj::mv(closing));
  return 0;
}

CurlMulti::Pooled CurlMulti::checkPooled(const CurlConnection& connection, CURL* easy) {
  SSL* tls = tlsOf(easy);
  if (speaksHttp2(tls)) return Pooled::kClean;
  for (auto& [socket, watched] : sockets_) {
    if (!watched->isOf(connection)) continue;
    char byte;
    ssize_t waiting = recv(socket, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT);
    bool clean = waiting < 0 && errno == EAGAIN && (tls == nullptr || SSL_has_pending(tls) == 0);
    if (clean) return Pooled::kClean;
    shutdown(socket, SHUT_RDWR);
    return Pooled::kSpoiled;
  }
  return Pooled::kClean;
}

}  // namespace nano
