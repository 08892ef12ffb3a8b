#include "supervisor/egress/internal_exchange.h"

#include <algorithm>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/answer_upstream.h"
#include "supervisor/app_names.h"
#include "supervisor/http_limits.h"
#include "supervisor/http_response_head.h"
#include "supervisor/loaded_app.h"
#include "supervisor/outcome_reply.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

std::string_view schemeOf(const Destination& destination) {
  return destination.scheme == Destination::Scheme::kHttps ? "https" : "http";
}

// As a client's Host: without the port that its scheme has anyway.
std::string authorityOf(const Destination& destination) {
  bool isV6 = destination.host.find(':') != std::string::npos;
  std::string text = isV6 ? "[" + destination.host + "]" : destination.host;
  uint16_t usual = destination.scheme == Destination::Scheme::kHttps ? 443 : 80;
  if (destination.port != usual) text += ":" + std::to_string(destination.port);
  return text;
}

EgressError tooLarge(const char* what, size_t most) {
  return {Kind::OVER_LIMIT,
          std::string("the request's ") + what + ": an app takes at most " + std::to_string(most)};
}

Kind kindOf(rpc::Outcome outcome) {
  switch (outcome) {
    case rpc::Outcome::SCRIPT_NOT_FOUND:
      return Kind::NAME_NOT_FOUND;
    case rpc::Outcome::STARTUP_FAILED:
    case rpc::Outcome::QUARANTINED:
      return Kind::CONNECT_FAILED;
    case rpc::Outcome::EXCEEDED_WALL_TIME:
      return Kind::TIMED_OUT;
    case rpc::Outcome::LOAD_SHED:
      return Kind::OVER_LIMIT;
    case rpc::Outcome::EXCEPTION:
    case rpc::Outcome::EXCEEDED_CPU:
    case rpc::Outcome::EXCEEDED_MEMORY:
    case rpc::Outcome::CANCELED:
    case rpc::Outcome::RESPONSE_STREAM_DISCONNECTED:
    case rpc::Outcome::WORKER_DIED:
      return Kind::PROTOCOL;
    default:
      return Kind::INTERNAL;
  }
}

// RFC 9110 9.3.2, 15.3.5, 15.3.6, 15.4.5.
bool hasNoBody(std::string_view method, uint16_t status) {
  return method == "HEAD" || status == 204 || status == 205 || status == 304;
}

// What HttpAnswer sends for an answer that may not be sent.
constexpr std::string_view kBadGateway = "502 Bad Gateway\n";
constexpr HttpField kPlainText[] = {{"content-type", "text/plain; charset=utf-8"}};

// What is kept of a request while it is under way.
size_t memoryOf(const OutboundRequest& request) {
  size_t bytes = request.destination.host.size() + request.destination.target.size() +
                 request.rpcMethod.size() + request.entrypoint.size() + request.props.size();
  for (const auto& [name, value] : request.headers)
    bytes += name.size() + value.size();
  auto* whole = std::get_if<kj::Array<kj::byte>>(&request.body);
  return bytes + (whole == nullptr ? 0 : whole->size());
}

// Between two workers, neither of which is trusted: pieces are held to the rules of a body.
class UpstreamRelay final : public rpc::Upstream::Server {
 public:
  explicit UpstreamRelay(rpc::Upstream::Client answerer) : answerer_(kj::mv(answerer)) {}

 protected:
  kj::Promise<void> attach(AttachContext context) override {
    KJ_REQUIRE(!isAttached_, "a caller goes on once");
    isAttached_ = true;
    auto pull = [reader = ByteReader(context.getParams().getSource())](size_t maxBytes) mutable {
      return reader.read(maxBytes);
    };
    auto request = answerer_.attachRequest();
    request.setSource(makeByteSource(kj::mv(pull)));
    // The caller does not wait for the answerer, which might never return. Where it fails it drops
    // the source, of which the caller hears.
    attaching_ = request.send().ignoreResult().eagerlyEvaluate([](kj::Exception&&) {});
    return kj::READY_NOW;
  }

