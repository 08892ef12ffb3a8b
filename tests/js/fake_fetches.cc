#include "tests/js/fake_fetches.h"

#include <algorithm>

#include <kj/debug.h>

#include "snapshot/current_slot.h"
#include "snapshot/js_bytes.h"

namespace nano {
namespace {

v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view latin1) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(latin1.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(latin1.size()))
      .ToLocalChecked();
}

}  // namespace

std::variant<uint32_t, FetchHost::Refusal> FakeFetches::startFetch(const Outbound& outbound,
                                                                   v8::Local<v8::Function> done) {
  if (outbound_.IsEmpty()) {
    return Refusal{Refusal::Kind::kError, "Disallowed operation called within global scope"};
  }
  const uint32_t number = kFetchBit | ++made_;
  Fetch& fetch = fetches_[number];
  fetch.method = outbound.method;
  fetch.url = outbound.url;
  fetch.service = outbound.service;
  fetch.rpcMethod = outbound.rpcMethod;
  fetch.headers = outbound.headers;
  fetch.kind = outbound.body;
  fetch.incoming = outbound.incoming;
  fetch.streamLength = outbound.streamLength;
  fetch.body.assign(reinterpret_cast<const char*>(outbound.bytes.data()), outbound.bytes.size());
  fetch.slot = currentSlot(isolate_);
  fetch.done.Reset(isolate_, done);
  return number;
}

void FakeFetches::abortFetch(uint32_t number) {
  fetches_.at(number).done.Reset();
  fetches_.at(number).pullWanted = false;
  note(number, "aborted", v8::True(isolate_));
}

bool FakeFetches::turn(v8::Local<v8::Context> context) {
  for (auto& [number, fetch] : fetches_) {
    if (!fetch.isTold) {
      tell(context, number, fetch);
      return true;
    }
    if (fetch.pullWanted) {
      fetch.pullWanted = false;
      pull(context, fetch, number);
      return true;
    }
    if (fetch.secondPullWanted) {
      fetch.secondPullWanted = false;
      pull(context, fetch, number | kTwoWayBit);
      return true;
    }
  }
  return false;
}

void FakeFetches::pull(v8::Local<v8::Context> context, const Fetch& fetch, uint32_t number) {
  setCurrentSlot(isolate_, fetch.slot);
  v8::Local<v8::Value> argument = v8::Integer::NewFromUnsigned(isolate_, number);
  KJ_REQUIRE(!entryPoints_.get(isolate_, EntryPoint::kPullOutgoing)
                  ->Call(context, v8::Undefined(isolate_), 1, &argument)
                  .IsEmpty());
  setCurrentSlot(isolate_, kNoSlot);
}

void FakeFetches::answerTwoWay(uint32_t number, uint32_t slot) {
  fetches_.at(number).answerer = slot;
  answer(number,
         {200, v8::String::Empty(isolate_), v8::Array::New(isolate_), v8::Null(isolate_), false});
}

bool FakeFetches::openTwoWay(uint32_t number) {
  Fetch& fetch = fetches_.at(number);
  if (!fetch.answerer || fetch.isOpen) return false;
  fetch.isOpen = fetch.secondPullWanted = true;
  return true;
}

void FakeFetches::cancelIncoming(uint32_t number) {
  if (fetches_.at(number).answerer) pipes_.cancel(*fetches_.at(number).answerer);
  note(number, "bodyCancelled", v8::True(isolate_));
}

void FakeFetches::tell(v8::Local<v8::Context> context, uint32_t number, Fetch& fetch) {
  const auto exchange = v8::Object::New(isolate_);
  const bool isAborted = fetch.done.IsEmpty();
  fetch.isTold = true;
  fetch.exchange.Reset(isolate_, exchange);
  note(number, "number", v8::Integer::NewFromUnsigned(isolate_, number));
  note(number, "method", text(isolate_, fetch.method));
  note(number, "url", text(isolate_, fetch.url));
  note(number, "service", text(isolate_, fetch.service));
  note(number, "rpcMethod", text(isolate_, fetch.rpcMethod));
  note(number, "headers", text(isolate_, fetch.headers));
  if (isAborted) note(number, "aborted", v8::True(isolate_));
  if (fetch.kind == Outbound::Body::kWhole) note(number, "body", bytesOf(fetch.body));
  if (fetch.kind == Outbound::Body::kIncoming) {
    note(number, "incoming", v8::Integer::NewFromUnsigned(isolate_, fetch.incoming));
  }
  if (fetch.kind == Outbound::Body::kStream) {
    note(number, "streamed", v8::True(isolate_));
    note(number, "length", v8::Number::New(isolate_, static_cast<double>(fetch.streamLength)));
    fetch.pullWanted = !isAborted;
  }
  v8::Local<v8::Value> argument = exchange;
  KJ_REQUIRE(
      !outbound_.Get(isolate_)->Call(context, v8::Undefined(isolate_), 1, &argument).IsEmpty(),
      "the test's function for what goes out threw");
}

