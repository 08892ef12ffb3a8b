// The natives of harness.js.

#include <span>

#include <kj/debug.h>

#include "snapshot/op.h"
#include "tests/js/js_world.h"

namespace nano {

namespace {

FakeHost& fake(Host& host) { return static_cast<FakeHost&>(host); }

v8::MaybeLocal<v8::Value> dispatch(OpCall& call, Host& host, v8::Local<v8::Object> request,
                                   v8::Local<v8::Value> handler, v8::Local<v8::Value> env) {
  const auto slot = fake(host).dispatch(request, handler, env);
  if (!slot) return {};
  return v8::Integer::NewFromUnsigned(call.isolate(), *slot);
}

v8::MaybeLocal<v8::Value> dispatchCall(OpCall& call, Host& host, v8::Local<v8::Object> request,
                                       v8::Local<v8::Array> rest) {
  const auto slot = fake(host).dispatchCall(request, rest);
  if (!slot) return {};
  return v8::Integer::NewFromUnsigned(call.isolate(), *slot);
}

v8::MaybeLocal<v8::Promise> answer(OpCall&, Host& host, uint32_t slot) {
  return fake(host).answer(slot);
}

v8::MaybeLocal<v8::Array> waitedFor(OpCall&, Host& host, uint32_t slot) {
  return fake(host).waitedFor(slot);
}

// Calls an entry point by its number in kEntryPointNames.
v8::MaybeLocal<v8::Value> callEntryPoint(OpCall& call, Host& host, const Utf8& name,
                                         v8::Local<v8::Array> arguments) {
  v8::LocalVector<v8::Value> values(call.isolate());
  for (uint32_t i = 0; i < arguments->Length(); ++i) {
    values.push_back(arguments->Get(call.context(), i).ToLocalChecked());
  }
  for (size_t i = 0; i < kEntryPointNames.size(); ++i) {
    if (name.view() != kEntryPointNames[i]) continue;
    return fake(host)
        .entryPoints()
        .get(call.isolate(), static_cast<EntryPoint>(i))
        ->Call(call.context(), v8::Undefined(call.isolate()), static_cast<int>(values.size()),
               values.data());
  }
  KJ_FAIL_REQUIRE("no such entry point", name.view().data());
}

// From here on every fetch is told to `outbound`.
void setOutbound(OpCall&, Host& host, v8::Local<v8::Function> outbound) {
  fake(host).outside().setOutbound(outbound);
}

// NOLINTNEXTLINE(readability-function-size): its parameters are those of JavaScript.
void answerFetch(OpCall&, Host& host, uint32_t number, uint32_t status,
                 v8::Local<v8::String> statusText, v8::Local<v8::Array> headers,
                 v8::Local<v8::Value> body, bool isDecoded) {
  fake(host).outside().answer(number, {status, statusText, headers, body, isDecoded});
}

void joinCall(OpCall&, Host& host, uint32_t number, uint32_t slot) {
  fake(host).joinCall(number, slot);
}

void leaveCall(OpCall&, Host& host, uint32_t slot) { fake(host).leaveCall(slot); }

void failFetch(OpCall&, Host& host, uint32_t number, v8::Local<v8::String> message) {
  fake(host).outside().fail(number, message);
}

// [level, line, slot, level, line, slot, ...]
v8::MaybeLocal<v8::Array> logs(OpCall& call, Host& host) {
  v8::LocalVector<v8::Value> values(call.isolate());
  for (const auto& line : fake(host).lines()) {
    values.push_back(v8::Integer::New(call.isolate(), static_cast<int>(line.level)));
    values.push_back(v8::String::NewFromUtf8(call.isolate(), line.text.data(),
                                             v8::NewStringType::kNormal,
                                             static_cast<int>(line.text.size()))
                         .ToLocalChecked());
    values.push_back(v8::Integer::New(call.isolate(), line.slot));
  }
  return v8::Array::New(call.isolate(), values.data(), values.size());
}

void setNetwork(OpCall&, Host& host, v8::Local<v8::Object> network) {
  fake(host).sockets()->setNetwork(network);
}

void setDate(OpCall& call, Host&, double unixMillis) {
  JsWorld::freezeClock(call.isolate(), unixMillis);
}

constexpr Op kTestOps[] = {
    {"dispatch", bindOp<dispatch>},
    {"dispatchCall", bindOp<dispatchCall>},
    {"answer", bindOp<answer>},
    {"waitedFor", bindOp<waitedFor>},
    {"callEntryPoint", bindOp<callEntryPoint>},
    {"logs", bindOp<logs>},
    {"setOutbound", bindOp<setOutbound>},
    {"answerFetch", bindOp<answerFetch>},
    {"failFetch", bindOp<failFetch>},
    {"joinCall", bindOp<joinCall>},
    {"leaveCall", bindOp<leaveCall>},
    {"setNetwork", bindOp<setNetwork>},
    {"setDate", bindOp<setDate>},
};

v8::Local<v8::String> name(v8::Isolate* isolate, const Op& op) {
  return v8::String::NewFromUtf8(isolate, op.name).ToLocalChecked();
}

v8::MaybeLocal<v8::Value> exportOps(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  auto* isolate = v8::Isolate::GetCurrent();
  for (const auto& op : kTestOps) {
    const auto function = v8::Function::New(context, op.callback).ToLocalChecked();
    module->SetSyntheticModuleExport(isolate, name(isolate, op), function).Check();
  }
  const auto resolver = v8::Promise::Resolver::New(context).ToLocalChecked();
  resolver->Resolve(context, v8::Undefined(isolate)).Check();
  return resolver->GetPromise();
}

}  // namespace

v8::MaybeLocal<v8::Module> makeTestModule(v8::Isolate* isolate) {
  v8::LocalVector<v8::String> names(isolate);
  for (const auto& op : kTestOps)
    names.push_back(name(isolate, op));
  return v8::Module::CreateSyntheticModule(isolate,
                                           v8::String::NewFromUtf8Literal(isolate, "nano:test"),
                                           {names.data(), names.size()}, exportOps);
}

}  // namespace nano
