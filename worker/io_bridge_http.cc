// IoBridge's half for HTTP: a request's parts, its answer, and the bodies of both.

#include <cstring>
#include <string>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "snapshot/js_bytes.h"
#include "worker/io_bridge.h"
#include "worker/js_error.h"
#include "worker/js_http.h"
#include "worker/request_url.h"

namespace nano {
namespace {

v8::Local<v8::Value> brokenBody(v8::Isolate* isolate, uint32_t number,
                                const char* problem = nullptr) {
  if (problem == nullptr) {
    problem = OutboundFetches::isFetch(number) ? "The response body broke off"
                                               : "The request body broke off";
  }
  v8::Local<v8::String> message;
  if (!v8::String::NewFromUtf8(isolate, problem).ToLocal(&message)) return v8::Null(isolate);
  return v8::Exception::TypeError(message);
}

v8::Local<v8::Value> bodyOfThePast(v8::Isolate* isolate) {
  return v8::Exception::TypeError(v8::String::NewFromUtf8Literal(
      isolate, "The request is over: its body cannot be read any more"));
}

// Of one message between two apps that goes on a call in two ways.
constexpr char kFrameTooLarge[] = "a message does not fit into limits.buffers_mb";

// Of an answer in two ways: what the supervisor gives the caller to go on with.
class CallersWay final : public rpc::Upstream::Server {
 public:
  explicit CallersWay(kj::Own<kj::PromiseFulfiller<rpc::ByteSource::Client>> source)
      : source_(kj::mv(source)) {}

 protected:
  kj::Promise<void> attach(AttachContext context) override {
    KJ_REQUIRE(source_->isWaiting(), "a caller goes on once");
    source_->fulfill(context.getParams().getSource());
    return kj::READY_NOW;
  }

