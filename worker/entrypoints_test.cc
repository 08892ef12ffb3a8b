// Calls by service bindings in a real isolate: which export answers, what its methods take and
// give, and what leaves for the methods of others.

#include "protocol/limits.h"
#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

constexpr char kApp[] = R"(
  import { WorkerEntrypoint, env } from 'cloudflare:workers';
  const early = env.NAME;
  export default class extends WorkerEntrypoint {
    fetch(request) { return new Response(['default', early, this.env.NAME === env.NAME].join()); }
  }
  export class Admin extends WorkerEntrypoint {
    async fetch(request) {
      return new Response(JSON.stringify([await request.text(), this.ctx.props]));
    }
    echo(...args) { return args; }
    spin() { for (;;) {} }
    fail() { throw new Error('the reason'); }
    never() { return new Promise(() => setTimeout(() => {}, 1e6)); }
  }
)";

class EntrypointsTest : public WorkerTest {
 protected:
  TestVersion version() {
    TestVersion version = TestVersion::of(kApp);
    version.env = {{"NAME", "its own"}};
    return version;
  }

  // A handler that tells how its call ended.
  TestVersion calling(const std::string& call) {
    TestVersion version = TestVersion::handling("try { return Response.json((await " + call +
                                                ") ?? null) } catch (error) { return new "
                                                "Response(error.name + ': ' + error.message) }");
    version.services = {"SVC"};
    return version;
  }
};

// A list of arguments: none.
const std::string kNoArguments("\1\0\0\0\0\0\0\0\7\0\0\0\xff\x0f\x41\0\x24\0\0", 19);

TEST_F(EntrypointsTest, AClassIsADefaultExport) {
  TestApp app = load(version());
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.get("http://app.test/").body, "default,its own,true");
}

TEST_F(EntrypointsTest, TheNamedExportAnswersWithItsProps) {
  TestApp app = load(version());
  auto reply =
      app.fetch({.method = "POST", .body = "sent", .entrypoint = "Admin", .props = R"({"a":[1]})"});
  EXPECT_EQ(reply.body, R"(["sent",{"a":[1]}])");
  EXPECT_EQ(app.get("http://app.test/").body, "default,its own,true");
}

TEST_F(EntrypointsTest, AnExportThatIsNotThereIsScriptNotFound) {
  TestApp app = load(version());
  EXPECT_EQ(app.fetch({.entrypoint = "None"}).outcome, rpc::Outcome::SCRIPT_NOT_FOUND);
  EXPECT_EQ(app.fetch({.entrypoint = "toString"}).outcome, rpc::Outcome::SCRIPT_NOT_FOUND);
  app.awaitLines(2);
  EXPECT_NE(
      app.allLines().find("the entrypoint \"None\", which the app does not export; it exports "
                          "Admin, default"),
      std::string::npos)
      << app.allLines();
}

TEST_F(EntrypointsTest, AMethodIsAnsweredByAMessage) {
  TestApp app = load(version());
  auto reply = app.fetch(
      {.method = "POST", .body = kNoArguments, .entrypoint = "Admin", .rpcMethod = "echo"});
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_EQ(reply.status, 200);
  std::string result = kNoArguments;
  result[0] = 3;
  EXPECT_EQ(reply.body, result) << "an empty list";
}

TEST_F(EntrypointsTest, GarbageCallsNothingAndHarmsNothing) {
  TestApp app = load(version());
  for (const std::string& body :
       {std::string(), std::string("x"), std::string(19, '\xff'), kNoArguments.substr(0, 18),
        std::string("\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\x0f", 14), std::string(60000, '\0')}) {
    auto reply =
        app.fetch({.method = "POST", .body = body, .entrypoint = "Admin", .rpcMethod = "echo"});
    EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
    EXPECT_EQ(reply.body.substr(0, 4), std::string("\4\0\0\0", 4)) << "an error: " << reply.body;
  }
  EXPECT_EQ(app.get("http://app.test/").body, "default,its own,true");
}

TEST_F(EntrypointsTest, WhatAMethodThrowsIsAnAnswerAndALine) {
  TestApp app = load(version());
  auto reply = app.fetch(
      {.method = "POST", .body = kNoArguments, .entrypoint = "Admin", .rpcMethod = "fail"});
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_NE(reply.body.find("the reason"), std::string::npos);
  EXPECT_EQ(reply.body.find("index.js"), std::string::npos) << "no stack leaves";
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("Error: the reason\n    at fail"), std::string::npos)
      << app.allLines();
}