 private:
  rpc::Upstream::Client answerer_;
  kj::Promise<void> attaching_ = nullptr;
  bool isAttached_ = false;
};

}  // namespace

std::optional<EgressError> InternalExchange::problem(const OutboundRequest& request,
                                                     const ByteBudget& budget) {
  const Destination& to = request.destination;
  constexpr size_t kRestOfUrl = 16;  // "https://", a port.
  if (to.host.size() + to.target.size() + kRestOfUrl > kMaxUrlBytes) {
    return tooLarge("URL is too long", kMaxUrlBytes);
  }
  constexpr size_t kOwnFields = 2;  // Host, Content-Length.
  if (request.headers.size() + kOwnFields > kMaxRequestHeaders) {
    return tooLarge("headers are too many", kMaxRequestHeaders - kOwnFields);
  }
  size_t bytes = to.host.size() + 64;
  for (const auto& [name, value] : request.headers)
    bytes += name.size() + value.size() + 4;
  if (bytes > kMaxRequestHeaderBytes) {
    return tooLarge("headers are too large", kMaxRequestHeaderBytes);
  }
  auto* whole = std::get_if<kj::Array<kj::byte>>(&request.body);
  if (whole != nullptr && whole->size() > kMaxInlineBodyBytes) {
    return tooLarge("body is too large for one piece", kMaxInlineBodyBytes);
  }
  auto* stream = std::get_if<OutboundRequest::Stream>(&request.body);
  if (stream != nullptr && stream->length.value_or(0) > kMaxRequestBodyBytes) {
    return tooLarge("body is too large", kMaxRequestBodyBytes);
  }
  if (!budget.hasRoomFor(memoryOf(request))) {
    return EgressError{
        Kind::OVER_LIMIT,
        "too much of what this tenant's apps fetch from apps of this server is under "
        "way: read the responses there are, or cancel their bodies"};
  }
  return std::nullopt;
}

InternalExchange::InternalExchange(kj::Timer& timer, std::string app, RefusalsAre refusals,
                                   OutboundRequest request, std::shared_ptr<ByteBudget> budget)
    : timer_(timer),
      app_(std::move(app)),
      refusals_(refusals),
      request_(std::move(request)),
      budget_(budget),
      requestMemory_(memoryOf(request_)),
      body_(timer, std::move(budget), [this]() { abandon(); }) {
  budget_->take(requestMemory_);
  makeHead();
  if (auto* stream = std::get_if<OutboundRequest::Stream>(&request_.body)) {
    requestBody_ = ByteReader(stream->source);
  }
}

InternalExchange::~InternalExchange() noexcept(false) {
  reads_.cancel("the request is over");
  abandon();
  budget_->give(requestMemory_);
}

void InternalExchange::abandon() {
  if (handlerState != nullptr) LoadedApp::abandon(*this);
}

void InternalExchange::makeHead() {
  authority_ = authorityOf(request_.destination);
  fields_.push_back({"host", authority_});
  for (const auto& [name, value] : request_.headers)
    fields_.push_back({name, value});
  std::optional<uint64_t> length = bodyLength();
  if (bodyKind() == BodyKind::kWhole) length = wholeBody().size();
  if (length) {
    lengthText_ = std::to_string(*length);
    fields_.push_back({"content-length", lengthText_});
  }
  head_.method = request_.method;
  head_.scheme = schemeOf(request_.destination);
  head_.authority = authority_;
  head_.target = request_.destination.target;
  head_.fields = fields_;
  head_.hops = request_.hops;
  head_.entrypoint = request_.entrypoint;
  head_.props = request_.props;
  head_.rpcMethod = request_.rpcMethod;
}

