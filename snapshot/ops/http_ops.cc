// A request's parts, and its answer. respond() runs once for every request.

#include <memory>
#include <optional>

#include "snapshot/ops/ops.h"
#include "snapshot/ops/simdutf.h"

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

v8::Local<v8::Promise> readIncoming(OpCall&, Host& host, uint32_t slot) {
  return host.readIncoming(slot);
}

void cancelIncoming(OpCall&, Host& host, uint32_t slot) { host.cancelIncoming(slot); }

// A response's body as bytes. A string of ASCII, the usual case, is not copied: V8's heap must not
// move while this lives.
class BodyBytes final {
 public:
  // False when `body` is nothing that can be a body.
  bool assign(v8::Isolate* isolate, v8::Local<v8::Value> body) {
    if (body->IsString()) {
      encode(isolate, body.As<v8::String>());
      return true;
    }
    if (body->IsNullOrUndefined()) {
      present_ = false;
      return true;
    }
    if (!buffer_.assign(body)) return false;
    bytes_ = buffer_.view();
    return true;
  }
  bool present() const { return present_; }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  void encode(v8::Isolate* isolate, v8::Local<v8::String> text) {
    string_.emplace(isolate, text);
    if (string_->is_one_byte()) {
      const auto* data = reinterpret_cast<const char*>(string_->data8());
      if (simdutf::validate_ascii(data, string_->length())) {
        bytes_ = std::as_bytes(std::span(data, string_->length()));
        return;
      }
    }
    string_.reset();
    const size_t size = text->Utf8LengthV2(isolate);
    encoded_ = std::make_unique_for_overwrite<char[]>(size);
    const size_t written = text->WriteUtf8V2(isolate, encoded_.get(), size,
                                             v8::String::WriteFlags::kReplaceInvalidUtf8);
    bytes_ = std::as_bytes(std::span(encoded_.get(), written));
  }

  bool present_ = true;
  std::span<const std::byte> bytes_;
  ReadableBytes buffer_;
  std::optional<v8::String::ValueView> string_;
  std::unique_ptr<char[]> encoded_;
};

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
  host.respondStream(slot, {status, statusText.view(), headers.view()},
                     length >= 0 ? static_cast<int64_t>(length) : -1);
}

void writeOutgoing(OpCall&, Host& host, uint32_t slot, std::span<const std::byte> chunk) {
  host.writeOutgoing(slot, chunk);
}

void endOutgoing(OpCall&, Host& host, uint32_t slot) { host.endOutgoing(slot); }

void failOutgoing(OpCall&, Host& host, uint32_t slot, v8::Local<v8::Value> error) {
  host.failOutgoing(slot, error);
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
    {"respondStream", bindOp<respondStream>},
    {"writeOutgoing", bindOp<writeOutgoing>},
    {"endOutgoing", bindOp<endOutgoing>},
    {"failOutgoing", bindOp<failOutgoing>},
    {"failRequest", bindOp<failRequest>},
    {"waitUntil", bindOp<waitUntil>},
};

}  // namespace

const std::span<const Op> kHttpOps = kOps;

}  // namespace nano
