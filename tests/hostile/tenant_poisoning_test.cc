// Hostile cases T91 to T93: an app that changes the language and the APIs under its own feet. What
// nano does for it goes on as the standards say.

#include "tests/hostile/invariants.h"

namespace nano::test {
namespace {

using TenantPoisoning = HostileTest;

// Uses every API, with nothing but what was captured before; the results as one text.
constexpr char kUsesEverything[] = R"(
const { stringify } = JSON;
const { apply } = Reflect;
const real = { AbortController, Blob: globalThis.Blob, CompressionStream: globalThis.CompressionStream,
  CustomEvent, EventTarget, Event, Headers, ReadableStream, Request, Response, TextDecoder,
  TextDecoderStream, TextEncoder, TextEncoderStream, TransformStream, URL, URLSearchParams, WritableStream,
  atob, btoa, console, crypto, performance, queueMicrotask, setTimeout, clearTimeout, structuredClone,
  Uint8Array, Promise };
const method = (prototype, name) => {
  const { value } = Object.getOwnPropertyDescriptor(prototype, name);
  return (self, ...args) => apply(value, self, args);
};
const getter = (prototype, name) => {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name);
  return (self) => apply(get, self, []);
};
const headersGet = method(Headers.prototype, 'get');
const headersAppend = method(Headers.prototype, 'append');
const responseText = method(Response.prototype, 'text');
const responseJson = method(Response.prototype, 'json');
const responseClone = method(Response.prototype, 'clone');
const responseBody = getter(Response.prototype, 'body');
const requestText = method(Request.prototype, 'text');
const requestUrl = getter(Request.prototype, 'url');
const requestHeaders = getter(Request.prototype, 'headers');
const urlSearch = getter(URL.prototype, 'searchParams');
const urlHref = getter(URL.prototype, 'href');
const paramsGet = method(URLSearchParams.prototype, 'get');
const encode = method(TextEncoder.prototype, 'encode');
const decode = method(TextDecoder.prototype, 'decode');
const pipeThrough = method(ReadableStream.prototype, 'pipeThrough');
const enqueue = method(ReadableStreamDefaultController.prototype, 'enqueue');
const close = method(ReadableStreamDefaultController.prototype, 'close');
const readableOf = getter(TransformStream.prototype, 'readable');
const writableOf = getter(TransformStream.prototype, 'writable');
const tee = method(ReadableStream.prototype, 'tee');
const abort = method(AbortController.prototype, 'abort');
const signalOf = getter(AbortController.prototype, 'signal');
const aborted = getter(AbortSignal.prototype, 'aborted');
const listen = method(EventTarget.prototype, 'addEventListener');
const dispatch = method(EventTarget.prototype, 'dispatchEvent');
const randomUUID = method(Crypto.prototype, 'randomUUID');
const getRandomValues = method(Crypto.prototype, 'getRandomValues');
const now = method(Performance.prototype, 'now');
const { log } = console;
const byteStream = () => new real.ReadableStream({
  start(controller) {
    enqueue(controller, encode(new real.TextEncoder(), 'streamed'));
    close(controller);
  },
});

async function useEverything(request) {
  // Elements of its own: a write to a missing one would look for a setter on Object.prototype.
  const seen = ['', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''];
  let n = 0;
  const note = (value) => { seen[n++] = value; };
  const headers = new real.Headers({ B: '1', a: 'x' });
  headersAppend(headers, 'b', '2');
  note(headersGet(headers, 'b'));
  note(headersGet(requestHeaders(request), 'x-thing'));
  note(await requestText(request));
  const url = new real.URL('../x?q=%20a&q=b#h', 'http://user@host.test:80/a/b/c');
  note(urlHref(url));
  note(paramsGet(urlSearch(url), 'q'));
  note(decode(new real.TextDecoder(), encode(new real.TextEncoder(), '\u00e9\ud83d\ude00')));
  note(real.btoa('abc'));
  note(real.atob('YWJj'));
  note(stringify(real.structuredClone({ a: [1, { b: 2n === 2n }] })));
  note(await responseText(new real.Response(byteStream())));
  note(stringify(await responseJson(new real.Response('{"a":[1,2]}'))));
  const branches = tee(byteStream());
  const left = branches[0];
  const right = branches[1];
  note(await responseText(new real.Response(left)));
  // pipeThrough() reads the pair's properties, as the standard has it.
  const transform = new real.TransformStream();
  const pair = { readable: readableOf(transform), writable: writableOf(transform) };
  note(await responseText(new real.Response(pipeThrough(right, pair))));
  note(await responseText(responseClone(new real.Response('cloned'))));
  const controller = new real.AbortController();
  let events = 0;
  listen(signalOf(controller), 'abort', () => events++);
  abort(controller);
  note(aborted(signalOf(controller)) + ' ' + events);
  const target = new real.EventTarget();
  listen(target, 'x', () => events++);
  dispatch(target, new real.Event('x'));
  note(events);
  note(randomUUID(real.crypto).length);
  note(getRandomValues(real.crypto, new real.Uint8Array(8)).length);
  note(typeof now(real.performance));
  await new real.Promise((resolve) => real.setTimeout(resolve, 1));
  await new real.Promise((resolve) => real.queueMicrotask(resolve));
  log('logged', { a: [1, 'two'], map: 3 });
  return stringify(seen);
}
)";

