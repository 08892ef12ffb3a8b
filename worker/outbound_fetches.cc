#include "worker/outbound_fetches.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "protocol/limits.h"
#include "snapshot/current_slot.h"
#include "snapshot/js_bytes.h"
#include "worker/io_bridge.h"
#include "worker/js_http.h"

namespace nano {
namespace {

using Refusal = FetchHost::Refusal;
using Outbound = FetchHost::Outbound;
using Kind = rpc::EgressFailure::Kind;

constexpr char kNoRequest[] =
    "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()) "
    "is not allowed within global scope. To fix this error, perform this operation within a "
    "handler.";
constexpr char kPastRequest[] =
    "fetch failed: the request that it is for is over; ctx.waitUntil() keeps one going";
constexpr char kNoMemory[] = "fetch failed: its request does not fit into limits.buffers_mb";
constexpr char kBodyGone[] =
    "fetch failed: the body to be sent has been read, or belongs to a request that is over";

// The coding that can be taken off, where there is one.
std::optional<ContentCoding> codingOf(rpc::Response::Reader response) {
  std::optional<ContentCoding> coding;
  size_t fields = 0;
  for (rpc::Header::Reader header : response.getHeaders()) {
    if (header.getName() != "content-encoding") continue;
    const auto value = header.getValue();
    coding = contentCodingOf({value.begin(), value.size()});
    ++fields;
  }
  return fields == 1 ? coding : std::nullopt;
}

bool isSane(rpc::Response::Reader response) {
  if (response.getStatus() < 200 || response.getStatus() > 599) return false;
  if (response.getHeaders().size() > kMaxUpstreamHeaders) return false;
  size_t bytes = response.getStatusText().size();
  for (rpc::Header::Reader header : response.getHeaders())
    bytes += header.getName().size() + header.getValue().size();
  return bytes <= kMaxUpstreamHeaderBytes;
}

// Those of policy and of limits, which the app's author cannot see from the upstream's side.
bool isWorthALine(Kind kind) {
  return kind == Kind::DENIED || kind == Kind::OVER_LIMIT || kind == Kind::LOOP;
}

std::string messageOf(capnp::Text::Reader reason) {
  constexpr size_t kMost = 1024;
  constexpr std::string_view kPrefix = "fetch failed: ";
  std::string_view text(reason.begin(), std::min(reason.size(), kMost));
  if (text.starts_with(kPrefix)) return std::string(text);
  return std::string(kPrefix) + std::string(text);
}

uint32_t idOf(uint32_t number) { return number & ~(FetchHost::kFetchBit | FetchHost::kTwoWayBit); }

v8::Local<v8::Value> jsText(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  if (v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                              static_cast<int>(text.size()))
          .ToLocal(&string)) {
    return string;
  }
  return v8::String::Empty(isolate);
}

}  // namespace

OutboundFetches::OutboundFetches(IoBridge& bridge, OutgoingBody::Producer& producer,
                                 std::shared_ptr<BufferBudget> budget, EgressCalls& egress)
    : bridge_(bridge),
      producer_(producer),
      budget_(std::move(budget)),
      egress_(egress) {}

OutboundFetches::~OutboundFetches() noexcept(false) {
  for (const auto& [id, slot] : slots_)
    egress_.cancel(id);
}

RequestContext* OutboundFetches::requestOf(uint32_t number) const {
  const auto found = slots_.find(idOf(number));
  return found == slots_.end() ? nullptr : bridge_.requests().find(found->second);
}

OutboundFetches::Fetch* OutboundFetches::find(uint32_t number) const {
  const RequestContext* request = requestOf(number);
  if (request == nullptr) return nullptr;
  const auto found = request->fetches.find(idOf(number));
  return found == request->fetches.end() ? nullptr : found->second.get();
}

IncomingBody* OutboundFetches::responseBody(uint32_t number) const {
  const Fetch* fetch = find(number);
  return fetch == nullptr ? nullptr : fetch->responseBody.get();
}

