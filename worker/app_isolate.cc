#include "worker/app_isolate.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "worker/isolate_scope.h"
#include "worker/main_script.h"

namespace nano {
namespace {

// How long top-level await may wait for timers (security 3.1: start-up, hard maximum).
constexpr kj::Duration kStartupWallLimit = 5 * kj::SECONDS;

JsError sentence(std::string message, const AppSource& source) {
  JsError error;
  error.message = std::move(message);
  error.file = source.mainModule;
  return error;
}

v8::MaybeLocal<v8::String> jsString(v8::Isolate* isolate, const std::string& text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()));
}

// Runs nothing of the tenant: a proxy may have it.
bool lacksScheduled(v8::Local<v8::Context> context, v8::Local<v8::Value> handler) {
  v8::Local<v8::String> name =
      v8::String::NewFromUtf8Literal(v8::Isolate::GetCurrent(), "scheduled");
  while (handler->IsObject() && !handler->IsProxy()) {
    auto object = handler.As<v8::Object>();
    if (object->HasRealNamedProperty(context, name).FromMaybe(true)) return false;
    handler = object->GetPrototypeV2();
  }
  return !handler->IsObject();
}

}  // namespace

AppIsolate::AppIsolate(std::unique_ptr<Realm> realm, const AppSource& source,
                       ResourceLimiter& limiter, IoBridge::Surroundings surroundings)
    : realm_(std::move(realm)),
      source_(source),
      timer_(surroundings.timer),
      entry_(*realm_, limiter),
      loader_(realm_->isolate(), source, realm_->entryPoints(),
              realm_->hasWebAssembly() ? ModuleLoader::WebAssembly::kCompiled
                                       : ModuleLoader::WebAssembly::kRefused),
      bridge_(entry_, source, kj::mv(surroundings)) {}

AppIsolate::~AppIsolate() noexcept(false) = default;

kj::Promise<LoadResult> AppIsolate::load() {
  auto result = kj::newPromiseAndFulfiller<LoadResult>();
  loading_ = kj::mv(result.fulfiller);
  bridge_.onRunWithoutRequest([this]() { checkLoad(); });
  bridge_.enter(nullptr, [this](v8::Local<v8::Context> context) { evaluate(context); });
  if (loading_ == nullptr) return kj::mv(result.promise);
  auto tooLate = timer_.afterDelay(kStartupWallLimit).then([this]() {
    LoadResult late;
    late.outcome = rpc::Outcome::STARTUP_FAILED;
    late.error = sentence("top-level await took longer than 5 s", source_);
    return late;
  });
  return result.promise.exclusiveJoin(kj::mv(tooLate));
}

void AppIsolate::evaluate(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = realm_->isolate();
  v8::TryCatch caught(isolate);
  // Off in a blank realm; the loader answers for WebAssembly.
  if (source_.codegen) context->AllowCodeGenerationFromStrings(true);
  if (!makeEnv(context) || !applyFlags(context)) {
    failure_.emplace(describeCaught(context, caught));
    return;
  }
  if (source_.isServiceWorker) {
    evaluateScript(context);
  } else {
    evaluateModules(context);
  }
}

// Its listeners have to be there when it has run once, as on Workers.
void AppIsolate::evaluateScript(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = realm_->isolate();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> handler;
  if (!entry_.call(context, EntryPoint::kBindGlobals, env_.Get(isolate)) ||
      !compileMainScript(context, source_).ToLocal(&script) || script->Run(context).IsEmpty() ||
      !realm_->entryPoints()
           .get(isolate, EntryPoint::kListenersHandler)
           ->Call(context, v8::Undefined(isolate), 0, nullptr)
           .ToLocal(&handler)) {
    failure_.emplace(describeCaught(context, caught));
  } else if (handler->IsUndefined()) {
    failure_.emplace(sentence(
        source_.mainModule +
            " has no default export and has added no listener: addEventListener('fetch', (event) "
            "=> event.respondWith(new Response('hello'))), or export default { fetch(request, env, "
            "ctx) { return new Response('hello') } }",
        source_));
  } else {
    handler_.Reset(isolate, handler);
    // What service bindings find of it.
    v8::Local<v8::Name> name = v8::String::NewFromUtf8Literal(isolate, "default");
    exports_.Reset(isolate, v8::Object::New(isolate, v8::Null(isolate), &name, &handler, 1));
  }
}

