#include "worker/resource_limiter.h"

#include "worker/isolate_scope.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

using Verdict = ResourceLimiter::Armed::Verdict;

class ResourceLimiterTest : public testing::Test {
 protected:
  ResourceLimiterTest() : realm_(TestEngine::get().contexts.make(64 << 20, 8 << 20)) {}

  // Whether the script ran to its end.
  bool run(const char* text) {
    v8::Isolate* isolate = realm_->isolate();
    IsolateScope scope(isolate, realm_->context());
    v8::TryCatch caught(isolate);
    v8::Local<v8::String> source;
    v8::Local<v8::Script> script;
    return v8::String::NewFromUtf8(isolate, text).ToLocal(&source) &&
           v8::Script::Compile(scope.context(), source).ToLocal(&script) &&
           !script->Run(scope.context()).IsEmpty();
  }

  std::unique_ptr<Realm> realm_;
  ResourceLimiter limiter_;
};

TEST_F(ResourceLimiterTest, StopsWhatIsOverItsBudget) {
  ResourceLimiter::Armed armed(limiter_, realm_->isolate(), limiter_.cpuNow(),
                               std::chrono::milliseconds(20));
  EXPECT_FALSE(run("for (;;) {}"));
  EXPECT_TRUE(armed.hasFired());
  EXPECT_EQ(armed.stop(), Verdict::kExceeded);
  EXPECT_EQ(armed.stop(), Verdict::kExceeded);
}

TEST_F(ResourceLimiterTest, LeavesAloneWhatIsWithinItsBudget) {
  ResourceLimiter::Armed armed(limiter_, realm_->isolate(), limiter_.cpuNow(),
                               std::chrono::hours(1));
  EXPECT_TRUE(run("1 + 1"));
  EXPECT_EQ(armed.stop(), Verdict::kWithinLimit);
}

TEST_F(ResourceLimiterTest, StopsNothingOnceItIsDisarmed) {
  for (int i = 0; i < 20'000; ++i) {
    // Budgets that run out about when the work is done: the race that must not hit the next run.
    ResourceLimiter::Armed armed(limiter_, realm_->isolate(), limiter_.cpuNow(),
                                 std::chrono::nanoseconds(0));
    if (armed.stop() == Verdict::kExceeded) {
      // Fired between the two: V8 is told to forget it, as no JavaScript was there to unwind.
      realm_->isolate()->CancelTerminateExecution();
    }
  }
  EXPECT_TRUE(run("let n = 0; for (let i = 0; i < 1e5; i++) n += i;"));
}

TEST_F(ResourceLimiterTest, WakesAWatchdogThatFellAsleep) {
  // It sleeps after about a second without work; the budget of the next use must hold all the same.
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  ResourceLimiter::Armed armed(limiter_, realm_->isolate(), limiter_.cpuNow(),
                               std::chrono::milliseconds(20));
  EXPECT_FALSE(run("for (;;) {}"));
  EXPECT_EQ(armed.stop(), Verdict::kExceeded);
}

TEST_F(ResourceLimiterTest, RefusesToBeArmedTwice) {
  ResourceLimiter::Armed armed(limiter_, realm_->isolate(), limiter_.cpuNow(),
                               std::chrono::hours(1));
  EXPECT_NE(kj::runCatchingExceptions([this]() {
              ResourceLimiter::Armed again(limiter_, realm_->isolate(), limiter_.cpuNow(),
                                           std::chrono::hours(1));
            }),
            nullptr);
}

}  // namespace
}  // namespace nano
