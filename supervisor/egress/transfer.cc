#include "supervisor/egress/transfer.h"

#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// A reader who takes the rest below this gets more.
constexpr size_t kResumeBytes = 64 * kKiB;
// How often a fetch whose pieces are too small is looked at.
constexpr kj::Duration kPiecesPause = 50 * kj::MILLISECONDS;

// How often a connection is read between two looks at what was read; each look is two system calls.
constexpr unsigned kReadsPerLook = 8;

UpstreamHead::Versions versionsOf(const Destination& destination) {
  return destination.scheme == Destination::Scheme::kHttps ? UpstreamHead::Versions::k1And2
                                                           : UpstreamHead::Versions::k1;
}

}  // namespace

Transfer::Transfer(const TransferContext& context, OutboundRequest request, TransferRoute route)
    : context_(&context),
      request_(std::move(request)),
      route_(std::move(route)),
      handle_(context.multi.takeHandle()),
      head_(versionsOf(request_.destination)),
      body_(context.multi.traffic().held()),
      promise_(nullptr) {
  auto pair = kj::newPromiseAndFulfiller<Result>();
  answer_ = kj::mv(pair.fulfiller);
  promise_ = kj::mv(pair.promise);
  if (auto* stream = std::get_if<OutboundRequest::Stream>(&request_.body)) {
    SentBody::Owner& owner = *this;
    upload_ = std::make_unique<SentBody>(kj::mv(*stream), owner);
  }
  setUp();
  context.multi.start(*handle_, *this);
  context.deadlines.add(*this);
  watchUpstream();
}

Transfer::~Transfer() noexcept(false) {
  if (context_ == nullptr) return;
  context_->multi.stop(*handle_, *this);
  leave(CURLE_ABORTED_BY_CALLBACK);
}

kj::Promise<Transfer::Result> Transfer::answer() { return kj::mv(promise_); }

void Transfer::finished(CURLcode result) {
  // After a GOAWAY curl gives up, other than after a REFUSED_STREAM.
  bool broke = result == CURLE_HTTP2 || result == CURLE_HTTP2_STREAM;
  if (broke && refused_ && !answering_ && !failure_ && canBeSentAgain()) return sendAgain();
  if (result == CURLE_OK && phase_ != FetchPhase::kAnswered) result = CURLE_GOT_NOTHING;
  if (result == CURLE_OK && cut_ == Cut::kCut) result = CURLE_PARTIAL_FILE;
  bool over = result == CURLE_OK || (!failure_ && hasWholeAnswer());
  std::optional<EgressError> error = std::move(failure_);
  if (!error && !over) error = failureOf(result);
  if (error) {
    conclude(std::move(*error));
  } else {
    conclude();
  }
  leave(result);
}

void Transfer::sendAgain() {
  phase_ = FetchPhase::kConnecting;
  retried_ = true;
  curlText_[0] = '\0';
  wait_ = Wait::kNothing;
  context_->multi.start(*handle_, *this);
  watchUpstream();
}

// The rest of an upload is given up once the answer is complete (RFC 9110 7.5).
void Transfer::report() {
  if (failure_) return stop(std::move(*failure_));
  if (phase_ == FetchPhase::kConnecting) return context_->multi.connectNow(*handle_);
  if (phase_ == FetchPhase::kAnswered && uploads() && hasWholeAnswer()) {
    context_->multi.stop(*handle_, *this);
    conclude();
    return leave(CURLE_ABORTED_BY_CALLBACK);
  }
  if (phase_ == FetchPhase::kAnswered && !told_) tell();
  if (throttled_) {
    pieces_ = awaitPieces().eagerlyEvaluate([](kj::Exception&& error) { KJ_LOG(ERROR, error); });
  }
  wait_ = Wait::kNothing;
  watchUpstream();
}

kj::Promise<void> Transfer::awaitPieces() {
  return context_->multi.timer().afterDelay(kPiecesPause).then([this]() -> kj::Promise<void> {
    if (context_ == nullptr) return kj::READY_NOW;
    CurlMulti& multi = context_->multi;
    if (!multi.smallPieces().hasSome(multi.timer().now())) return awaitPieces();
    throttled_ = false;
    resume();
    return kj::READY_NOW;
  });
}

void Transfer::wasRead(curl_socket_t socket) {
  // Of a body that nobody takes curl keeps what it reads.
  if (receivePaused_) return framing_.begin();
  if (phase_ == FetchPhase::kConnecting || reads_++ % kReadsPerLook != 0) return;
  auto read = bytesReadFrom(socket);
  if (!read) return;
  kj::TimePoint now = context_->deadlines.now();
  if (framing_.spend(*read, static_cast<int64_t>(received_), now)) return;
  stop(brokenAnswer(request_.destination, "what it sends around its body has no end"));
}

bool Transfer::hasWholeAnswer() const {
  if (phase_ != FetchPhase::kAnswered) return false;
  if (receiveOver_ || !head_.hasBody() || request_.method == "HEAD") return true;
  return head_.contentLength() && received_ == *head_.contentLength();
}