void AppIsolate::evaluateModules(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = realm_->isolate();
  v8::TryCatch caught(isolate);
  auto linked = loader_.linkMain(context);
  if (auto* failure = std::get_if<ModuleLoader::Failure>(&linked)) {
    failure_.emplace(std::move(failure->error));
    return;
  }
  auto module = std::get<v8::Local<v8::Module>>(linked);
  v8::Local<v8::Value> evaluation;
  if (!module->Evaluate(context).ToLocal(&evaluation)) {
    failure_.emplace(describeCaught(context, caught));
    return;
  }
  // A failure is reported as the load's result, not as a rejection that nobody handled.
  auto promise = evaluation.As<v8::Promise>();
  entry_.markAsHandled(promise);
  main_.Reset(isolate, module);
  evaluation_.Reset(isolate, promise);
}

bool AppIsolate::makeEnv(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = realm_->isolate();
  v8::LocalVector<v8::Value> elements(isolate);
  for (const AppSource::Binding& binding : source_.env) {
    v8::Local<v8::String> name;
    v8::Local<v8::String> value;
    if (!jsString(isolate, binding.name).ToLocal(&name) ||
        !jsString(isolate, binding.value).ToLocal(&value)) {
      return false;
    }
    elements.push_back(name);
    elements.push_back(v8::Integer::New(isolate, static_cast<int>(binding.kind)));
    elements.push_back(value);
  }
  v8::Local<v8::Value> list = v8::Array::New(isolate, elements.data(), elements.size());
  v8::Local<v8::Value> env;
  if (!realm_->entryPoints()
           .get(isolate, EntryPoint::kMakeEnv)
           ->Call(context, v8::Undefined(isolate), 1, &list)
           .ToLocal(&env)) {
    return false;
  }
  env_.Reset(isolate, env);
  return true;
}

bool AppIsolate::applyFlags(v8::Local<v8::Context> context) {
  if (!source_.flags) return true;
  v8::Isolate* isolate = realm_->isolate();
  v8::LocalVector<v8::Value> names(isolate);
  for (const std::string& flag : *source_.flags) {
    v8::Local<v8::String> name;
    if (!jsString(isolate, flag).ToLocal(&name)) return false;
    names.push_back(name);
  }
  v8::Local<v8::Value> list = v8::Array::New(isolate, names.data(), names.size());
  return entry_.call(context, EntryPoint::kApplyFlags, list);
}

void AppIsolate::finishLoad(LoadResult result) {
  KJ_IF_MAYBE(loading, loading_) {
    auto fulfiller = kj::mv(*loading);
    loading_ = nullptr;
    bridge_.sourceMaps().map(result.error);
    fulfiller->fulfill(kj::mv(result));
  }
}

void AppIsolate::checkLoad() {
  if (loading_ == nullptr) return;
  if (bridge_.isCondemned()) {
    finishLoad(stopped());
    return;
  }
  if (failure_) {
    finishLoad({rpc::Outcome::STARTUP_FAILED, std::move(*failure_), {}});
    return;
  }
  v8::Isolate* isolate = realm_->isolate();
  IsolateScope scope(isolate, realm_->context());
  LoadResult result;
  if (!source_.isServiceWorker) {
    v8::Local<v8::Module> module = main_.Get(isolate);
    if (evaluation_.Get(isolate)->State() == v8::Promise::kPending) {
      if (bridge_.timers().empty()) finishLoad(stalled(scope.context(), module));
      return;
    }
    result = checkHandler(scope.context(), module);
  }
  if (result.outcome == rpc::Outcome::OK) {
    result.lacksScheduled = lacksScheduled(scope.context(), handler_.Get(isolate));
    bridge_.endStartup();
  }
  finishLoad(std::move(result));
}

