#include "worker/io_bridge.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "snapshot/current_slot.h"
#include "worker/js_error.h"

namespace nano {
namespace {

double unixMillisNow() {
  using std::chrono::system_clock;
  using Millis = std::chrono::duration<double, std::milli>;
  return Millis(system_clock::now().time_since_epoch()).count();
}

rpc::Outcome outcomeOf(const LimitBreach& breach) {
  const bool isMemory = breach.limit == rpc::Limit::HEAP || breach.limit == rpc::Limit::BUFFERS;
  return isMemory ? rpc::Outcome::EXCEEDED_MEMORY : rpc::Outcome::EXCEEDED_CPU;
}

// In the limit's unit, and never less than was allowed: the clock is an estimate.
LimitBreach breachOf(rpc::Limit limit, const AppLimits& limits, std::chrono::nanoseconds used) {
  const uint64_t allowed = limits.get(limit);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(used).count();
  return {limit, allowed, std::max(allowed, static_cast<uint64_t>(millis))};
}

// What V8 does by itself in an idle isolate takes less and would add up over hours.
constexpr std::chrono::milliseconds kWorthCounting{1};

}  // namespace

IoBridge::IoBridge(JsEntry& entry, const AppSource& source, Surroundings surroundings)
    : entry_(entry),
      isolate_(entry.realm().isolate()),
      source_(source),
      around_(kj::mv(surroundings)),
      requests_(entry.realm().buffers()),
      fetches_(*this, *this, entry.realm().buffers(), around_.egress),
      sockets_(*this, around_.egress.client()),
      keys_(entry.realm().buffers()),
      timers_(around_.timer, [this](uint32_t id, int32_t slot) { fireTimer(id, slot); }),
      sourceMaps_(source),
      afterFreeRun_([]() {}),
      madeAt_(around_.timer.now()),
      madeAtExactly_(std::chrono::steady_clock::now()),
      timeOrigin_(std::floor(unixMillisNow())),
      frozenAt_(madeAt_),
      frozenUnixMillis_(timeOrigin_),
      later_(ignoreErrors_) {
  isolate_->SetData(Host::kIsolateSlot, static_cast<Host*>(this));
}

IoBridge::~IoBridge() noexcept(false) {
  // Bodies may outlive this in the hands of the supervisor.
  for (uint32_t slot : requests_.all()) {
    RequestContext& request = *requests_.find(slot);
    KJ_IF_MAYBE(body, request.responseBody) {
      (*body)->detach();
    }
    fetches_.abortAll(request);
    sockets_.closeAllOf(slot);
  }
  isolate_->SetData(Host::kIsolateSlot, nullptr);
}

RequestContext& IoBridge::addRequest(rpc::FetchCall::Reader call) {
  around_.cpu.addRequest();
  freeCpuUsed_ = std::chrono::nanoseconds(0);
  return requests_.add(call);
}

CpuLimit IoBridge::nextLimit(const RequestContext* request) const {
  if (request != nullptr) return around_.cpu.nextTurn(request->cpuUsed);
  if (!startingUp_) return around_.cpu.nextTurn(freeCpuUsed_);
  return {source_.limits.time(rpc::Limit::STARTUP_CPU) - startupCpuUsed_, rpc::Limit::STARTUP_CPU};
}

void IoBridge::enter(RequestContext* request, JsEntry::Body body) {
  if (condemned_) return;
  KJ_REQUIRE(running_ == nullptr, "JavaScript is running already");
  const CpuLimit limit = nextLimit(request);
  running_ = request;
  const JsEntry::Turn turn = run(request, limit.left, kj::mv(body));
  running_ = nullptr;
  std::chrono::nanoseconds used = turn.cpu;
  if (request != nullptr) {
    used = request->cpuUsed += turn.cpu;
    requests_.touch(*request);
  } else if (startingUp_) {
    used = startupCpuUsed_ += turn.cpu;
  } else if (turn.cpu >= kWorthCounting) {
    used = freeCpuUsed_ += turn.cpu;
  }
  if (!startingUp_) around_.cpu.charge(turn.cpu);
  around_.stir();
  reportRefusedBuffer(request);
  if (turn.end == JsEntry::End::kExceededMemory) {
    const bool isBuffers = entry_.realm().buffers()->isOverdrawn();
    const auto broken = isBuffers ? rpc::Limit::BUFFERS : rpc::Limit::HEAP;
    const uint64_t allowed = source_.limits.get(broken);
    breakLimit(request, {broken, allowed, allowed});
  } else if (turn.end == JsEntry::End::kExceededCpu) {
    if (limit.limit == rpc::Limit::BLOCKED_TURN) used = turn.cpu;
    breakLimit(request, breachOf(limit.limit, source_.limits, used));
  }
  if (request == nullptr) afterFreeRun_();
}

JsEntry::Turn IoBridge::run(const RequestContext* request, std::chrono::nanoseconds limit,
                            JsEntry::Body body) {
  const int32_t slot = request == nullptr ? kNoSlot : static_cast<int32_t>(request->slot);
  if (!isFrozen()) return entry_.run(slot, limit, kj::mv(body));
  EngineClock& clock = entry_.realm().v8().clock();
  clock.freezeAt(frozenUnixMillis());
  const JsEntry::Turn turn = entry_.run(slot, limit, kj::mv(body));
  clock.goOn();
  return turn;
}

void IoBridge::breakLimit(RequestContext* request, const LimitBreach& breach) {
  condemnedBy_ = breach;
  if (!startingUp_) {
    report(request, LogLevel::kError,
           std::string(request == nullptr ? "The app was stopped: " : "The request was stopped: ") +
               describeBreach(breach));
  }
  if (request != nullptr && !request->isAnswered()) {
    Answer answer;
    answer.outcome = outcomeOf(breach);
    answer.breach = breach;
    requests_.answer(*request, std::move(answer));
  }
  // With no request to blame it is the app's doing that its requests are not answered.
  condemn(request == nullptr ? outcomeOf(breach) : rpc::Outcome::INTERNAL_ERROR);
}

void IoBridge::condemn(rpc::Outcome outcome) {
  condemned_ = true;
  timers_.clear();
  for (uint32_t slot : requests_.all()) {
    RequestContext& request = *requests_.find(slot);
    request.waitUntilCount = 0;
    if (!request.isAnswered()) answerWith(request, outcome);
    KJ_IF_MAYBE(body, request.responseBody) {
      (*body)->detach();
    }
    fetches_.abortAll(request);
    sockets_.closeAllOf(slot);
    requests_.touch(request);
  }
  around_.stir();
}

void IoBridge::endStartup() {
  startingUp_ = false;
  timers_.clear();
  freeLog_ = {};
  afterFreeRun_ = []() {};
}

void IoBridge::answerWith(RequestContext& request, rpc::Outcome outcome) {
  Answer answer;
  answer.outcome = outcome;
  requests_.answer(request, std::move(answer));
  around_.stir();
}

void IoBridge::cancel(RequestContext& request) {
  const uint32_t slot = request.slot;
  // A request whose time is used up is not told: that would be the breach that ends the others.
  if (nextLimit(&request).left.count() <= 0) {
    if (!request.isAnswered()) answerWith(request, rpc::Outcome::CANCELED);
    return;
  }
  enter(&request, [this, slot](v8::Local<v8::Context> context) {
    entry_.call(context, EntryPoint::kAbortRequest,
                v8::Integer::NewFromUnsigned(isolate_, slot).As<v8::Value>());
  });
  if (!request.isAnswered()) answerWith(request, rpc::Outcome::CANCELED);
}

void IoBridge::sweep() {
  auto dropAll = [this](uint32_t slot) {
    sockets_.closeAllOf(slot);
    auto bodies = fetches_.forget(*requests_.find(slot));
    droppedBodies_.insert(droppedBodies_.end(), bodies.begin(), bodies.end());
    auto ids = timers_.removeAllOf(static_cast<int32_t>(slot));
    droppedTimers_.insert(droppedTimers_.end(), ids.begin(), ids.end());
  };
  sockets_.sweep();
  requests_.sweep(dropAll, [this](RequestContext& request) { startWaitUntilDeadline(request); });
  if (!droppedTimers_.empty() || !droppedBodies_.empty()) forgetDropped();
  if (entry_.realm().buffers()->hasRefusedStack() && requests_.all().empty()) {
    condemnIfStacksAreLeft();
  }
}

void IoBridge::report(RequestContext* request, LogLevel level, std::string_view line) {
  // Where an app has maps its lines may have stacks, whoever made them.
  if (!sourceMaps_.empty()) {
    // What a log keeps of it.
    addLine(request, level, sourceMaps_.mapped(line.substr(0, kMaxLogLineBytes)));
    for (const std::string& problem : sourceMaps_.takeProblems())
      addLine(request, LogLevel::kWarn, problem);
  } else {
    addLine(request, level, line);
  }
  around_.stir();
}

void IoBridge::addLine(RequestContext* request, LogLevel level, std::string_view line) {
  LogBudget& budget = request == nullptr ? freeLog_ : request->log;
  around_.log.add(budget, request == nullptr ? std::string_view() : request->requestId(), level,
                  line, unixMillis());
}

RequestContext* IoBridge::current() const {
  const int32_t slot = currentSlot(isolate_);
  if (slot == kNoSlot) return running_;
  return requests_.find(static_cast<uint32_t>(slot));
}

void IoBridge::log(LogLevel level, std::string_view line) { report(current(), level, line); }

// Date shows whole milliseconds, so this does not hide more; a tenant measures its own work with
// it. Frozen, the loop's clock stands in, which moves once a turn (security 1, Spectre).
double IoBridge::now() {
  if (isFrozen()) {
    return static_cast<double>((around_.timer.now() - madeAt_) / kj::MILLISECONDS);
  }
  const auto since = std::chrono::steady_clock::now() - madeAtExactly_;
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

// All events of one turn of the loop show the same time.
double IoBridge::frozenUnixMillis() {
  const kj::TimePoint turn = around_.timer.now();
  if (turn != frozenAt_) {
    frozenAt_ = turn;
    frozenUnixMillis_ = unixMillisNow();
  }
  return frozenUnixMillis_;
}

double IoBridge::timeOrigin() { return timeOrigin_; }

// Of the turn: exact enough for a log line, and cheap.
int64_t IoBridge::unixMillis() {
  return static_cast<int64_t>(timeOrigin_) + (around_.timer.now() - madeAt_) / kj::MILLISECONDS;
}

bool IoBridge::startTimer(uint32_t id, double delayMillis) {
  RequestContext* request = current();
  if (request == nullptr && !startingUp_) {  // Its request is over: it never fires.
    droppedTimers_.push_back(id);
    around_.stir();
    return true;
  }
  const int32_t slot = request == nullptr ? kNoSlot : static_cast<int32_t>(request->slot);
  if (timers_.countOf(slot) >= kMaxTimersPerRequest) return false;
  timers_.add(id, slot, delayMillis);
  return true;
}

void IoBridge::stopTimer(uint32_t id) { timers_.remove(id); }

void IoBridge::fireTimer(uint32_t id, int32_t slot) {
  RequestContext* request = slot == kNoSlot ? nullptr : requests_.find(static_cast<uint32_t>(slot));
  if (slot != kNoSlot && request == nullptr) return;
  auto body = [this, id](v8::Local<v8::Context> context) {
    entry_.call(context, EntryPoint::kFireTimer,
                v8::Integer::NewFromUnsigned(isolate_, id).As<v8::Value>());
  };
  enter(request, body);
}

void IoBridge::failRequest(uint32_t slot, v8::Local<v8::Value> error) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return;
  const JsError described = describeError(isolate_->GetCurrentContext(), error);
  // The tenant's own getters may have used up the CPU time: then that is the answer.
  if (entry_.isStopping()) return;
  report(request, LogLevel::kError, errorText(described));
  if (!request->isAnswered()) answerWith(*request, rpc::Outcome::EXCEPTION);
}

void IoBridge::waitUntil(uint32_t slot, v8::Local<v8::Promise> promise) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr) return;
  v8::Local<v8::Context> context = isolate_->GetCurrentContext();
  v8::Local<v8::Value> data = v8::Integer::NewFromUnsigned(isolate_, slot);
  v8::Local<v8::Function> done;
  v8::Local<v8::Function> failed;
  if (!v8::Function::New(context, onWaitUntilDone, data).ToLocal(&done) ||
      !v8::Function::New(context, onWaitUntilFailed, data).ToLocal(&failed) ||
      promise->Then(context, done, failed).IsEmpty()) {
    return;
  }
  ++request->waitUntilCount;
}

