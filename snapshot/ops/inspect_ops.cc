// What console.js asks about a value and plain JavaScript cannot find out, or not without running
// the tenant's code.

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

v8::Local<v8::Array> pair(v8::Isolate* isolate, v8::Local<v8::Value> first,
                          v8::Local<v8::Value> second) {
  v8::Local<v8::Value> elements[] = {first, second};
  return v8::Array::New(isolate, elements, 2);
}

// [0 pending, 1 fulfilled or 2 rejected; its result].
v8::Local<v8::Array> promiseDetails(OpCall& call, v8::Local<v8::Promise> promise) {
  auto* isolate = call.isolate();
  v8::Local<v8::Value> result = v8::Undefined(isolate);
  if (promise->State() != v8::Promise::kPending) result = promise->Result();
  return pair(isolate, v8::Integer::New(isolate, promise->State()), result);
}

void markAsHandled(OpCall&, v8::Local<v8::Promise> promise) { promise->MarkAsHandled(); }

// [target, handler], or undefined for what is no proxy.
v8::Local<v8::Value> proxyDetails(OpCall& call, v8::Local<v8::Value> value) {
  if (!value->IsProxy()) return v8::Undefined(call.isolate());
  const auto proxy = value.As<v8::Proxy>();
  return pair(call.isolate(), proxy->GetTarget(), proxy->GetHandler());
}

// [entries, whether they are keys and values in turn] of a Map, a Set, a weak one or their
// iterators; undefined for anything else.
v8::Local<v8::Value> previewEntries(OpCall& call, v8::Local<v8::Value> value) {
  if (!value->IsObject()) return v8::Undefined(call.isolate());
  bool isKeyValue = false;
  v8::Local<v8::Array> entries;
  if (!value.As<v8::Object>()->PreviewEntries(&isKeyValue).ToLocal(&entries)) {
    return v8::Undefined(call.isolate());
  }
  return pair(call.isolate(), entries, v8::Boolean::New(call.isolate(), isKeyValue));
}

v8::Local<v8::String> constructorName(OpCall&, v8::Local<v8::Object> object) {
  return object->GetConstructorName();
}

// The own enumerable names and symbols that are not array indices.
v8::MaybeLocal<v8::Array> ownNonIndexNames(OpCall& call, v8::Local<v8::Object> object) {
  return object->GetPropertyNames(call.context(), v8::KeyCollectionMode::kOwnOnly,
                                  v8::PropertyFilter::ONLY_ENUMERABLE,
                                  v8::IndexFilter::kSkipIndices);
}

struct Kind {
  bool (v8::Value::*is)() const;
  const char* name;
};

// The first that holds names the value: the special before the general.
constexpr Kind kKinds[] = {
    {&v8::Value::IsProxy, "Proxy"},
    {&v8::Value::IsArray, "Array"},
    {&v8::Value::IsFunction, "Function"},
    {&v8::Value::IsPromise, "Promise"},
    {&v8::Value::IsMap, "Map"},
    {&v8::Value::IsSet, "Set"},
    {&v8::Value::IsDate, "Date"},
    {&v8::Value::IsRegExp, "RegExp"},
    {&v8::Value::IsNativeError, "Error"},
    {&v8::Value::IsTypedArray, "TypedArray"},
    {&v8::Value::IsDataView, "DataView"},
    {&v8::Value::IsArrayBuffer, "ArrayBuffer"},
    {&v8::Value::IsSharedArrayBuffer, "SharedArrayBuffer"},
    {&v8::Value::IsMapIterator, "MapIterator"},
    {&v8::Value::IsSetIterator, "SetIterator"},
    {&v8::Value::IsWeakMap, "WeakMap"},
    {&v8::Value::IsWeakSet, "WeakSet"},
    {&v8::Value::IsWeakRef, "WeakRef"},
    {&v8::Value::IsGeneratorObject, "Generator"},
    {&v8::Value::IsArgumentsObject, "Arguments"},
    {&v8::Value::IsModuleNamespaceObject, "ModuleNamespace"},
    {&v8::Value::IsNumberObject, "Boxed"},
    {&v8::Value::IsStringObject, "Boxed"},
    {&v8::Value::IsBooleanObject, "Boxed"},
    {&v8::Value::IsSymbolObject, "Boxed"},
    {&v8::Value::IsBigIntObject, "Boxed"},
    {&v8::Value::IsExternal, "External"},
    {&v8::Value::IsObject, "Object"},
};

// What the value really is, whatever it says of itself; '' for a primitive.
v8::MaybeLocal<v8::String> kindOf(OpCall& call, v8::Local<v8::Value> value) {
  for (const auto& kind : kKinds) {
    if (((*value)->*kind.is)()) {
      return v8::String::NewFromUtf8(call.isolate(), kind.name, v8::NewStringType::kInternalized);
    }
  }
  return v8::String::Empty(call.isolate());
}

constexpr Op kOps[] = {
    {"promiseDetails", bindOp<promiseDetails>},
    {"markAsHandled", bindOp<markAsHandled>},
    {"proxyDetails", bindOp<proxyDetails>},
    {"previewEntries", bindOp<previewEntries>},
    {"constructorName", bindOp<constructorName>},
    {"ownNonIndexNames", bindOp<ownNonIndexNames>},
    {"kindOf", bindOp<kindOf>},
};

}  // namespace

const std::span<const Op> kInspectOps = kOps;

}  // namespace nano