void FakeFetches::answer(uint32_t number, const Response& response) {
  v8::Local<v8::Value> body = response.body;
  if (body->IsArray()) {
    fetches_.at(number).chunks.Reset(isolate_, body.As<v8::Array>());
    body = v8::Null(isolate_);
  }
  v8::Local<v8::Value> arguments[] = {v8::Integer::NewFromUnsigned(isolate_, response.status),
                                      response.statusText, response.headers, body,
                                      v8::Boolean::New(isolate_, response.isDecoded)};
  callDone(number, 5, arguments);
}

void FakeFetches::fail(uint32_t number, v8::Local<v8::String> message) {
  v8::Local<v8::Value> arguments[] = {v8::Integer::New(isolate_, 0), message};
  callDone(number, 2, arguments);
}

void FakeFetches::callDone(uint32_t number, int count, v8::Local<v8::Value>* arguments) {
  Fetch& fetch = fetches_.at(number);
  if (fetch.done.IsEmpty()) return;
  const v8::Local<v8::Function> done = fetch.done.Get(isolate_);
  fetch.done.Reset();
  const int32_t outer = currentSlot(isolate_);
  setCurrentSlot(isolate_, fetch.slot);
  KJ_REQUIRE(!done->Call(isolate_->GetCurrentContext(), v8::Undefined(isolate_), count, arguments)
                  .IsEmpty(),
             "what fetch() gave to be called threw");
  setCurrentSlot(isolate_, outer);
}

v8::Local<v8::Promise> FakeFetches::readIncoming(uint32_t number) {
  Fetch& fetch = fetches_.at(number);
  if (fetch.answerer) return pipes_.read(*fetch.answerer);
  const auto context = isolate_->GetCurrentContext();
  const auto resolver = v8::Promise::Resolver::New(context).ToLocalChecked();
  const auto chunks = fetch.chunks.Get(isolate_);
  v8::Local<v8::Value> chunk = v8::Null(isolate_);
  if (fetch.nextChunk < chunks->Length()) {
    chunk = chunks->Get(context, fetch.nextChunk++).ToLocalChecked();
  }
  if (chunk->IsNativeError()) {
    resolver->Reject(context, chunk).Check();
  } else if (!chunk->IsUndefined()) {  // undefined stands for a chunk that never comes.
    resolver->Resolve(context, chunk).Check();
  }
  return resolver->GetPromise();
}

void FakeFetches::writeOutgoing(uint32_t number, std::span<const std::byte> chunk) {
  if ((number & kTwoWayBit) != 0) {
    Fetch& fetch = fetches_.at(number & ~kTwoWayBit);
    pipes_.write(*fetch.answerer | kTwoWayBit, chunk);
    fetch.secondPullWanted = true;
    return;
  }
  Fetch& fetch = fetches_.at(number);
  fetch.body.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  fetch.pullWanted = true;
}

void FakeFetches::endOutgoing(uint32_t number) {
  if ((number & kTwoWayBit) != 0) {
    return pipes_.end(*fetches_.at(number & ~kTwoWayBit).answerer | kTwoWayBit);
  }
  note(number, "body", bytesOf(fetches_.at(number).body));
}

void FakeFetches::note(uint32_t number, const char* name, v8::Local<v8::Value> value) {
  Fetch& fetch = fetches_.at(number);
  if (fetch.exchange.IsEmpty()) return;
  fetch.exchange.Get(isolate_)
      ->CreateDataProperty(isolate_->GetCurrentContext(), text(isolate_, name), value)
      .Check();
}

v8::Local<v8::Value> FakeFetches::bytesOf(const std::string& bytes) {
  const auto made = newBytes(isolate_, bytes.size());
  KJ_ASSERT(made.has_value());
  std::transform(bytes.begin(), bytes.end(), made->bytes.begin(),
                 [](char c) { return static_cast<std::byte>(c); });
  return made->array;
}

}  // namespace nano
