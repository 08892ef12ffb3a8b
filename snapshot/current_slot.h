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

// What AsyncLocalStorage keeps beside the slot, and V8 with it; undefined for nothing. Setting a
// slot takes it away, so that no request begins with another's.
v8::Local<v8::Value> currentFrame(v8::Isolate* isolate);
void setCurrentFrame(v8::Isolate* isolate, v8::Local<v8::Value> frame);

}  // namespace nano
