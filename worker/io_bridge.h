#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <kj/async.h>
#include <kj/function.h>
#include <kj/timer.h>
#include <v8.h>

#include "protocol/limits.h"
#include "snapshot/crypto/key_store.h"
#include "snapshot/host.h"
#include "worker/app_source.h"
#include "worker/cpu_allowance.h"
#include "worker/js_entry.h"
#include "worker/log_buffer.h"
#include "worker/outbound_fetches.h"
#include "worker/outbound_sockets.h"
#include "worker/request_table.h"
#include "worker/source_maps.h"
#include "worker/timer_queue.h"

namespace nano {

// What the built-ins of one isolate may ask for, and the way of every event back into it: answers,
// bodies, timers, log lines.
//
// All that JavaScript starts belongs to the request it runs for and ends with it. An event enters
// JavaScript through enter(), on the CPU budget of its request. Once a limit was broken the isolate
// is condemned: every request gets its answer, and nothing enters it again.
class IoBridge final : public Host, private OutgoingBody::Producer {
 public:
  // All are borrowed. `stir` tells the owner that there is something to do at the end of this turn.
  struct Surroundings {
    kj::Timer& timer;
    LogBuffer& log;
    CpuAllowance& cpu;
    EgressCalls& egress;
    kj::Function<void()> stir;
  };
  IoBridge(JsEntry& entry, const AppSource& source, Surroundings surroundings);
  ~IoBridge() noexcept(false);
  IoBridge(const IoBridge&) = delete;
  IoBridge& operator=(const IoBridge&) = delete;

  // Runs `body` for `request`, or for none: module evaluation, tasks of V8. Does nothing once the
  // isolate is condemned. Not nested.
  void enter(RequestContext* request, JsEntry::Body body);
  // What begins now gets its share of the app's CPU time.
  RequestContext& addRequest(rpc::FetchCall::Reader call);

  RequestTable& requests() { return requests_; }
  const TimerQueue& timers() const { return timers_; }
  // Called after each run that is for no request, until it is set to something else.
  void onRunWithoutRequest(kj::Function<void()> callback) { afterFreeRun_ = kj::mv(callback); }
  // The app's modules are evaluated: what they started ends, and timers need a request from here
  // on.
  void endStartup();

  // Ends a request that nobody waits for any more.
  void cancel(RequestContext& request);
  // Frees what is over. Not from within a promise of a request or an isolate.
  void sweep();

  bool isCondemned() const { return condemned_; }
  // None where condemn() was called.
  const LimitBreach& condemnedBy() const { return condemnedBy_; }
  // Answers everything that waits with `outcome`, and lets nothing in any more.
  void condemn(rpc::Outcome outcome);

  void answerWith(RequestContext& request, rpc::Outcome outcome);
  // A line of our own in the app's log; `request` may be null.
  void report(RequestContext* request, LogLevel level, std::string_view line);

  SourceMaps& sourceMaps() { return sourceMaps_; }

  // For the parts that have a file of their own.
  v8::Isolate* isolate() const { return isolate_; }
  const AppLimits& limits() const { return source_.limits; }
  void stir() { around_.stir(); }
  // The request that JavaScript runs for now, or null.
  RequestContext* current() const;
  // Of a request, or of a fetch; null where it is over or has none.
  IncomingBody* incomingBody(uint32_t number) const;

  void log(LogLevel level, std::string_view line) override;
  double now() override;
  double timeOrigin() override;
  bool startTimer(uint32_t id, double delayMillis) override;
  void stopTimer(uint32_t id) override;
  v8::Local<v8::String> requestUrl(uint32_t slot) override;
  v8::Local<v8::String> requestMethod(uint32_t slot) override;
  v8::Local<v8::Array> requestHeaders(uint32_t slot) override;
  v8::Local<v8::Value> requestBody(uint32_t slot) override;
  v8::Local<v8::Promise> readIncoming(uint32_t number) override;
  void cancelIncoming(uint32_t number) override;
  void respond(uint32_t slot, const ResponseHead& head, std::span<const std::byte> body,
               bool hasBody) override;
  void respondIncoming(uint32_t slot, const ResponseHead& head, uint32_t number) override;
  void respondStream(uint32_t slot, const ResponseHead& head, int64_t length) override;
  void respondTwoWay(uint32_t slot) override;
  void writeOutgoing(uint32_t number, std::span<const std::byte> chunk) override;
  void endOutgoing(uint32_t number) override;
  void failOutgoing(uint32_t number, v8::Local<v8::Value> error) override;
  void failRequest(uint32_t slot, v8::Local<v8::Value> error) override;
  void waitUntil(uint32_t slot, v8::Local<v8::Promise> promise) override;
  FetchHost* fetches() override { return &fetches_; }
  SocketHost* sockets() override { return &sockets_; }
  KeyStore* keys() override { return &keys_; }
  const ModuleLibrary* moduleLibrary() override { return entry_.realm().library(); }
  bool hasWebAssembly() override { return entry_.realm().hasWebAssembly(); }
  size_t bufferBytes() override { return entry_.realm().buffers()->bytes(); }
  bool isStopping() override { return entry_.isStopping(); }