kj::Promise<FetchOutcome> InternalExchange::answerOf(kj::Own<InternalExchange> exchange) {
  auto outcome = kj::newPromiseAndFulfiller<FetchOutcome>();
  exchange->outcome_ = kj::mv(outcome.fulfiller);
  return outcome.promise.then([exchange = kj::mv(exchange)](FetchOutcome&& done) mutable {
    auto* response = std::get_if<FetchedResponse>(&done);
    if (response != nullptr && exchange->streams_) {
      auto length = exchange->length_;
      auto upstream = kj::mv(exchange->upstream_);
      auto pull = [exchange = kj::mv(exchange)](size_t maxBytes) mutable {
        return exchange->body_.read(maxBytes);
      };
      response->body =
          OutboundRequest::Stream{makeByteSource(kj::mv(pull)), length, kj::mv(upstream)};
    }
    return kj::mv(done);
  });
}

HttpExchange::BodyKind InternalExchange::bodyKind() const {
  if (std::holds_alternative<kj::Array<kj::byte>>(request_.body)) return BodyKind::kWhole;
  if (std::holds_alternative<OutboundRequest::Stream>(request_.body)) return BodyKind::kStream;
  return BodyKind::kNone;
}

std::span<const std::byte> InternalExchange::wholeBody() const {
  const auto& bytes = std::get<kj::Array<kj::byte>>(request_.body);
  return {reinterpret_cast<const std::byte*>(bytes.begin()), bytes.size()};
}

std::optional<uint64_t> InternalExchange::bodyLength() const {
  auto* stream = std::get_if<OutboundRequest::Stream>(&request_.body);
  return stream == nullptr ? std::nullopt : stream->length;
}

// What the other app's worker says of a failure stays with it: here a body has broken off.
kj::Promise<kj::Array<kj::byte>> InternalExchange::readBody(size_t maxBytes) {
  if (requestEnded_) return kj::Array<kj::byte>();
  auto& reader = KJ_REQUIRE_NONNULL(requestBody_);
  using Read = kj::Promise<kj::Array<kj::byte>>;
  auto piece = timer_.timeoutAfter(HttpLimits().bodyIdleTimeout, reader.read(maxBytes));
  return reads_.wrap(piece.then(
      [this](ByteChunk&& chunk) -> Read { return received(chunk); },
      [](kj::Exception&&) -> Read { return KJ_EXCEPTION(DISCONNECTED, "the body broke off"); }));
}

// As a connection has it: a body keeps to its length, and to what any body may have.
kj::Promise<kj::Array<kj::byte>> InternalExchange::received(const ByteChunk& chunk) {
  received_ += chunk.bytes.size();
  requestEnded_ = chunk.end;
  if (received_ > bodyLength().value_or(kMaxRequestBodyBytes)) {
    return KJ_EXCEPTION(DISCONNECTED, "the body is too large");
  }
  if (chunk.end && received_ < bodyLength().value_or(0)) {
    return KJ_EXCEPTION(DISCONNECTED, "the body is shorter than its length");
  }
  return kj::heapArray<kj::byte>(chunk.bytes);
}

void InternalExchange::respond(const ResponseHead& head, std::span<const std::byte> body) {
  KJ_REQUIRE(state_ == State::kWaiting, "an exchange is answered once");
  handlerState = nullptr;
  if (!refuse(head)) respondWhole(head, body);
}

void InternalExchange::respondWhole(const ResponseHead& head, std::span<const std::byte> body) {
  FetchedResponse response = begin(head, body.size());
  state_ = State::kDone;
  if (!bodiless_ && body.size() <= kMaxInlineBodyBytes) {
    auto* bytes = reinterpret_cast<const kj::byte*>(body.data());
    response.body = kj::heapArray<kj::byte>(bytes, body.size());
  } else if (!bodiless_) {
    streams_ = true;
    auto whenTaken = body_.write(body);  // Nobody waits for it.
    body_.end();
  }
  outcome_->fulfill(kj::mv(response));
}

