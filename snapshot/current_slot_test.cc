#include "snapshot/current_slot.h"

#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

TEST(CurrentSlotTest, IsNoneOutsideOfRequests) {
  ScriptWorld world;
  EXPECT_EQ(world.run("ops.currentSlot()"), "-1");
}

TEST(CurrentSlotTest, FollowsARequestThroughItsPromises) {
  ScriptWorld world;
  const v8::HandleScope handles(world.isolate());
  // The microtasks of both requests run in one checkpoint, when neither is current any more.
  const v8::MicrotasksScope later(world.context(), v8::MicrotasksScope::kDoNotRunMicrotasks);
  world.run(
      "const seen = [];"
      "async function request(name) {"
      "  await null; seen.push(name + ops.currentSlot());"
      "  await new Promise((resolve) => Promise.resolve().then(resolve));"
      "  seen.push(name + ops.currentSlot()); }");
  setCurrentSlot(world.isolate(), 3);
  EXPECT_EQ(currentSlot(world.isolate()), 3);
  world.run("request('a')");
  setCurrentSlot(world.isolate(), 0);
  world.run("request('b')");
  setCurrentSlot(world.isolate(), kNoSlot);
  EXPECT_EQ(currentSlot(world.isolate()), kNoSlot);
  world.isolate()->PerformMicrotaskCheckpoint();
  EXPECT_EQ(world.run("seen.sort().join()"), "a3,a3,b0,b0");
}

}  // namespace
}  // namespace nano
