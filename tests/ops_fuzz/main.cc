// nano_ops_fuzz [--seeds=N] [--first=N] [--calls=N]: calls ops, what the global has, and what
// modules of the library have of the host, with values that no built-in would pass (values.js), in
// an isolate from the snapshot for each seed. A crash names the seed and the call; the same seed
// does the same calls.

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include <kj/debug.h>
#include <kj/io.h>

#include "snapshot/crypto/library.h"
#include "snapshot/op_table.h"
#include "tests/js/js_world.h"

namespace nano {
namespace {

// Of the call that is under way, for the signal's handler. Written before each call.
std::array<char, 256> lastCall{};

void onCrash(int number) {
  (void)!write(STDERR_FILENO, lastCall.data(), strnlen(lastCall.data(), lastCall.size()));
  (void)!write(STDERR_FILENO, "\n", 1);
  signal(number, SIG_DFL);
  raise(number);
}

// A call that does not come back is a failure as well.
constexpr unsigned kLongestSeedSeconds = 120;

// Of one call, in native code.
constexpr std::chrono::milliseconds kLongestWork{20};

struct Plan {
  int first = 1;
  int seeds = 4;
  int calls = 3000;
};

// What the functions below know of the run they belong to.
struct Run {
  JsWorld& world;
  const int seed;
};

Run& runOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  return *static_cast<Run*>(info.Data().As<v8::External>()->Value());
}

// A call begins: its name, and until when native code may work on it.
void note(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Run& run = runOf(info);
  const v8::String::Utf8Value text(info.GetIsolate(), info[0]);
  snprintf(lastCall.data(), lastCall.size(), "seed %d: %s", run.seed, *text);
  run.world.host().stopWorkAt(std::chrono::steady_clock::now() + kLongestWork);
}

void report(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const v8::String::Utf8Value text(info.GetIsolate(), info[0]);
  printf("seed %d, %s\n", runOf(info).seed, *text);
  fflush(stdout);
}

v8::Local<v8::String> literal(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text).ToLocalChecked();
}

// What is called with a seed.
enum class Targets { kOps, kGlobal, kInternals };

// A module that lets out what others keep.
constexpr std::string_view kLeak = "module.exports = { nano };";

// What modules of the library have of the host, by that module.
v8::Local<v8::Value> internalsOf(v8::Local<v8::Context> context, Run& run) {
  auto* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> name = literal(isolate, "node:leak");
  const auto exported = run.world.host()
                            .entryPoints()
                            .get(isolate, EntryPoint::kBuiltinModule)
                            ->Call(context, v8::Undefined(isolate), 1, &name)
                            .ToLocalChecked();
  // [name, value, ...], `default` first.
  return exported.As<v8::Array>()->Get(context, 3).ToLocalChecked();
}

v8::Local<v8::Object> makePlan(v8::Local<v8::Context> context, Run& run, int calls,
                               Targets targets) {
  auto* isolate = v8::Isolate::GetCurrent();
  const auto plan = v8::Object::New(isolate);
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    plan->Set(context, literal(isolate, name), value).Check();
  };
  const auto data = v8::External::New(isolate, &run);
  set("seed", v8::Integer::New(isolate, run.seed));
  set("calls", v8::Integer::New(isolate, calls));
  set("note", v8::Function::New(context, note, data).ToLocalChecked());
  set("report", v8::Function::New(context, report, data).ToLocalChecked());
  if (targets == Targets::kOps) set("ops", makeOps(context).ToLocalChecked());
  if (targets == Targets::kInternals) set("internals", internalsOf(context, run));
  return plan;
}

// What every isolate is made from.
struct Origin {
  V8Process& process;
  std::unique_ptr<SnapshotCache> snapshot;
  std::unique_ptr<ModuleLibrary> library;
  std::unique_ptr<ModuleLibrary> leak;
};

std::unique_ptr<ModuleLibrary> makeLeak() {
  const std::string bytes = ModuleLibrary::encode({{"node:leak", kLeak}});
  kj::AutoCloseFd file(memfd_create("leak", MFD_CLOEXEC));
  KJ_REQUIRE(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return std::move(std::get<0>(ModuleLibrary::open(file)));
}

void runSeed(const Origin& origin, const Plan& plan, int seed) {
  alarm(kLongestSeedSeconds);
  for (const Targets targets : {Targets::kOps, Targets::kGlobal, Targets::kInternals}) {
    const auto& library = targets == Targets::kInternals ? origin.leak : origin.library;
    JsWorld world(origin.process, *origin.snapshot, library.get());
    Run run{world, seed};
    std::string error = world.load(std::filesystem::path(NANO_OPS_FUZZ) / "driver.js");
    KJ_REQUIRE(error.empty(), error.c_str());
    error = world.callExport("run", [&](v8::Local<v8::Context> context) {
      return makePlan(context, run, plan.calls, targets);
    });
    KJ_REQUIRE(error.empty(), error.c_str());
  }
}

int number(int argc, char** argv, std::string_view name, int fallback) {
  const std::string prefix = "--" + std::string(name) + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    if (text.starts_with(prefix)) return atoi(argv[i] + prefix.size());
  }
  return fallback;
}

}  // namespace
}  // namespace nano

extern "C" int nano_main(int argc, char** argv, char**) {
  using namespace nano;
  Plan plan;
  plan.first = number(argc, argv, "first", plan.first);
  plan.seeds = number(argc, argv, "seeds", plan.seeds);
  plan.calls = number(argc, argv, "calls", plan.calls);
  for (const int crash : {SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGALRM})
    signal(crash, onCrash);

  // An op that finds a fault in its arguments says so in the log.
  kj::_::Debug::setLogLevel(kj::LogSeverity::FATAL);
  V8Process process;
  prepareCrypto();
  kj::AutoCloseFd fd(open(NANO_SNAPSHOT, O_RDONLY | O_CLOEXEC));
  KJ_REQUIRE(fd.get() >= 0, "there is no snapshot", NANO_SNAPSHOT);
  auto opened = SnapshotCache::open(fd.get());
  KJ_REQUIRE(std::holds_alternative<std::unique_ptr<SnapshotCache>>(opened), "no fitting snapshot");
  kj::AutoCloseFd libraryFd(open(NANO_LIBRARY, O_RDONLY | O_CLOEXEC));
  KJ_REQUIRE(libraryFd.get() >= 0, "there is no library", NANO_LIBRARY);
  const Origin origin{process, std::move(std::get<std::unique_ptr<SnapshotCache>>(opened)),
                      std::move(std::get<0>(ModuleLibrary::open(libraryFd))), makeLeak()};
  for (int i = 0; i < plan.seeds; ++i)
    runSeed(origin, plan, plan.first + i);
  return 0;
}