 private:
  kj::Own<kj::PromiseFulfiller<rpc::ByteSource::Client>> source_;
};

}  // namespace

v8::Local<v8::String> IoBridge::requestUrl(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return v8::String::Empty(isolate_);
  const capnp::Text::Reader url = request->request().getUrl();
  if (const auto standard = standardUrl({url.begin(), url.size()})) {
    return latin1String(isolate_, standard->c_str());
  }
  return latin1String(isolate_, url);
}

v8::Local<v8::String> IoBridge::requestMethod(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return v8::String::Empty(isolate_);
  return latin1String(isolate_, request->request().getMethod());
}

v8::Local<v8::Array> IoBridge::requestHeaders(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return v8::Array::New(isolate_);
  return headerArray(isolate_, request->request().getHeaders());
}

v8::Local<v8::Value> IoBridge::requestBody(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  // Of a request that is over nobody knows whether it had one: reading it says so.
  if (request == nullptr || request->body() != nullptr) return v8::Null(isolate_);
  const rpc::Body::Reader body = request->request().getBody();
  if (!body.isBytes()) return v8::Undefined(isolate_);
  const capnp::Data::Reader bytes = body.getBytes();
  auto created = newBytes(isolate_, bytes.size());
  if (!created) return {};
  if (bytes.size() > 0) memcpy(created->bytes.data(), bytes.begin(), bytes.size());
  return created->array;
}

RequestContext* IoBridge::requestOf(uint32_t number) const {
  if (OutboundFetches::isFetch(number)) return fetches_.requestOf(number);
  return requests_.find(number & ~FetchHost::kTwoWayBit);
}

IncomingBody* IoBridge::incomingBody(uint32_t number) const {
  if (OutboundFetches::isFetch(number)) return fetches_.responseBody(number);
  RequestContext* request = requestOf(number);
  if (request == nullptr) return nullptr;
  return (number & FetchHost::kTwoWayBit) != 0 ? request->fromCaller.get() : request->body();
}

v8::Local<v8::Promise> IoBridge::readIncoming(uint32_t number) {
  v8::Local<v8::Context> context = isolate_->GetCurrentContext();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  const IncomingBody* body = incomingBody(number);
  if (body == nullptr || body->isReading()) {
    v8::Local<v8::Value> error =
        requestOf(number) == nullptr ? bodyOfThePast(isolate_) : brokenBody(isolate_, number);
    static_cast<void>(resolver->Reject(context, error).FromMaybe(false));
    return resolver->GetPromise();
  }
  readChunk(number, v8::Global<v8::Promise::Resolver>(isolate_, resolver));
  return resolver->GetPromise();
}

void IoBridge::readChunk(uint32_t number, v8::Global<v8::Promise::Resolver> resolver) {
  incomingBody(number)->read(
      [this, number, global = std::move(resolver)](const IncomingBody::Chunk& chunk) mutable {
        receiveChunk(number, std::move(global), chunk);
      });
}

void IoBridge::receiveChunk(uint32_t number, v8::Global<v8::Promise::Resolver> global,
                            const IncomingBody::Chunk& chunk) {
  RequestContext* request = requestOf(number);
  IncomingBody* body = incomingBody(number);
  if (request == nullptr || body == nullptr || condemned_) return;
  using Kind = IncomingBody::Piece::Kind;
  Kind kind = Kind::kEnd;
  enter(request, [&](v8::Local<v8::Context> context) {
    const IncomingBody::Piece piece = body->decode(chunk, scratch());
    kind = piece.kind;
    if (kind == Kind::kMore) return;
    v8::Local<v8::Promise::Resolver> resolver = global.Get(isolate_);
    v8::TryCatch caught(isolate_);
    v8::Local<v8::Value> value = v8::Null(isolate_);
    if (kind == Kind::kBroken) {
      static_cast<void>(
          resolver->Reject(context, brokenBody(isolate_, number, piece.problem)).FromMaybe(false));
      return;
    }
    if (kind == Kind::kBytes) {
      auto created = newBytes(isolate_, piece.bytes.size());
      if (!created) {
        if (!caught.HasTerminated()) {
          static_cast<void>(resolver->Reject(context, caught.Exception()).FromMaybe(false));
        }
        return;
      }
      memcpy(created->bytes.data(), piece.bytes.data(), piece.bytes.size());
      value = created->array;
    }
    static_cast<void>(resolver->Resolve(context, value).FromMaybe(false));
  });
  if (kind == Kind::kMore && !condemned_) readChunk(number, std::move(global));
}

std::span<std::byte> IoBridge::scratch() {
  if (scratch_ == nullptr) {
    scratch_ = std::make_unique_for_overwrite<std::array<std::byte, 64 * kKiB>>();
  }
  return *scratch_;
}

void IoBridge::cancelIncoming(uint32_t number) {
  if (IncomingBody* body = incomingBody(number)) body->cancel();
}

std::optional<Answer> IoBridge::startAnswer(RequestContext& request, const ResponseHead& head) {
  // security 3.1; the supervisor would refuse it as well, but only here the tenant can be told.
  if (head.headers.size() > kMaxResponseHeaderBytes ||
      countFlatHeaders(head.headers) > kMaxResponseHeaders) {
    report(&request, LogLevel::kError,
           "The response has more than " + std::to_string(kMaxResponseHeaders) + " headers or " +
               std::to_string(kMaxResponseHeaderBytes) + " bytes of them");
    answerWith(request, rpc::Outcome::EXCEPTION);
    return std::nullopt;
  }
  Answer answer;
  answer.outcome = rpc::Outcome::OK;
  answer.status = static_cast<uint16_t>(head.status);
  answer.statusText = head.statusText;
  answer.headers = head.headers;
  return answer;
}

// V8's heap must not move during this call: `body` may lie in it.
void IoBridge::respond(uint32_t slot, const ResponseHead& head, std::span<const std::byte> body,
                       bool hasBody) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->isAnswered()) return;
  auto answer = startAnswer(*request, head);
  if (!answer) return;
  BufferShare share;
  if (body.size() > kMaxInlineBodyBytes && !share.add(entry_.realm().buffers(), body.size())) {
    // reportRefusedBuffer says which limit it was.
    answerWith(*request, rpc::Outcome::EXCEPTION);
    return;
  }
  std::string bytes(reinterpret_cast<const char*>(body.data()), body.size());
  if (bytes.size() > kMaxInlineBodyBytes) {
    const auto length = static_cast<int64_t>(bytes.size());
    streamAnswer(*request, std::move(*answer),
                 kj::refcounted<OutgoingBody>(std::move(bytes), std::move(share)), length);
    return;
  }
  if (hasBody) answer->body = std::move(bytes);
  requests_.answer(*request, std::move(*answer));
}

void IoBridge::respondIncoming(uint32_t slot, const ResponseHead& head, uint32_t number) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->isAnswered()) return;
  IncomingBody* incoming = incomingBody(number);
  std::optional<BodyContent> content;
  if (incoming != nullptr) content = incoming->giveAway();
  if (!content) {
    report(request, LogLevel::kError,
           "The response has the body of a request that is over, or one that was read");
    answerWith(*request, rpc::Outcome::EXCEPTION);
    return;
  }
  auto answer = startAnswer(*request, head);
  if (!answer) return;
  answer->body = std::move(*content);
  requests_.answer(*request, std::move(*answer));
}