void IoBridge::onWaitUntilDone(const v8::FunctionCallbackInfo<v8::Value>& info) {
  auto* bridge = static_cast<IoBridge*>(Host::of(info.GetIsolate()));
  if (bridge != nullptr) bridge->finishWaitUntil(info.Data().As<v8::Uint32>()->Value());
}

void IoBridge::onWaitUntilFailed(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  auto* bridge = static_cast<IoBridge*>(Host::of(isolate));
  if (bridge == nullptr) return;
  const uint32_t slot = info.Data().As<v8::Uint32>()->Value();
  const JsError error = describeError(isolate->GetCurrentContext(), info[0]);
  bridge->report(bridge->requests_.find(slot), LogLevel::kError,
                 "A promise given to waitUntil() was rejected: " + errorText(error));
  bridge->finishWaitUntil(slot);
}

void IoBridge::finishWaitUntil(uint32_t slot) {
  RequestContext* request = requests_.find(slot);
  if (request == nullptr || request->waitUntilCount == 0) return;
  --request->waitUntilCount;
  requests_.touch(*request);
}

void IoBridge::startWaitUntilDeadline(RequestContext& request) {
  if (request.waitUntilDeadline != nullptr) return;
  const uint32_t slot = request.slot;
  const auto limit = source_.limits.get(rpc::Limit::WAIT_UNTIL) * kj::MILLISECONDS;
  request.waitUntilDeadline =
      around_.timer.afterDelay(limit)
          .then([this, slot]() {
            RequestContext* late = requests_.find(slot);
            if (late == nullptr) return;
            report(late, LogLevel::kWarn,
                   "waitUntil() was cut off: " +
                       describeBreach(breachOf(rpc::Limit::WAIT_UNTIL, source_.limits, {})));
            late->waitUntilCount = 0;
            requests_.touch(*late);
          })
          .eagerlyEvaluate(nullptr);
}

}  // namespace nano
