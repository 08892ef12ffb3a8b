// Entrypoints and their methods, called by service bindings from app to app.

#include <signal.h>

#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using Files = std::map<std::string, std::string>;

constexpr char kBack[] = R"(
import { RpcTarget, WorkerEntrypoint, env, waitUntil } from 'cloudflare:workers';

const atTopLevel = env.NAME;

class Counter extends RpcTarget {
  #value = 0;
  increment(by = 1) { return (this.#value += by); }
  get value() { return this.#value; }
  spin() { for (;;) {} }
  never() { console.log('it waits'); return new Promise(() => setTimeout(() => {}, 1e6)); }
  [Symbol.dispose]() { console.log('let go at ' + this.#value); }
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    if (request.url.endsWith('/wait')) {
      request.signal.addEventListener('abort', () => console.log('it was aborted'));
      console.log('it waits');
      return new Promise(() => setTimeout(() => {}, 1e6));
    }
    return Response.json(['default', request.method, this.ctx.props]);
  }
  whoami() { return 'the default export'; }
}

export class Admin extends WorkerEntrypoint {
  own = () => 'secret';
  #private = 'private';

  async fetch(request) {
    return Response.json(['Admin', request.url, await request.text(), this.ctx.props]);
  }
  add(a, b) { return a + b; }
  counter() { return new Counter(); }
  async each(list, fn) { return await Promise.all(list.map((item) => fn(item))); }
  hold(fn) { const own = fn.dup(); return (x) => own(x); }
  get version() { return 7; }
  see() { return [atTopLevel, this.env.NAME, env.NAME === this.env.NAME, this.ctx.props]; }
  echo(...args) { return args; }
  fail() { throw new RangeError('a reason'); }
  later() {
    waitUntil(new Promise((resolve) => setTimeout(resolve, 5)).then(() => console.log('late')));
    this.ctx.waitUntil(Promise.resolve().then(() => console.log('later')));
    return 'now';
  }
  large(size) { return new Uint8Array(size); }
  spin() { for (;;) {} }
  hang() { return new Promise(() => setTimeout(() => {}, 1e6)); }
  async waitForSelf() { return (await this.env.SELF.fetch('/wait')).status; }
  recurse(n) { return this.env.ADMIN.recurse(n + 1); }
  stream() {
    let next = 0;
    return new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (next === 5) controller.close();
        else controller.enqueue(new Uint8Array([65 + next++]));
      },
    });
  }
  async readAll(stream) { return (await new Response(stream).text()).length; }
  respond(status) { return new Response('from there', { status, headers: { 'x-a': 'b' } }); }
}

export const plain = {
  fetch: () => new Response('plain'),
  double: (n, env) => [2 * n, env.NAME],
};
)";

constexpr char kBackConfig[] = R"({"vars": {"NAME": "back's own"}, "services": [
  {"binding": "SELF", "service": "back"},
  {"binding": "ADMIN", "service": "back", "entrypoint": "Admin"}]})";

