#pragma once

#include <string_view>
#include <vector>

#include <v8.h>

namespace nano {

// The characters of a JavaScript string as UTF-8; a lone surrogate becomes U+FFFD.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the small buffer is filled when used.
class Utf8 final {
 public:
  Utf8() = default;
  Utf8(v8::Isolate* isolate, v8::Local<v8::String> string) { assign(isolate, string); }
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;

  void assign(v8::Isolate* isolate, v8::Local<v8::String> string);
  std::string_view view() const { return view_; }

 private:
  char small_[256];
  std::vector<char> large_;
  std::string_view view_;
};

// The characters of a JavaScript string that has none above U+00FF, one byte each.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the small buffer is filled when used.
class Latin1 final {
 public:
  Latin1() = default;
  Latin1(const Latin1&) = delete;
  Latin1& operator=(const Latin1&) = delete;

  // False when a character is above U+00FF.
  bool assign(v8::Isolate* isolate, v8::Local<v8::String> string);
  std::string_view view() const { return view_; }

 private:
  char small_[512];
  std::vector<char> large_;
  std::string_view view_;
};

}  // namespace nano