// Whether the answer is none that may be passed on; then another has been given in its place.
bool InternalExchange::refuse(const ResponseHead& head) {
  bool isOwn = head.refusal != nullptr && refusals_ == RefusalsAre::kErrors;
  if (!isOwn && isSendable(head, HttpLimits())) return false;
  state_ = State::kDone;
  if (isOwn) {
    outcome_->fulfill(EgressError{kindOf(head.refusal->outcome), whyRefused(*head.refusal)});
  } else if (refusals_ == RefusalsAre::kErrors) {
    outcome_->fulfill(EgressError{Kind::PROTOCOL, "the app " + inQuotes(app_) +
                                                      " answered with a header that HTTP does not "
                                                      "allow"});
  } else {
    respondWhole({.status = 502, .statusText = {}, .fields = kPlainText},
                 std::as_bytes(std::span(kBadGateway)));
  }
  return true;
}

std::string InternalExchange::whyRefused(const Refusal& refusal) const {
  std::string text = "the app " + inQuotes(app_) + " did not answer: ";
  if (refusal.outcome == rpc::Outcome::SCRIPT_NOT_FOUND) {
    if (!refusal.lacksEntrypoint) return text + "it is not deployed";
    return text + "it does not export the entrypoint " + inQuotes(request_.entrypoint);
  }
  text += replyTo(refusal).sentence;
  std::string limit = limitText(refusal);
  return limit.empty() ? text : text + " (" + limit + ")";
}

FetchedResponse InternalExchange::begin(const ResponseHead& head, std::optional<uint64_t> length) {
  FetchedResponse response;
  response.status = head.status;
  response.statusText = head.statusText.empty() ? standardPhrase(head.status) : head.statusText;
  for (const HttpField& field : head.fields) {
    if (!isFramingField(field.name)) response.headers.emplace_back(field.name, field.value);
  }
  bool hasLength = head.status != 204 && head.status != 304;
  if (head.status == 205) length = 0;
  if (length && hasLength) response.headers.emplace_back("content-length", std::to_string(*length));
  bodiless_ = hasNoBody(head_.method, head.status);
  length_ = length;
  return response;
}

void InternalExchange::offerUpstream(AnswerUpstream& upstream) {
  if (!request_.rpcMethod.empty()) {
    upstream_ = rpc::Upstream::Client(kj::heap<UpstreamRelay>(kj::mv(upstream.client)));
  }
}

void InternalExchange::start(const ResponseHead& head, std::optional<uint64_t> length) {
  KJ_REQUIRE(state_ == State::kWaiting, "an exchange is answered once");
  if (refuse(head)) return abandon();
  FetchedResponse response = begin(head, length);
  state_ = State::kAnswering;
  streams_ = !bodiless_;
  outcome_->fulfill(kj::mv(response));
}

kj::Promise<void> InternalExchange::write(std::span<const std::byte> bytes) {
  KJ_REQUIRE(state_ == State::kAnswering);
  if (bodiless_ || bytes.empty()) return kj::READY_NOW;
  written_ += bytes.size();
  if (written_ > length_.value_or(UINT64_MAX)) {
    breakOff("its response is longer than its content-length");
    abandon();
    return kj::NEVER_DONE;
  }
  return body_.write(bytes);
}

void InternalExchange::end() {
  KJ_REQUIRE(state_ == State::kAnswering);
  handlerState = nullptr;
  if (!bodiless_ && written_ < length_.value_or(0)) {
    breakOff("its response is shorter than its content-length");
    return;
  }
  state_ = State::kDone;
  body_.end();
}

void InternalExchange::abort() {
  handlerState = nullptr;
  breakOff("it broke its response off");
}

void InternalExchange::breakOff(const char* why) {
  std::string text = "the app " + inQuotes(app_) + " failed: " + why;
  if (state_ == State::kWaiting) {
    outcome_->fulfill(EgressError{Kind::PROTOCOL, std::move(text)});
  } else {
    body_.breakOff(std::move(text));
  }
  state_ = State::kDone;
}

}  // namespace nano
