// Hostile cases T50 to T61: what is thrown, how deep the stack goes, what a handler returns.

#include "tests/hostile/invariants.h"

namespace nano::test {
namespace {

using TenantStack = HostileTest;

struct Thrown {
  const char* id;
  const char* handler;
  const char* logged;  // What the app's own log says of it.
};

// All in one app: an exception costs no isolate and no process.
const Thrown kThrown[] = {
    {"T50recursion", "const down = () => down() + 1; down();", "Maximum call stack size exceeded"},
    {"T51recursionInToString",
     "const e = { toString() { return `${this}`; } }; e.stack = e; e.message = e; throw e;", ""},
    {"T51recursionInMessage",
     "class E extends Error { get message() { return this.message + 1; } } throw new E();", ""},
    {"T53proxy", "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });", ""},
    {"T53proxyOfError", "throw new Proxy(new Error('inner'), {});", ""},
    {"T53revoked", "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;", ""},
    {"T53symbol", "throw Symbol('a symbol');", "a symbol"},
    {"T53null", "throw null;", "null"},
    {"T53undefined", "throw undefined;", "undefined"},
    {"T53bigint", "throw 12345678901234567890n;", "12345678901234567890"},
    {"T53function", "throw function named() {};", ""},
    {"T53nullPrototype", "throw Object.create(null);", ""},
    {"T53cause", "const e = new Error('ring'); e.cause = e; throw e;", "ring"},
    {"T53hugeMessage", "throw new Error('x'.repeat(1e7));", "xxxx"},
    {"T55prepareStackTraceThrows",
     "Error.prepareStackTrace = () => { throw new Error('from prepare'); }; throw new "
     "Error('one');",
     "one"},
    {"T55prepareStackTraceRecurses",
     "Error.prepareStackTrace = (e) => e.stack + new Error('again').stack; throw new Error('two');",
     "two"},
    {"T55stackGetter",
     "const e = new Error('three');"
     "Object.defineProperty(e, 'stack', { get() { throw new Error('from stack'); } }); throw e;",
     "three"},
    {"T60undefined", "return undefined;", "did not return a Response"},
    {"T60text", "return 'text';", "did not return a Response"},
    {"T60object", "return { status: 200, body: 'x' };", "did not return a Response"},
    {"T60prototype", "return Object.create(Response.prototype);", "did not return a Response"},
    {"T60twice",
     "if (!globalThis.kept) { globalThis.kept = new Response(new ReadableStream()); "
     "globalThis.kept.body.getReader(); } return globalThis.kept;",
     "read already or is locked"},
    {"T60networkError", "return Response.error();", "network error"},
    {"T61process", "process.exit(0);", "process.exit is not available"},
    {"T61require", "return globalThis.require.resolve;", "Cannot read properties of undefined"},
    {"T61global", "global.x = 1;", "did not return a Response"},
    {"T61Deno", "Deno.exit(0);", "Deno is not defined"},
    {"T61Bun", "Bun.spawn(['x']);", "Bun is not defined"},
    {"T61eval", "eval('1');", "Code generation from strings"},
    {"T61Function", "new Function('return 1')();", "Code generation from strings"},
    {"T61gc", "gc();", "gc is not defined"},
    {"T61importScripts", "importScripts('x');", "importScripts is not defined"},
};

TEST_F(TenantStack, T50ToT61WhateverIsThrownIsA500ThatSaysNothing) {
  std::string handlers = "const handlers = {\n";
  for (auto& thrown : kThrown) {
    handlers += "'/" + std::string(thrown.id) + "': () => {" + thrown.handler + "},\n";
  }
  handlers += "};\n";
  deployHandler("thrown", "return handlers[path]();", handlers);
  pid_t worker = 0;
  for (auto& thrown : kThrown) {
    auto response = ask("thrown", std::string("/") + thrown.id);
    EXPECT_TRUE(endsAs(response, kThrew, secrets())) << thrown.id;
    EXPECT_TRUE(logs("thrown", thrown.logged)) << thrown.id;
    if (worker == 0) worker = workerOf("thrown");
    EXPECT_EQ(workerOf("thrown"), worker) << thrown.id << " ended the process";
  }
  EXPECT_TRUE(answersAgain("thrown"));
}

TEST_F(TenantStack, T50ARecursionThatIsCaughtIsARangeError) {
  deployHandler("t50", R"(
    let depth = 0;
    const down = () => { depth++; down(); };
    try { down(); } catch (error) { return new Response(`${error.name} ${depth > 1000}`); })");
  EXPECT_EQ(ask("t50").body, "RangeError true");
}

TEST_F(TenantStack, T55AnEndlessStackTraceLimitLeavesTheLogBounded) {
  deployHandler("t55", R"(
    try { Error.stackTraceLimit = Infinity; } catch {}
    function aFunctionWithAVeryLongNameSoThatAFrameOfTheStackTakesManyBytes(n) {
      if (n === 0) throw new Error('at the bottom');
      aFunctionWithAVeryLongNameSoThatAFrameOfTheStackTakesManyBytes(n - 1);
    }
    for (let i = 0; i < 200; i++) {
      try { aFunctionWithAVeryLongNameSoThatAFrameOfTheStackTakesManyBytes(5000); }
      catch (error) { if (i === 199) throw error; console.log(error); }
    })");
  auto response = ask("t55");
  EXPECT_TRUE(endsAs(response, {{500, 503}, {"exception", "exceededCpu"}}, secrets()));
  EXPECT_TRUE(answersAgain("t55"));
  std::string log = logsOf("t55");
  EXPECT_NE(log.find("at the bottom"), std::string::npos);
  // security 3.1: 64 KB a request; the rest is what `nanoctl logs` puts before a line.
  EXPECT_LT(log.size(), 200u << 10);
}

// Hostile case T57: a callback of JavaScript inside a function of V8's or of ours.
TEST_F(TenantStack, T57ARecursionThroughNativeFunctionsIsHandled) {
  deployHandler("t57", R"(
    const ways = {
      sort: (again) => [2, 1].sort(again),
      from: (again) => Array.from([1], again),
      replace: (again) => 'x'.replace(/x/, again),
      json: (again) => JSON.stringify({ toJSON: again }),
      parse: (again) => JSON.parse('[1]', again),
      clone: (again) => structuredClone({ get a() { return again(); } }),
      headers: (again) => new Headers({ a: { toString: again } }),
      url: (again) => new URL({ toString: again }),
      response: (again) => new Response('x', { get status() { return again(); } }),
      request: (again) => new Request('http://a.test/', { get method() { return again(); } }),
      event: (again) => {
        const target = new EventTarget();
        target.addEventListener('x', again);
        target.dispatchEvent(new Event('x'));
      },
      abort: (again) => {
        const controller = new AbortController();
        controller.signal.addEventListener('abort', again);
        controller.abort();
      },
      stream: (again) => new ReadableStream({ start: again }),
      proxy: (again) => Reflect.ownKeys(new Proxy({}, { ownKeys: again })),
      encode: (again) => new TextEncoder().encode({ toString: again }),
      atob: (again) => atob({ toString: again }),
    };
    const results = [];
    for (const [name, way] of Object.entries(ways)) {
      let depth = 0;
      const again = () => { depth++; way(again); return ''; };
      try { again(); } catch (error) { if (!(error instanceof RangeError) && !(error instanceof TypeError)
          && !(error instanceof DOMException)) results.push(name + ' ' + error); }
      if (depth < 2) results.push(name + ' was not called again');
    }
    return new Response('done ' + results.join('; '));)");
  auto response = ask("t57");
  EXPECT_EQ(response.body, "done ");
  EXPECT_TRUE(answersAgain("t57"));
}

}  // namespace
}  // namespace nano::test
