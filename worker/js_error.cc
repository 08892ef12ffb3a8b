#include "worker/js_error.h"

#include <algorithm>
#include <string_view>

#include "protocol/limits.h"

namespace nano {
namespace {

// Half of kMaxJsErrorBytes each for message and stack.
constexpr size_t kMaxMessageText = kMaxJsErrorBytes / 2;
constexpr size_t kMaxStackText = kMaxJsErrorBytes / 2;
// A line of a minified bundle has a megabyte; an excerpt is for a terminal.
constexpr size_t kMaxSourceLine = 160;
constexpr std::string_view kUncaught = "Uncaught ";
// Scripts of built-ins and of the library are named like this; a tenant has no use for their
// frames.
bool isOurs(std::string_view script) {
  return script.starts_with("nano:") || script.starts_with("node:");
}

std::string propertyText(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                         const char* name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::String> key;
  v8::Local<v8::Value> value;
  if (!v8::String::NewFromUtf8(isolate, name).ToLocal(&key) ||
      !object->Get(context, key).ToLocal(&value) || !value->IsString()) {
    return {};
  }
  return boundedUtf8(isolate, value.As<v8::String>(), kMaxMessageText);
}

// V8 reads data properties only, so an Error that keeps its message behind a getter has none yet.
std::string messageFromGetters(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                               std::string message) {
  const bool hasMessage = message.find(':') != std::string::npos;
  if (hasMessage || !thrown->IsNativeError()) return message;
  v8::TryCatch ignored(v8::Isolate::GetCurrent());
  auto object = thrown.As<v8::Object>();
  std::string name = propertyText(context, object, "name");
  const std::string text = propertyText(context, object, "message");
  if (name.empty()) name = message;
  if (text.empty()) return name;
  return name + ": " + text;
}

std::string frameText(v8::Isolate* isolate, v8::Local<v8::StackFrame> frame) {
  std::string script = "<anonymous>";
  if (v8::Local<v8::String> name = frame->GetScriptName(); !name.IsEmpty()) {
    script = boundedUtf8(isolate, name, kMaxModulePathBytes);
  }
  if (isOurs(script)) return {};
  std::string place = script + ":" + std::to_string(frame->GetLineNumber()) + ":" +
                      std::to_string(frame->GetColumn());
  std::string function;
  if (v8::Local<v8::String> name = frame->GetFunctionName(); !name.IsEmpty()) {
    function = boundedUtf8(isolate, name, kMaxSourceLine);
  }
  if (function.empty()) return "    at " + place + "\n";
  return "    at " + function + " (" + place + ")\n";
}

std::string stackText(v8::Isolate* isolate, v8::Local<v8::StackTrace> trace) {
  std::string text;
  if (trace.IsEmpty()) return text;
  for (int i = 0; i < trace->GetFrameCount(); ++i) {
    std::string frame = frameText(isolate, trace->GetFrame(isolate, i));
    if (text.size() + frame.size() > kMaxStackText) break;
    text += frame;
  }
  if (!text.empty()) text.pop_back();
  return text;
}

// The part of a long line round the column; `column` counts from 1.
std::string excerpt(std::string_view line, uint32_t column) {
  if (line.size() <= kMaxSourceLine) return std::string(line);
  size_t begin = column > kMaxSourceLine / 2 ? column - kMaxSourceLine / 2 : 0;
  begin = std::min(begin, line.size() - kMaxSourceLine);
  auto continues = [line](size_t at) {
    return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80;
  };
  while (continues(begin))
    ++begin;
  size_t end = std::min(begin + kMaxSourceLine, line.size());
  while (continues(end))
    --end;
  return std::string(line.substr(begin, end - begin));
}

void addPlace(v8::Local<v8::Context> context, v8::Local<v8::Message> message, JsError& error) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> script = message->GetScriptResourceName();
  if (script.IsEmpty() || !script->IsString()) return;
  error.file = boundedUtf8(isolate, script.As<v8::String>(), kMaxModulePathBytes);
  if (isOurs(error.file)) {
    error.file.clear();
    return;
  }
  error.line = static_cast<uint32_t>(std::max(0, message->GetLineNumber(context).FromMaybe(0)));
  const int column = message->GetStartColumn(context).FromMaybe(-1);
  error.column = static_cast<uint32_t>(column + 1);
  v8::Local<v8::String> source;
  if (message->GetSourceLine(context).ToLocal(&source)) {
    error.sourceLine = excerpt(boundedUtf8(isolate, source, kMaxBundleBytes), error.column);
  }
}

// Where the app called what threw.
void addPlaceOfCall(v8::Isolate* isolate, v8::Local<v8::StackTrace> trace, JsError& error) {
  if (trace.IsEmpty()) return;
  for (int i = 0; i < trace->GetFrameCount(); ++i) {
    const auto frame = trace->GetFrame(isolate, i);
    const v8::Local<v8::String> name = frame->GetScriptName();
    if (name.IsEmpty()) continue;
    error.file = boundedUtf8(isolate, name, kMaxModulePathBytes);
    if (!isOurs(error.file)) {
      error.line = static_cast<uint32_t>(frame->GetLineNumber());
      error.column = static_cast<uint32_t>(frame->GetColumn());
      const v8::Local<v8::String> source = frame->GetScriptSource();
      if (source.IsEmpty()) return;
      error.sourceLine =
          excerptOfLine(boundedUtf8(isolate, source, kMaxBundleBytes), error.line, error.column);
      return;
    }
    error.file.clear();
  }
}

JsError describe(v8::Local<v8::Context> context, v8::Local<v8::Message> message,
                 v8::Local<v8::Value> thrown) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  JsError error;
  error.message = "unknown error";
  if (!message.IsEmpty()) {
    error.message = boundedUtf8(isolate, message->Get(), kMaxMessageText);
    if (error.message.starts_with(kUncaught)) error.message.erase(0, kUncaught.size());
    addPlace(context, message, error);
  }
  if (thrown.IsEmpty()) return error;
  error.message = messageFromGetters(context, thrown, std::move(error.message));
  error.stack = stackText(isolate, v8::Exception::GetStackTrace(thrown));
  if (error.stack.empty() && !message.IsEmpty()) {
    error.stack = stackText(isolate, message->GetStackTrace());
  }
  if (error.file.empty()) addPlaceOfCall(isolate, v8::Exception::GetStackTrace(thrown), error);
  return error;
}

}  // namespace

