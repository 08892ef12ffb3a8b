#include "snapshot/deferred_module.h"

#include <array>
#include <memory>

#include <kj/debug.h>

#include "snapshot/late_values.h"
#include "snapshot/shared_source.h"
#include "snapshot/zstd.h"

namespace nano {

namespace {

// Fields of the array.
enum Field : uint32_t { kName, kText, kModules, kExports, kFieldCount };

using Info = v8::PropertyCallbackInfo<v8::Value>;

constexpr size_t kMaxTextBytes = size_t{1} << 20;
// Before what is compressed: how long it was, little-endian.
constexpr size_t kSizeBytes = 3;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Empty when there is no memory for it.
v8::MaybeLocal<v8::String> textOf(v8::Isolate* isolate, v8::Local<v8::Value> field) {
  const auto* external = field.As<v8::String>()->GetExternalOneByteStringResource();
  KJ_REQUIRE(external != nullptr, "the text of a built-in is not external");
  const auto& compressed = *static_cast<const SharedSource*>(external);
  KJ_REQUIRE(compressed.length() > kSizeBytes);
  const auto* data = reinterpret_cast<const uint8_t*>(compressed.data());
  const size_t size = data[0] | size_t{data[1]} << 8 | size_t{data[2]} << 16;
  KJ_REQUIRE(size <= kMaxTextBytes);
  std::string text(size, '\0');
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  KJ_REQUIRE(context != nullptr);
  const std::string_view dictionary = compressed.dictionary();
  const size_t written = ZSTD_decompress_usingDict(
      context.get(), text.data(), size, data + kSizeBytes, compressed.length() - kSizeBytes,
      dictionary.data(), dictionary.size());
  KJ_REQUIRE(written == size, "the text of a built-in is damaged");
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(size));
}

v8::MaybeLocal<v8::Object> run(v8::Local<v8::Context> context, v8::Local<v8::Value> number) {
  auto* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> late;
  if (!LateValues::get(context, number).ToLocal(&late)) return {};
  const auto deferred = late.As<v8::Array>();
  v8::Local<v8::Value> fields[kFieldCount];
  for (uint32_t i = 0; i < kFieldCount; ++i) {
    if (!deferred->Get(context, i).ToLocal(&fields[i])) return {};
  }
  if (fields[kExports]->IsObject()) return fields[kExports].As<v8::Object>();
  v8::Local<v8::String> text;
  if (!textOf(isolate, fields[kText]).ToLocal(&text)) return {};
  v8::ScriptCompiler::Source source(text, v8::ScriptOrigin(fields[kName]));
  v8::Local<v8::String> parameter;
  v8::Local<v8::Function> function;
  v8::Local<v8::Value> result;
  v8::Local<v8::Value> arguments[] = {fields[kModules]};
  constexpr std::string_view kParameter = BuiltinModule::kModulesParameter;
  if (!v8::String::NewFromUtf8(isolate, kParameter.data(), v8::NewStringType::kInternalized,
                               kParameter.size())
           .ToLocal(&parameter) ||
      !v8::ScriptCompiler::CompileFunction(context, &source, 1, &parameter).ToLocal(&function) ||
      !function->Call(context, v8::Undefined(isolate), 1, arguments).ToLocal(&result) ||
      !result->IsObject()) {
    return {};  // A limit was broken, or the stack is full: the next one who asks tries again.
  }
  if (!deferred->CreateDataProperty(context, kExports, result).FromMaybe(false)) return {};
  return result.As<v8::Object>();
}

void getExports(v8::Local<v8::Name>, const Info& info) {
  v8::Local<v8::Object> exports;
  const auto context = info.GetIsolate()->GetCurrentContext();
  if (run(context, info.Data()).ToLocal(&exports)) {
    info.GetReturnValue().Set(exports);
  }
}

void getExport(v8::Local<v8::Name> name, const Info& info) {
  v8::Local<v8::Object> exports;
  v8::Local<v8::Value> value;
  const auto context = info.GetIsolate()->GetCurrentContext();
  if (run(context, info.Data()).ToLocal(&exports) && exports->Get(context, name).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

}  // namespace

std::string DeferredModule::compress(std::string_view text, std::string_view dictionary) {
  KJ_REQUIRE(text.size() <= kMaxTextBytes, "a built-in's text is too long");
  constexpr int kLevel = 22;
  std::string out(kSizeBytes + ZSTD_compressBound(text.size()), '\0');
  for (size_t i = 0; i < kSizeBytes; ++i)
    out[i] = static_cast<char>(text.size() >> 8 * i);
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  const size_t size =
      ZSTD_compress_usingDict(context.get(), &out[kSizeBytes], out.size() - kSizeBytes, text.data(),
                              text.size(), dictionary.data(), dictionary.size(), kLevel);
  KJ_REQUIRE(ZSTD_isError(size) == 0);
  out.resize(kSizeBytes + size);
  return out;
}

// These run at build time only, on JavaScript of ours: Check() may end the process.

v8::Local<v8::Integer> DeferredModule::make(v8::Local<v8::Context> context,
                                            v8::Local<v8::String> name, v8::Local<v8::String> text,
                                            v8::Local<v8::Object> modules) {
  auto* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> fields[] = {name, text, modules, v8::Undefined(isolate)};
  static_assert(std::size(fields) == kFieldCount);
  return LateValues::add(context, v8::Array::New(isolate, fields, kFieldCount)).ToLocalChecked();
}

void DeferredModule::addExports(v8::Local<v8::Context> context, v8::Local<v8::Object> modules,
                                v8::Local<v8::String> specifier, v8::Local<v8::Integer> deferred) {
  modules->SetLazyDataProperty(context, specifier, getExports, deferred).Check();
}

v8::Local<v8::Object> DeferredModule::makeNamespace(v8::Local<v8::Context> context,
                                                    const BuiltinModule& module,
                                                    v8::Local<v8::Integer> deferred) {
  auto* isolate = v8::Isolate::GetCurrent();
  const auto names = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  for (const auto& name : module.exports) {
    const auto key = v8::String::NewFromUtf8(isolate, name.c_str()).ToLocalChecked();
    names->SetLazyDataProperty(context, key, getExport, deferred).Check();
  }
  return names;
}

std::span<const intptr_t> DeferredModule::references() {
  static const std::array<intptr_t, 2> kReferences = {reinterpret_cast<intptr_t>(&getExports),
                                                      reinterpret_cast<intptr_t>(&getExport)};
  return kReferences;
}

}  // namespace nano
