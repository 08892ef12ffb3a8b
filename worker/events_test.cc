// What is not a request: scheduled events; and apps in service-worker syntax.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using ScheduledTest = WorkerTest;

TestCall scheduledAt(const std::string& cron, int64_t millis) {
  TestCall call;
  call.cron = cron;
  call.scheduledMillis = millis;
  return call;
}

std::string scheduling(const std::string& body) {
  return "export default { async scheduled(controller, env, ctx) { " + body + " } }";
}

std::string linesOf(TestApp& app, size_t count = 1) {
  app.awaitLines(count);
  std::string text;
  for (const TestLogLine& line : app.lines())
    text += line.message + "|";
  return text;
}

TEST_F(ScheduledTest, GetsItsControllerEnvAndContext) {
  TestVersion version = TestVersion::of(
      "export default { own: 'this', async scheduled(controller, env, ctx) {"
      "console.log(this.own, controller.cron, controller.scheduledTime, controller.type,"
      "controller.noRetry(), env.NAME, typeof ctx.waitUntil, arguments.length) } }");
  version.env = {{"NAME", "value"}};
  TestApp app = load(version);
  const TestReply reply = app.fetch(scheduledAt("*/5 * * * MON", 1'764'324'000'000));
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_EQ(linesOf(app), "this */5 * * * MON 1764324000000 scheduled undefined value function 3|");
  EXPECT_EQ(app.lines().front().requestId, "request-1");
}

TEST_F(ScheduledTest, IsOverWhenWhatItWaitsForIs) {
  TestApp app = load(scheduling(
      "ctx.waitUntil((async () => { await new Promise(done => setTimeout(done, 5));"
      "ctx.waitUntil(new Promise(done => setTimeout(() => { console.log('second'); done() }, 5)));"
      "console.log('first') })()); console.log('returned')"));
  EXPECT_EQ(app.fetch(scheduledAt("* * * * *", 0)).outcome, rpc::Outcome::OK);
  EXPECT_EQ(linesOf(app, 3), "returned|first|second|");
}

TEST_F(ScheduledTest, FailsWithWhatItThrowsOrWaitedFor) {
  for (const char* body :
       {"throw new Error('broken')", "ctx.waitUntil(Promise.reject(new Error('broken')))"}) {
    TestApp app = load(scheduling(body));
    EXPECT_EQ(app.fetch(scheduledAt("* * * * *", 0)).outcome, rpc::Outcome::EXCEPTION) << body;
    EXPECT_NE(linesOf(app).find("Error: broken"), std::string::npos) << linesOf(app);
  }
}

TEST_F(ScheduledTest, WaitsForWhatAModuleGaveToWaitUntil) {
  TestApp app = load(
      "import { waitUntil } from 'cloudflare:workers';"
      "export default { scheduled() { waitUntil(Promise.reject(new Error('broken'))) } };");
  EXPECT_EQ(app.fetch(scheduledAt("* * * * *", 0)).outcome, rpc::Outcome::EXCEPTION);
}

TEST_F(ScheduledTest, TellsTheLogOfEachFailure) {
  TestApp app =
      load(scheduling("ctx.waitUntil(Promise.reject(new Error('one'))); throw new Error('two')"));
  EXPECT_EQ(app.fetch(scheduledAt("* * * * *", 0)).outcome, rpc::Outcome::EXCEPTION);
  const std::string lines = linesOf(app);
  EXPECT_NE(lines.find("Error: one"), std::string::npos) << lines;
  EXPECT_NE(lines.find("Error: two"), std::string::npos) << lines;
}