 private:
  struct IgnoreErrors final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };

  void pull(uint32_t number) override;
  void readerLeft(uint32_t number) override;
  // Later: JavaScript stops the stream of a body that nobody reads, or that did not fit.
  void tellBodyIsOver(uint32_t number, bool hadNoRoom);

  void addLine(RequestContext* request, LogLevel level, std::string_view line);
  void forgetDropped();
  void condemnIfStacksAreLeft();
  CpuLimit nextLimit(const RequestContext* request) const;
  JsEntry::Turn run(const RequestContext* request, std::chrono::nanoseconds limit,
                    JsEntry::Body body);
  void reportRefusedBuffer(RequestContext* request);
  void breakLimit(RequestContext* request, const LimitBreach& breach);
  void fireTimer(uint32_t id, int32_t slot);
  void readChunk(uint32_t number, v8::Global<v8::Promise::Resolver> resolver);
  void receiveChunk(uint32_t number, v8::Global<v8::Promise::Resolver> resolver,
                    const IncomingBody::Chunk& chunk);
  // Of a number that is a request's slot, or a fetch's.
  RequestContext* requestOf(uint32_t number) const;
  OutgoingBody* outgoingBody(uint32_t number) const;
  std::span<std::byte> scratch();
  // Null, with the reason logged and the request answered, when the head is larger than allowed.
  std::optional<Answer> startAnswer(RequestContext& request, const ResponseHead& head);
  void streamAnswer(RequestContext& request, Answer answer, kj::Own<OutgoingBody> body,
                    int64_t length);
  void finishWaitUntil(uint32_t slot);
  void startWaitUntilDeadline(RequestContext& request);
  static void onWaitUntilDone(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void onWaitUntilFailed(const v8::FunctionCallbackInfo<v8::Value>& info);
  int64_t unixMillis();
  bool isFrozen() const { return source_.clock == rpc::AppVersion::Clock::FROZEN; }
  double frozenUnixMillis();

  JsEntry& entry_;
  v8::Isolate* isolate_;
  const AppSource& source_;
  Surroundings around_;
  RequestTable requests_;
  OutboundFetches fetches_;
  OutboundSockets sockets_;
  KeyStore keys_;
  // What is decoded of a body, before it is JavaScript's. Made when it is needed.
  std::unique_ptr<std::array<std::byte, 64 * kKiB>> scratch_;
  TimerQueue timers_;
  // Ids whose callbacks JavaScript still has to forget, and numbers of bodies whose streams it has.
  std::vector<uint32_t> droppedTimers_;
  std::vector<uint32_t> droppedBodies_;
  LogBudget freeLog_;
  SourceMaps sourceMaps_;
  std::chrono::nanoseconds startupCpuUsed_{0};
  // By runs for no request since the last request came.
  std::chrono::nanoseconds freeCpuUsed_{0};
  kj::Function<void()> afterFreeRun_;
  RequestContext* running_ = nullptr;
  bool startingUp_ = true;
  LimitBreach condemnedBy_;
  bool condemned_ = false;
  kj::TimePoint madeAt_;
  std::chrono::steady_clock::time_point madeAtExactly_;
  double timeOrigin_;
  // The turn of the loop that frozenUnixMillis_ was read in.
  kj::TimePoint frozenAt_;
  double frozenUnixMillis_;
  IgnoreErrors ignoreErrors_;
  kj::TaskSet later_;
};

}  // namespace nano