OutgoingBody* OutboundFetches::requestBody(uint32_t number) const {
  if (Fetch* fetch = find(number)) {
    const bool isSecond = (number & kTwoWayBit) != 0;
    KJ_IF_MAYBE(body, isSecond ? fetch->toAnswerer : fetch->requestBody) {
      return body->get();
    }
  }
  return nullptr;
}

void OutboundFetches::requestBodyDone(uint32_t number) {
  RequestContext* request = requestOf(number);
  Fetch* fetch = find(number);
  if (request == nullptr || fetch == nullptr || !fetch->keepsRequest) return;
  if ((number & kTwoWayBit) != 0) return;
  fetch->keepsRequest = false;
  if (request->waitUntilCount > 0) --request->waitUntilCount;
  bridge_.requests().touch(*request);
}

std::variant<uint32_t, Refusal> OutboundFetches::startFetch(const Outbound& fetch,
                                                            v8::Local<v8::Function> done) {
  v8::Isolate* isolate = bridge_.isolate();
  RequestContext* request = bridge_.current();
  if (request == nullptr) {
    if (currentSlot(isolate) == kNoSlot) return Refusal{Refusal::Kind::kError, kNoRequest};
    return Refusal{Refusal::Kind::kTypeError, kPastRequest};
  }
  if (auto refusal = check(*request, fetch)) return std::move(*refusal);
  EgressCalls::Fetch message;
  message.method = fetch.method;
  message.url = fetch.url;
  message.service = fetch.service;
  message.rpcMethod = fetch.rpcMethod;
  message.headers = fetch.headers;
  message.hops = request->hops + 1;
  if (!message.share.add(budget_, message.messageBytes())) {
    return Refusal{Refusal::Kind::kRangeError, kNoMemory};
  }
  auto state = std::make_unique<Fetch>();
  do {
    state->id = message.id = egress_.newId();
  } while (slots_.contains(message.id));
  Body body = takeBody(fetch, *state, message.share);
  if (auto* refusal = std::get_if<Refusal>(&body)) return std::move(*refusal);
  message.body = std::move(std::get<BodyContent>(body));
  state->done.Reset(isolate, done);
  Fetch& begun = *state;
  slots_.emplace(begun.id, request->slot);
  request->fetches.emplace(begun.id, std::move(state));
  begin(*request, begun, std::move(message));
  return begun.id | kFetchBit;
}

std::optional<Refusal> OutboundFetches::check(RequestContext& request, const Outbound& fetch) {
  auto refuse = [](std::string reason) {
    return Refusal{Refusal::Kind::kTypeError, "fetch failed: " + std::move(reason)};
  };
  if (fetch.url.size() > kMaxUrlBytes) {
    return refuse("the URL has more than " + std::to_string(kMaxUrlBytes) + " bytes");
  }
  if (fetch.headers.size() > kMaxRequestHeaderBytes ||
      countFlatHeaders(fetch.headers) > kMaxRequestHeaders) {
    return refuse("there are more than " + std::to_string(kMaxRequestHeaders) + " headers or " +
                  std::to_string(kMaxRequestHeaderBytes) + " bytes of them");
  }
  if (request.hops >= kMaxHops) {
    auto loop = refuse("the request has passed " + std::to_string(request.hops) +
                       " apps of this server: it goes round in a circle");
    bridge_.report(&request, LogLevel::kWarn, loop.message);
    return loop;
  }
  const uint64_t most = bridge_.limits().get(rpc::Limit::SUBREQUESTS);
  if (!request.outbound.count(most)) {
    const std::string reason =
        "Too many subrequests: " + describeBreach({rpc::Limit::SUBREQUESTS, most, most + 1});
    bridge_.report(&request, LogLevel::kWarn, reason);
    return Refusal{Refusal::Kind::kTypeError, reason};
  }
  return std::nullopt;
}

