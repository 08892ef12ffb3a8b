#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <v8.h>

namespace nano {

// A JavaScript exception as bounded text: what is left of it once the isolate is left.
struct JsError {
  std::string message;
  // "    at name (file:line:column)" lines, without the message.
  std::string stack;
  std::string file;
  // Counted from 1; 0 where V8 does not know.
  uint32_t line = 0;
  uint32_t column = 0;
  std::string sourceLine;
};

// Describes a thrown value, whatever it is. Frames of built-ins are left out.
//
// V8's own records are read wherever they suffice, so neither toString() nor a `stack` getter nor
// Error.prepareStackTrace is called. The exception is an Error whose message is not a data property
// (DOMException): its getters run, so call this only where a CPU limit is armed.
JsError describeError(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown);

// The same for what `caught` holds; the place is the one where it was thrown.
JsError describeCaught(v8::Local<v8::Context> context, const v8::TryCatch& caught);

// Message and stack as they belong into a log.
std::string errorText(const JsError& error);

// What to show of line `line` of `source`; both numbers count from 1.
std::string excerptOfLine(std::string_view source, uint32_t line, uint32_t column);

// At most `maxBytes` of UTF-8, cut between characters.
std::string boundedUtf8(v8::Isolate* isolate, v8::Local<v8::String> string, size_t maxBytes);

}  // namespace nano
