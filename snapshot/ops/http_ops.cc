// A request's parts, and its answer. respond() runs once for every request.

#include "snapshot/ops/body_bytes.h"
#include "snapshot/ops/ops.h"
#include "snapshot/ops/stream_length.h"

namespace nano {
namespace {

v8::Local<v8::String> requestUrl(OpCall&, Host& host, uint32_t slot) {
  return host.requestUrl(slot);
}

v8::Local<v8::String> requestMethod(OpCall&, Host& host, uint32_t slot) {
  return host.requestMethod(slot);
}

v8::Local<v8::Array> requestHeaders(OpCall&, Host& host, uint32_t slot) {
  return host.requestHeaders(slot);
}

v8::Local<v8::Value> requestBody(OpCall&, Host& host, uint32_t slot) {
  return host.requestBody(slot);
}

v8::Local<v8::Promise> readIncoming(OpCall&, Host& host, uint32_t number) {
  return host.readIncoming(number);
}

void cancelIncoming(OpCall&, Host& host, uint32_t number) { host.cancelIncoming(number); }

// NOLINTNEXTLINE(readability-function-size): its parameters are the op's in JavaScript.
void respond(OpCall& call, Host& host, uint32_t slot, uint32_t status, const Latin1& statusText,
             const Latin1& headers, v8::Local<v8::Value> body) {
  BodyBytes bytes;
  if (!bytes.assign(call.isolate(), body)) {
    op::throwWrongArgument(call.isolate(), 4, "a string, bytes or null");
    return;
  }
  host.respond(slot, {status, statusText.view(), headers.view()}, bytes.bytes(), bytes.present());
}

// NOLINTNEXTLINE(readability-function-size): its parameters are the op's in JavaScript.
void respondStream(OpCall&, Host& host, uint32_t slot, uint32_t status, const Latin1& statusText,
                   const Latin1& headers, double length) {
  host.respondStream(slot, {status, statusText.view(), headers.view()}, streamLengthOf(length));
}

void respondTwoWay(OpCall&, Host& host, uint32_t slot) { host.respondTwoWay(slot); }

// NOLINTNEXTLINE(readability-function-size): its parameters are the op's in JavaScript.
void respondIncoming(OpCall&, Host& host, uint32_t slot, uint32_t status, const Latin1& statusText,
                     const Latin1& headers, uint32_t number) {
  host.respondIncoming(slot, {status, statusText.view(), headers.view()}, number);
}

void writeOutgoing(OpCall&, Host& host, uint32_t number, std::span<const std::byte> chunk) {
  host.writeOutgoing(number, chunk);
}

void endOutgoing(OpCall&, Host& host, uint32_t number) { host.endOutgoing(number); }

void failOutgoing(OpCall&, Host& host, uint32_t number, v8::Local<v8::Value> error) {
  host.failOutgoing(number, error);
}

void failRequest(OpCall&, Host& host, uint32_t slot, v8::Local<v8::Value> error) {
  host.failRequest(slot, error);
}

void waitUntil(OpCall&, Host& host, uint32_t slot, v8::Local<v8::Promise> promise) {
  host.waitUntil(slot, promise);
}

constexpr Op kOps[] = {
    {"requestUrl", bindOp<requestUrl>},
    {"requestMethod", bindOp<requestMethod>},
    {"requestHeaders", bindOp<requestHeaders>},
    {"requestBody", bindOp<requestBody>},
    {"readIncoming", bindOp<readIncoming>},
    {"cancelIncoming", bindOp<cancelIncoming>},
    {"respond", bindOp<respond>},
    {"respondIncoming", bindOp<respondIncoming>},
    {"respondStream", bindOp<respondStream>},
    {"respondTwoWay", bindOp<respondTwoWay>},
    {"writeOutgoing", bindOp<writeOutgoing>},
    {"endOutgoing", bindOp<endOutgoing>},
    {"failOutgoing", bindOp<failOutgoing>},
    {"failRequest", bindOp<failRequest>},
    {"waitUntil", bindOp<waitUntil>},
};

}  // namespace

const std::span<const Op> kHttpOps = kOps;

}  // namespace nano
