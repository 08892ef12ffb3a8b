#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "supervisor/counters.h"
#include "supervisor/egress/curl_multi.h"
#include "supervisor/egress/deadline_watch.h"
#include "supervisor/egress/egress_policy.h"
#include "supervisor/egress/fetch_failure.h"
#include "supervisor/egress/framing_budget.h"
#include "supervisor/egress/network_settings.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/egress/received_body.h"
#include "supervisor/egress/sent_body.h"
#include "supervisor/egress/upstream_head.h"

namespace nano {

// What the transfers of one fetcher have in common. Outlives those that curl works on.
struct TransferContext {
  CurlMulti& multi;
  DeadlineWatch& deadlines;
  const NetworkSettings& settings;
  const EgressPolicy& policy;
  NetworkCounters& counters;
};

// Whom to connect to, decided: the destination itself, or the proxy that everything goes through.
struct TransferRoute {
  std::string host;  // An IPv6 address without brackets.
  uint16_t port = 0;
  std::vector<IpAddress> addresses;  // Checked; these and no others.
  std::string proxy;                 // Its URL; empty: none.
};

// One request inside curl, from its checked addresses to the last byte of the response. Dropping it
// gives it up. Once curl is done it needs nothing but itself: the rest of a body may be read as
// late as its reader likes.
class Transfer final : private CurlCall, private SentBody::Owner, private DeadlineWatch::Entry {
 public:
  Transfer(const TransferContext& context, OutboundRequest request, TransferRoute route);
  ~Transfer() noexcept(false);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  struct Answer {
    FetchedResponse response;
    // The body is to be read from the transfer, and this long.
    bool streams = false;
    std::optional<uint64_t> length;
  };
  using Result = std::variant<Answer, EgressError>;
  // Once.
  kj::Promise<Result> answer();

  // As ByteSource.read.
  kj::Promise<ByteChunk> read(size_t maxBytes);

 private:
  // transfer_setup.cc: what curl is told.
  void setUp();
  void setTarget(CURL* easy);
  void setMethod(CURL* easy);
  void setHeaders(CURL* easy);
  void setCallbacks(CURL* easy);

  // transfer_events.cc: what curl asks and says, from inside it.
  static curl_socket_t onOpen(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int onConnected(void* self, char* remoteIp, char* localIp, int remotePort, int localPort);
  static size_t onHeader(char* data, size_t size, size_t count, void* self);
  static size_t onBody(char* data, size_t size, size_t count, void* self);
  static size_t onUpload(char* into, size_t size, size_t count, void* self);
  static int onDebug(CURL*, curl_infotype type, char* text, size_t size, void* self);
  static int onProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  void watchForCut();
  curl_socket_t open(const curl_sockaddr& address);
  int beforeRequest(const CurlConnection& connection);
  bool takeHeader(std::string_view line);
  size_t takeBody(kj::ArrayPtr<const kj::byte> bytes);
  size_t giveUpload(std::span<char> into);
  enum class Protocol : uint8_t { kHttp1, kHttp2 };
  void prepareFor(Protocol protocol);
  void readTrace(std::string_view line);
  bool canBeSentAgain() const;
  bool mayBeSentAgain();
  void sendAgain();
  bool isAllowed(const IpAddress& address) const;
  void note(EgressError error);

  void finished(CURLcode result) override;
  void report() override;
  void wasRead(curl_socket_t socket) override;
  void waitsFor(int poll) override;
  void bodyReady() override;
  void bodyBroke(const char* why) override;
  void expired() override;
  void canceled() override;

  void watchUpstream();
  bool uploads() const { return upload_ != nullptr && !upload_->over(); }
  bool hasWholeAnswer() const;
  EgressError failureOf(CURLcode result) const;
  void stop(EgressError error);
  void leave(CURLcode result);
  void conclude();
  void conclude(EgressError error);
  void tell();
  void resume();
  kj::Promise<void> awaitPieces();

  const TransferContext* context_;  // Null once curl is done with it.
  OutboundRequest request_;
  TransferRoute route_;
  std::unique_ptr<CurlHandle> handle_;
  CurlList headers_;
  std::array<char, CURL_ERROR_SIZE> curlText_{};

  FetchPhase phase_ = FetchPhase::kConnecting;
  unsigned attempts_ = 0;
  bool retried_ = false;
  // By an HTTP/2 server that has not looked at the request.
  bool refused_ = false;
  int64_t stream_ = 0;      // Of HTTP/2.
  bool answering_ = false;  // Something of a head has come.
  bool receivePaused_ = false;
  bool throttled_ = false;  // Paused for the smallness of its pieces, whoever reads.
  bool receiveOver_ = false;
  // Of a body over TLS that ends with its connection.
  enum class Cut : uint8_t { kNoMatter, kCut, kEnded } cut_ = Cut::kNoMatter;
  bool told_ = false;
  std::optional<EgressError> failure_;  // Found out inside curl.
  int openError_ = 0;

  enum class Wait : uint8_t { kNothing, kConnection, kUpload, kHead, kBody };
  Wait wait_ = Wait::kNothing;

  std::unique_ptr<SentBody> upload_;
  UpstreamHead head_;
  ReceivedBody body_;
  uint64_t received_ = 0;
  FramingBudget framing_;
  unsigned reads_ = 0;  // Of this connection.
  size_t trailerBytes_ = 0;
  kj::Own<kj::PromiseFulfiller<Result>> answer_;
  kj::Promise<Result> promise_;
  kj::Promise<void> pieces_ = nullptr;
};

}  // namespace nano
