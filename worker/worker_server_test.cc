#include "worker/worker_server.h"

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using WorkerServerTest = WorkerTest;

TEST_F(WorkerServerTest, AnswersACallOfALoadedAppWithinItsBatch) {
  TestApp app = handling("return new Response('Hello ' + request.url)");
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  const TestReply reply = app.get("http://app.test/x");
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "Hello http://app.test/x");
  EXPECT_FALSE(reply.late);
  EXPECT_GT(reply.cpuMicros, 0u);
}

TEST_F(WorkerServerTest, AnswersLaterWhatIsNotReadyInItsTurn) {
  TestApp app = handling(
      "await new Promise(resolve => setTimeout(resolve, 5));"
      "return new Response('late ' + request.url)");
  const TestReply reply = app.get("http://app.test/y");
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_EQ(reply.body, "late http://app.test/y");
  EXPECT_TRUE(reply.late);
}

TEST_F(WorkerServerTest, TellsTheVersionOfTheEngine) {
  auto response = loop_.run(
      kj::Promise<capnp::Response<rpc::Worker::HelloResults>>(worker().helloRequest().send()));
  EXPECT_STREQ(response.getReport().getV8Version().cStr(), v8::V8::GetVersion());
}

}  // namespace
}  // namespace nano