OutboundFetches::Body OutboundFetches::takeBody(const Outbound& fetch, Fetch& state,
                                                BufferShare& share) {
  switch (fetch.body) {
    case Outbound::Body::kNone:
      return BodyContent();
    case Outbound::Body::kIncoming: {
      IncomingBody* incoming = bridge_.incomingBody(fetch.incoming);
      std::optional<BodyContent> content;
      if (incoming != nullptr) content = incoming->giveAway();
      if (!content) return Refusal{Refusal::Kind::kTypeError, kBodyGone};
      return std::move(*content);
    }
    case Outbound::Body::kStream: {
      auto body = kj::refcounted<OutgoingBody>(producer_, state.id | kFetchBit);
      BodyStream stream{body->makeSource(), fetch.streamLength};
      state.requestBody = kj::mv(body);
      return BodyContent(kj::mv(stream));
    }
    case Outbound::Body::kWhole:
      break;
  }
  const size_t size = fetch.bytes.size();
  const bool isInline = size <= kMaxInlineBodyBytes;
  BufferShare own;
  if (!(isInline ? share : own).add(budget_, size)) {
    return Refusal{Refusal::Kind::kRangeError, kNoMemory};
  }
  std::string bytes(reinterpret_cast<const char*>(fetch.bytes.data()), size);
  if (isInline) return BodyContent(std::move(bytes));
  auto body = kj::refcounted<OutgoingBody>(std::move(bytes), std::move(own));
  return BodyContent(BodyStream{body->makeSource(), static_cast<int64_t>(size)});
}

void OutboundFetches::begin(RequestContext& request, Fetch& state, EgressCalls::Fetch message) {
  if (state.requestBody != nullptr) {
    state.keepsRequest = true;
    ++request.waitUntilCount;
  }
  state.turn = request.outbound.take(bridge_.limits().get(rpc::Limit::OUTBOUND_AT_ONCE),
                                     [this, message = std::move(message)]() mutable {
                                       egress_.start(std::move(message), *this);
                                       bridge_.stir();
                                     });
}

void OutboundFetches::fetched(rpc::FetchResult::Reader result) {
  RequestContext* request = requestOf(result.getId());
  Fetch* state = find(result.getId());
  if (request == nullptr || state == nullptr) return;
  state->turn.reset();
  v8::Global<v8::Function> done = std::move(state->done);
  if (result.isFailure()) {
    const auto failure = result.getFailure();
    if (isWorthALine(failure.getKind())) {
      bridge_.report(request, LogLevel::kWarn, messageOf(failure.getMessage()));
    }
    // Nobody will read its body.
    abort(*request, *state);
  }
  tell(*request, std::move(done), *state, result);
}

bool OutboundFetches::receiveBody(Fetch& state, rpc::Response::Reader response) {
  const rpc::Body::Reader body = response.getBody();
  if (body.isNone()) return true;
  const auto coding = codingOf(response);
  if (body.isBytes() && !coding) return true;
  std::unique_ptr<ContentDecoder> decoder;
  if (coding) {
    decoder = ContentDecoder::make(*coding, budget_);
    if (decoder == nullptr) return false;
  }
  if (body.isStream()) {
    state.responseBody =
        std::make_unique<IncomingBody>(BodyStream{body.getStream(), body.getLength()}, budget_);
    if (body.hasUpstream()) state.upstream = body.getUpstream();
    if (decoder != nullptr) state.responseBody->decodeWith(std::move(decoder));
    return true;
  }
  const auto bytes = body.getBytes().asChars();
  BufferShare share;
  if (!share.add(budget_, bytes.size())) return false;
  state.responseBody = std::make_unique<IncomingBody>(std::string(bytes.begin(), bytes.size()),
                                                      std::move(share), std::move(decoder));
  return true;
}