LoadResult AppIsolate::stopped() const {
  const LimitBreach breach = bridge_.condemnedBy();
  const bool isMemory = breach.limit == rpc::Limit::HEAP || breach.limit == rpc::Limit::BUFFERS;
  return {isMemory ? rpc::Outcome::EXCEEDED_MEMORY : rpc::Outcome::EXCEEDED_CPU,
          sentence("evaluating the modules was stopped: " + describeBreach(breach), source_),
          breach};
}

LoadResult AppIsolate::stalled(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  LoadResult result{rpc::Outcome::STARTUP_FAILED,
                    sentence("top-level await waits for something that never happens", source_),
                    {}};
  auto [modules, messages] = module->GetStalledTopLevelAwaitMessages(realm_->isolate());
  if (messages.empty()) return result;
  v8::Local<v8::Message> message = messages.front();
  result.error.line =
      static_cast<uint32_t>(std::max(0, message->GetLineNumber(context).FromMaybe(0)));
  result.error.column = static_cast<uint32_t>(message->GetStartColumn(context).FromMaybe(-1) + 1);
  if (message->GetScriptResourceName()->IsString()) {
    result.error.file = boundedUtf8(
        realm_->isolate(), message->GetScriptResourceName().As<v8::String>(), kMaxModulePathBytes);
  }
  for (const AppSource::Module& candidate : source_.modules) {
    if (candidate.path != result.error.file) continue;
    result.error.sourceLine =
        excerptOfLine(candidate.content, result.error.line, result.error.column);
  }
  return result;
}

LoadResult AppIsolate::checkHandler(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  v8::Isolate* isolate = realm_->isolate();
  v8::TryCatch caught(isolate);
  if (evaluation_.Get(isolate)->State() == v8::Promise::kRejected) {
    JsError error = describeError(context, evaluation_.Get(isolate)->Result());
    if (error.file.empty()) error.file = source_.mainModule;
    return {rpc::Outcome::STARTUP_FAILED, std::move(error), {}};
  }
  auto exports = module->GetModuleNamespace().As<v8::Object>();
  v8::Local<v8::Value> handler;
  if (!exports->Get(context, v8::String::NewFromUtf8Literal(isolate, "default"))
           .ToLocal(&handler) ||
      !handler->IsObject()) {
    return {rpc::Outcome::STARTUP_FAILED,
            sentence(source_.mainModule +
                         " has no default export with a handler: export default { fetch(request, "
                         "env, ctx) { return new Response('hello') } }",
                     source_),
            {}};
  }
  // A class becomes what answers for it. Nothing of the tenant runs.
  if (!realm_->entryPoints()
           .get(isolate, EntryPoint::kMakeHandler)
           ->Call(context, v8::Undefined(isolate), 1, &handler)
           .ToLocal(&handler)) {
    return {rpc::Outcome::STARTUP_FAILED, describeCaught(context, caught), {}};
  }
  handler_.Reset(isolate, handler);
  exports_.Reset(isolate, exports);
  main_.Reset();
  evaluation_.Reset();
  return {};
}

void AppIsolate::fetch(rpc::FetchCall::Reader call) {
  RequestContext& request = bridge_.addRequest(call);
  borrowed_.push_back(request.slot);
  if (bridge_.isCondemned()) {
    bridge_.answerWith(request, rpc::Outcome::INTERNAL_ERROR);
    return;
  }
  if (call.hasEntrypoint() || call.hasProps() || call.hasMethod()) {
    const uint32_t slot = request.slot;
    bridge_.enter(&request, [this, slot, call](v8::Local<v8::Context> context) {
      dispatchCall(context, slot, call);
    });
    return;
  }
  bridge_.enter(&request,
                [this, &request](v8::Local<v8::Context> context) { dispatch(context, request); });
}

void AppIsolate::dispatch(v8::Local<v8::Context> context, const RequestContext& request) {
  v8::Isolate* isolate = realm_->isolate();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> number = v8::Integer::NewFromUnsigned(isolate, request.slot);
  bool called = false;
  if (request.isScheduled()) {
    called = dispatchScheduled(context, number, request.scheduled());
  } else {
    called = entry_.call(context, EntryPoint::kDispatchFetch, number, handler_.Get(isolate),
                         env_.Get(isolate));
  }
  if (!called && !caught.HasTerminated()) bridge_.failRequest(request.slot, caught.Exception());
}

