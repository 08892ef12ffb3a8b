// What curl asks and says while it works on a request. All of it is called from inside curl: it
// notes what it finds out and calls nothing of curl's.

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/egress/transfer.h"

namespace nano {
namespace {

// What is received and not read (security 3.1: 256 KB windows): with curl's own buffer of 64 KiB,
// which it keeps when it is told to wait.
constexpr size_t kMaxHeldBytes = 192 * kKiB;

// Of the trailers of a response, which are dropped (security 3.1).
constexpr size_t kMaxTrailerBytes = 8 * kKiB;

// Methods that may be sent a second time when a connection breaks (RFC 9110 9.2.2).
bool isIdempotent(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

// Runs what curl calls; an exception becomes `otherwise`, which makes curl give the request up.
template <typename Result, typename Body>
Result fromCurl(Result otherwise, Body&& body) {
  Result result = otherwise;
  guard([&]() { result = body(); },
        [](kj::Exception&& error) { KJ_LOG(ERROR, "a fetch failed", error); });
  return result;
}

std::optional<CurlConnection> readConnection(const char* localIp, int localPort,
                                             const char* remoteIp, int remotePort) {
  auto local = parseIpAddress(localIp);
  auto remote = parseIpAddress(remoteIp);
  if (!local || !remote) return std::nullopt;
  return CurlConnection{static_cast<uint16_t>(localPort), static_cast<uint16_t>(remotePort), *local,
                        *remote};
}

// -1: there is none.
int64_t numberAt(std::string_view text) {
  int64_t number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool isReused(CURL* easy) {
  long opened = 0;
  return curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK && opened == 0;
}

}  // namespace

curl_socket_t Transfer::onOpen(void* self, curlsocktype, curl_sockaddr* address) {
  return fromCurl<curl_socket_t>(
      CURL_SOCKET_BAD, [self, address]() { return static_cast<Transfer*>(self)->open(*address); });
}

// The last look at the very address before it is connected to. Curl has no other than it was
// given; this holds even where that is not so.
curl_socket_t Transfer::open(const curl_sockaddr& address) {
  if (attempts_ > 0) {
    if (!mayBeSentAgain()) return CURL_SOCKET_BAD;
    phase_ = FetchPhase::kConnecting;
  }
  auto ip = addressOf(address.addr);
  auto port = ntohs(reinterpret_cast<const sockaddr_in&>(address.addr).sin_port);
  auto& checked = route_.addresses;
  if (!ip || port != route_.port || !isAllowed(*ip) ||
      std::find(checked.begin(), checked.end(), *ip) == checked.end()) {
    KJ_LOG(ERROR, "curl wants to connect to an address that was not checked");
    note(deniedAddresses(request_.destination, "address not checked"));
    return CURL_SOCKET_BAD;
  }
  TenantTraffic& traffic = context_->multi.traffic();
  if (!traffic.mayConnect()) {
    note(tooManyConnections(traffic.mostConnections()));
    return CURL_SOCKET_BAD;
  }
  Counters::add(context_->counters.connections);
  int type = address.socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
  curl_socket_t opened = socket(address.family, type, address.protocol);
  if (opened < 0) {
    openError_ = errno;
  } else {
    traffic.opened();
  }
  return opened;
}

bool Transfer::isAllowed(const IpAddress& address) const {
  // The proxy is the operator's.
  return !route_.proxy.empty() || context_->policy.decide(request_.destination, address).allowed;
}

int Transfer::onConnected(void* self, char* remoteIp, char* localIp, int remotePort,
                          int localPort) {
  return fromCurl<int>(CURL_PREREQFUNC_ABORT, [&]() -> int {
    auto connection = readConnection(localIp, localPort, remoteIp, remotePort);
    if (!connection) return CURL_PREREQFUNC_ABORT;
    return static_cast<Transfer*>(self)->beforeRequest(*connection);
  });
}

// There is a connection, and the request is sent next.
int Transfer::beforeRequest(const CurlConnection& connection) {
  if (!isAllowed(connection.remote)) {
    note(deniedAddresses(request_.destination, "pooled connection"));
    return CURL_PREREQFUNC_ABORT;
  }
  CURL* easy = handle_->easy();
  if (isReused(easy) &&
      context_->multi.checkPooled(connection, easy) == CurlMulti::Pooled::kSpoiled) {
    // Sending fails now, and curl comes back with another connection: no attempt yet.
    retried_ = true;
    return CURL_PREREQFUNC_OK;
  }
  if (attempts_ > 0) {
    retried_ = true;
    if (!mayBeSentAgain()) return CURL_PREREQFUNC_ABORT;
  }
  ++attempts_;
  prepareFor(speaksHttp2(tlsOf(easy)) ? Protocol::kHttp2 : Protocol::kHttp1);
  phase_ = FetchPhase::kRequesting;
  watchUpstream();
  return CURL_PREREQFUNC_OK;
}

// That an HTTP/2 server has not looked at a request (RFC 9113 8.7: REFUSED_STREAM, or a GOAWAY for
// earlier ones) curl says nowhere but in its trace. Of a connection of its pool it would not say
// even that, but send the request again whatever had happened; this it does not do for RTSP's
// RECEIVE, which means nothing else to a request of HTTP.
void Transfer::prepareFor(Protocol protocol) {
  const bool isHttp2 = protocol == Protocol::kHttp2;
  framing_.begin();
  framing_.setFree(isHttp2 ? FramingBudget::kFreeOfHttp2 : FramingBudget::kFree);
  reads_ = 0;
  refused_ = false;
  stream_ = 0;
  if (!isHttp2) return;
  CURL* easy = handle_->easy();
  setCurl(easy, CURLOPT_VERBOSE, 1L);
  if (!isIdempotent(request_.method)) setCurl(easy, CURLOPT_RTSP_REQUEST, CURL_RTSPREQ_RECEIVE);
}

int Transfer::onDebug(CURL*, curl_infotype type, char* text, size_t size, void* self) {
  if (type != CURLINFO_TEXT) return 0;
  return fromCurl<int>(0, [&]() {
    static_cast<Transfer*>(self)->readTrace({text, size});
    return 0;
  });
}

// The lines of 7.88; others mean nothing, and then nothing is sent again.
void Transfer::readTrace(std::string_view line) {
  constexpr std::string_view kStream = "Using Stream ID: ";
  constexpr std::string_view kLast = ", last_stream=";
  if (line.starts_with(kStream)) {
    stream_ = numberAt(line.substr(kStream.size()));
  } else if (line.starts_with("recveived GOAWAY") || line.starts_with("received GOAWAY")) {
    size_t at = line.find(kLast);
    if (at == std::string_view::npos) return;
    const int64_t last = numberAt(line.substr(at + kLast.size()));
    refused_ = last >= 0 && stream_ > last;
  } else if (line.starts_with("REFUSED_STREAM")) {
    refused_ = true;
  }
}

// Curl sends a request again when a connection of its pool breaks before anything is received, and
// where REFUSED_STREAM says that it was not looked at. Once is enough, and only what does no harm
// when it is done twice.
bool Transfer::mayBeSentAgain() {
  if (!canBeSentAgain()) {
    note(curlFailure(request_.destination, CURLE_RECV_ERROR, FetchPhase::kRequesting, {}));
    return false;
  }
  return true;
}

bool Transfer::canBeSentAgain() const {
  return attempts_ < 2 && (refused_ || isIdempotent(request_.method)) &&
         (upload_ == nullptr || !upload_->begun());
}

size_t Transfer::onHeader(char* data, size_t size, size_t count, void* self) {
  return fromCurl<size_t>(0, [&]() -> size_t {
    bool taken = static_cast<Transfer*>(self)->takeHeader({data, size * count});
    return taken ? size * count : 0;
  });
}

bool Transfer::takeHeader(std::string_view line) {
  answering_ = true;
  // Trailers, which nobody asked for.
  if (phase_ == FetchPhase::kAnswered) {
    trailerBytes_ += line.size();
    if (trailerBytes_ <= kMaxTrailerBytes) return true;
    note(brokenAnswer(request_.destination, "its trailers have no end"));
    return false;
  }
  switch (head_.add(line)) {
    case UpstreamHead::Line::kMore:
      return true;
    case UpstreamHead::Line::kComplete:
      phase_ = FetchPhase::kAnswered;
      watchForCut();
      context_->multi.reportLater(*this);
      return true;
    case UpstreamHead::Line::kBroken:
      note(brokenAnswer(request_.destination, head_.problem()));
      return false;
  }
  return false;
}

// A body that ends with its connection is whole only where TLS has ended as well: anybody between
// can end the connection. Curl 7.88 does not tell the two apart, but calls this before it closes.
void Transfer::watchForCut() {
  bool tls = request_.destination.scheme == Destination::Scheme::kHttps;
  if (!tls || !head_.endsWithConnection() || !head_.hasBody() || request_.method == "HEAD") return;
  cut_ = Cut::kCut;
  CURL* easy = handle_->easy();
  setCurl(easy, CURLOPT_XFERINFOFUNCTION, &Transfer::onProgress);
  setCurl(easy, CURLOPT_XFERINFODATA, this);
  setCurl(easy, CURLOPT_NOPROGRESS, 0L);
}

int Transfer::onProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  SSL* tls = tlsOf(transfer.handle_->easy());
  if (tls != nullptr && (SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN) != 0) {
    transfer.cut_ = Cut::kEnded;
  }
  return 0;
}

size_t Transfer::onBody(char* data, size_t size, size_t count, void* self) {
  return fromCurl<size_t>(0, [&]() {
    auto* bytes = reinterpret_cast<const kj::byte*>(data);
    return static_cast<Transfer*>(self)->takeBody(kj::arrayPtr(bytes, size * count));
  });
}

size_t Transfer::takeBody(kj::ArrayPtr<const kj::byte> bytes) {
  const bool isFull = body_.held() >= kMaxHeldBytes || !body_.hasRoomFor(bytes.size());
  CurlMulti& multi = context_->multi;
  if (!isFull && !multi.smallPieces().take(bytes.size(), multi.timer().now())) {
    throttled_ = true;
    Counters::add(context_->counters.piecePauses);
    multi.reportLater(*this);
  }
  if (isFull || throttled_) {
    receivePaused_ = true;
    framing_.begin();
    return CURL_WRITEFUNC_PAUSE;
  }
  received_ += bytes.size();
  body_.add(bytes);
  context_->multi.reportLater(*this);
  return bytes.size();
}

size_t Transfer::onUpload(char* into, size_t size, size_t count, void* self) {
  return fromCurl<size_t>(CURL_READFUNC_ABORT, [&]() {
    return static_cast<Transfer*>(self)->giveUpload({into, size * count});
  });
}

size_t Transfer::giveUpload(std::span<char> into) {
  if (upload_ == nullptr) return 0;
  context_->multi.noteUpload();
  SentBody::Taken taken = upload_->take(into);
  wait_ = Wait::kNothing;
  watchUpstream();
  switch (taken.state) {
    case SentBody::Taken::State::kSome:
      return taken.bytes;
    case SentBody::Taken::State::kWait:
      return CURL_READFUNC_PAUSE;
    case SentBody::Taken::State::kEnd:
      return 0;
  }
  return CURL_READFUNC_ABORT;
}

void Transfer::waitsFor(int poll) {
  if (phase_ == FetchPhase::kConnecting) {
    // A socket is closed: its address did not answer.
    if (poll == 0) context_->multi.reportLater(*this);
    return;
  }
  // The only sign that an HTTP/1 answer is over while its request is still being sent: curl does
  // not want to read any more, though nobody told it to wait.
  bool reads = (poll & CURL_POLL_IN) != 0;
  if (reads || phase_ != FetchPhase::kAnswered || receivePaused_ || !uploads()) return;
  receiveOver_ = true;
  context_->multi.reportLater(*this);
}

void Transfer::note(EgressError error) {
  if (!failure_) failure_ = std::move(error);
}

}  // namespace nano