// What a case changes, once, between two uses of everything that must not differ.
struct Poison {
  const char* id;
  const char* code;
};

const Poison kPoisons[] = {
    {"t91named", R"(
      const evil = () => { throw new Error('poisoned'); };
      Object.prototype.polluted = 'yes';
      Object.defineProperty(Object.prototype, 'get', { get: evil, configurable: true });
      delete Object.prototype.get;
      Array.prototype[Symbol.iterator] = evil;
      Promise.prototype.then = evil;
      Promise.prototype.catch = evil;
      Promise.resolve = evil;
      Function.prototype.call = evil;
      Function.prototype.apply = evil;
      Function.prototype.bind = evil;
      Map.prototype.get = evil;
      Map.prototype.set = evil;
      Set.prototype.has = evil;
      WeakMap.prototype.get = evil;
      RegExp.prototype.exec = evil;
      RegExp.prototype.test = evil;
      RegExp.prototype[Symbol.replace] = evil;
      String.prototype.slice = evil;
      String.prototype.toLowerCase = evil;
      Array.prototype.push = evil;
      Array.prototype.join = evil;
      Uint8Array.prototype.set = evil;
      Object.getPrototypeOf(Uint8Array.prototype).set = evil;
      JSON.stringify = evil; JSON.parse = evil; Reflect.apply = evil; Object.keys = evil;
      Object.defineProperty = evil; Object.assign = evil; Math.max = evil; Number = evil; String = evil;)"},
    {"t91numbers", R"(
      // Setters that catch whatever a built-in would write into an array or an object of its own.
      for (const key of ['0', '1', '2', 'status', 'headers', 'body', 'type', 'value', 'done', 'then']) {
        if (key === 'then') continue;
        Object.defineProperty(Object.prototype, key,
          { __proto__: null, configurable: true, get() { return undefined; }, set() { throw new Error('caught a write'); } });
      })"},
    {"t92globals", R"(
      for (const name of ['Request', 'Response', 'Headers', 'URL', 'URLSearchParams', 'ReadableStream',
          'WritableStream', 'TransformStream', 'TextEncoder', 'TextDecoder', 'AbortController', 'AbortSignal',
          'Event', 'EventTarget', 'DOMException', 'Promise', 'Map', 'Set', 'WeakMap', 'Array', 'Uint8Array',
          'ArrayBuffer', 'Error', 'TypeError', 'RangeError', 'Symbol', 'Object', 'Function', 'RegExp',
          'queueMicrotask', 'setTimeout', 'structuredClone', 'console', 'crypto', 'performance']) {
        globalThis[name] = function () { throw 'replaced'; };
      })"},
    {"t92prototypes", R"(
      const evil = function () { throw 'replaced'; };
      const { defineProperty } = Object; const { ownKeys, getOwnPropertyDescriptor } = Reflect;
      for (const constructor of [Request, Response, Headers, URL, URLSearchParams, ReadableStream,
          WritableStream, TransformStream, TextEncoder, TextDecoder, AbortController, AbortSignal, Event,
          EventTarget, ReadableStreamDefaultReader, ReadableStreamDefaultController, WritableStreamDefaultWriter]) {
        for (const key of ownKeys(constructor.prototype)) {
          const property = getOwnPropertyDescriptor(constructor.prototype, key);
          if (!property.configurable || key === 'constructor') continue;
          defineProperty(constructor.prototype, key, property.get ? { get: evil, configurable: true }
            : { value: evil, configurable: true });
        }
      })"},
    {"t93tags", R"(
      for (const constructor of [Request, Response, Headers, URL, ReadableStream, Uint8Array, ArrayBuffer]) {
        Object.defineProperty(constructor, Symbol.hasInstance, { value: () => true });
      }
      for (const prototype of [Request.prototype, Response.prototype, ReadableStream.prototype, Object.prototype]) {
        Object.defineProperty(prototype, Symbol.toStringTag, { value: 'Uint8Array', configurable: true });
      })"},
};

