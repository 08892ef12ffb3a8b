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
  }
}

void Rejections::forget(v8::Local<v8::Promise> promise) {
  std::erase_if(unhandled_,
                [&promise](const Unhandled& unhandled) { return unhandled.promise == promise; });
}

void Rejections::report(v8::Local<v8::Context> context, const EntryPoints& entryPoints) {
  std::vector<Unhandled> reported = std::exchange(unhandled_, {});
  v8::Local<v8::Function> entry = entryPoints.get(isolate_, EntryPoint::kReportRejection);
  for (const Unhandled& unhandled : reported) {
    v8::HandleScope scope(isolate_);
    v8::TryCatch ignored(isolate_);
    setCurrentSlot(isolate_, unhandled.slot);
    v8::Local<v8::Value> arguments[] = {unhandled.reason.Get(isolate_),
                                        unhandled.promise.Get(isolate_)};
    static_cast<void>(entry->Call(context, v8::Undefined(isolate_), 2, arguments).IsEmpty());
    if (ignored.HasTerminated()) return;
  }
}

}  // namespace nano
