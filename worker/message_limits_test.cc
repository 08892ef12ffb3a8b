// Messages between ports, in a worker as it is: whose limits they run on, and when they end.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using MessageLimitsTest = WorkerTest;

TEST_F(MessageLimitsTest, StopsPortsThatPostForEver) {
  TestVersion version = TestVersion::handling(
      "if (!request.url.endsWith('/run')) return new Response('fine');"
      "const { port1, port2 } = new MessageChannel();"
      "port2.onmessage = () => { for (let i = 0; i < 2e7; i++); port1.postMessage(0); };"
      "port1.postMessage(0); await new Promise(() => {});");
  version.limits.set(rpc::Limit::CPU, 50);
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/run").outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.fetch().body, "fine");
}

TEST_F(MessageLimitsTest, DropsMessagesWithTheirRequest) {
  TestVersion version = TestVersion::handling(
      "if (request.url.endsWith('/run')) {"
      "  const { port1, port2 } = new MessageChannel();"
      "  port2.onmessage = () => { port1.postMessage(0); };"
      "  port1.postMessage(0); return new Response('answered');"
      "}"
      "const { port1, port2 } = new MessageChannel();"
      "const event = new Promise((resolve) => port2.onmessage = resolve);"
      "port1.postMessage('still works');"
      "return new Response((await event).data);");
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/run").body, "answered");
  EXPECT_EQ(app.fetch().body, "still works");
}

}  // namespace
}  // namespace nano