TEST_F(TenantPoisoning, T91AndT92WhatAnAppReplacesChangesNoApi) {
  for (auto& poison : kPoisons) {
    SCOPED_TRACE(poison.id);
    // The app's own code uses nothing that it has changed.
    std::string module = kUsesEverything;
    module += "export default { async fetch(request) {\nif (requestUrl(request) === 'http://";
    module += hostOf(poison.id) + "/poison') {" + poison.code;
    module +=
        "\nreturn new real.Response('poisoned'); }\n"
        "return new real.Response(await useEverything(request),"
        " { headers: { 'x-answer': 'yes' } }); } };";
    deploy(poison.id, {{"index.js", module}});
    HttpRequest use{.host = hostOf(poison.id),
                    .path = "/use",
                    .method = "POST",
                    .headers = {"x-thing: thing"},
                    .body = "the request's body"};
    auto before = sendRequest(nanod().port(), use);
    ASSERT_EQ(before.status, 200) << before.body << logsOf(poison.id);
    auto poisoned = ask(poison.id, "/poison");
    EXPECT_EQ(poisoned.body, "poisoned") << logsOf(poison.id);
    auto after = sendRequest(nanod().port(), use);
    EXPECT_EQ(after.status, 200) << after.body << logsOf(poison.id);
    EXPECT_EQ(after.body, before.body) << logsOf(poison.id);
    EXPECT_EQ(after.headers["x-answer"], "yes");
    EXPECT_EQ(after.headers["content-type"], before.headers["content-type"]);
  }
}

// The language itself looks a species up in `slice`, `subarray` and `then`: a wrong one is the
// app's own exception, and nothing worse.
TEST_F(TenantPoisoning, T93ASpeciesThatIsNoneIsAnExceptionAtMost) {
  for (const char* species : {"Array", "class { constructor() { return new Uint8Array(1e6); } }",
                              "function () { throw new Error('species'); }"}) {
    deployHandler("t93s",
                  std::string(R"(
    const species = )") +
                      species + R"(;
    for (const constructor of [Array, ArrayBuffer, Map, Set, RegExp, Object.getPrototypeOf(Uint8Array)]) {
      Object.defineProperty(constructor, Symbol.species, { get() { return species; }, configurable: true });
    }
    return new Response(await useEverything(request));)",
                  kUsesEverything);
    auto response = ask("t93s");
    EXPECT_TRUE(response.status == 200 || response.status == 500) << response.status;
    if (response.status == 500) {
      EXPECT_TRUE(endsAs(response, kThrew, secrets()));
    }
    EXPECT_TRUE(answersAgain("t93s"));
  }
}