bool AppIsolate::dispatchScheduled(v8::Local<v8::Context> context, v8::Local<v8::Value> slot,
                                   rpc::ScheduledEvent::Reader event) {
  v8::Isolate* isolate = realm_->isolate();
  v8::Local<v8::String> cron;
  if (!jsString(isolate, event.getCron().cStr()).ToLocal(&cron)) return false;
  v8::Local<v8::Value> time = v8::Number::New(isolate, static_cast<double>(event.getUnixMillis()));
  return entry_.call(context, EntryPoint::kDispatchScheduled, slot, handler_.Get(isolate),
                     env_.Get(isolate), cron.As<v8::Value>(), time);
}

void AppIsolate::dispatchCall(v8::Local<v8::Context> context, uint32_t slot,
                              rpc::FetchCall::Reader call) {
  v8::Isolate* isolate = realm_->isolate();
  v8::TryCatch caught(isolate);
  v8::Local<v8::String> texts[3];
  const capnp::Text::Reader given[] = {call.getEntrypoint(), call.getProps(), call.getMethod()};
  for (size_t i = 0; i < std::size(texts); ++i) {
    if (!jsString(isolate, std::string(given[i].begin(), given[i].size())).ToLocal(&texts[i])) {
      return bridge_.failRequest(slot, caught.Exception());
    }
  }
  v8::Local<v8::Object> exports = exports_.Get(isolate);
  if (texts[0]->Length() > 0 && !exports->Has(context, texts[0]).FromMaybe(false)) {
    return refuseEntrypoint(context, slot, std::string(given[0].begin(), given[0].size()));
  }
  v8::Local<v8::Value> number = v8::Integer::NewFromUnsigned(isolate, slot);
  const bool called = entry_.call(
      context, EntryPoint::kDispatchCall, number, exports.As<v8::Value>(), env_.Get(isolate),
      texts[0].As<v8::Value>(), texts[1].As<v8::Value>(), texts[2].As<v8::Value>());
  if (!called && !caught.HasTerminated()) bridge_.failRequest(slot, caught.Exception());
}

void AppIsolate::refuseEntrypoint(v8::Local<v8::Context> context, uint32_t slot,
                                  const std::string& name) {
  v8::Isolate* isolate = realm_->isolate();
  RequestContext* request = bridge_.requests().find(slot);
  KJ_ASSERT(request != nullptr);
  v8::Local<v8::Array> names;
  std::string list;
  if (exports_.Get(isolate)->GetOwnPropertyNames(context).ToLocal(&names)) {
    for (uint32_t i = 0; i < names->Length(); ++i) {
      v8::Local<v8::Value> each;
      if (!names->Get(context, i).ToLocal(&each) || !each->IsString()) continue;
      list += list.empty() ? "" : ", ";
      list += boundedUtf8(isolate, each.As<v8::String>(), kMaxModulePathBytes);
      if (list.size() > kMaxLogLineBytes) break;
    }
  }
  bridge_.report(request, LogLevel::kError,
                 "A service binding names the entrypoint \"" + name +
                     "\", which the app does not export; it exports " + list);
  bridge_.answerWith(*request, rpc::Outcome::SCRIPT_NOT_FOUND);
}

void AppIsolate::detachRequests() {
  for (uint32_t slot : borrowed_) {
    if (RequestContext* request = bridge_.requests().find(slot)) request->detach();
  }
  borrowed_.clear();
}

void AppIsolate::cancel(uint32_t callId) {
  if (RequestContext* request = bridge_.requests().findCall(callId)) bridge_.cancel(*request);
}

void AppIsolate::runPlatformTasks() {
  bridge_.enter(nullptr, [this](v8::Local<v8::Context>) {
    // V8 queues a FinalizationRegistry's callback again when it was stopped.
    while (!entry_.isStopping() && realm_->runForegroundTask()) {
    }
  });
}

}  // namespace nano
