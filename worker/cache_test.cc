// The Cache API over requests of one isolate, and what it leaves of an app's memory.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using CacheTest = WorkerTest;

TEST_F(CacheTest, AnswersALaterRequestWithWhatAnEarlierOnePut) {
  TestApp app = load(TestVersion::handling(
      "const cache = caches.default;"
      "const found = await cache.match(request);"
      "if (found !== undefined) return found;"
      "globalThis.count = (globalThis.count ?? 0) + 1;"
      "const made = new Response(`made ${count}`, { headers: { 'x-made': '1' } });"
      "ctx.waitUntil(cache.put(request, made.clone()));"
      "return made;"));
  EXPECT_EQ(app.get("http://app.test/a").body, "made 1");
  EXPECT_EQ(app.get("http://app.test/a").body, "made 1");
  EXPECT_EQ(app.get("http://app.test/b").body, "made 2");
}

TEST_F(CacheTest, IsTheAppsOwn) {
  const TestVersion version = TestVersion::handling(
      "const found = await caches.default.match('http://app.test/');"
      "await caches.default.put('http://app.test/', new Response('kept'));"
      "return found ?? new Response('none');");
  TestApp one = load(version);
  TestApp other = load(version);
  EXPECT_EQ(one.fetch().body, "none");
  EXPECT_EQ(one.fetch().body, "kept");
  EXPECT_EQ(other.fetch().body, "none");
}

TEST_F(CacheTest, LeavesAnAppThreeQuartersOfItsBuffers) {
  TestVersion version = TestVersion::handling(
      "const cache = caches.default;"
      "for (let i = 0; i < 40; i++) {"
      "  await cache.put(`http://app.test/${i}`, new Response(new Uint8Array(1 << 19)));"
      "}"
      "const kept = (await cache.keys()).length;"
      "const own = []; for (let i = 0; i < 6; i++) own.push(new Uint8Array(1 << 20));"
      "return new Response(`${kept} and ${own.length}`);");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  EXPECT_EQ(app.fetch().body, "3 and 6") << app.allLines();
}

}  // namespace
}  // namespace nano