TEST_F(EntrypointsTest, LimitsHoldForMethods) {
  TestVersion limited = version();
  limited.limits.set(rpc::Limit::CPU, 50);
  TestApp app = load(limited);
  auto reply = app.fetch(
      {.method = "POST", .body = kNoArguments, .entrypoint = "Admin", .rpcMethod = "spin"});
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.get("http://app.test/").body, "default,its own,true");
}

TEST_F(EntrypointsTest, ACallThatNobodyWaitsForIsAnsweredAsCanceled) {
  TestApp app = load(version());
  const uint32_t id = app.send({{.method = "POST",
                                 .body = kNoArguments,
                                 .entrypoint = "Admin",
                                 .rpcMethod = "never"}})
                          .front();
  app.cancel(id);
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).outcome, rpc::Outcome::CANCELED);
}

TEST_F(EntrypointsTest, ACallLeavesAsARequestWithTheMethodsName) {
  TestApp app = load(calling("env.SVC.echo()"));
  const uint32_t id = app.send({{.hops = 3}}).front();
  const TestFetch& fetch = app.awaitFetch();
  EXPECT_EQ(fetch.service, "SVC");
  EXPECT_EQ(fetch.rpcMethod, "echo");
  EXPECT_EQ(fetch.method, "POST");
  EXPECT_EQ(fetch.hops, 4);
  EXPECT_EQ(fetch.body, kNoArguments);
  EXPECT_TRUE(fetch.headers.empty());
  std::string result = kNoArguments;
  result[0] = 3;
  app.answerFetch(fetch.id, {.body = result});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "[]");
}

TEST_F(EntrypointsTest, AFailureIsAnErrorOfTheCall) {
  TestApp app = load(calling("env.SVC.echo()"));
  auto reply = app.fetchThrough({}, {.failure = rpc::EgressFailure::Kind::OVER_LIMIT,
                                     .message = "the app 'other' did not answer: too much"});
  EXPECT_EQ(reply.body,
            "Error: The call of echo() failed: the app 'other' did not answer: too much");
  for (const std::string& body : {std::string(), std::string("no message"), kNoArguments})
    EXPECT_EQ(app.fetchThrough({}, {.body = body}).body, "Error: The message of a call is broken.");
}

TEST_F(EntrypointsTest, CallsAreSubrequestsAndHops) {
  TestVersion version = calling("env.SVC.echo()");
  EXPECT_NE(load(version).fetch({.hops = kMaxHops}).body.find("goes round in a circle"),
            std::string::npos);
  TestVersion few = calling("Promise.all([1, 2].map(() => env.SVC.echo()))");
  few.limits.set(rpc::Limit::SUBREQUESTS, 1);
  EXPECT_NE(load(few).get("http://app.test/").body.find("Too many subrequests"), std::string::npos);
}

TEST_F(EntrypointsTest, ArgumentsThatDoNotFitAreNamedByTheirLimit) {
  TestVersion version = calling("env.SVC.echo(new Uint8Array(900000))");
  version.limits.set(rpc::Limit::BUFFERS, 1);
  EXPECT_NE(load(version).get("http://app.test/").body.find("limits.buffers_mb"),
            std::string::npos);
}

TEST_F(EntrypointsTest, AScriptHasNoEntrypointsButItsListeners) {
  TestVersion script = TestVersion::of(
      "addEventListener('fetch', (event) => event.respondWith(new Response('listener')))");
  script.modules[0].kind = rpc::Module::Kind::SCRIPT;
  TestApp app = load(script);
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch({.props = "{}"}).body, "listener");
  EXPECT_EQ(app.fetch({.entrypoint = "Admin"}).outcome, rpc::Outcome::SCRIPT_NOT_FOUND);
  auto reply = app.fetch({.method = "POST", .body = kNoArguments, .rpcMethod = "echo"});
  EXPECT_NE(reply.body.find("does not implement the method"), std::string::npos) << reply.body;
}

TEST_F(EntrypointsTest, ADefaultExportBehindAProxyRunsNothingWhileItIsLoaded) {
  TestApp app = load(
      "const trap = () => { for (;;) {} };"
      "export default new Proxy(class {}, new Proxy({}, { get: () => trap }));");
  EXPECT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
}

}  // namespace
}  // namespace nano