std::string boundedUtf8(v8::Isolate* isolate, v8::Local<v8::String> string, size_t maxBytes) {
  // No character of V8's strings takes more than three bytes of UTF-8.
  std::string text(std::min(maxBytes, static_cast<size_t>(string->Length()) * 3), '\0');
  const size_t written = string->WriteUtf8V2(isolate, text.data(), text.size(),
                                             v8::String::WriteFlags::kReplaceInvalidUtf8);
  text.resize(written);
  return text;
}

std::string excerptOfLine(std::string_view source, uint32_t line, uint32_t column) {
  for (uint32_t i = 1; i < line; ++i) {
    const size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  std::string_view text = source.substr(0, source.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return excerpt(text, column);
}

JsError describeError(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  v8::TryCatch ignored(isolate);
  return describe(context, v8::Exception::CreateMessage(isolate, thrown), thrown);
}

JsError describeCaught(v8::Local<v8::Context> context, const v8::TryCatch& caught) {
  v8::HandleScope scope(v8::Isolate::GetCurrent());
  if (caught.HasTerminated()) {
    JsError error;
    error.message = "the script was stopped";
    return error;
  }
  return describe(context, caught.Message(), caught.Exception());
}

std::string errorText(const JsError& error) {
  if (error.stack.empty()) {
    if (error.file.empty() || error.line == 0) return error.message;
    return error.message + "\n    at " + error.file + ":" + std::to_string(error.line) + ":" +
           std::to_string(error.column);
  }
  return error.message + "\n" + error.stack;
}

}  // namespace nano
