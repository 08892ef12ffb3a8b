// What stands between JavaScript and V8's WebAssembly: V8 counts its modules on no limit, and makes
// shared memories without asking.

#include <utility>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/ops/ops.h"
#include "snapshot/wasm_binary.h"

namespace nano {
namespace {

std::string_view textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A handle that holds the memory of a module with these bytes on the app's budget until it is
// released or collected; undefined where nothing is counted.
v8::MaybeLocal<v8::Value> wasmHold(OpCall& call, Host& host, std::span<const std::byte> bytes) {
  KeyStore* store = host.keys();
  if (store == nullptr || store->budget() == nullptr) return v8::Undefined(call.isolate());
  const size_t size = wasmModuleBytes(textOf(bytes));
  OutsideMemory memory;
  if (!memory.share.add(store->budget(), size)) {
    // Modules that nobody needs any more are there until V8 looks for them.
    call.isolate()->LowMemoryNotification();
    if (!memory.share.add(store->budget(), size)) {
      call.isolate()->ThrowException(v8::Exception::RangeError(v8::String::NewFromUtf8Literal(
          call.isolate(), "There is no memory for a WebAssembly module (buffers_mb)")));
      return {};
    }
  }
  return store->add(call.isolate(), std::move(memory));
}

void wasmRelease(OpCall&, v8::Local<v8::Value> handle) {
  auto* material = KeyStore::find(handle);
  auto* memory = material == nullptr ? nullptr : std::get_if<OutsideMemory>(material);
  if (memory != nullptr) memory->share.reset();
}

// Whether V8 may make one more stack: it ends the process where there is no room.
bool wasmHasStackRoom(OpCall& call, Host& host) {
  KeyStore* store = host.keys();
  if (store == nullptr || store->budget() == nullptr) return true;
  BufferBudget& budget = *store->budget();
  if (budget.hasRoomForStack()) return true;
  // Stacks of calls that are over are there until V8 looks for them.
  call.isolate()->LowMemoryNotification();
  if (budget.hasRoomForStack()) return true;
  budget.refuseStack();
  return false;
}

bool wasmHasSharedMemory(OpCall&, std::span<const std::byte> bytes) {
  return declaresSharedMemory(textOf(bytes));
}

bool isWasmModule(OpCall&, v8::Local<v8::Value> value) { return value->IsWasmModuleObject(); }

constexpr Op kOps[] = {
    {"wasmHold", bindOp<wasmHold>},
    {"wasmRelease", bindOp<wasmRelease>},
    {"wasmHasStackRoom", bindOp<wasmHasStackRoom>},
    {"wasmHasSharedMemory", bindOp<wasmHasSharedMemory>},
    {"isWasmModule", bindOp<isWasmModule>},
};

}  // namespace

const std::span<const Op> kWasmOps = kOps;

}  // namespace nano
