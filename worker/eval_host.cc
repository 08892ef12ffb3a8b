#include "worker/eval_host.h"

#include <chrono>

#include "snapshot/current_slot.h"

namespace nano {
namespace {

// Whoever runs an expression at a terminal can stop it there.
constexpr std::chrono::hours kNoLimit{24};

}  // namespace

EvalHost::EvalHost(JsEntry& entry, kj::Timer& timer, FILE* out, FILE* errors)
    : entry_(entry),
      isolate_(entry.realm().isolate()),
      timer_(timer),
      out_(out),
      errors_(errors),
      madeAt_(timer.now()),
      timeOrigin_(std::chrono::duration<double, std::milli>(
                      std::chrono::system_clock::now().time_since_epoch())
                      .count()),
      timers_(timer,
              [this](uint32_t id, int32_t) {
                static_cast<void>(
                    entry_.run(kNoSlot, kNoLimit, [this, id](v8::Local<v8::Context> context) {
                      entry_.call(context, EntryPoint::kFireTimer,
                                  v8::Integer::NewFromUnsigned(isolate_, id).As<v8::Value>());
                    }));
              }),
      keys_(entry.realm().buffers()) {
  isolate_->SetData(Host::kIsolateSlot, static_cast<Host*>(this));
}

EvalHost::~EvalHost() { isolate_->SetData(Host::kIsolateSlot, nullptr); }

void EvalHost::log(LogLevel level, std::string_view line) {
  FILE* stream = level >= LogLevel::kWarn ? errors_ : out_;
  fwrite(line.data(), 1, line.size(), stream);
  fputc('\n', stream);
  fflush(stream);
}

double EvalHost::now() { return static_cast<double>((timer_.now() - madeAt_) / kj::MILLISECONDS); }

bool EvalHost::startTimer(uint32_t id, double delayMillis) {
  timers_.add(id, kNoSlot, delayMillis);
  return true;
}

v8::Local<v8::String> EvalHost::requestUrl(uint32_t) { return v8::String::Empty(isolate_); }

v8::Local<v8::String> EvalHost::requestMethod(uint32_t) { return v8::String::Empty(isolate_); }

v8::Local<v8::Array> EvalHost::requestHeaders(uint32_t) { return v8::Array::New(isolate_); }

v8::Local<v8::Value> EvalHost::requestBody(uint32_t) { return v8::Undefined(isolate_); }

v8::Local<v8::Promise> EvalHost::readIncoming(uint32_t) {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(isolate_->GetCurrentContext()).ToLocal(&resolver)) return {};
  return resolver->GetPromise();
}

}  // namespace nano
