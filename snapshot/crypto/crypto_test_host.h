#pragma once

#include "snapshot/crypto/key_store.h"
#include "snapshot/host.h"

namespace nano {

// For tests: a host that keeps keys, and tells what takes long to stop.
class CryptoTestHost final : public Host {
 public:
  int looks = 0;
  // How often it says to go on before that.
  int stopAfter = INT32_MAX;
  // In place of its own keys, where a test has some.
  KeyStore* other = nullptr;

  // Before there are any keys.
  void countOn(std::shared_ptr<BufferBudget> budget) {
    keys_ = std::make_unique<KeyStore>(std::move(budget));
  }
  // Before the isolate is gone.
  void forgetKeys() { keys_.reset(); }

  KeyStore* keys() override { return other == nullptr ? keys_.get() : other; }
  bool isStopping() override { return looks++ >= stopAfter; }

  void log(LogLevel, std::string_view) override {}
  double now() override { return 0; }
  double timeOrigin() override { return 0; }
  bool startTimer(uint32_t, double) override { return false; }
  void stopTimer(uint32_t) override {}
  v8::Local<v8::String> requestUrl(uint32_t) override { return {}; }
  v8::Local<v8::String> requestMethod(uint32_t) override { return {}; }
  v8::Local<v8::Array> requestHeaders(uint32_t) override { return {}; }
  v8::Local<v8::Value> requestBody(uint32_t) override { return {}; }
  v8::Local<v8::Promise> readIncoming(uint32_t) override { return {}; }
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

 private:
  std::unique_ptr<KeyStore> keys_ = std::make_unique<KeyStore>(nullptr);
};

}  // namespace nano
