// @ts-check
// Files that run when they are first used run among what a tenant has made of the language: here all
// of its methods throw before any of them has run.

import {
  answerFetch,
  callEntryPoint,
  ok,
  outbound,
  same,
  send,
  sendCall,
  sleep,
  test,
} from './harness.js';

// (module (func (export "run")))
const kEmptyRun = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0,
  0, 10, 4, 1, 2, 0, 0x0b,
]);

const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const HostError = Error;

/** The language, none of the Web APIs. */
function intrinsics() {
  const names =
    'AggregateError Array ArrayBuffer BigInt BigUint64Array Boolean DataView Date Error ' +
    'FinalizationRegistry Function Int32Array Iterator JSON Map Math Number Object Promise Proxy ' +
    'Reflect RegExp Set String Symbol TypeError Uint8Array Uint32Array WeakMap WeakRef WeakSet';
  const found = [];
  for (const name of names.split(' ')) {
    const value = globalThis[name];
    found.push(value);
    if (value.prototype !== undefined) found.push(value.prototype);
  }
  found.push(getPrototypeOf(Uint8Array), getPrototypeOf(Uint8Array.prototype));
  for (const iterator of [[].keys(), new Map().keys(), new Set().keys(), ''[Symbol.iterator]()]) {
    found.push(getPrototypeOf(iterator));
  }
  return found;
}

/** Every change there is to make: [object, key, the descriptor, the one before or undefined]. */
function changes() {
  const list = [];
  for (const object of intrinsics()) {
    for (const key of ownKeys(object)) {
      const old = /** @type {any} */ (getOwnPropertyDescriptor(object, key));
      if (!old.configurable || key === 'constructor' || key === Symbol.species) continue;
      if (key === '__proto__') continue;
      const where = `${String(object.name ?? object.constructor?.name)} ${String(key)}`;
      const bad = function () {
        throw new HostError(`patched ${where} was used`);
      };
      const change = { __proto__: null, ...old };
      if (typeof old.value === 'function') change.value = bad;
      else if (old.get !== undefined) change.get = bad;
      list.push([object, key, change, { __proto__: null, ...old }]);
    }
  }
  // What a descriptor, an options object or a list of ours may inherit.
  for (const key of ['get', 'set', 'value', 'writable', 'name', 'hash', 'length', '0', '1']) {
    const get = () => {
      throw new HostError(`inherited ${key} was read`);
    };
    const set = () => {
      throw new HostError(`inherited ${key} was written`);
    };
    const change = { __proto__: null, configurable: true, get, set };
    list.push([Object.prototype, key, change, undefined]);
  }
  return list;
}

/** @returns {() => void} what puts all back */
function poison() {
  const list = changes();
  for (let i = 0; i < list.length; i++) defineProperty(list[i][0], list[i][1], list[i][2]);
  return () => {
    for (let i = list.length - 1; i >= 0; i--) {
      const object = list[i][0];
      if (list[i][3] === undefined) delete object[list[i][1]];
      else defineProperty(object, list[i][1], list[i][3]);
    }
  };
}

const kLateOperations = ['atob', 'btoa', 'fetch', 'structuredClone'];

const kLate = (
  'BroadcastChannel ByteLengthQueuingStrategy Cache CacheStorage CloseEvent ' +
  'CompressionStream CountQueuingStrategy Crypto CryptoKey DecompressionStream ' +
  'ErrorEvent EventSource ExtendableEvent FetchEvent FileReader FixedLengthStream ' +
  'IdentityTransformStream MessageChannel MessageEvent MessagePort Navigator ' +
  'Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver ' +
  'PerformanceObserverEntryList PerformanceResourceTiming ProgressEvent ' +
  'PromiseRejectionEvent QuotaExceededError ReadableByteStreamController ' +
  'ReadableStreamBYOBRequest ScheduledEvent SubtleCrypto TextDecoderStream ' +
  'TextEncoderStream TransformStream TransformStreamDefaultController URLPattern ' +
  'WebSocket WebSocketPair WritableStream WritableStreamDefaultController ' +
  'WritableStreamDefaultWriter'
)
  .split(' ')
  .concat(kLateOperations);

for (let i = 0; i < kLate.length; i++) {
  const name = kLate[i];
  test(`${name} is made among patched methods`, () => {
    const restore = poison();
    let value;
    let failure;
    try {
      value = globalThis[name];
    } catch (error) {
      failure = error;
    }
    restore();
    same(failure, undefined);
    same([typeof value, value.name], ['function', name]);
    ok(value === globalThis[name], 'it is made once');
    const { writable, enumerable, configurable } = /** @type {any} */ (
      getOwnPropertyDescriptor(globalThis, name)
    );
    same([writable, enumerable, configurable], [true, kLateOperations.includes(name), true]);
  });
}

