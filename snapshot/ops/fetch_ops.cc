// What fetch.js asks of the host, and the digests of subresource integrity.

#include <optional>
#include <utility>
#include <variant>

// The plain functions: EVP would look for a configuration file first.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "snapshot/ops/body_bytes.h"
#include "snapshot/ops/ops.h"
#include "snapshot/ops/stream_length.h"

namespace nano {
namespace {

using Outbound = FetchHost::Outbound;
using Refusal = FetchHost::Refusal;

void throwRefusal(v8::Isolate* isolate, const Refusal& refusal) {
  v8::Local<v8::String> message;
  if (!v8::String::NewFromUtf8(isolate, refusal.message.data(), v8::NewStringType::kNormal,
                               static_cast<int>(refusal.message.size()))
           .ToLocal(&message)) {
    return;
  }
  switch (refusal.kind) {
    case Refusal::Kind::kError:
      isolate->ThrowException(v8::Exception::Error(message));
      return;
    case Refusal::Kind::kTypeError:
      isolate->ThrowException(v8::Exception::TypeError(message));
      return;
    case Refusal::Kind::kRangeError:
      isolate->ThrowException(v8::Exception::RangeError(message));
      return;
  }
}

// `body` is null, a string or bytes; the number of a body that comes in; or true for one that is
// asked for.
bool readBody(v8::Isolate* isolate, v8::Local<v8::Value> body, Outbound& fetch, BodyBytes& bytes) {
  if (body->IsTrue()) {
    fetch.body = Outbound::Body::kStream;
    return true;
  }
  if (body->IsUint32()) {
    fetch.body = Outbound::Body::kIncoming;
    fetch.incoming = body.As<v8::Uint32>()->Value();
    return true;
  }
  if (!bytes.assign(isolate, body)) return false;
  fetch.bytes = bytes.bytes();
  if (bytes.present()) fetch.body = Outbound::Body::kWhole;
  return true;
}

// Its number. `place`: of the body among the op's arguments.
v8::MaybeLocal<v8::Value> start(OpCall& call, Host& host, Outbound fetch, v8::Local<v8::Value> body,
                                int place, v8::Local<v8::Function> done) {
  v8::Isolate* isolate = call.isolate();
  FetchHost* fetches = host.fetches();
  if (fetches == nullptr) {
    throwRefusal(isolate, {Refusal::Kind::kTypeError, "fetch failed: there is no network here"});
    return {};
  }
  std::optional<std::variant<uint32_t, Refusal>> started;
  {
    // Its view may be of V8's heap, in which an exception is made.
    BodyBytes bytes;
    if (readBody(isolate, body, fetch, bytes)) started = fetches->startFetch(fetch, done);
  }
  if (!started) {
    op::throwWrongArgument(isolate, place, "a string, bytes, a body's number, true or null");
    return {};
  }
  if (const auto* refusal = std::get_if<Refusal>(&*started)) {
    throwRefusal(isolate, *refusal);
    return {};
  }
  return v8::Integer::NewFromUnsigned(isolate, std::get<uint32_t>(*started));
}

// Far more than the supervisor passes on, and far less than a message may have.
constexpr size_t kMaxMethodBytes = 1024;
// The supervisor's bound for the name of a method of an entrypoint.
constexpr size_t kMaxNameBytes = 256;

// NOLINTNEXTLINE(readability-function-size): its parameters are the op's in JavaScript.
v8::MaybeLocal<v8::Value> startFetch(OpCall& call, Host& host, const Latin1& method,
                                     const Latin1& url, const Utf8& service, const Latin1& headers,
                                     v8::Local<v8::Value> body, double streamLength,
                                     v8::Local<v8::Function> done) {
  if (method.view().size() > kMaxMethodBytes) {
    op::throwWrongArgument(call.isolate(), 0, "a method of at most 1024 bytes");
    return {};
  }
  Outbound fetch;
  fetch.method = method.view();
  fetch.url = url.view();
  fetch.service = service.view();
  fetch.headers = headers.view();
  fetch.streamLength = streamLengthOf(streamLength);
  constexpr int kBody = 4;
  return start(call, host, fetch, body, kBody, done);
}

// A call of a method by a service binding: for all between here and there a request, whose URL
// nobody looks at.
v8::MaybeLocal<v8::Value> startCall(OpCall& call, Host& host, const Utf8& service,
                                    const Utf8& rpcMethod, v8::Local<v8::Value> body,
                                    v8::Local<v8::Function> done) {
  const std::string_view name = rpcMethod.view();
  if (name.size() > kMaxNameBytes || name.find('\0') != std::string_view::npos) {
    op::throwWrongArgument(call.isolate(), 1, "a name of at most 256 bytes, without NUL");
    return {};
  }
  Outbound fetch;
  fetch.method = "POST";
  fetch.url = "https://fake-host/";
  fetch.service = service.view();
  fetch.rpcMethod = rpcMethod.view();
  constexpr int kBody = 2;
  return start(call, host, fetch, body, kBody, done);
}

void abortFetch(OpCall&, Host& host, uint32_t number) {
  if (FetchHost* fetches = host.fetches()) fetches->abortFetch(number);
}

bool openTwoWay(OpCall&, Host& host, uint32_t number) {
  FetchHost* fetches = host.fetches();
  return fetches != nullptr && fetches->openTwoWay(number);
}

// SHA-2 of `bits`: 256, 384 or 512.
v8::MaybeLocal<v8::Uint8Array> sha2(OpCall& call, uint32_t bits, std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  unsigned char digest[SHA512_DIGEST_LENGTH];
  if (bits == 256) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, data, bytes.size());
    SHA256_Final(digest, &context);
  } else if (bits == 384) {
    SHA512_CTX context;
    SHA384_Init(&context);
    SHA384_Update(&context, data, bytes.size());
    SHA384_Final(digest, &context);
  } else if (bits == 512) {
    SHA512_CTX context;
    SHA512_Init(&context);
    SHA512_Update(&context, data, bytes.size());
    SHA512_Final(digest, &context);
  } else {
    op::throwWrongArgument(call.isolate(), 0, "256, 384 or 512");
    return {};
  }
  const auto made = newBytes(call.isolate(), bits / 8);
  if (!made) return {};
  std::copy_n(reinterpret_cast<const std::byte*>(digest), bits / 8, made->bytes.begin());
  return made->array;
}

constexpr Op kOps[] = {
    {"startFetch", bindOp<startFetch>},
    {"startCall", bindOp<startCall>},
    {"abortFetch", bindOp<abortFetch>},
    {"openTwoWay", bindOp<openTwoWay>},
    {"sha2", bindOp<sha2>},
};

}  // namespace

const std::span<const Op> kFetchOps = kOps;

}  // namespace nano
