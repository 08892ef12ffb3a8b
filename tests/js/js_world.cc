#include "tests/js/js_world.h"

#include <fstream>
#include <sstream>

#include <kj/debug.h>

namespace nano {

namespace {

constexpr uint32_t kWorldIsolateSlot = 2;
constexpr char kHarness[] = "harness.js";
constexpr std::string_view kTestModule = "nano:test";

std::string toText(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? "(no text)" : std::string(*text, text.length());
}

v8::Local<v8::String> toString(v8::Isolate* isolate, const std::string& text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
      .ToLocalChecked();
}

}  // namespace

JsWorld::JsWorld(V8Process& process, const SnapshotCache& snapshot, const ModuleLibrary* library)
    : process_(process),
      allocator_(v8::ArrayBuffer::Allocator::NewDefaultAllocator()) {
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = allocator_.get();
  snapshot.addTo(params);
  isolate_ = v8::Isolate::New(params);
  isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate_->SetData(kWorldIsolateSlot, this);
  isolate_->Enter();
  const v8::HandleScope handles(isolate_);
  const auto context = v8::Context::New(isolate_);
  context_.Reset(isolate_, context);
  const v8::Context::Scope entered(context);
  host_ = std::make_unique<FakeHost>(isolate_, context, library);
  isolate_->SetData(Host::kIsolateSlot, static_cast<Host*>(host_.get()));
  KJ_REQUIRE(!host_->entryPoints()
                  .get(isolate_, EntryPoint::kPrepareWebAssembly)
                  ->Call(context, v8::Undefined(isolate_), 0, nullptr)
                  .IsEmpty());
}

JsWorld::~JsWorld() {
  process_.clock().goOn();
  modules_.clear();
  host_.reset();
  context_.Reset();
  isolate_->Exit();
  isolate_->Dispose();
}

void JsWorld::freezeClock(v8::Isolate* isolate, double unixMillis) {
  static_cast<JsWorld*>(isolate->GetData(kWorldIsolateSlot))->process_.clock().freezeAt(unixMillis);
}

std::string JsWorld::load(const std::filesystem::path& file) {
  const v8::HandleScope handles(isolate_);
  const auto context = context_.Get(isolate_);
  const v8::Context::Scope entered(context);
  const v8::TryCatch tryCatch(isolate_);
  folder_ = file.parent_path();
  loaded_ = file;
  v8::Local<v8::Module> main;
  v8::Local<v8::Value> result;
  if (!module(file).ToLocal(&main) || !main->InstantiateModule(context, resolve).FromMaybe(false) ||
      !main->Evaluate(context).ToLocal(&result)) {
    const auto message = tryCatch.Message();
    const int line = message.IsEmpty() ? 0 : message->GetLineNumber(context).FromMaybe(0);
    return file.string() + ":" + std::to_string(line) + ": " +
           describe(context, tryCatch.Exception());
  }
  return settle(context, result.As<v8::Promise>());
}

v8::MaybeLocal<v8::Module> JsWorld::module(const std::filesystem::path& path) {
  const auto known = modules_.find(path.string());
  if (known != modules_.end()) return known->second.Get(isolate_);
  v8::Local<v8::Module> module;
  if (path == kTestModule) {
    if (!makeTestModule(isolate_).ToLocal(&module)) return {};
  } else {
    std::ifstream file(path);
    if (!file.is_open()) {
      isolate_->ThrowError(toString(isolate_, "there is no module " + path.string()));
      return {};
    }
    std::ostringstream text;
    text << file.rdbuf();
    const v8::ScriptOrigin origin(toString(isolate_, path.filename()), 0, 0, false, -1, {}, false,
                                  false, /*is_module=*/true);
    v8::ScriptCompiler::Source source(toString(isolate_, text.str()), origin);
    if (!v8::ScriptCompiler::CompileModule(isolate_, &source).ToLocal(&module)) return {};
  }
  modules_.emplace(path.string(), v8::Global<v8::Module>(isolate_, module));
  return module;
}

v8::MaybeLocal<v8::Module> JsWorld::resolve(v8::Local<v8::Context>, v8::Local<v8::String> specifier,
                                            v8::Local<v8::FixedArray>, v8::Local<v8::Module>) {
  auto* isolate = v8::Isolate::GetCurrent();
  auto* world = static_cast<JsWorld*>(isolate->GetData(kWorldIsolateSlot));
  const std::string text = toText(isolate, specifier);
  if (text.starts_with("./")) return world->module(world->folder_ / text.substr(2));
  if (text == kTestModule) return world->module(text);
  isolate->ThrowError(toString(isolate, "a test cannot import " + text));
  return {};
}

v8::Local<v8::Function> JsWorld::harnessFunction(v8::Local<v8::Context> context, const char* name) {
  v8::Local<v8::Module> harness;
  v8::Local<v8::Value> function;
  KJ_REQUIRE(module(folder_ / kHarness).ToLocal(&harness) &&
                 harness->GetStatus() == v8::Module::kEvaluated,
             "a test file imports ./harness.js");
  KJ_REQUIRE(harness->GetModuleNamespace()
                     .As<v8::Object>()
                     ->Get(context, toString(isolate_, name))
                     .ToLocal(&function) &&
                 function->IsFunction(),
             name);
  return function.As<v8::Function>();
}

std::vector<std::string> JsWorld::testNames() {
  const v8::HandleScope handles(isolate_);
  const auto context = context_.Get(isolate_);
  const v8::Context::Scope entered(context);
  v8::Local<v8::Value> result;
  std::vector<std::string> names;
  const auto function = harnessFunction(context, "testNames");
  KJ_REQUIRE(function->Call(context, v8::Undefined(isolate_), 0, nullptr).ToLocal(&result));
  const auto array = result.As<v8::Array>();
  for (uint32_t i = 0; i < array->Length(); ++i) {
    names.push_back(toText(isolate_, array->Get(context, i).ToLocalChecked()));
  }
  return names;
}

std::string JsWorld::run(size_t index) {
  const v8::HandleScope handles(isolate_);
  const auto context = context_.Get(isolate_);
  const v8::Context::Scope entered(context);
  const v8::TryCatch tryCatch(isolate_);
  v8::Local<v8::Value> arguments[] = {v8::Integer::NewFromUnsigned(isolate_, index)};
  v8::Local<v8::Value> result;
  const auto function = harnessFunction(context, "runTest");
  if (!function->Call(context, v8::Undefined(isolate_), 1, arguments).ToLocal(&result)) {
    return describe(context, tryCatch.Exception());
  }
  std::string error = settle(context, result.As<v8::Promise>());
  if (error.empty()) error = host_->violation();
  return error;
}

std::string JsWorld::callExport(const char* name, MakeArgument argument) {
  const v8::HandleScope handles(isolate_);
  const auto context = context_.Get(isolate_);
  const v8::Context::Scope entered(context);
  const v8::TryCatch tryCatch(isolate_);
  const auto space = module(loaded_).ToLocalChecked()->GetModuleNamespace().As<v8::Object>();
  v8::Local<v8::Value> function;
  v8::Local<v8::Value> result;
  KJ_REQUIRE(
      space->Get(context, toString(isolate_, name)).ToLocal(&function) && function->IsFunction(),
      name);
  v8::Local<v8::Value> given = argument(context);
  if (!function.As<v8::Function>()
           ->Call(context, v8::Undefined(isolate_), 1, &given)
           .ToLocal(&result)) {
    return describe(context, tryCatch.Exception());
  }
  return settle(context, result.As<v8::Promise>());
}

std::string JsWorld::settle(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise) {
  promise->MarkAsHandled();
  bool moved = true;
  while (promise->State() == v8::Promise::kPending && moved) {
    const v8::HandleScope handles(isolate_);
    isolate_->PerformMicrotaskCheckpoint();
    while (process_.runForegroundTask(isolate_)) {
    }
    isolate_->PerformMicrotaskCheckpoint();
    if (promise->State() == v8::Promise::kPending) moved = host_->turn(context);
  }
  if (promise->State() == v8::Promise::kPending) return "it waits for what cannot happen any more";
  if (promise->State() == v8::Promise::kRejected) return describe(context, promise->Result());
  return {};
}

std::string JsWorld::describe(v8::Local<v8::Context> context, v8::Local<v8::Value> error) {
  v8::Local<v8::Value> stack;
  if (v8::TryCatch::StackTrace(context, error).ToLocal(&stack) && stack->IsString()) {
    return toText(isolate_, stack);
  }
  return toText(isolate_, error);
}

}  // namespace nano