bool OutboundFetches::describe(Fetch& state, rpc::Response::Reader response,
                               v8::LocalVector<v8::Value>& arguments) {
  v8::Isolate* isolate = bridge_.isolate();
  v8::TryCatch caught(isolate);
  if (!receiveBody(state, response)) return false;
  v8::Local<v8::Value> body = v8::Undefined(isolate);
  bool isDecoded = false;
  if (state.responseBody != nullptr) {
    body = v8::Null(isolate);
    isDecoded = state.responseBody->isDecoded();
  } else if (response.getBody().isBytes()) {
    const auto bytes = response.getBody().getBytes();
    auto created = newBytes(isolate, bytes.size());
    if (!created) return false;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<kj::byte*>(created->bytes.data()));
    body = created->array;
  }
  arguments.push_back(v8::Integer::New(isolate, response.getStatus()));
  arguments.push_back(latin1String(isolate, response.getStatusText()));
  arguments.push_back(headerArray(isolate, response.getHeaders()));
  arguments.push_back(body);
  arguments.push_back(v8::Boolean::New(isolate, isDecoded));
  return true;
}

void OutboundFetches::tell(RequestContext& request, v8::Global<v8::Function> done, Fetch& state,
                           rpc::FetchResult::Reader result) {
  bridge_.enter(&request, [this, &done, &state, result](v8::Local<v8::Context> context) {
    v8::Isolate* isolate = bridge_.isolate();
    v8::LocalVector<v8::Value> arguments(isolate);
    std::string failure;
    if (result.isFailure()) {
      failure = messageOf(result.getFailure().getMessage());
    } else if (!isSane(result.getResponse())) {
      failure = "fetch failed: the head of the answer is too large, or is none";
    } else if (!describe(state, result.getResponse(), arguments)) {
      failure = "fetch failed: the response does not fit into limits.buffers_mb";
    }
    if (!failure.empty()) {
      arguments.clear();
      arguments.push_back(v8::Integer::New(isolate, 0));
      arguments.push_back(jsText(isolate, failure));
    }
    // It throws only when it is stopped, which ends the run.
    static_cast<void>(done.Get(isolate)
                          ->Call(context, v8::Undefined(isolate),
                                 static_cast<int>(arguments.size()), arguments.data())
                          .IsEmpty());
  });
}

void OutboundFetches::abort(RequestContext& request, Fetch& state) {
  egress_.cancel(state.id);
  state.done.Reset();
  KJ_IF_MAYBE(body, state.requestBody) {
    (*body)->detach();
  }
  requestBodyDone(state.id);
  state.upstream = nullptr;
  KJ_IF_MAYBE(body, state.toAnswerer) {
    (*body)->detach();
  }
  if (state.responseBody != nullptr) state.responseBody->cancel();
  state.turn.reset();
  bridge_.requests().touch(request);
  bridge_.stir();
}

void OutboundFetches::abortFetch(uint32_t number) {
  RequestContext* request = requestOf(number);
  Fetch* state = find(number);
  if (request != nullptr && state != nullptr) abort(*request, *state);
}

bool OutboundFetches::openTwoWay(uint32_t number) {
  Fetch* state = find(number);
  if (state == nullptr) return false;
  KJ_IF_MAYBE(upstream, state->upstream) {
    auto body = kj::refcounted<OutgoingBody>(producer_, state->id | kFetchBit | kTwoWayBit);
    auto request = upstream->attachRequest();
    request.setSource(body->makeSource());
    // What fails drops the source, of which JavaScript hears.
    request.send().detach([](kj::Exception&&) {});
    state->toAnswerer = kj::mv(body);
    state->upstream = nullptr;
    return true;
  }
  return false;
}

void OutboundFetches::abortAll(RequestContext& request) {
  request.outbound.close();
  for (const auto& [id, state] : request.fetches)
    abort(request, *state);
}

std::vector<uint32_t> OutboundFetches::forget(RequestContext& request) {
  std::vector<uint32_t> unfinished;
  for (const auto& [id, state] : request.fetches) {
    KJ_IF_MAYBE(body, state->requestBody) {
      if (!(*body)->isForgotten()) unfinished.push_back(id | kFetchBit);
    }
    KJ_IF_MAYBE(body, state->toAnswerer) {
      if (!(*body)->isForgotten()) unfinished.push_back(id | kFetchBit | kTwoWayBit);
    }
  }
  abortAll(request);
  for (const auto& [id, state] : request.fetches)
    slots_.erase(id);
  return unfinished;
}

}  // namespace nano
