// IoBridge's half for HTTP: a request's parts, its answer, and the bodies of both.

#include <cstring>
#include <string>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "snapshot/js_bytes.h"
#include "worker/io_bridge.h"
#include "worker/js_error.h"

namespace nano {
namespace {

v8::Local<v8::String> latin1(v8::Isolate* isolate, capnp::Text::Reader text) {
  v8::Local<v8::String> string;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.begin());
  if (v8::String::NewFromOneByte(isolate, bytes, v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
          .ToLocal(&string)) {
    return string;
  }
  return v8::String::Empty(isolate);
}

v8::Local<v8::Value> brokenBody(v8::Isolate* isolate) {
  return v8::Exception::TypeError(
      v8::String::NewFromUtf8Literal(isolate, "The request body broke off"));
}

v8::Local<v8::Value> bodyOfThePast(v8::Isolate* isolate) {
  return v8::Exception::TypeError(v8::String::NewFromUtf8Literal(
      isolate, "The request is over: its body cannot be read any more"));
}

}  // namespace

v8::Local<v8::String> IoBridge::requestUrl(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return v8::String::Empty(isolate_);
  return latin1(isolate_, request->request().getUrl());
}

v8::Local<v8::String> IoBridge::requestMethod(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return v8::String::Empty(isolate_);
  return latin1(isolate_, request->request().getMethod());
}

v8::Local<v8::Array> IoBridge::requestHeaders(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return v8::Array::New(isolate_);
  const auto headers = request->request().getHeaders();
  v8::LocalVector<v8::Value> elements(isolate_);
  elements.reserve(headers.size() * 2);
  for (rpc::Header::Reader header : headers) {
    elements.push_back(latin1(isolate_, header.getName()));
    elements.push_back(latin1(isolate_, header.getValue()));
  }
  return v8::Array::New(isolate_, elements.data(), elements.size());
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

v8::Local<v8::Promise> IoBridge::readIncoming(uint32_t slot) {
  v8::Local<v8::Context> context = isolate_->GetCurrentContext();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->body() == nullptr || request->body()->isReading()) {
    v8::Local<v8::Value> error =
        request == nullptr ? bodyOfThePast(isolate_) : brokenBody(isolate_);
    static_cast<void>(resolver->Reject(context, error).FromMaybe(false));
    return resolver->GetPromise();
  }
  request->body()->read(
      [this, slot, global = v8::Global<v8::Promise::Resolver>(isolate_, resolver)](
          const IncomingBody::Chunk& chunk) mutable { receiveChunk(slot, global, chunk); });
  return resolver->GetPromise();
}

void IoBridge::receiveChunk(uint32_t slot, v8::Global<v8::Promise::Resolver>& global,
                            const IncomingBody::Chunk& chunk) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return;
  enter(request, [this, &global, &chunk](v8::Local<v8::Context> context) {
    v8::Local<v8::Promise::Resolver> resolver = global.Get(isolate_);
    v8::TryCatch caught(isolate_);
    v8::Local<v8::Value> value = v8::Null(isolate_);
    if (chunk.kind == IncomingBody::Chunk::Kind::kBroken) {
      static_cast<void>(resolver->Reject(context, brokenBody(isolate_)).FromMaybe(false));
      return;
    }
    if (chunk.kind == IncomingBody::Chunk::Kind::kBytes) {
      auto created = newBytes(isolate_, chunk.bytes.size());
      if (!created) {
        if (!caught.HasTerminated()) {
          static_cast<void>(resolver->Reject(context, caught.Exception()).FromMaybe(false));
        }
        return;
      }
      memcpy(created->bytes.data(), chunk.bytes.begin(), chunk.bytes.size());
      value = created->array;
    }
    static_cast<void>(resolver->Resolve(context, value).FromMaybe(false));
  });
}

void IoBridge::cancelIncoming(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request != nullptr && request->body() != nullptr) request->body()->cancel();
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

void IoBridge::respondStream(uint32_t slot, const ResponseHead& head, int64_t length) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->isAnswered()) return;
  auto answer = startAnswer(*request, head);
  if (!answer) return;
  streamAnswer(*request, std::move(*answer),
               kj::refcounted<OutgoingBody>(static_cast<OutgoingBody::Producer&>(*this), slot),
               length);
}

void IoBridge::streamAnswer(RequestContext& request, Answer answer, kj::Own<OutgoingBody> body,
                            int64_t length) {
  answer.body = Answer::Stream{body->makeSource(), length};
  request.responseBody = kj::mv(body);
  requests_.answer(request, std::move(answer));
}

OutgoingBody* IoBridge::openBody(uint32_t slot) const {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return nullptr;
  KJ_IF_MAYBE(body, request->responseBody) {
    return body->get();
  }
  return nullptr;
}

void IoBridge::writeOutgoing(uint32_t slot, std::span<const std::byte> chunk) {
  OutgoingBody* body = openBody(slot);
  if (body != nullptr && !body->write(chunk, entry_.realm().buffers())) {
    report(requests_.find(slot), LogLevel::kError, "The response body broke off");
  }
}

void IoBridge::endOutgoing(uint32_t slot) {
  if (OutgoingBody* body = openBody(slot)) body->end();
}

void IoBridge::failOutgoing(uint32_t slot, v8::Local<v8::Value> error) {
  OutgoingBody* body = openBody(slot);
  if (body == nullptr || body->isFinished()) return;
  const JsError described = describeError(isolate_->GetCurrentContext(), error);
  report(requests_.find(slot), LogLevel::kError,
         "The response body failed: " + errorText(described));
  body->fail();
}

void IoBridge::pull(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return;
  enter(request, [this, slot](v8::Local<v8::Context> context) {
    entry_.call(context, EntryPoint::kPullOutgoing,
                v8::Integer::NewFromUnsigned(isolate_, slot).As<v8::Value>());
  });
}

void IoBridge::readerLeft(uint32_t slot) {
  // Called while a capability is let go: the news reaches JavaScript in an event of its own.
  later_.add(kj::evalLater([this, slot]() {
    RequestContext* request = requests_.find(slot);
    if (request == nullptr) return;
    enter(request, [this, slot](v8::Local<v8::Context> context) {
      v8::Local<v8::Value> number = v8::Integer::NewFromUnsigned(isolate_, slot);
      entry_.call(context, EntryPoint::kCancelOutgoing, number);
      entry_.call(context, EntryPoint::kAbortRequest, number);
    });
  }));
}

}  // namespace nano