test('what runs late behind another call works among patched methods', async () => {
  const {
    console: c,
    TextDecoder: Decoder,
    Uint8Array: Bytes,
    FormData: Form,
    Response: R,
  } = globalThis;
  const { log, table } = c;
  const { ReadableStream: Readable } = globalThis;
  const { from } = /** @type {any} */ (Readable);
  const { tee, values } = /** @type {any} */ (Readable.prototype);
  const getBody = /** @type {any} */ (getOwnPropertyDescriptor(R.prototype, 'body')).get;
  const template = new globalThis.URLPattern({ pathname: '/:id' });
  const { exec } = globalThis.URLPattern.prototype;
  const setSelf = /** @type {any} */ (getOwnPropertyDescriptor(globalThis, 'self')).set;
  const pattern = /a/gi;
  const error = new HostError('told');
  const iterable = { __proto__: null, [Symbol.iterator]: () => ({ next: () => ({ done: true }) }) };
  const { decode } = Decoder.prototype;
  const { text } = R.prototype;
  const bytes = new Bytes([0xe4]);
  const form = new Form();
  form.append('a', 'b');
  const performanceOf = /** @type {any} */ (getOwnPropertyDescriptor(globalThis, 'performance'))
    .get;
  const { promising } = /** @type {any} */ (globalThis.WebAssembly);
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(kEmptyRun)).exports;
  const steps = [
    () => apply(table, c, [{ __proto__: null, a: 1 }]),
    () => apply(decode, new Decoder('latin1'), [bytes]),
    () => new R(form),
    () => apply(performanceOf, globalThis, []),
    () => apply(log, c, [{ __proto__: null, a: [1], b: pattern, c: error }]),
    () => apply(tee, new Readable({ __proto__: null, type: 'bytes' }), []),
    () => apply(from, Readable, [iterable]),
    () => apply(values, new Readable(), []),
    () => apply(getBody, new R(form), []),
    () => apply(exec, template, ['https://a.test/x']),
    () => apply(setSelf, globalThis, [globalThis]),
    () => promising(run)(),
  ];
  const restore = poison();
  let failure;
  let response;
  let decoded;
  try {
    steps[0]();
    decoded = steps[1]();
    response = steps[2]();
    for (let i = 3; i < steps.length; i++) steps[i]();
  } catch (error) {
    failure = error;
  }
  restore();
  same(failure, undefined);
  same(decoded, '\u00e4');
  ok((await text.call(response)).includes('name="a"'));
});

test('a late interface can be replaced before it was looked at', () => {
  /** @type {any} */ (globalThis).WebSocket = 5;
  same(/** @type {any} */ (globalThis).WebSocket, 5);
  delete (/** @type {any} */ (globalThis).EventSource);
  ok(!('EventSource' in globalThis));
});

test('caches work among patched methods', async () => {
  const { Request: Req, Response: Res } = globalThis;
  const cachesOf = /** @type {any} */ (getOwnPropertyDescriptor(globalThis, 'caches')).get;
  const headers = { __proto__: null, vary: 'accept', 'cache-control': 'max-age=5', etag: '"a"' };
  const response = new Res('text', { headers });
  const older = new Res('older', { headers });
  const request = new Req('https://app.test/?a', { headers: { accept: 'text/html' } });
  const query = { __proto__: null, ignoreSearch: true };
  const promises = [];
  let count = 0;
  const keep = (promise) =>
    defineProperty(promises, count++, { __proto__: null, value: promise, enumerable: true });
  const restore = poison();
  let failure;
  try {
    const storage = apply(cachesOf, globalThis, []);
    const cache = storage.default;
    keep(cache.put(request, older));
    keep(cache.put(request, response));
    keep(cache.match(request));
    keep(cache.matchAll(request, query));
    keep(cache.keys());
    keep(storage.open('name'));
    keep(storage.match(request, query));
    keep(storage.keys());
    keep(cache.delete(request));
  } catch (error) {
    failure = error;
  }
  restore();
  same(failure, undefined);
  const [, , matched, all, requests, , none, names, isDeleted] = await Promise.all(promises);
  same([await matched.text(), all.length, requests[0].url], ['text', 1, request.url]);
  same([none, names, isDeleted], [undefined, ['name'], true]);
});

test('subtle works among patched methods', async () => {
  const { Crypto: C, Uint8Array: Bytes } = globalThis;
  const subtleOf = /** @type {any} */ (getOwnPropertyDescriptor(C.prototype, 'subtle')).get;
  const { crypto: c } = globalThis;
  const data = new Bytes([1, 2, 3]);
  const usages = { __proto__: null };
  const restore = poison();
  const promises = [];
  let failure;
  let count = 0;
  const keep = (promise) =>
    defineProperty(promises, count++, { __proto__: null, value: promise, enumerable: true });
  try {
    const subtle = apply(subtleOf, c, []);
    keep(subtle.digest('SHA-256', data));
    keep(subtle.importKey('raw', data, { __proto__: null, name: 'HKDF' }, false, usages));
  } catch (error) {
    failure = error;
  }
  restore();
  same(failure, undefined);
  same(new Uint8Array(await promises[0]).slice(0, 4), new Uint8Array([3, 144, 88, 198]));
  const error = await promises[1].catch((reason) => reason);
  ok(error instanceof TypeError, 'usages are a sequence');
});

