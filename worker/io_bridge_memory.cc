// IoBridge's half for memory: what did not fit, and what JavaScript has to let go.

#include <string>
#include <utility>

#include "snapshot/buffer_budget.h"
#include "worker/io_bridge.h"

namespace nano {

// JavaScript got a RangeError that does not say which limit it was.
void IoBridge::reportRefusedBuffer(RequestContext* request) {
  BufferBudget& budget = *entry_.realm().buffers();
  if (!budget.takeRefusal()) return;
  const uint64_t allowed = source_.limits.get(rpc::Limit::BUFFERS);
  report(request, LogLevel::kWarn,
         "A buffer did not fit: " +
             describeBreach({rpc::Limit::BUFFERS, allowed, budget.usedBytes() >> 20}));
}

// V8 keeps the stack of a call whose promise nobody settles as long as the isolate lives: after
// enough of them there is no room for another. Where no request is there, nobody loses anything but
// those.
void IoBridge::condemnIfStacksAreLeft() {
  BufferBudget& budget = *entry_.realm().buffers();
  budget.forgetStackRefusal();
  if (budget.stacks() == 0) return;
  // V8 looks for what is over among them, on the app's time.
  enter(nullptr, [this](v8::Local<v8::Context>) { isolate_->LowMemoryNotification(); });
  if (condemned_ || budget.stacks() == 0) return;
  report(
      nullptr, LogLevel::kWarn,
      "The app's isolate is replaced: calls of WebAssembly.promising() that nobody settled hold " +
          std::to_string(budget.stacks()) + " stacks");
  condemn(rpc::Outcome::INTERNAL_ERROR);
}

// JavaScript keeps the callback of every timer until it has fired, and the stream of every body
// until it is out; of these none will.
void IoBridge::forgetDropped() {
  auto timers = std::exchange(droppedTimers_, {});
  auto bodies = std::exchange(droppedBodies_, {});
  enter(nullptr, [this, &timers, &bodies](v8::Local<v8::Context> context) {
    auto drop = [this, context](EntryPoint entryPoint, uint32_t number) {
      entry_.call(context, entryPoint,
                  v8::Integer::NewFromUnsigned(isolate_, number).As<v8::Value>(),
                  v8::True(isolate_).As<v8::Value>());
    };
    for (uint32_t id : timers)
      drop(EntryPoint::kFireTimer, id);
    for (uint32_t number : bodies)
      drop(EntryPoint::kCancelOutgoing, number);
  });
}

void IoBridge::tellBodyIsOver(uint32_t number, bool hadNoRoom) {
  // Called while a capability is let go, or from within JavaScript: the news reaches it in an event
  // of its own.
  later_.add(kj::evalLater([this, number, hadNoRoom]() {
    RequestContext* request = requestOf(number);
    const bool isResponse = !OutboundFetches::isFetch(number);
    enter(request, [this, number, hadNoRoom, isResponse,
                    isDropped = request == nullptr](v8::Local<v8::Context> context) {
      v8::Local<v8::Value> value = v8::Integer::NewFromUnsigned(isolate_, number);
      entry_.call(context, EntryPoint::kCancelOutgoing, value,
                  v8::Boolean::New(isolate_, isDropped).As<v8::Value>(),
                  v8::Boolean::New(isolate_, hadNoRoom).As<v8::Value>());
      if (isResponse && !hadNoRoom && !isDropped) {
        entry_.call(context, EntryPoint::kAbortRequest, value);
      }
    });
    if (!isResponse) fetches_.requestBodyDone(number);
  }));
}

}  // namespace nano
