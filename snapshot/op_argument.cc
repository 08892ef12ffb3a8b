#include "snapshot/op_argument.h"

namespace nano {

bool OpArgument<Host&>::read(v8::Isolate* isolate) {
  host_ = Host::of(isolate);
  if (host_ != nullptr) return true;
  isolate->ThrowError("not possible while the snapshot is built: there is no running program");
  return false;
}

bool OpArgument<std::span<std::byte>>::read(v8::Isolate*, v8::Local<v8::Value> value) {
  const auto bytes = writableBytes(value);
  if (!bytes) return false;
  view_ = *bytes;
  return true;
}

bool OpArgument<std::span<uint32_t>>::read(v8::Isolate*, v8::Local<v8::Value> value) {
  if (!value->IsUint32Array()) return false;
  const auto bytes = writableBytes(value);
  if (!bytes) return false;
  // A Uint32Array starts at a multiple of four bytes in memory that malloc() aligned.
  view_ = {reinterpret_cast<uint32_t*>(bytes->data()), bytes->size() / sizeof(uint32_t)};
  return true;
}

}  // namespace nano