TEST_F(ScheduledTest, IsAMethodOfAnEntrypointClassAsWell) {
  TestApp app = load(
      "import { WorkerEntrypoint } from 'cloudflare:workers';"
      "export default class extends WorkerEntrypoint {"
      "scheduled(controller) { this.ctx.waitUntil(Promise.resolve().then(() => "
      "console.log(controller.cron, arguments.length))) } }");
  EXPECT_EQ(app.fetch(scheduledAt("1 * * * *", 0)).outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(linesOf(app), "1 * * * * 1|");
}

TEST_F(ScheduledTest, FailsWhereThereIsNoHandler) {
  TestApp app = handling("return new Response('fetch')");
  EXPECT_EQ(app.fetch(scheduledAt("* * * * *", 0)).outcome, rpc::Outcome::EXCEPTION);
  EXPECT_NE(linesOf(app).find("does not export a scheduled() function"), std::string::npos);
  EXPECT_EQ(app.get("http://app.test/").body, "fetch");
}

TEST_F(ScheduledTest, ALoadSaysWhetherThereIsOne) {
  EXPECT_TRUE(handling("").lacksScheduled);
  EXPECT_FALSE(load(scheduling("")).lacksScheduled);
  EXPECT_FALSE(load("class A { scheduled() {} } export default new A()").lacksScheduled);
  // Nothing of the app is run to know it.
  EXPECT_FALSE(load("export default { get scheduled() { throw 1 } }").lacksScheduled);
  EXPECT_FALSE(load("export default new Proxy({}, { has() { throw 1 } })").lacksScheduled);
  const std::string entrypoint =
      "import { WorkerEntrypoint } from 'cloudflare:workers';"
      "export default class extends WorkerEntrypoint ";
  EXPECT_TRUE(load(entrypoint + "{ fetch() {} }").lacksScheduled);
  EXPECT_FALSE(load(entrypoint + "{ scheduled() {} }").lacksScheduled);
}

TEST_F(ScheduledTest, IsEndedByTheCpuLimit) {
  TestApp app = load(scheduling("for (;;);"));
  const TestReply reply = app.fetch(scheduledAt("* * * * *", 0));
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(reply.breach.limit, rpc::Limit::CPU);
}

using ServiceWorkerTest = WorkerTest;

TestVersion script(std::string code) {
  return {{{"worker.js", std::move(code), rpc::Module::Kind::SCRIPT}}};
}

TEST_F(ServiceWorkerTest, AnswersRequestsByItsListener) {
  TestApp app = load(
      script("addEventListener('fetch', (event) => { event.respondWith(answer(event.request)); });"
             "async function answer(request) { return new Response('hello ' + new "
             "URL(request.url).pathname) }"));
  EXPECT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.get("http://app.test/there").body, "hello /there");
}

TEST_F(ServiceWorkerTest, HasNoScheduledWithoutAListener) {
  TestApp app = load(script("addEventListener('fetch', () => {});"));
  EXPECT_TRUE(app.lacksScheduled);
  EXPECT_EQ(app.fetch(scheduledAt("* * * * *", 0)).outcome, rpc::Outcome::EXCEPTION);
  EXPECT_FALSE(load(script("addEventListener('scheduled', () => {});")).lacksScheduled);
}

TEST_F(ServiceWorkerTest, FindsItsBindingsOnTheGlobal) {
  TestVersion version = script(
      "const shown = NAME + DATA.list[0];"
      "addEventListener('fetch', event => event.respondWith(new Response(shown + "
      "Object.keys(globalThis).includes('NAME'))))");
  version.env = {{"NAME", "value"}, {"DATA", "{\"list\":[1]}"}};
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/").body, "value1true");
}

TEST_F(ServiceWorkerTest, IsASloppyScript) {
  TestApp app = load(script(
      "leaked = typeof this; var declared = 010; with ({ inner: 'with' }) leaked += inner;"
      "addEventListener('fetch', event => event.respondWith(new Response(leaked + declared + "
      "globalThis.declared)))"));
  EXPECT_EQ(app.get("http://app.test/").body, "objectwith88");
}

TEST_F(ServiceWorkerTest, RunsScheduledEvents) {
  TestApp app =
      load(script("addEventListener('scheduled', event => { event.waitUntil((async () => {"
                  "await null; console.log(event.type, event.cron, event.scheduledTime) })()) })"));
  EXPECT_EQ(app.fetch(scheduledAt("0 0 L * *", 5)).outcome, rpc::Outcome::OK);
  EXPECT_EQ(linesOf(app), "scheduled 0 0 L * * 5|");
  EXPECT_EQ(app.get("http://app.test/").outcome, rpc::Outcome::EXCEPTION);
}

