#pragma once

#include <cstdint>

#include <v8.h>

namespace nano {

// The request that the running JavaScript works for: V8 keeps it beside every continuation
// (continuation-preserved embedder data), so it follows a request through its promises.
inline constexpr int32_t kNoSlot = -1;

// The running request's slot, or kNoSlot.
int32_t currentSlot(v8::Isolate* isolate);
// Call before JavaScript of a request is entered, and with kNoSlot after it.
void setCurrentSlot(v8::Isolate* isolate, int32_t slot);

}  // namespace nano
