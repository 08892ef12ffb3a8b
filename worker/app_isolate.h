#pragma once

#include <memory>
#include <optional>

#include <kj/async.h>
#include <v8.h>

#include "protocol/outcome.capnp.h"
#include "protocol/worker.capnp.h"
#include "worker/app_source.h"
#include "worker/context_factory.h"
#include "worker/io_bridge.h"
#include "worker/js_entry.h"
#include "worker/js_error.h"
#include "worker/module_loader.h"

namespace nano {

// How loading an app ended.
struct LoadResult {
  rpc::Outcome outcome = rpc::Outcome::OK;
  // Empty with `ok`.
  JsError error;
  // With a limit that was broken.
  LimitBreach breach;
  // With `ok`: the handler has no scheduled().
  bool lacksScheduled = false;
};

// One app version in one isolate: its modules evaluated once, its handler called for every request.
//
// A condemned isolate takes no more calls; its owner lets it go at the end of the turn, when none
// of its JavaScript is on the stack.
class AppIsolate final {
 public:
  // `source`, `limiter` and what `surroundings` borrow outlive this.
  AppIsolate(std::unique_ptr<Realm> realm, const AppSource& source, ResourceLimiter& limiter,
             IoBridge::Surroundings surroundings);
  ~AppIsolate() noexcept(false);
  AppIsolate(const AppIsolate&) = delete;
  AppIsolate& operator=(const AppIsolate&) = delete;

  // Links and evaluates the modules; waits for top-level await as long as start-up may take. Once.
  kj::Promise<LoadResult> load();

  // Calls the handler. `call` is borrowed until detachRequests().
  void fetch(rpc::FetchCall::Reader call);
  // The messages of this turn's calls go away: what is not answered keeps a copy.
  void detachRequests();
  void cancel(uint32_t callId);

  std::vector<Answer> takeAnswers() { return bridge_.requests().takeAnswers(); }
  // What V8 has put off, some of which calls JavaScript (FinalizationRegistry).
  void runPlatformTasks();
  // Frees what is over. At the end of a turn only.
  void sweep() { bridge_.sweep(); }

  bool isCondemned() const { return bridge_.isCondemned(); }
  RequestTable& requests() { return bridge_.requests(); }
  const Realm& realm() const { return *realm_; }

 private:
  void evaluate(v8::Local<v8::Context> context);
  void evaluateModules(v8::Local<v8::Context> context);
  void evaluateScript(v8::Local<v8::Context> context);
  bool makeEnv(v8::Local<v8::Context> context);
  bool applyFlags(v8::Local<v8::Context> context);
  // Ends the load when there is something to end it with.
  void checkLoad();
  void finishLoad(LoadResult result);
  LoadResult stopped() const;
  LoadResult checkHandler(v8::Local<v8::Context> context, v8::Local<v8::Module> module);
  LoadResult stalled(v8::Local<v8::Context> context, v8::Local<v8::Module> module);
  void dispatch(v8::Local<v8::Context> context, const RequestContext& request);
  bool dispatchScheduled(v8::Local<v8::Context> context, v8::Local<v8::Value> slot,
                         rpc::ScheduledEvent::Reader event);
  // One that is not just the default export's fetch().
  void dispatchCall(v8::Local<v8::Context> context, uint32_t slot, rpc::FetchCall::Reader call);
  void refuseEntrypoint(v8::Local<v8::Context> context, uint32_t slot, const std::string& name);

  std::unique_ptr<Realm> realm_;
  const AppSource& source_;
  kj::Timer& timer_;
  JsEntry entry_;
  ModuleLoader loader_;
  IoBridge bridge_;

  v8::Global<v8::Module> main_;
  v8::Global<v8::Promise> evaluation_;
  v8::Global<v8::Value> handler_;
  // Of the main module, for entrypoints among them; of a script its handler as `default`.
  v8::Global<v8::Object> exports_;
  v8::Global<v8::Value> env_;
  // Set while the modules are linked; a limit that was broken explains more.
  std::optional<JsError> failure_;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<LoadResult>>> loading_;
  std::vector<uint32_t> borrowed_;
};

}  // namespace nano