void IoBridge::respondStream(uint32_t slot, const ResponseHead& head, int64_t length) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->isAnswered()) return;
  auto answer = startAnswer(*request, head);
  if (!answer) return;
  streamAnswer(*request, std::move(*answer),
               kj::refcounted<OutgoingBody>(static_cast<OutgoingBody::Producer&>(*this), slot),
               length);
}

void IoBridge::respondTwoWay(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->isAnswered()) return;
  auto answer = startAnswer(*request, {});
  if (!answer) return;
  auto source = kj::newPromiseAndFulfiller<rpc::ByteSource::Client>();
  request->fromCaller =
      std::make_unique<IncomingBody>(BodyStream{kj::mv(source.promise)}, entry_.realm().buffers());
  auto body = kj::refcounted<OutgoingBody>(static_cast<OutgoingBody::Producer&>(*this), slot);
  BodyStream stream{body->makeSource()};
  stream.upstream = rpc::Upstream::Client(kj::heap<CallersWay>(kj::mv(source.fulfiller)));
  answer->body = kj::mv(stream);
  request->responseBody = kj::mv(body);
  requests_.answer(*request, std::move(*answer));
}

void IoBridge::streamAnswer(RequestContext& request, Answer answer, kj::Own<OutgoingBody> body,
                            int64_t length) {
  answer.body = BodyStream{body->makeSource(), length};
  request.responseBody = kj::mv(body);
  requests_.answer(request, std::move(answer));
}

OutgoingBody* IoBridge::outgoingBody(uint32_t number) const {
  if (OutboundFetches::isFetch(number)) return fetches_.requestBody(number);
  RequestContext* request = requests_.find(number);
  if (request == nullptr) return nullptr;
  KJ_IF_MAYBE(body, request->responseBody) {
    return body->get();
  }
  return nullptr;
}

void IoBridge::writeOutgoing(uint32_t number, std::span<const std::byte> chunk) {
  OutgoingBody* body = outgoingBody(number);
  if (body == nullptr || body->write(chunk, entry_.realm().buffers())) return;
  const bool isFetch = OutboundFetches::isFetch(number);
  report(requestOf(number), LogLevel::kError,
         isFetch ? "The body of a fetch broke off" : "The response body broke off");
  if (isFetch) fetches_.requestBodyDone(number);
  // Of a call in two ways JavaScript hears at once; it throws the rest away.
  const RequestContext* request = requestOf(number);
  const bool isAnswerer = !isFetch && request != nullptr && request->fromCaller != nullptr;
  if (isAnswerer || (isFetch && (number & FetchHost::kTwoWayBit) != 0)) {
    isolate_->ThrowException(v8::Exception::RangeError(latin1String(isolate_, kFrameTooLarge)));
  }
}

void IoBridge::endOutgoing(uint32_t number) {
  if (OutgoingBody* body = outgoingBody(number)) body->end();
  if (OutboundFetches::isFetch(number)) fetches_.requestBodyDone(number);
}

void IoBridge::failOutgoing(uint32_t number, v8::Local<v8::Value> error) {
  OutgoingBody* body = outgoingBody(number);
  if (body == nullptr || body->isFinished()) return;
  if (OutboundFetches::isFetch(number)) {
    // The fetch itself tells its author.
    body->fail();
    fetches_.requestBodyDone(number);
    return;
  }
  const JsError described = describeError(isolate_->GetCurrentContext(), error);
  report(requests_.find(number), LogLevel::kError,
         "The response body failed: " + errorText(described));
  body->fail();
}

void IoBridge::pull(uint32_t number) {
  RequestContext* request = requestOf(number);
  if (request == nullptr) return;
  enter(request, [this, number](v8::Local<v8::Context> context) {
    entry_.call(context, EntryPoint::kPullOutgoing,
                v8::Integer::NewFromUnsigned(isolate_, number).As<v8::Value>());
  });
}

void IoBridge::readerLeft(uint32_t number) {
  // Called while a capability is let go: the news reaches JavaScript in an event of its own.
  later_.add(kj::evalLater([this, number]() {
    RequestContext* request = requestOf(number);
    if (request == nullptr) return;
    enter(request, [this, number](v8::Local<v8::Context> context) {
      v8::Local<v8::Value> value = v8::Integer::NewFromUnsigned(isolate_, number);
      entry_.call(context, EntryPoint::kCancelOutgoing, value);
      if (!OutboundFetches::isFetch(number)) {
        entry_.call(context, EntryPoint::kAbortRequest, value);
      }
    });
    if (OutboundFetches::isFetch(number)) fetches_.requestBodyDone(number);
  }));
}

}  // namespace nano
