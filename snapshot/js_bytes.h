#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <v8.h>

namespace nano {

// The bytes of an ArrayBuffer or a view of one, to read. Never allocates on V8's heap. Empty when
// the buffer is detached or the view is out of bounds.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the small buffer is filled when used.
class ReadableBytes final {
 public:
  ReadableBytes() = default;
  ReadableBytes(const ReadableBytes&) = delete;
  ReadableBytes& operator=(const ReadableBytes&) = delete;

  // False when `value` is neither. `value` keeps the bytes alive.
  bool assign(v8::Local<v8::Value> value);
  std::span<const std::byte> view() const { return view_; }

 private:
  // V8 keeps the contents of typed arrays up to 64 bytes on its heap
  // (--typed-array-max-size-in-heap) and copies them out.
  uint8_t small_[64];
  std::span<const std::byte> view_;
};

// The bytes of an ArrayBuffer or a view of one, to write: they are moved off V8's heap if need be.
// Nothing when `value` is neither, or its buffer is immutable. `value` keeps them alive.
std::optional<std::span<std::byte>> writableBytes(v8::Local<v8::Value> value);

// A new Uint8Array of `size` bytes that are not zeroed, and where they are. Empty, with a
// RangeError pending, when there is no memory.
struct NewBytes {
  v8::Local<v8::Uint8Array> array;
  std::span<std::byte> bytes;
};
std::optional<NewBytes> newBytes(v8::Isolate* isolate, size_t size);

}  // namespace nano
