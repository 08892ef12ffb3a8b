#include "worker/rejections.h"

#include <algorithm>
#include <utility>

#include "snapshot/current_slot.h"
#include "worker/isolate_scope.h"

namespace nano {
namespace {

// More in one turn are not remembered: they live outside of V8's heap, where no limit counts them.
constexpr size_t kMaxUnhandled = 100;

}  // namespace

Rejections::Rejections(v8::Isolate* isolate) : isolate_(isolate) {
  isolate_->SetData(kRejectionsIsolateSlot, this);
  isolate_->SetPromiseRejectCallback(onReject);
}

Rejections::~Rejections() {
  isolate_->SetPromiseRejectCallback(nullptr);
  isolate_->SetData(kRejectionsIsolateSlot, nullptr);
}

void Rejections::onReject(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto* self = static_cast<Rejections*>(isolate->GetData(kRejectionsIsolateSlot));
  if (self == nullptr) return;
  if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) {
    if (self->unhandled_.size() >= kMaxUnhandled) return;
    self->unhandled_.push_back({v8::Global<v8::Promise>(isolate, message.GetPromise()),
                                v8::Global<v8::Value>(isolate, message.GetValue()),
                                currentSlot(isolate)});
  } else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
    self->forget(message.GetPromise());
    self->noteHandled(message.GetPromise());
  }
}

void Rejections::noteHandled(v8::Local<v8::Promise> promise) {
  auto found = std::find_if(
      reported_.begin(), reported_.end(),
      [&promise](const v8::Global<v8::Promise>& reported) { return reported == promise; });
  if (found == reported_.end()) return;
  reported_.erase(found);
  if (handled_.size() >= kMaxUnhandled) return;
  handled_.push_back({v8::Global<v8::Promise>(isolate_, promise),
                      v8::Global<v8::Value>(isolate_, promise->Result()), currentSlot(isolate_)});
}

void Rejections::remember(v8::Local<v8::Promise> promise) {
  std::erase_if(reported_,
                [](const v8::Global<v8::Promise>& reported) { return reported.IsEmpty(); });
  if (reported_.size() >= kMaxUnhandled) reported_.erase(reported_.begin());
  reported_.emplace_back(isolate_, promise);
  reported_.back().SetWeak();
}

void Rejections::forget(v8::Local<v8::Promise> promise) {
  std::erase_if(unhandled_,
                [&promise](const Unhandled& unhandled) { return unhandled.promise == promise; });
}

void Rejections::report(v8::Local<v8::Context> context, const EntryPoints& entryPoints) {
  std::vector<Unhandled> reported = std::exchange(unhandled_, {});
  std::vector<Unhandled> handled = std::exchange(handled_, {});
  v8::Local<v8::Function> entry = entryPoints.get(isolate_, EntryPoint::kReportRejection);
  auto call = [&](const Unhandled& rejection, bool isHandled) {
    v8::HandleScope scope(isolate_);
    v8::TryCatch ignored(isolate_);
    setCurrentSlot(isolate_, rejection.slot);
    v8::Local<v8::Promise> promise = rejection.promise.Get(isolate_);
    v8::Local<v8::Value> arguments[] = {rejection.reason.Get(isolate_), promise,
                                        v8::Boolean::New(isolate_, isHandled)};
    static_cast<void>(entry->Call(context, v8::Undefined(isolate_), 3, arguments).IsEmpty());
    if (ignored.HasTerminated()) return false;
    // A listener may have handled it.
    if (!isHandled && !promise->HasHandler()) remember(promise);
    return true;
  };
  for (const Unhandled& rejection : handled) {
    if (!call(rejection, true)) return;
  }
  for (const Unhandled& rejection : reported) {
    if (!call(rejection, false)) return;
  }
}

}  // namespace nano
