// What built-ins ask about the running isolate, and tell the snapshot's builder.

#include "snapshot/current_slot.h"
#include "snapshot/entry_points.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

int32_t currentSlotOp(OpCall& call) { return currentSlot(call.isolate()); }

void registerEntryPoints(OpCall& call, v8::Local<v8::Object> entryPoints) {
  auto* registered =
      static_cast<v8::Global<v8::Object>*>(call.isolate()->GetData(kRegistrationIsolateSlot));
  if (registered == nullptr) {
    call.isolate()->ThrowError("only possible while the snapshot is built");
    return;
  }
  registered->Reset(call.isolate(), entryPoints);
}

constexpr Op kOps[] = {
    {"currentSlot", bindOp<currentSlotOp>},
    {"registerEntryPoints", bindOp<registerEntryPoints>},
};

}  // namespace

const std::span<const Op> kContextOps = kOps;

}  // namespace nano
