#include "worker/evaluation.h"

#include <chrono>
#include <cstdio>
#include <string>

#include "snapshot/current_slot.h"
#include "worker/eval_host.h"
#include "worker/js_entry.h"
#include "worker/js_error.h"

namespace nano {
namespace {

constexpr std::chrono::hours kNoLimit{24};
constexpr char kScriptName[] = "[eval]";
constexpr size_t kHeapBytes = size_t{1} << 30;
constexpr size_t kExternalBytes = size_t{1} << 30;

class Evaluation final {
 public:
  Evaluation(const EvaluationParts& parts, Realm& realm)
      : parts_(parts),
        isolate_(realm.isolate()),
        entry_(realm, parts.limiter),
        host_(entry_, parts.loop.timer(), parts.out, parts.errors) {}

  int run(const std::string& script) {
    enter([this, &script](v8::Local<v8::Context> context) { start(context, script); });
    while (!printed_ && !failed_) {
      enter([this](v8::Local<v8::Context> context) { check(context); });
      if (printed_ || failed_) break;
      if (!host_.hasTimers()) {
        fprintf(parts_.errors, "The promise is never settled\n");
        return 1;
      }
      turn();
    }
    while (!failed_ && host_.hasTimers())
      turn();
    return failed_ ? 1 : 0;
  }

 private:
  void enter(JsEntry::Body body) {
    if (entry_.run(kNoSlot, kNoLimit, kj::mv(body)).end == JsEntry::End::kDone) return;
    fprintf(parts_.errors, "The script used too much memory and was stopped\n");
    failed_ = true;
  }

  void turn() { parts_.loop.run(parts_.loop.timer().afterDelay(1 * kj::MILLISECONDS)); }

  void start(v8::Local<v8::Context> context, const std::string& text) {
    v8::TryCatch caught(isolate_);
    print_.Reset(isolate_, findPrint(context));
    v8::Local<v8::String> source;
    v8::Local<v8::Script> script;
    v8::Local<v8::Value> result;
    v8::ScriptOrigin origin(v8::String::NewFromUtf8Literal(isolate_, kScriptName));
    if (!v8::String::NewFromUtf8(isolate_, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
             .ToLocal(&source) ||
        !v8::Script::Compile(context, source, &origin).ToLocal(&script) ||
        !script->Run(context).ToLocal(&result)) {
      fail(describeCaught(context, caught));
      return;
    }
    if (result->IsPromise()) entry_.markAsHandled(result.As<v8::Promise>());
    result_.Reset(isolate_, result);
  }

  // console.log as it is before the script can replace it.
  v8::Local<v8::Value> findPrint(v8::Local<v8::Context> context) {
    v8::Local<v8::Value> console;
    v8::Local<v8::Value> log;
    if (context->Global()
            ->Get(context, v8::String::NewFromUtf8Literal(isolate_, "console"))
            .ToLocal(&console) &&
        console->IsObject() &&
        console.As<v8::Object>()
            ->Get(context, v8::String::NewFromUtf8Literal(isolate_, "log"))
            .ToLocal(&log)) {
      return log;
    }
    return v8::Undefined(isolate_);
  }

  // Prints the result once there is one.
  void check(v8::Local<v8::Context> context) {
    v8::Local<v8::Value> result = result_.Get(isolate_);
    if (result->IsPromise()) {
      auto promise = result.As<v8::Promise>();
      if (promise->State() == v8::Promise::kPending) return;
      result = promise->Result();
      if (promise->State() == v8::Promise::kRejected) {
        fail(describeError(context, result));
        return;
      }
    }
    printed_ = true;
    v8::Local<v8::Value> print = print_.Get(isolate_);
    if (result->IsUndefined() || !print->IsFunction()) return;
    v8::TryCatch caught(isolate_);
    if (print.As<v8::Function>()->Call(context, v8::Undefined(isolate_), 1, &result).IsEmpty()) {
      fail(describeCaught(context, caught));
    }
  }

  void fail(const JsError& error) {
    failed_ = true;
    if (!error.sourceLine.empty() && error.stack.empty()) {
      fprintf(parts_.errors, "%s:%u\n%s\n", error.file.c_str(), error.line,
              error.sourceLine.c_str());
    }
    fprintf(parts_.errors, "%s\n", errorText(error).c_str());
  }

  const EvaluationParts& parts_;
  v8::Isolate* isolate_;
  JsEntry entry_;
  EvalHost host_;
  v8::Global<v8::Value> print_;
  v8::Global<v8::Value> result_;
  bool printed_ = false;
  bool failed_ = false;
};

}  // namespace

int evaluate(const EvaluationParts& parts, const std::string& script) {
  const std::unique_ptr<Realm> realm = parts.contexts.make(kHeapBytes, kExternalBytes);
  return Evaluation(parts, *realm).run(script);
}

}  // namespace nano
