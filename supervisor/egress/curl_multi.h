#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <kj/time.h>
#include <kj/vector.h>

#include "protocol/event_loop.h"
#include "supervisor/egress/curl_handle.h"
#include "supervisor/egress/curl_socket.h"
#include "supervisor/egress/small_pieces.h"
#include "supervisor/egress/tenant_traffic.h"

namespace nano {

// A request that curl works on. Curl's own callbacks are set by whoever implements this; they may
// not call back into curl, so what they find out is acted on here.
class CurlCall {
 public:
  // Curl is done with it and has let go of its handle.
  virtual void finished(CURLcode result) = 0;
  // Asked for by reportLater() in this run of curl, which is over. Not called once finished() was.
  virtual void report() = 0;
  // Curl was called because this connection could be read. At the level of the loop.
  virtual void wasRead(curl_socket_t socket) = 0;
  // From inside curl: it waits for the connection to be readable, writable, both or neither.
  virtual void waitsFor(int poll) = 0;

 protected:
  ~CurlCall() noexcept(false) = default;
};

// Curl's multi handle on our loop, with its pool of connections: one app's.
class CurlMulti final : private Flushable, private CurlSocket::Owner {
 public:
  // `settings` outlives it, and so does `loop`.
  CurlMulti(EventLoop& loop, const NetworkSettings& settings,
            std::shared_ptr<TenantTraffic> traffic);
  // Every handle is given back before.
  ~CurlMulti() noexcept(false) override;

  std::unique_ptr<CurlHandle> takeHandle();
  void giveBack(std::unique_ptr<CurlHandle> handle);

  // The handle's options are set. It is curl's until finished() or stop(). Begins with all others
  // of this turn.
  void start(CurlHandle& handle, CurlCall& call);
  void stop(CurlHandle& handle, CurlCall& call);
  // CURLPAUSE_RECV, CURLPAUSE_SEND, both, or CURLPAUSE_CONT for neither. Curl may hand over what it
  // kept while it was paused before this returns; other than CURLE_OK: the transfer is broken.
  CURLcode pause(CurlHandle& handle, int directions);
  // Pieces of one body come in a row, by the thousand where they are small: once is enough.
  void reportLater(CurlCall& call) {
    if (reports_.empty() || reports_.back() != &call) reports_.push_back(&call);
  }
  // Whoever opens a connection for curl counts it there; its end is counted here.
  TenantTraffic& traffic() { return *traffic_; }
  SmallPieces& smallPieces() { return smallPieces_; }
  kj::Timer& timer() { return loop_.timer(); }
  // When an address has refused, curl 7.88 chooses the next and then sleeps for seconds before it
  // connects to it. This calls it again at once.
  void connectNow(CurlHandle& handle);

  // From inside curl, which takes some of a request's body.
  void noteUpload() { ++uploads_; }

  // From inside curl, which is about to send a request on this connection of its pool. Curl 7.88
  // takes bytes that nobody asked for as the answer to the next request; a connection with such
  // bytes is shut here, so that sending fails and curl takes another.
  enum class Pooled { kClean, kSpoiled };
  Pooled checkPooled(const CurlConnection& connection, CURL* easy);

 private:
  void flush() override;
  void socketReady(curl_socket_t socket, int ready) override;
  void run(curl_socket_t socket, int ready);
  void act(curl_socket_t socket, int ready);
  void collect();
  void forget(CurlCall& call);
  void setTimer(long milliseconds);
  void watchSocket(CURL* easy, curl_socket_t socket, int poll);

  static int onSocket(CURL*, curl_socket_t, int poll, void* self, void*);
  static int onTimer(CURLM*, long milliseconds, void* self);
  static int onClose(void* self, curl_socket_t socket);

  EventLoop& loop_;
  const NetworkSettings& settings_;
  std::shared_ptr<TenantTraffic> traffic_;
  std::unique_ptr<CURLM, ReleaseWith<curl_multi_cleanup>> multi_;
  Event timer_;
  std::optional<kj::TimePoint> timerDue_;
  bool due_ = false;  // Curl wants to be called at once.
  bool running_ = false;
  uint64_t uploads_ = 0;
  std::unordered_map<curl_socket_t, std::unique_ptr<CurlSocket>> sockets_;
  kj::Vector<kj::AutoCloseFd> closing_;
  std::vector<std::unique_ptr<CurlHandle>> spare_;
  std::vector<CurlCall*> reports_;
  SmallPieces smallPieces_;
};

}  // namespace nano
