#include "worker/js_http.h"

namespace nano {

v8::Local<v8::String> latin1String(v8::Isolate* isolate, capnp::Text::Reader text) {
  v8::Local<v8::String> string;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.begin());
  if (v8::String::NewFromOneByte(isolate, bytes, v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
          .ToLocal(&string)) {
    return string;
  }
  return v8::String::Empty(isolate);
}

v8::Local<v8::Array> headerArray(v8::Isolate* isolate, capnp::List<rpc::Header>::Reader headers) {
  v8::LocalVector<v8::Value> elements(isolate);
  elements.reserve(headers.size() * 2);
  for (rpc::Header::Reader header : headers) {
    elements.push_back(latin1String(isolate, header.getName()));
    elements.push_back(latin1String(isolate, header.getValue()));
  }
  return v8::Array::New(isolate, elements.data(), elements.size());
}

}  // namespace nano
