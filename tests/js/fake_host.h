#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <v8.h>

#include "snapshot/crypto/key_store.h"
#include "snapshot/entry_points.h"
#include "snapshot/host.h"
#include "tests/js/fake_fetches.h"
#include "tests/js/fake_pipes.h"
#include "tests/js/fake_sockets.h"

namespace nano {

// What the built-ins of a JavaScript test run in: time that passes only when nothing else can
// happen, requests that the test makes up, and a log the test can read.
//
// Requests and answers are JavaScript values of the test: { url, method, headers, body } in, where
// body is undefined, a Uint8Array, or an array of Uint8Arrays that arrives as a stream; and {
// status, statusText, headers, body, incoming, error, bodyError } out.
class FakeHost final : public Host {
 public:
  struct LogLine {
    LogLevel level;
    std::string text;
    int32_t slot;
  };

  // `library` may be null.
  FakeHost(v8::Isolate* isolate, v8::Local<v8::Context> context, const ModuleLibrary* library)
      : library_(library),
        isolate_(isolate),
        entryPoints_(context),
        pipes_(isolate),
        fetches_(isolate, entryPoints_, pipes_),
        sockets_(isolate) {}
  virtual ~FakeHost() = default;
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // Starts a request; its number in the isolate. Nothing: an exception is pending.
  std::optional<uint32_t> dispatch(v8::Local<v8::Object> request, v8::Local<v8::Value> handler,
                                   v8::Local<v8::Value> env);
  // The same by the entry point dispatchCall, whose other arguments are `rest`.
  std::optional<uint32_t> dispatchCall(v8::Local<v8::Object> request, v8::Local<v8::Array> rest);
  // A promise of the answer, as an object.
  v8::MaybeLocal<v8::Promise> answer(uint32_t slot);
  v8::MaybeLocal<v8::Array> waitedFor(uint32_t slot);
  const std::vector<LogLine>& lines() const { return lines_; }
  const EntryPoints& entryPoints() const { return entryPoints_; }
  FakeFetches& outside() { return fetches_; }

  // The request `slot` is the call that the fetch `number` makes: they go on in two ways where it
  // is answered so, until the caller leaves.
  void joinCall(uint32_t number, uint32_t slot) { request(slot).caller = number; }
  void leaveCall(uint32_t slot) { pipes_.cancel(slot); }

  // Does what is due now: pulls bodies and settles answers; with nothing of that to do, moves the
  // clock to the next timer and fires it. False when nothing is left. A microtask checkpoint comes
  // after.
  bool turn(v8::Local<v8::Context> context);

  // Native work that goes on past this is told to stop.
  void stopWorkAt(std::chrono::steady_clock::time_point end) { workEnds_ = end; }

  // What the built-ins did against the rules of Host, or empty.
  const std::string& violation() const { return violation_; }

  void log(LogLevel level, std::string_view line) override;
  double now() override { return now_; }
  KeyStore* keys() override { return &keys_; }
  const ModuleLibrary* moduleLibrary() override { return library_; }
  double timeOrigin() override { return kTimeOrigin; }
  bool startTimer(uint32_t id, double delayMillis) override;
  void stopTimer(uint32_t id) override;
  v8::Local<v8::String> requestUrl(uint32_t slot) override;
  v8::Local<v8::String> requestMethod(uint32_t slot) override;
  v8::Local<v8::Array> requestHeaders(uint32_t slot) override;
  v8::Local<v8::Value> requestBody(uint32_t slot) override;
  v8::Local<v8::Promise> readIncoming(uint32_t slot) override;
  void cancelIncoming(uint32_t slot) override;
  void respond(uint32_t slot, const ResponseHead& head, std::span<const std::byte> body,
               bool hasBody) override;
  void respondIncoming(uint32_t slot, const ResponseHead& head, uint32_t number) override;
  void respondStream(uint32_t slot, const ResponseHead& head, int64_t length) override;
  void respondTwoWay(uint32_t slot) override;
  void writeOutgoing(uint32_t slot, std::span<const std::byte> chunk) override;
  void endOutgoing(uint32_t slot) override;
  void failOutgoing(uint32_t slot, v8::Local<v8::Value> error) override;
  void failRequest(uint32_t slot, v8::Local<v8::Value> error) override;
  void waitUntil(uint32_t slot, v8::Local<v8::Promise> promise) override;
  bool isStopping() override { return std::chrono::steady_clock::now() > workEnds_; }
  FetchHost* fetches() override { return &fetches_; }
  FakeSockets* sockets() override { return &sockets_; }

 private:
  static constexpr double kTimeOrigin = 1'700'000'000'000;

  struct Request {
    v8::Global<v8::Object> given;
    uint32_t nextChunk = 0;
    bool bodyCancelled = false;
    std::vector<v8::Global<v8::Promise>> waited;
    v8::Global<v8::Promise::Resolver> answer;
    // The answer so far.
    bool responded = false;
    bool finished = false;
    bool settled = false;
    uint32_t status = 0;
    std::string statusText;
    std::string headers;
    std::vector<std::byte> body;
    bool hasBody = false;
    bool pullWanted = false;
    bool pulled = false;
    double length = -1;
    // Of a call: the fetch that makes it; whether it is answered in two ways, and that is told.
    uint32_t caller = 0;
    bool isTwoWay = false;
    bool isTold = false;
    // The body that was handed on.
    std::optional<uint32_t> incoming;
    v8::Global<v8::Value> error;
    v8::Global<v8::Value> bodyError;
  };
  struct Timer {
    double due;
    uint64_t order;
    uint32_t id;
    int32_t slot;
  };

  // Makes the request and calls the entry point with its number.
  std::optional<uint32_t> start(v8::Local<v8::Object> given, EntryPoint entryPoint,
                                std::span<const v8::Local<v8::Value>> rest);
  Request& request(uint32_t slot);
  v8::Local<v8::Value> part(uint32_t slot, const char* name);
  void call(EntryPoint entryPoint, int32_t slot, uint32_t argument);
  bool pullAndSettle(v8::Local<v8::Context> context);
  bool tellTwoWays();
  bool fireNextTimer();
  void settle(v8::Local<v8::Context> context, Request& request);
  void begin(uint32_t slot, const ResponseHead& head);
  bool answerPull(uint32_t slot, const char* op);

  const ModuleLibrary* library_;
  v8::Isolate* isolate_;
  EntryPoints entryPoints_;
  FakePipes pipes_;
  FakeFetches fetches_;
  FakeSockets sockets_;
  KeyStore keys_{nullptr};
  double now_ = 0;
  std::chrono::steady_clock::time_point workEnds_ = std::chrono::steady_clock::time_point::max();
  std::vector<Timer> timers_;
  uint64_t timersMade_ = 0;
  uint32_t requestsMade_ = 0;
  std::map<uint32_t, Request> requests_;
  std::vector<LogLine> lines_;
  std::string violation_;
};

}  // namespace nano