// An app that is bound to all of them, whose answer is what the body returns, or its error.
Files front(const std::string& body, const std::string& props = R"({"role": "admin"})") {
  return {{"index.js", R"(
    export default { async fetch(request, env, ctx) {
      const tell = (error) =>
        ({ name: error.name, message: error.message, stack: error.stack, remote: error.remote });
      try { return Response.json(await (async () => {)" +
                           body + R"(})()); }
      catch (error) { return Response.json(tell(error), { status: 555 }); }
    } };)"},
          {"wrangler.jsonc", R"({"services": [
            {"binding": "BACK", "service": "back"},
            {"binding": "ADMIN", "service": "back", "entrypoint": "Admin", "props": )" +
                                 props + R"(},
            {"binding": "PLAIN", "service": "back", "entrypoint": "plain"},
            {"binding": "NONE", "service": "back", "entrypoint": "None"}]})"}};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Each is one look; what is looked for takes a few at most.
bool eventually(const std::function<bool()>& isSo) {
  for (int i = 0; i < 1000; i++) {
    if (isSo()) return true;
  }
  return false;
}

class ServiceCallsTest : public testing::Test {
 protected:
  using Json = nlohmann::json;

  void SetUp() override { deployBack(); }
  void deployBack(const std::string& settings = "{}") {
    nanod_.deploy("back",
                  {{"index.js", kBack}, {"wrangler.jsonc", kBackConfig}, {"nano.jsonc", settings}});
  }
  // What the front app's body gives.
  Json run(const std::string& body) {
    nanod_.deploy("front", front(body));
    auto response = nanod_.get("front.localhost");
    EXPECT_EQ(response.status, 200) << response.body << response.error;
    return Json::parse(response.body, nullptr, false);
  }
  // And how it fails.
  Json fail(const std::string& body) {
    nanod_.deploy("front", front(body));
    auto response = nanod_.get("front.localhost");
    EXPECT_EQ(response.status, 555) << response.body << response.error;
    return Json::parse(response.body, nullptr, false);
  }
  bool isLogged(const std::string& app, const std::string& text) {
    return eventually([&] { return contains(nanod_.nanoctl({"logs", app}).out, text); });
  }

  Nanod nanod_;
};

TEST_F(ServiceCallsTest, FetchReachesTheEntrypointThatTheBindingNames) {
  EXPECT_EQ(run("return await (await env.BACK.fetch('/')).json();"),
            Json::parse(R"(["default", "GET", {}])"));
  EXPECT_EQ(
      run("return await (await env.ADMIN.fetch('https://a.test/b', { method: 'POST', body: 'c' "
          "})).json();"),
      Json::parse(R"(["Admin", "https://a.test/b", "c", {"role": "admin"}])"));
  EXPECT_EQ(run("return await (await env.PLAIN.fetch('/')).text();"), "plain");
  auto direct = nanod_.get("back.localhost");
  EXPECT_EQ(direct.body, R"(["default","GET",{}])") << "clients get the default export";
}

TEST_F(ServiceCallsTest, MethodsAreCalledAndPropertiesAreRead) {
  EXPECT_EQ(run("return [await env.ADMIN.add(2, 3), await env.ADMIN.version, "
                "await env.BACK.whoami(), await env.PLAIN.double(21)];"),
            Json::parse(R"([5, 7, "the default export", [42, "back's own"]])"));
  EXPECT_EQ(run("return await env.ADMIN.see();"),
            Json::parse(R"(["back's own", "back's own", true, {"role": "admin"}])"));
  EXPECT_EQ(run("const [map, date] = await env.ADMIN.echo(new Map([[1, 'a']]), new Date(5));"
                "return [map.get(1), date.getTime(), (await env.ADMIN.echo()).length];"),
            Json::parse(R"(["a", 5, 0])"));
}

TEST_F(ServiceCallsTest, ABindingCanBeAwaitedAndReturned) {
  EXPECT_EQ(run("const get = async () => env.ADMIN; const admin = await get();"
                "return [admin === env.ADMIN, typeof admin.then, await admin.add(1, 1)];"),
            Json::parse(R"([true, "undefined", 2])"));
}

TEST_F(ServiceCallsTest, ErrorsArriveWithTheirNameAndTheCallersStack) {
  Json error =
      fail("async function caller() { return await env.ADMIN.fail(); } return await caller();");
  EXPECT_EQ(error["name"], "RangeError");
  EXPECT_EQ(error["message"], "a reason");
  EXPECT_EQ(error["remote"], true);
  const std::string stack = error["stack"];
  EXPECT_TRUE(stack.starts_with("RangeError: a reason\n    at caller")) << stack;
  EXPECT_FALSE(contains(stack, "Admin")) << stack;
  EXPECT_TRUE(isLogged("back", "RangeError: a reason\n")) << "with its stack";
}

TEST_F(ServiceCallsTest, OnlyMembersOfTheClassAreReached) {
  for (const char* name : {"own", "missing", "env", "#private"}) {
    Json error = fail(std::string("return await env.ADMIN['") + name + "']();");
    EXPECT_EQ(error["name"], "TypeError");
    EXPECT_EQ(error["message"],
              std::string("The RPC receiver does not implement the method \"") + name + "\".");
  }
  EXPECT_EQ(fail("return await env.ADMIN.alarm();")["message"],
            "'alarm' is a reserved method and cannot be called over RPC.");
}

TEST_F(ServiceCallsTest, AnEntrypointThatIsNotExportedIsNamed) {
  for (const char* call :
       {"return await env.NONE.fetch('/');", "return await env.NONE.add(1, 2);"}) {
    Json error = fail(call);
    EXPECT_TRUE(contains(error["message"],
                         "the app 'back' did not answer: it does not export the "
                         "entrypoint 'None'"))
        << error["message"];
  }
  EXPECT_TRUE(isLogged("back", "it exports Admin, default, plain"));
}

TEST_F(ServiceCallsTest, WhatCannotBeSentIsADataCloneError) {
  for (const char* value : {"{ deep: [Symbol()] }", "env.ADMIN", "new (class Point {})()"}) {
    Json error = fail(std::string("return await env.ADMIN.echo(") + value + ");");
    EXPECT_EQ(error["name"], "DataCloneError") << value;
    EXPECT_TRUE(contains(error["message"], "A call carries copies")) << error["message"];
  }
}

TEST_F(ServiceCallsTest, ArgumentsAndResultsAreAsLargeAsTheyMayBe) {
  EXPECT_EQ(run("const sent = crypto.getRandomValues(new Uint8Array(65536));"
                "const all = new Uint8Array(5 << 20); for (let i = 0; i < 80; i++) all.set(sent, i "
                "<< 16);"
                "const [back] = await env.ADMIN.echo(all);"
                "return [back.length, back[70000] === sent[70000 & 65535]];"),
            Json::parse("[5242880, true]"));
  EXPECT_EQ(run("return (await env.ADMIN.large(20 << 20)).length;"), 20 << 20);
  Json sent = fail("return await env.ADMIN.echo(new Uint8Array(17 << 20));");
  EXPECT_TRUE(contains(sent["message"], "are limited to 16MiB")) << sent["message"];
}

TEST_F(ServiceCallsTest, ALimitOfBuffersIsNamedInTheLogOfWhoReachesIt) {
  deployBack(R"({"isolation": "app", "limits": {"buffers_mb": 16}})");
  Json error = fail("return await env.ADMIN.large(12 << 20);");
  EXPECT_TRUE(contains(error["message"], "limits.buffers_mb")) << error["message"];
  EXPECT_TRUE(isLogged("back", "limits.buffers_mb"));
}

TEST_F(ServiceCallsTest, StreamsAndResponsesGoThrough) {
  EXPECT_EQ(run("return await new Response(await env.ADMIN.stream()).text();"), "ABCDE");
  EXPECT_EQ(run("const r = await env.ADMIN.respond(418);"
                "return [r.status, r.headers.get('x-a'), await r.text()];"),
            Json::parse(R"([418, "b", "from there"])"));
  EXPECT_EQ(run("let n = 0; const stream = new ReadableStream({ pull(c) {"
                "  if (n++ < 20) c.enqueue(new Uint8Array(100000)); else c.close(); } });"
                "return await env.ADMIN.readAll(stream);"),
            2'000'000);
}

TEST_F(ServiceCallsTest, LimitsOfTheOtherAppAreNamed) {
  deployBack(R"({"limits": {"cpu_ms": 50}})");
  Json spun = fail("return await env.ADMIN.spin();");
  EXPECT_TRUE(contains(spun["message"], "The call of spin() failed: the app 'back' did not answer"))
      << spun["message"];
  EXPECT_TRUE(contains(spun["message"], "limits.cpu_ms")) << spun["message"];
  deployBack(R"({"limits": {"wall_ms": 50}})");
  Json late = fail("return await env.ADMIN.hang();");
  EXPECT_TRUE(contains(late["message"], "limits.wall_ms: 50 ms allowed")) << late["message"];
}

TEST_F(ServiceCallsTest, CallsCountAsSubrequests) {
  Json error = fail("for (let i = 0; i < 100; i++) await env.ADMIN.add(1, 2);");
  EXPECT_TRUE(contains(error["message"], "Too many subrequests: limits.subrequests"))
      << error["message"];
}

TEST_F(ServiceCallsTest, ACircleOfCallsIsCut) {
  Json error = fail("return await env.ADMIN.recurse(0);");
  EXPECT_TRUE(contains(error["message"], "circle")) << error["message"];
}

TEST_F(ServiceCallsTest, ACallerThatGoesAwayCancelsWhatItCalled) {
  nanod_.deploy("front", front("return await env.ADMIN.waitForSelf();"));
  RawConnection caller(nanod_.port());
  caller.send("GET / HTTP/1.1\r\nHost: front.localhost\r\n\r\n");
  EXPECT_TRUE(isLogged("back", "it waits"));
  caller.close();
  EXPECT_TRUE(isLogged("back", "it was aborted"));
}

TEST_F(ServiceCallsTest, AWorkerThatDiesFailsItsCalls) {
  deployBack(R"({"isolation": "app"})");
  nanod_.deploy("front", front("if (request.method === 'GET') return await env.ADMIN.add(1, 2);"
                               "return await env.ADMIN.hang();"));
  RawConnection caller(nanod_.port());
  caller.send("POST / HTTP/1.1\r\nHost: front.localhost\r\nContent-Length: 0\r\n\r\n");
  // Behind it in both workers.
  EXPECT_EQ(nanod_.get("front.localhost").body, "3");
  ASSERT_EQ(kill(nanod_.workerOf("default/back"), SIGKILL), 0);
  std::string answer = caller.receiveUntil("hang() failed");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 555")) << answer;
}

TEST_F(ServiceCallsTest, WaitUntilKeepsACallGoing) {
  EXPECT_EQ(run("return await env.ADMIN.later();"), "now");
  EXPECT_TRUE(isLogged("back", "later"));
  EXPECT_TRUE(isLogged("back", "late\n"));
}

// In one process, and in two.
TEST_F(ServiceCallsTest, StubsLiveOnBesideTheCall) {
  for (const char* settings : {"{}", R"({"isolation": "app"})"}) {
    deployBack(settings);
    EXPECT_EQ(run("using counter = await env.ADMIN.counter();"
                  "return [await counter.increment(), await counter.increment(5), "
                  "        await counter.value, await env.ADMIN.counter().increment(7)];"),
              Json::parse("[1, 6, 6, 7]"));
    EXPECT_TRUE(isLogged("back", "let go at 6"));
    EXPECT_TRUE(isLogged("back", "let go at 7")) << "with the caller's request";
    EXPECT_EQ(
        run("let sum = 0;"
            "const doubled = await env.ADMIN.each([1, 2, 3], (x) => { sum += x; return 2 * x; });"
            "const held = await env.ADMIN.hold(async (x) => [x, sum]);"
            "return [doubled, sum, await held('x'.repeat(100000)).then(([x]) => x.length)];"),
        Json::parse("[[2, 4, 6], 6, 100000]"));
  }
}

TEST_F(ServiceCallsTest, WhereOneEndsStubsBreak) {
  deployBack(R"({"isolation": "app", "limits": {"cpu_ms": 50}})");
  Json spun = fail("const counter = await env.ADMIN.counter(); return await counter.spin();");
  EXPECT_TRUE(contains(spun["message"], "The stub is broken: ")) << spun["message"];
  EXPECT_TRUE(isLogged("back", "limits.cpu_ms"));
  nanod_.deploy("front", front("if (request.method === 'GET') return await env.ADMIN.add(1, 2);"
                               "return await env.ADMIN.counter().never();"));
  RawConnection caller(nanod_.port());
  caller.send("POST / HTTP/1.1\r\nHost: front.localhost\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(isLogged("back", "it waits"));
  ASSERT_EQ(kill(nanod_.workerOf("default/back"), SIGKILL), 0);
  std::string answer = caller.receiveUntil("The stub is broken: ");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 555")) << answer;
  EXPECT_EQ(nanod_.get("front.localhost").body, "3");
}

TEST_F(ServiceCallsTest, PropsOfANewVersionCountFromTheNextCallOn) {
  nanod_.deploy("front", front("return (await env.ADMIN.see())[3];", R"({"n": 1})"));
  EXPECT_EQ(nanod_.get("front.localhost").body, R"({"n":1})");
  nanod_.deploy("front", front("return (await env.ADMIN.see())[3];", R"({"n": 2})"));
  EXPECT_EQ(nanod_.get("front.localhost").body, R"({"n":2})");
}

TEST_F(ServiceCallsTest, AnImportOfWhatNanoHasNotLinksAndSaysSoWhenItIsUsed) {
  nanod_.deploy("objects", {{"index.js", R"(
    import { DurableObject } from 'cloudflare:workers';
    export class Room extends DurableObject {}
    export default { fetch() {
      try { return new Response(new Room({}, {})); }
      catch (error) { return new Response(error.message); }
    } };)"}});
  EXPECT_TRUE(contains(nanod_.get("objects.localhost").body, "nano has no Durable Objects"));
}

}  // namespace
}  // namespace nano::test
