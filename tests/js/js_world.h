#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kj/function.h>
#include <v8.h>

#include "snapshot/module_library.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"
#include "tests/js/fake_host.h"

namespace nano {

// One isolate from the snapshot with one file of JavaScript tests loaded into it.
class JsWorld final {
 public:
  JsWorld(V8Process& process, const SnapshotCache& snapshot, const ModuleLibrary* library);
  ~JsWorld();
  JsWorld(const JsWorld&) = delete;
  JsWorld& operator=(const JsWorld&) = delete;

  // Evaluates the test file. The error, or empty.
  std::string load(const std::filesystem::path& file);
  // The names of its tests, in order.
  std::vector<std::string> testNames();
  // Runs one test to its end. The error, or empty.
  std::string run(size_t index);

  // Calls what the loaded file exports and lets everything happen until its promise is settled. The
  // error, or empty. `argument` makes the one argument.
  using MakeArgument = kj::FunctionParam<v8::Local<v8::Object>(v8::Local<v8::Context> context)>;
  std::string callExport(const char* name, MakeArgument argument);

  FakeHost& host() { return *host_; }

  // What Date shows in the isolate's world from now on, until that is gone.
  static void freezeClock(v8::Isolate* isolate, double unixMillis);

  uint64_t hashSeed() { return isolate_->GetHashSeed(); }

  // Empty: an exception is pending.
  v8::MaybeLocal<v8::Module> module(const std::filesystem::path& path);

 private:
  static v8::MaybeLocal<v8::Module> resolve(v8::Local<v8::Context> context,
                                            v8::Local<v8::String> specifier,
                                            v8::Local<v8::FixedArray> attributes,
                                            v8::Local<v8::Module> referrer);
  // Lets everything happen until `promise` is settled. The error, or empty.
  std::string settle(v8::Local<v8::Context> context, v8::Local<v8::Promise> promise);
  std::string describe(v8::Local<v8::Context> context, v8::Local<v8::Value> error);
  v8::Local<v8::Function> harnessFunction(v8::Local<v8::Context> context, const char* name);

  V8Process& process_;
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator_;
  v8::Isolate* isolate_;
  std::unique_ptr<FakeHost> host_;
  v8::Global<v8::Context> context_;
  std::map<std::string, v8::Global<v8::Module>> modules_;
  std::filesystem::path folder_;
  std::filesystem::path loaded_;
};

// The module 'nano:test' that harness.js imports: dispatch, answer, waitedFor, callEntryPoint,
// logs.
v8::MaybeLocal<v8::Module> makeTestModule(v8::Isolate* isolate);

}  // namespace nano