// Objects that say they are something else: what counts is the brand, which JavaScript cannot
// forge.
TEST_F(TenantPoisoning, T93NothingIsTakenForWhatItOnlySaysItIs) {
  deployHandler("t93", R"(
    const fake = (prototype) => Object.setPrototypeOf(
      { status: 200, headers: new Headers(), body: null, [Symbol.toStringTag]: 'Response' }, prototype);
    const proxy = (target) => new Proxy(target, {});
    const bodies = {
      fakeStream: Object.create(ReadableStream.prototype),
      proxyOfStream: proxy(new ReadableStream()),
      fakeBytes: Object.setPrototypeOf({ length: 8, byteLength: 8 }, Uint8Array.prototype),
      proxyOfBytes: proxy(new Uint8Array(8)),
      fakeBuffer: Object.setPrototypeOf({ byteLength: 1e9 }, ArrayBuffer.prototype),
      fakeParams: Object.create(URLSearchParams.prototype),
      tagged: { [Symbol.toStringTag]: 'ReadableStream' },
    };
    const seen = [];
    for (const [name, body] of Object.entries(bodies)) {
      try { seen.push(name + ' ' + typeof await new Response(body).text()); }
      catch (error) { seen.push(name + ' ' + error.name); }
    }
    // A subclass with a length, an offset and a buffer of its own.
    class Liar extends Uint8Array {
      get length() { return 1e9; } get byteLength() { return 1e9; } get byteOffset() { return 1e9; }
      get buffer() { return new ArrayBuffer(1e3); }
    }
    seen.push('liar ' + (await new Response(new Liar([1, 2, 3])).arrayBuffer()).byteLength);
    const lengthOf = async (body) => {
      try { return (await new Response(body()).arrayBuffer()).byteLength; } catch (error) { return error.name; }
    };
    // Detached or shrunk between the check and the use.
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    seen.push('detached ' + await lengthOf(() => detached));
    const shrinking = new ArrayBuffer(8, { maxByteLength: 8 });
    const view = new Uint8Array(shrinking);
    shrinking.resize(1);
    seen.push('shrunk ' + await lengthOf(() => view));
    for (const getter of ['status', 'headers', 'body', 'url']) {
      try { seen.push(typeof fake(Response.prototype)[getter] === 'undefined' ? 'undefined' : 'own'); }
      catch (error) { seen.push(error.name); }
    }
    for (const call of [() => Headers.prototype.get.call({}, 'a'),
                        () => Response.prototype.text.call(new Request('http://a.test')),
                        () => ReadableStream.prototype.getReader.call(Object.create(ReadableStream.prototype)),
                        () => Object.getOwnPropertyDescriptor(Request.prototype, 'url').get.call(new Response())]) {
      try { await call(); seen.push('taken'); } catch (error) { seen.push(error.name); }
    }
    return new Response(seen.join('\n'));)");
  auto response = ask("t93");
  EXPECT_EQ(response.status, 200) << logsOf("t93");
  EXPECT_EQ(response.body.find("taken"), std::string::npos) << response.body;
  EXPECT_NE(response.body.find("liar 3\n"), std::string::npos) << response.body;
  EXPECT_NE(response.body.find("shrunk 1\n"), std::string::npos) << response.body;
  EXPECT_TRUE(answersAgain("t93"));
}

TEST_F(TenantPoisoning, T93AResponseThatOnlyLooksLikeOneIsRefused) {
  deployHandler("t93b", R"(
    if (path === '/proxy') return new Proxy(new Response('real'), {});
    if (path === '/fake') return Object.setPrototypeOf({ status: 200 }, Response.prototype);
    if (path === '/instance') {
      Object.defineProperty(Response, Symbol.hasInstance, { value: () => true });
      return { status: 200, headers: new Headers(), body: 'x' };
    }
    if (path === '/thenable') return { then(resolve) { resolve(new Response('by then')); } };)");
  for (const char* path : {"/proxy", "/fake", "/instance"})
    EXPECT_TRUE(endsAs(ask("t93b", path), kThrew, secrets())) << path;
  EXPECT_EQ(ask("t93b", "/thenable").body, "by then");
}

}  // namespace
}  // namespace nano::test
