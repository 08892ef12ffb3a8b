#include "snapshot/v8_process.h"

#include <sys/random.h>

#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <string>

#include <kj/debug.h>
#include <v8.h>

namespace nano {

// - rehash-snapshot: the engine's V8 is built to keep the hash seed of its snapshot, which is the
//   same everywhere and known; hash tables could be attacked (CVE-2017-11499 was this). Node turns
//   it on in its own main.
// - enable-sharedarraybuffer-per-context: nano enables it for none. A tenant has one thread, and
//   shared memory makes precise clocks.
// - single-threaded-gc: V8's helper collects no garbage beside the program. A worker has one core;
//   on a second one the helper only takes the time of others (bench/neighbour.sh, bench/run.sh). It
//   may still do a young collection in the program's place, which then waits for it, and that time
//   the CPU limit of a request does not see.
// - wasm: at most 64 MiB of memory and 32 MiB of code an instance (security 3.1). Compiling is done
//   within the call, on the CPU time of whoever calls, not by V8's helper; past so many functions
//   even the table of them would not fit into the code, which ends the process. The stack of a call
//   that may wait for a promise is as large as V8 makes it anyway: buffer_budget counts with it.
const std::string_view kV8Flags =
    "--rehash-snapshot "
    "--enable-sharedarraybuffer-per-context "
    "--single-threaded-gc "
    "--wasm-max-mem-pages=1024 "
    "--wasm-max-code-space-size-mb=32 "
    "--no-wasm-async-compilation "
    "--max-wasm-functions=500000 "
    "--wasm-stack-switching-stack-size=984 "
    "--freeze-flags-after-init";

namespace {

// V8 would open /dev/urandom, which is not there in the sandbox (security 2.2).
bool fillWithEntropy(unsigned char* buffer, size_t length) {
  while (length > 0) {
    const ssize_t got = getrandom(buffer, length, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    buffer += got;
    length -= static_cast<size_t>(got);
  }
  return true;
}

// A tenant's dates and texts do not depend on the machine; and nothing is read from /etc/localtime.
void fixTimeZoneAndLocale() {
  setenv("TZ", "UTC", 1);
  tzset();
  // ICU's locale of C is V8's en-US.
  setenv("LC_ALL", "C", 1);
}

// Holds one platform thread until all of them have come to it, so that none is counted twice.
class Meeting final {
 public:
  void arrive() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this]() { return arrived_ > kPlatformThreads; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
};

class ArriveTask final : public v8::Task {
 public:
  explicit ArriveTask(std::shared_ptr<Meeting> meeting) : meeting_(std::move(meeting)) {}
  void Run() override { meeting_->arrive(); }

 private:
  std::shared_ptr<Meeting> meeting_;
};

}  // namespace

V8Process::V8Process(const Options& options)
    : compilesCode_(options.code == Options::Code::kCompiled) {
  fixTimeZoneAndLocale();
  v8::V8::SetEntropySource(fillWithEntropy);
  v8::V8::SetFlagsFromString(kV8Flags.data(), kV8Flags.size());
  if (!options.extraFlags.empty()) {
    v8::V8::SetFlagsFromString(options.extraFlags.data(), options.extraFlags.size());
  }
  if (!compilesCode_) v8::V8::SetFlagsFromString("--jitless");
  platform_ =
      v8::platform::NewDefaultPlatform(kPlatformThreads, v8::platform::IdleTaskSupport::kDisabled,
                                       v8::platform::InProcessStackDumping::kDisabled);
  engine_ = std::make_unique<EnginePlatform>(*platform_);
  v8::V8::InitializePlatform(engine_.get());
  // Without WebAssembly there is nothing for it to trap.
  KJ_REQUIRE(!compilesCode_ ||
             v8::V8::EnableWebAssemblyTrapHandler(/*use_v8_signal_handler=*/true));
  KJ_REQUIRE(v8::V8::Initialize());
}

V8Process::~V8Process() {
  v8::V8::Dispose();
  v8::V8::DisposePlatform();
}

void V8Process::awaitThreads() {
  auto meeting = std::make_shared<Meeting>();
  for (int i = 0; i < kPlatformThreads; ++i) {
    platform_->CallOnWorkerThread(std::make_unique<ArriveTask>(meeting));
  }
  meeting->arrive();
}

bool V8Process::runForegroundTask(v8::Isolate* isolate) {
  return v8::platform::PumpMessageLoop(platform_.get(), isolate,
                                       v8::platform::MessageLoopBehavior::kDoNotWait);
}

}  // namespace nano