EgressError Transfer::failureOf(CURLcode result) const {
  std::string detail = curlText_.data();
  if (result == CURLE_COULDNT_CONNECT) {
    long code = 0;
    curl_easy_getinfo(handle_->easy(), CURLINFO_OS_ERRNO, &code);
    if (code == 0) code = openError_;
    detail = code == 0 ? "not reachable" : strerror(static_cast<int>(code));
  }
  EgressError error = curlFailure(request_.destination, result, phase_, detail);
  if (error.kind == rpc::EgressFailure::Kind::INTERNAL) {
    KJ_LOG(ERROR, "curl failed", curl_easy_strerror(result), detail);
  }
  return error;
}

void Transfer::stop(EgressError error) {
  context_->multi.stop(*handle_, *this);
  conclude(std::move(error));
  leave(CURLE_ABORTED_BY_CALLBACK);
}

// Curl has let go of the handle. One that failed or was retried may remember it.
void Transfer::leave(CURLcode result) {
  if (result == CURLE_OK && !retried_) context_->multi.giveBack(std::move(handle_));
  handle_.reset();
  context_->deadlines.remove(*this);
  context_ = nullptr;
  // It may be the body that fails, and is on the stack.
  if (upload_ != nullptr && !upload_->isCalling()) upload_.reset();
}

void Transfer::conclude() {
  body_.end();
  if (!told_) tell();
}

void Transfer::conclude(EgressError error) {
  if (told_) {
    Counters::add(context_->counters.brokenBodies);
    body_.breakOff(std::move(error.message));
    return;
  }
  told_ = true;
  answer_->fulfill(Result(std::move(error)));
}

void Transfer::tell() {
  told_ = true;
  Answer answer;
  FetchedResponse& response = answer.response;
  response.status = head_.status();
  response.statusText = head_.reason();
  response.headers = std::move(head_.fields());
  if (head_.hasBody() && request_.method != "HEAD") {
    if (body_.isWhole() && body_.held() <= kMaxInlineBodyBytes) {
      response.body = body_.takeAll();
    } else {
      answer.streams = true;
      answer.length = head_.contentLength();
    }
  }
  answer_->fulfill(Result(std::move(answer)));
}

kj::Promise<ByteChunk> Transfer::read(size_t maxBytes) {
  auto chunk = body_.read(maxBytes);
  if (context_ == nullptr) return chunk;
  if (receivePaused_ && !throttled_ && body_.held() <= kResumeBytes) resume();
  if (context_ != nullptr) {
    wait_ = Wait::kNothing;
    watchUpstream();
  }
  return chunk;
}

void Transfer::bodyReady() {
  if (context_ == nullptr) return;
  wait_ = Wait::kNothing;
  watchUpstream();
  resume();
}

// Curl waits for exactly what still waits.
void Transfer::resume() {
  if (!throttled_ && body_.held() <= kResumeBytes) receivePaused_ = false;
  bool starved = upload_ != nullptr && upload_->starved();
  int paused = (receivePaused_ ? CURLPAUSE_RECV : 0) | (starved ? CURLPAUSE_SEND : 0);
  CURLcode result = context_->multi.pause(*handle_, paused);
  if (result == CURLE_OK) return;
  stop(failure_ ? std::move(*failure_) : failureOf(result));
}

void Transfer::bodyBroke(const char* why) {
  if (context_ != nullptr) stop(canceledFetch(why));
}

// Arms the deadline for what the upstream owes us now. Nothing is owed while the app keeps us
// waiting, with its request's body or with reading the answer.
void Transfer::watchUpstream() {
  const NetworkSettings& settings = context_->settings;
  Wait wait = Wait::kNothing;
  kj::Duration delay = settings.idleTimeout;
  if (phase_ == FetchPhase::kConnecting) {
    wait = Wait::kConnection;
    delay = settings.connectTimeout;
  } else if (uploads()) {
    if (!upload_->starved()) wait = Wait::kUpload;
  } else if (phase_ == FetchPhase::kRequesting) {
    wait = Wait::kHead;
    delay = settings.headTimeout;
  } else if (body_.awaited()) {
    wait = Wait::kBody;
  }
  if (wait == wait_) return;
  wait_ = wait;
  if (wait == Wait::kNothing) return DeadlineWatch::disarm(*this);
  context_->deadlines.arm(*this, delay);
}

void Transfer::expired() {
  const char* why = "";
  switch (wait_) {
    case Wait::kNothing:
      return;
    case Wait::kConnection:
      why = "could not be connected to in time";
      break;
    case Wait::kUpload:
      why = "did not take the request's body in time";
      break;
    case Wait::kHead:
      why = "did not answer in time";
      break;
    case Wait::kBody:
      why = "did not go on with its answer in time";
      break;
  }
  stop(timedOut(request_.destination, why));
}

void Transfer::canceled() { stop(canceledFetch("the app is gone")); }

}  // namespace nano