test('calls by service bindings work among patched methods', async () => {
  const env = callEntryPoint('makeEnv', ['SVC', 2, 'other-app']);
  const { SVC: service } = env;
  const { Headers: H, Blob: B } = globalThis;
  const exchanges = outbound(() => undefined);
  const headers = new H({ a: 'b' });
  const blob = new B(['bytes']);
  let failure;
  const poisoned = (body) => {
    const restore = poison();
    try {
      return body();
    } catch (error) {
      failure = error;
      return undefined;
    } finally {
      restore();
    }
  };
  let Entrypoint;
  let called;
  let failing;
  const given = { __proto__: null, url: 'https://nano.test/' };
  await send(given, () => {
    // In this order: the file of the class is none of those that a call needs.
    called = poisoned(() => service.join(headers, blob, 'text'));
    failing = poisoned(() => service.fail());
    const list = poisoned(() => callEntryPoint('builtinModule', 'cloudflare:workers'));
    Entrypoint = list[list.indexOf('WorkerEntrypoint') + 1];
    return new Response('');
  }).done;
  same(failure, undefined);
  class Back extends Entrypoint {
    join(first, second, third) {
      return { __proto__: null, first, second, third };
    }
    fail() {
      throw new HostError('so');
    }
  }
  await sleep(1);
  for (let i = 0; i < 2; i++) {
    const call = { __proto__: null, method: exchanges[i].rpcMethod, body: exchanges[i].body };
    const sent = poisoned(() => sendCall(call, { __proto__: null, default: Back }, env));
    same(failure, undefined);
    const { body } = await sent.done;
    poisoned(() => answerFetch(exchanges[i], { __proto__: null, body }));
  }
  same(failure, undefined);
  const result = await called;
  same([result.first.get('a'), await result.second.text(), result.third], ['b', 'bytes', 'text']);
  const error = await failing.catch((reason) => reason);
  same([error instanceof HostError, error.message], [true, 'so']);
});

test('the newer algorithms of subtle work among patched methods', async () => {
  const { crypto: c, Crypto: C, Uint8Array: Bytes, SubtleCrypto: S } = globalThis;
  const subtle = apply(
    /** @type {any} */ (getOwnPropertyDescriptor(C.prototype, 'subtle')).get,
    c,
    [],
  );
  const { deriveBits, digest, encapsulateBits, encrypt, importKey } = subtle;
  const { supports } = /** @type {any} */ (S);
  const only = (usage) => ({
    __proto__: null,
    [Symbol.iterator]() {
      let done = false;
      const next = () => {
        const step = { __proto__: null, done, value: usage };
        done = true;
        return step;
      };
      return { __proto__: null, next };
    },
  });
  const load = (format, size, name, usage) =>
    apply(importKey, subtle, [format, new Bytes(size), name, false, only(usage)]);
  const secret = await load('raw-secret', 8, 'Argon2id', 'deriveBits');
  const open = await subtle.getPublicKey(
    await load('raw-seed', 64, 'ML-KEM-512', 'decapsulateBits'),
    only('encapsulateBits'),
  );
  const iv = new Bytes(12);
  const box = await load('raw-secret', 32, 'ChaCha20-Poly1305', 'encrypt');
  const argon2 = { __proto__: null, nonce: iv, memory: 8, passes: 1, parallelism: 1 };
  const calls = [
    () => apply(digest, subtle, [{ __proto__: null, name: 'cSHAKE128', outputLength: 64 }, iv]),
    () => apply(encapsulateBits, subtle, ['ML-KEM-512', open]),
    () => apply(encrypt, subtle, [{ __proto__: null, name: 'ChaCha20-Poly1305', iv }, box, iv]),
    () => apply(deriveBits, subtle, [{ ...argon2, name: 'Argon2id' }, secret, 64]),
    () => load('raw-seed', 32, 'ML-DSA-44', 'sign'),
    () => load('raw-secret', 8, 'KMAC128', 'sign'),
    () => apply(supports, S, ['sign', 'ML-DSA-44']),
  ];
  const results = [];
  const restore = poison();
  let failure;
  try {
    for (let i = 0; i < calls.length; i++) {
      defineProperty(results, i, { __proto__: null, value: calls[i](), enumerable: true });
    }
  } catch (error) {
    failure = error;
  }
  restore();
  same(failure, undefined);
  const [shaken, sealed, sealedText, derived, signer, mac, can] = await Promise.all(results);
  same([shaken.byteLength, sealed.sharedKey.byteLength, sealedText.byteLength], [8, 32, 28]);
  same([derived.byteLength, signer.type, mac.type, can], [8, 'private', 'secret', true]);
});
