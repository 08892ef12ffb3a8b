#include "snapshot/v8_process.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

TEST(V8ProcessTest, HidesTheMachinesTimeZoneAndLocale) {
  ScriptWorld world;
  EXPECT_EQ(world.run("Intl.DateTimeFormat().resolvedOptions().timeZone"), "UTC");
  EXPECT_EQ(world.run("Intl.DateTimeFormat().resolvedOptions().locale"), "en-US");
  EXPECT_EQ(world.run("new Date(0).toString()"),
            "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)");
}

TEST(V8ProcessTest, DoesNotKeepTheHashSeedOfTheEngine) {
  // The seed baked into the engine; whoever has the engine can read it.
  constexpr uint64_t kBakedIn = 0x2e233f771a134617;
  ScriptWorld world;
  EXPECT_NE(world.isolate()->GetHashSeed(), kBakedIn);
}

TEST(V8ProcessTest, OffersNoSharedMemory) {
  ScriptWorld world;
  EXPECT_EQ(world.run("typeof SharedArrayBuffer"), "undefined");
}

TEST(V8ProcessTest, LimitsTheMemoryOfWasm) {
  ScriptWorld world;
  EXPECT_EQ(world.run("new WebAssembly.Memory({ initial: 1024 }).buffer.byteLength"), "67108864");
  EXPECT_TRUE(world.run("new WebAssembly.Memory({ initial: 1025 })").starts_with("throws "));
}

TEST(V8ProcessTest, SeesEveryPlatformThreadStart) {
  testProcess().awaitThreads();
  testProcess().awaitThreads();
}

}  // namespace
}  // namespace nano