TEST_F(ServiceWorkerTest, IsReachedByAServiceBinding) {
  TestApp app =
      load(script("addEventListener('fetch', event => event.respondWith(new Response('bound')))"));
  TestCall call;
  call.props = "{}";
  EXPECT_EQ(app.fetch(std::move(call)).body, "bound");
  TestCall other;
  other.entrypoint = "Other";
  EXPECT_EQ(app.fetch(std::move(other)).outcome, rpc::Outcome::SCRIPT_NOT_FOUND);
}

TEST_F(ServiceWorkerTest, IsRefusedWithoutAListener) {
  TestApp app = load(script("addEventListener('message', () => {})"));
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_NE(app.message.find("worker.js has no default export and has added no listener"),
            std::string::npos)
      << app.message;
}

TEST_F(ServiceWorkerTest, IsRefusedWithThePlaceOfItsError) {
  TestApp app = load(script("const a = 1;\n  missing();"));
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_EQ(app.message, "ReferenceError: missing is not defined");
  EXPECT_EQ(app.file + ":" + std::to_string(app.line), "worker.js:2");
  EXPECT_EQ(load(script("const a = ;")).message, "SyntaxError: Unexpected token ';'");
}

TEST_F(ServiceWorkerTest, FailsARequestThatNobodyRespondsTo) {
  TestApp app = load(script("addEventListener('fetch', () => {})"));
  EXPECT_EQ(app.get("http://app.test/").outcome, rpc::Outcome::EXCEPTION);
  EXPECT_NE(linesOf(app).find("has called event.respondWith()"), std::string::npos);
}

TEST_F(ServiceWorkerTest, FailsWithWhatItsListenerThrows) {
  TestApp app = load(script("addEventListener('fetch', () => { throw new Error('broken') })"));
  EXPECT_EQ(app.get("http://app.test/").outcome, rpc::Outcome::EXCEPTION);
  EXPECT_NE(linesOf(app).find("Error: broken"), std::string::npos) << linesOf(app);
}

TEST_F(ServiceWorkerTest, ImportsItsOtherModules) {
  TestVersion version = script(
      "addEventListener('fetch', event => event.respondWith(import('./lib.js').then(lib => new "
      "Response(lib.word))))");
  version.modules.push_back({"lib.js", "export const word = 'imported'"});
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/").body, "imported");
}

TEST_F(ServiceWorkerTest, IsNotImported) {
  TestApp app = load(script(
      "addEventListener('fetch', event => event.respondWith(import('./worker.js').catch(error => "
      "new Response(error.message))))"));
  EXPECT_EQ(app.get("http://app.test/").body, "worker.js is no module: it exports nothing");
}

TEST_F(ServiceWorkerTest, AClassicScriptIsNoOtherModule) {
  TestVersion version = TestVersion::of("export default {}");
  version.modules.push_back({"other.js", "1", rpc::Module::Kind::SCRIPT});
  EXPECT_NE(load(version).message.find("can be the main module only"), std::string::npos);
}

using SourceMappedTest = WorkerTest;

// `script` as one module, all of whose first line comes from src/app.ts, 9:3 on.
TestVersion mappedTo(std::string script, const std::string& mappings = "AAQE") {
  TestVersion version = TestVersion::of(std::move(script));
  version.modules.push_back({"index.js.map",
                             R"({"version":3,"sources":["src/app.ts"],"mappings":")" + mappings +
                                 R"(","sourcesContent":["1\n2\n3\n4\n5\n6\n7\n8\nthe ninth\n"]})",
                             rpc::Module::Kind::SOURCE_MAP});
  return version;
}

