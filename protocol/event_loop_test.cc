#include "protocol/event_loop.h"

#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/function.h>

namespace nano {
namespace {

// Counts the calls of its hook, and runs `body` in each.
class CountingHook final : public TurnHook {
 public:
  CountingHook(EventLoop& loop, kj::Function<Next(int)> body)
      : TurnHook(loop),
        body_(kj::mv(body)) {}

  Next endTurn() override { return body_(++calls_); }
  int calls() const { return calls_; }

 private:
  kj::Function<Next(int)> body_;
  int calls_ = 0;
};

class CountingOutput final : public Flushable {
 public:
  void flush() override { ++flushes; }
  int flushes = 0;
};

TEST(EventLoopTest, RunsAPromiseToItsResult) {
  EventLoop loop;
  int result = loop.run(kj::evalLater([]() { return 7; }));
  EXPECT_EQ(result, 7);
}

TEST(EventLoopTest, WakesForWorkFromAnotherThread) {
  EventLoop loop;
  const kj::Executor& executor = loop.executor();
  auto done = kj::newPromiseAndFulfiller<std::thread::id>();
  auto loopThread = std::this_thread::get_id();
  std::thread other([&executor, &done]() {
    executor.executeSync([&done]() { done.fulfiller->fulfill(std::this_thread::get_id()); });
  });
  // Sleeps in epoll_wait until the other thread's call arrives: nothing else can end this.
  EXPECT_EQ(loop.run(kj::mv(done.promise)), loopThread);
  other.join();
}

TEST(EventLoopTest, AnswersManyCallsFromAnotherLoop) {
  EventLoop loop;
  const kj::Executor& executor = loop.executor();
  auto stop = kj::newPromiseAndFulfiller<void>();
  int served = 0;
  int answered = 0;
  std::thread other([&executor, &served, &answered, &stop]() {
    EventLoop mine;
    for (int i = 0; i < 500; ++i) {
      answered += mine.run(executor.executeAsync([&served]() {
        ++served;
        return kj::evalLater([]() { return 1; });
      }));
    }
    executor.executeSync([&stop]() { stop.fulfiller->fulfill(); });
  });
  loop.run(kj::mv(stop.promise));
  other.join();
  EXPECT_EQ(served, 500);
  EXPECT_EQ(answered, 500);
}

TEST(EventLoopTest, RunsItsHooksAfterABareWake) {
  EventLoop loop;
  auto done = kj::newPromiseAndFulfiller<void>();
  std::atomic<bool> posted{false};
  CountingHook hook(loop, [&posted, &done](int) {
    if (posted.load()) done.fulfiller->fulfill();
    return TurnHook::Next::kMaySleep;
  });
  std::thread other([&loop, &posted]() {
    posted = true;
    loop.wake();
  });
  loop.run(kj::mv(done.promise));
  other.join();
}

TEST(EventLoopTest, FiresTimersInTheOrderOfTheirTimes) {
  EventLoop loop;
  std::vector<int> order;
  auto& timer = loop.timer();
  auto note = [&order, &timer](int number) {
    return timer.afterDelay(number * kj::MILLISECONDS)
        .then([&order, number]() { order.push_back(number); })
        .eagerlyEvaluate(nullptr);
  };
  auto third = note(3);
  auto first = note(1);
  auto second = note(2);
  loop.run(kj::mv(third));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(EventLoopTest, FiresATimerThatIsSetWhileALaterOneIsArmed) {
  EventLoop loop;
  auto never = loop.timer().afterDelay(1 * kj::HOURS).eagerlyEvaluate(nullptr);
  loop.runOnce();
  loop.run(loop.timer().afterDelay(1 * kj::MILLISECONDS));
}

TEST(EventLoopTest, NeverFiresATimerBeforeItsTime) {
  EventLoop loop;
  auto& clock = kj::systemPreciseMonotonicClock();
  for (int i = 0; i < 5; ++i) {
    auto due = clock.now() + 2 * kj::MILLISECONDS;
    loop.run(loop.timer().atTime(due));
    EXPECT_TRUE(clock.now() >= due);
  }
}

TEST(EventLoopTest, ACallbackAfterASleepSeesTheTimeAfterIt) {
  EventLoop loop;
  struct Seen {
    EventLoop& loop;
    kj::TimePoint now = kj::origin<kj::TimePoint>();
    kj::Own<kj::PromiseFulfiller<void>> done;
  };
  auto paf = kj::newPromiseAndFulfiller<void>();
  Seen seen{loop, kj::origin<kj::TimePoint>(), kj::mv(paf.fulfiller)};
  auto callback = [](evutil_socket_t, short, void* arg) {
    auto& result = *static_cast<Seen*>(arg);
    result.now = result.loop.timer().now();
    result.done->fulfill();
  };
  Event event(event_new(&loop.base(), -1, 0, callback, &seen));
  timeval delay{0, 50'000};
  auto start = loop.timer().now();
  ASSERT_EQ(event_add(event.get(), &delay), 0);
  loop.run(kj::mv(paf.promise));
  // libevent's coarse clock may be some milliseconds early; a stale time would be all of them.
  EXPECT_GT(seen.now, start + 25 * kj::MILLISECONDS);
}

TEST(EventLoopTest, FlushesAnOutputOnceATurnHoweverOftenItAsks) {
  EventLoop loop;
  CountingOutput output;
  auto work = kj::evalLater([&loop, &output]() { loop.flushAtTurnEnd(output); });
  for (int i = 0; i < 9; ++i) {
    work = work.then([&loop, &output]() {
      return kj::evalLater([&loop, &output]() { loop.flushAtTurnEnd(output); });
    });
  }
  auto watched = work.eagerlyEvaluate(nullptr);
  loop.runOnce();
  EXPECT_EQ(output.flushes, 1);
}

TEST(EventLoopTest, FlushesWhatAHookProducedInTheSameTurn) {
  EventLoop loop;
  CountingOutput output;
  CountingHook hook(loop, [&loop, &output](int calls) {
    if (calls == 1) loop.flushAtTurnEnd(output);
    return TurnHook::Next::kMaySleep;
  });
  loop.runOnce();
  EXPECT_EQ(output.flushes, 1);
}

TEST(EventLoopTest, ForgetsAnOutputThatIsDestroyedBeforeItsFlush) {
  EventLoop loop;
  {
    CountingOutput output;
    loop.flushAtTurnEnd(output);
  }
  loop.runOnce();
}

TEST(EventLoopTest, DoesNotSleepWhenAHookMadeItRunnable) {
  EventLoop loop;
  auto done = kj::newPromiseAndFulfiller<void>();
  CountingHook hook(loop, [&done](int) {
    done.fulfiller->fulfill();
    return TurnHook::Next::kMaySleep;
  });
  loop.run(kj::mv(done.promise));
}

TEST(EventLoopTest, ComesBackAtOnceToAHookThatHasMoreToDo) {
  EventLoop loop;
  auto done = kj::newPromiseAndFulfiller<void>();
  CountingHook hook(loop, [&done](int calls) {
    if (calls < 100) return TurnHook::Next::kAgainSoon;
    done.fulfiller->fulfill();
    return TurnHook::Next::kMaySleep;
  });
  loop.run(kj::mv(done.promise));
  EXPECT_GE(hook.calls(), 100);
}

TEST(EventLoopTest, StillLooksAtDescriptorsWhileAHookKeepsItBusy) {
  EventLoop loop;
  int ends[2];
  KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
  kj::AutoCloseFd mine(ends[0]), theirs(ends[1]);
  auto done = kj::newPromiseAndFulfiller<void>();
  auto onReadable = [](evutil_socket_t, short, void* fulfiller) {
    static_cast<kj::PromiseFulfiller<void>*>(fulfiller)->fulfill();
  };
  Event event(event_new(&loop.base(), mine.get(), EV_READ, onReadable, done.fulfiller.get()));
  event_add(event.get(), nullptr);
  // Always runnable: every call queues another promise.
  kj::Promise<void> busy = nullptr;
  CountingHook hook(loop, [&busy](int) {
    busy = kj::evalLater([]() {}).eagerlyEvaluate(nullptr);
    return TurnHook::Next::kMaySleep;
  });
  KJ_SYSCALL(write(theirs.get(), "x", 1));
  loop.run(kj::mv(done.promise));
}

}  // namespace
}  // namespace nano
