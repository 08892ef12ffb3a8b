#pragma once

#include <cstdint>

#include <v8.h>

namespace nano {

// What belongs to lazy properties of one context, by number.
//
// V8 freezes the accessor behind a lazy property apart from the context, and all that its data
// leads to with it, a second time: so the data is a number, and this list, which the context has,
// holds the rest.
class LateValues final {
 public:
  // Keeps `value` and gives its number. Empty, with an exception pending, when that fails.
  static v8::MaybeLocal<v8::Integer> add(v8::Local<v8::Context> context,
                                         v8::Local<v8::Value> value);
  // The value of a property's data.
  static v8::MaybeLocal<v8::Value> get(v8::Local<v8::Context> context, v8::Local<v8::Value> number);

 private:
  static constexpr int kEmbedderDataIndex = 1;  // V8's debugger has 0.
};

}  // namespace nano
