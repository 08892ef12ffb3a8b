#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <libplatform/libplatform.h>

#include "snapshot/engine_platform.h"

namespace nano {

// The V8 flags of every nano program. A snapshot holds their digest: one built under other flags is
// refused.
extern const std::string_view kV8Flags;

// Platform threads beside the main one: garbage collection and compilation. More than one gains
// nothing on a machine whose cores are shared by many workers, and the sandbox needs a fixed
// number.
inline constexpr int kPlatformThreads = 1;

// V8 and what it takes from the process: flags, entropy, time zone, locale, platform, wasm's trap
// handler. One for the whole process, made by main() on the thread that will run JavaScript, before
// the first isolate and before the sandbox; V8 cannot be started again after it is gone.
class V8Process final {
 public:
  struct Options {
    // Further flags, for the builder's fixed seeds.
    std::string_view extraFlags;
    // kInterpreted: V8 makes no machine code, so it runs where no page may become code; it has no
    // WebAssembly then. A snapshot is the same for both.
    enum class Code { kCompiled, kInterpreted } code = Code::kCompiled;
  };

  explicit V8Process(const Options& options);
  V8Process() : V8Process(Options{}) {}
  ~V8Process();  // No isolate may be left.
  V8Process(const V8Process&) = delete;
  V8Process& operator=(const V8Process&) = delete;

  // libplatform's own, which its functions want.
  v8::Platform& platform() { return *platform_; }
  bool compilesCode() const { return compilesCode_; }
  EngineClock& clock() { return engine_->clock(); }
  BufferPages& bufferPages() { return engine_->bufferPages(); }

  // Returns once every platform thread has run a task: what they need from the kernel to start is
  // done, and the sandbox may be entered.
  void awaitThreads();

  // Runs the next task that the platform has queued for `isolate`; false where there is none.
  bool runForegroundTask(v8::Isolate* isolate);

 private:
  const bool compilesCode_;
  std::unique_ptr<v8::Platform> platform_;
  std::unique_ptr<EnginePlatform> engine_;
};

}  // namespace nano
