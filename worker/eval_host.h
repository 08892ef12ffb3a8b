#pragma once

#include <cstdio>

#include <kj/timer.h>

#include "snapshot/crypto/key_store.h"
#include "snapshot/host.h"
#include "worker/js_entry.h"
#include "worker/timer_queue.h"

namespace nano {

// What built-ins get from nano-eval: the console on the terminal, and timers. There is no request.
class EvalHost final : public Host {
 public:
  // `out` gets console.log, .info and .debug; `errors` the rest.
  EvalHost(JsEntry& entry, kj::Timer& timer, FILE* out, FILE* errors);
  ~EvalHost();
  EvalHost(const EvalHost&) = delete;
  EvalHost& operator=(const EvalHost&) = delete;

  bool hasTimers() const { return !timers_.empty(); }

  void log(LogLevel level, std::string_view line) override;
  double now() override;
  double timeOrigin() override { return timeOrigin_; }
  bool startTimer(uint32_t id, double delayMillis) override;
  void stopTimer(uint32_t id) override { timers_.remove(id); }

  v8::Local<v8::String> requestUrl(uint32_t) override;
  v8::Local<v8::String> requestMethod(uint32_t) override;
  v8::Local<v8::Array> requestHeaders(uint32_t) override;
  v8::Local<v8::Value> requestBody(uint32_t) override;
  v8::Local<v8::Promise> readIncoming(uint32_t) override;
  void cancelIncoming(uint32_t) override {}
  void respond(uint32_t, const ResponseHead&, std::span<const std::byte>, bool) override {}
  void respondIncoming(uint32_t, const ResponseHead&, uint32_t) override {}
  void respondStream(uint32_t, const ResponseHead&, int64_t) override {}
  void writeOutgoing(uint32_t, std::span<const std::byte>) override {}
  void endOutgoing(uint32_t) override {}
  void failOutgoing(uint32_t, v8::Local<v8::Value>) override {}
  void failRequest(uint32_t, v8::Local<v8::Value>) override {}
  void waitUntil(uint32_t, v8::Local<v8::Promise>) override {}
  FetchHost* fetches() override { return nullptr; }
  KeyStore* keys() override { return &keys_; }
  const ModuleLibrary* moduleLibrary() override { return entry_.realm().library(); }
  bool hasWebAssembly() override { return entry_.realm().hasWebAssembly(); }
  bool isStopping() override { return entry_.isStopping(); }

 private:
  JsEntry& entry_;
  v8::Isolate* isolate_;
  kj::Timer& timer_;
  FILE* out_;
  FILE* errors_;
  kj::TimePoint madeAt_;
  double timeOrigin_;
  TimerQueue timers_;
  KeyStore keys_;
};

}  // namespace nano
