// What a tenant sees of time.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using ClockTest = WorkerTest;

// All clocks there are, before and after some work.
constexpr char kClocks[] =
    "const read = () => [Date.now(), new Date().getTime(), performance.now(),"
    "Temporal.Now.instant().epochNanoseconds];"
    "const before = read(); for (let i = 0, end = before[0] + 20; i < 1e5 && Date.now() < end;) "
    "i++;"
    "const after = read();";

TEST_F(ClockTest, StandsStillWhileJavaScriptRunsWhereItIsFrozen) {
  TestVersion version = TestVersion::handling(
      std::string(kClocks) + "return new Response(String(before.join() === after.join()))");
  version.clock = rpc::AppVersion::Clock::FROZEN;
  version.limits.set(rpc::Limit::CPU, 5000);
  EXPECT_EQ(load(version).fetch().body, "true");
}

TEST_F(ClockTest, GoesOnWithEveryEventFromOutsideWhereItIsFrozen) {
  TestVersion version = TestVersion::handling(
      "const read = () => [Date.now(), performance.now()];"
      "const before = read(); await new Promise(resolve => setTimeout(resolve, 20));"
      "const after = read(); return new Response(String(after.every((time, i) =>"
      "time >= before[i] + 15)))");
  version.clock = rpc::AppVersion::Clock::FROZEN;
  EXPECT_EQ(load(version).fetch().body, "true");
}

TEST_F(ClockTest, IsNotFrozenForTheNextAppOfTheWorker) {
  TestVersion version = TestVersion::handling("return new Response(String(Date.now()))");
  version.clock = rpc::AppVersion::Clock::FROZEN;
  TestApp frozen = load(version);
  frozen.fetch();
  EXPECT_EQ(handling(std::string(kClocks) +
                     "return new Response(String(after.every((time, i) => time > before[i])))")
                .fetch()
                .body,
            "true");
}

TEST_F(ClockTest, ShowsWholeMillisecondsOnly) {
  EXPECT_EQ(handling("const times = [Date.now(), performance.now(), performance.timeOrigin,"
                     "Number(Temporal.Now.instant().epochNanoseconds % 1000000n)];"
                     "return new Response(String(times.every(Number.isInteger) && times[3] === 0))")
                .fetch()
                .body,
            "true");
}

TEST_F(ClockTest, ShowsTheSameTimeInAllItsClocks) {
  EXPECT_EQ(handling("return new Response(String(Math.abs("
                     "performance.timeOrigin + performance.now() - Date.now()) <= 2))")
                .fetch()
                .body,
            "true");
}

}  // namespace
}  // namespace nano
