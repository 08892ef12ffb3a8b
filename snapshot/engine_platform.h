#pragma once

#include <memory>

#include <libplatform/libplatform.h>

#include "snapshot/buffer_pages.h"
#include "snapshot/engine_clock.h"

namespace nano {

// What V8 takes for its platform: libplatform's, but for the wall clock and the pages of buffers.
class EnginePlatform final : public v8::Platform {
 public:
  // On the thread that will run JavaScript. `inner` outlives this.
  explicit EnginePlatform(v8::Platform& inner) : inner_(inner), pages_(*inner.GetPageAllocator()) {}

  EngineClock& clock() { return clock_; }
  BufferPages& bufferPages() { return pages_; }

  v8::PageAllocator* GetPageAllocator() override { return &pages_; }
  double CurrentClockTimeMillis() override { return clock_.show(inner_.CurrentClockTimeMillis()); }
  // Temporal.Now, which would show nanoseconds.
  double CurrentClockTimeMillisecondsHighResolution() override { return CurrentClockTimeMillis(); }

  v8::ThreadIsolatedAllocator* GetThreadIsolatedAllocator() override {
    return inner_.GetThreadIsolatedAllocator();
  }
  void OnCriticalMemoryPressure() override { inner_.OnCriticalMemoryPressure(); }
  int NumberOfWorkerThreads() override { return inner_.NumberOfWorkerThreads(); }
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate,
                                                          v8::TaskPriority priority) override {
    return inner_.GetForegroundTaskRunner(isolate, priority);
  }
  bool IdleTasksEnabled(v8::Isolate* isolate) override { return inner_.IdleTasksEnabled(isolate); }
  std::unique_ptr<v8::ScopedBlockingCall> CreateBlockingScope(v8::BlockingType type) override {
    return inner_.CreateBlockingScope(type);
  }
  double MonotonicallyIncreasingTime() override { return inner_.MonotonicallyIncreasingTime(); }
  StackTracePrinter GetStackTracePrinter() override { return inner_.GetStackTracePrinter(); }
  v8::TracingController* GetTracingController() override { return inner_.GetTracingController(); }

 protected:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority,
                                               std::unique_ptr<v8::JobTask> task,
                                               const v8::SourceLocation& location) override {
    return inner_.CreateJob(priority, std::move(task), location);
  }
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                  const v8::SourceLocation& location) override {
    inner_.PostTaskOnWorkerThread(priority, std::move(task), location);
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                         double delaySeconds,
                                         const v8::SourceLocation& location) override {
    inner_.PostDelayedTaskOnWorkerThread(priority, std::move(task), delaySeconds, location);
  }

 private:
  v8::Platform& inner_;
  EngineClock clock_;
  BufferPages pages_;
};

}  // namespace nano
