// What a call of a method travels as (snapshot/js/rpc/message.js): a value by V8's serializer, in
// front of it the platform objects that it has, as plain values, in front of these their lengths.
// The receiver takes nothing for granted: another app's worker may send any bytes.

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "snapshot/crypto/key_store.h"
#include "snapshot/host.h"
#include "snapshot/ops/clone_delegates.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// What the message is, and the bytes of its two parts: 32 bits each, the lowest byte first.
constexpr size_t kHeadBytes = 12;

using Serialized = std::span<const std::byte>;

// One serialized value, counted on the app's budget while this lives.
class Writing final {
 public:
  Writing(v8::Isolate* isolate, const CloneHooks& hooks, const CloneRoom& room)
      : delegate_(isolate, hooks, room),
        serializer_(isolate, &delegate_) {
    delegate_.writeTo(serializer_);
  }

  // False when an exception is pending. Once.
  bool write(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
    serializer_.WriteHeader();
    if (!serializer_.WriteValue(context, value).FromMaybe(false)) return false;
    const auto [bytes, size] = serializer_.Release();
    owned_.reset(bytes);
    view_ = {reinterpret_cast<const std::byte*>(bytes), size};
    return true;
  }

  Serialized view() const { return view_; }
  bool hasPlatformObjects() const { return delegate_.hasPlatformObjects(); }

 private:
  CloneDelegate delegate_;
  v8::ValueSerializer serializer_;
  std::unique_ptr<uint8_t, FreeBuffer> owned_;
  Serialized view_;
};

void putNumber(std::byte* to, size_t number) {
  for (int i = 0; i < 4; ++i)
    to[i] = static_cast<std::byte>(number >> (8 * i));
}

size_t getNumber(const std::byte* from) {
  size_t number = 0;
  for (int i = 0; i < 4; ++i)
    number |= static_cast<size_t>(from[i]) << (8 * i);
  return number;
}

std::shared_ptr<BufferBudget> budgetOf(Host& host) {
  KeyStore* keys = host.keys();
  return keys == nullptr ? nullptr : keys->budget();
}

// As workerd has it.
std::string tooLarge(size_t most) {
  constexpr size_t kMiB = size_t{1} << 20;
  const std::string limit =
      most % kMiB == 0 ? std::to_string(most / kMiB) + "MiB" : std::to_string(most) + " bytes";
  return "Serialized RPC arguments or return values are limited to " + limit +
         ", but this value is larger.";
}

// The hook kReplacements gives the platform objects as plain values, in the order of their numbers.
// NOLINTNEXTLINE(readability-function-size): its parameters are the op's in JavaScript.
v8::MaybeLocal<v8::Value> writeMessage(OpCall& call, Host& host, uint32_t kind,
                                       v8::Local<v8::Value> value, v8::Local<v8::Array> functions,
                                       uint32_t maxBytes) {
  const CloneHooks hooks(call.isolate(), functions);
  // V8 doubles its buffer: the form itself is measured when it is there.
  const CloneRoom room{size_t{2} * maxBytes + 1024, budgetOf(host), tooLarge(maxBytes)};
  Writing main(call.isolate(), hooks, room);
  if (!main.write(call.context(), value)) return {};
  std::optional<Writing> objects;
  if (main.hasPlatformObjects()) {
    v8::Local<v8::Value> list;
    if (!hooks.call(kReplacements, v8::Undefined(call.isolate())).ToLocal(&list)) return {};
    objects.emplace(call.isolate(), hooks, room);
    if (!objects->write(call.context(), list)) return {};
  }
  const Serialized second = main.view();
  const Serialized first = objects ? objects->view() : Serialized();
  const size_t size = kHeadBytes + first.size() + second.size();
  if (size > maxBytes) {
    throwError(call.isolate(), room.tooLarge);
    return {};
  }
  const auto made = newBytes(call.isolate(), size);
  if (!made) return {};
  std::byte* to = made->bytes.data();
  putNumber(to, kind);
  putNumber(to + 4, first.size());
  putNumber(to + 8, second.size());
  if (!first.empty()) memcpy(to + kHeadBytes, first.data(), first.size());
  memcpy(to + kHeadBytes + first.size(), second.data(), second.size());
  return made->array.As<v8::Value>();
}

// Empty, with an exception pending, where the bytes are no value.
v8::MaybeLocal<v8::Value> readValue(v8::Local<v8::Context> context, Serialized bytes,
                                    v8::Local<v8::Value> replacements) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  CopyDelegate delegate(isolate);
  if (!delegate.setReplacements(context, replacements)) return {};
  v8::ValueDeserializer deserializer(isolate, reinterpret_cast<const uint8_t*>(bytes.data()),
                                     bytes.size(), &delegate);
  delegate.readFrom(deserializer);
  if (!deserializer.ReadHeader(context).FromMaybe(false)) return {};
  return deserializer.ReadValue(context);
}

// `makeObjects` gets the list of plain values and returns the platform objects. `bytes` are those
// of writeMessage.
v8::MaybeLocal<v8::Value> readMessage(OpCall& call, std::span<const std::byte> bytes,
                                      v8::Local<v8::Function> makeObjects) {
  v8::Isolate* isolate = call.isolate();
  auto refuse = [isolate]() -> v8::MaybeLocal<v8::Value> {
    isolate->ThrowError("The message of a call is broken.");
    return {};
  };
  if (bytes.size() < kHeadBytes) return refuse();
  const size_t first = getNumber(bytes.data() + 4);
  const size_t second = getNumber(bytes.data() + 8);
  if (first + second != bytes.size() - kHeadBytes) return refuse();
  v8::Local<v8::Value> objects = v8::Undefined(isolate);
  // What follows is read after JavaScript ran.
  std::vector<std::byte> rest;
  Serialized main = bytes.subspan(kHeadBytes + first, second);
  if (first > 0) {
    rest.assign(main.begin(), main.end());
    main = rest;
    v8::Local<v8::Value> list;
    if (!readValue(call.context(), bytes.subspan(kHeadBytes, first), objects).ToLocal(&list)) {
      return {};
    }
    if (!list->IsArray()) return refuse();
    if (!makeObjects->Call(call.context(), v8::Undefined(isolate), 1, &list).ToLocal(&objects)) {
      return {};
    }
  }
  return readValue(call.context(), main, objects);
}

constexpr Op kOps[] = {
    {"writeMessage", bindOp<writeMessage>},
    {"readMessage", bindOp<readMessage>},
};

}  // namespace

const std::span<const Op> kRpcOps = kOps;

}  // namespace nano