TEST_F(SourceMappedTest, WhatIsLoggedNamesTheSources) {
  TestApp app =
      load(mappedTo("export default { fetch() { console.error(new Error('shown')); throw new "
                    "Error('thrown') } }"));
  EXPECT_EQ(app.get("http://app.test/").outcome, rpc::Outcome::EXCEPTION);
  const std::string lines = linesOf(app, 2);
  EXPECT_NE(lines.find("Error: shown\n    at Object.fetch (src/app.ts:9:3)"), std::string::npos)
      << lines;
  EXPECT_NE(lines.find("Error: thrown\n    at fetch (src/app.ts:9:3)"), std::string::npos) << lines;
}

TEST_F(SourceMappedTest, WhatTheAppReadsStaysAsItIs) {
  TestApp app =
      load(mappedTo("export default { fetch() { return new Response(new Error().stack) } }"));
  EXPECT_NE(app.get("http://app.test/").body.find("index.js:1:"), std::string::npos);
}

TEST_F(SourceMappedTest, AFailedStartNamesTheSource) {
  TestApp app = load(mappedTo("missing()"));
  EXPECT_EQ(app.file + ":" + std::to_string(app.line) + ":" + std::to_string(app.column),
            "src/app.ts:9:3");
  EXPECT_EQ(app.sourceLine, "the ninth");
  EXPECT_EQ(app.stack, "    at src/app.ts:9:3");
}

TEST_F(SourceMappedTest, ABrokenMapCostsOneLine) {
  TestApp app = load(mappedTo("export default { fetch() { throw new Error('thrown') } }", "!"));
  app.get("http://app.test/");
  app.get("http://app.test/");
  const std::string lines = linesOf(app, 3);
  EXPECT_NE(lines.find("index.js:1:"), std::string::npos);
  EXPECT_NE(lines.find("The source map index.js.map is ignored"), std::string::npos);
  EXPECT_EQ(app.lines().size(), 3U);
}

using CompatibilityTest = WorkerTest;

constexpr char kShowFlags[] =
    "return new Response([typeof navigator, typeof new Headers().getSetCookie, typeof MessagePort,"
    "typeof WeakRef, new WebSocketPair()[0].binaryType, new Request('http://a.test', { method: "
    "'patch' }).method, typeof setTimeout(() => {}), typeof setInterval(() => {}, 9)].join())";

TEST_F(CompatibilityTest, WithoutAWordAllIsAsNanoHasIt) {
  EXPECT_EQ(handling(kShowFlags).get("http://app.test/").body,
            "object,function,function,function,blob,patch,object,object");
}

TEST_F(CompatibilityTest, WhatIsNotOnIsNotThere) {
  TestVersion version = TestVersion::handling(kShowFlags);
  version.date = "2021-01-01";
  EXPECT_EQ(load(version).get("http://app.test/").body,
            "undefined,undefined,undefined,undefined,arraybuffer,patch,number,number");
}

TEST_F(CompatibilityTest, EachFlagIsHonouredByItself) {
  TestVersion version = TestVersion::handling(kShowFlags);
  version.date = "2021-01-01";
  version.flags = {"http_headers_getsetcookie", "enable_weak_ref", "upper_case_all_http_methods"};
  EXPECT_EQ(load(version).get("http://app.test/").body,
            "undefined,function,undefined,function,arraybuffer,PATCH,number,number");
  version.flags = {"global_navigator", "expose_global_message_channel",
                   "websocket_standard_binary_type", "enable_nodejs_global_timers"};
  EXPECT_EQ(load(version).get("http://app.test/").body,
            "object,undefined,function,undefined,blob,patch,object,object");
}

TEST_F(CompatibilityTest, AFlagThatTheBuiltInsDoNotKnowIsNotPassedOver) {
  TestVersion version = TestVersion::handling(kShowFlags);
  version.date = "2021-01-01";
  version.flags = {"enable_weak_ref", "no_such_flag"};
  TestApp app = load(version);
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_NE(app.message.find("'no_such_flag'"), std::string::npos) << app.message;
}

}  // namespace
}  // namespace nano
