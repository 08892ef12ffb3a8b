// @ts-check
// What a tenant finds on globalThis: this list and nothing else. A name that comes or goes is a
// change of nano's surface and must be made here too.
import { ok, same, test, throws } from './harness.js';

/** ECMAScript's and V8's own. */
const kLanguage = [
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'AsyncDisposableStack',
  'Atomics',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Date',
  'DisposableStack',
  'Error',
  'EvalError',
  'FinalizationRegistry',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'Function',
  'Infinity',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Intl',
  'Iterator',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'RangeError',
  'ReferenceError',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'SuppressedError',
  'Symbol',
  'SyntaxError',
  'Temporal',
  'TypeError',
  'URIError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'WebAssembly',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'eval',
  'globalThis',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'undefined',
  'unescape',
];

const kInterfaces = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'BroadcastChannel',
  'ByteLengthQueuingStrategy',
  'Cache',
  'CacheStorage',
  'CloseEvent',
  'CompressionStream',
  'CountQueuingStrategy',
  'Crypto',
  'CryptoKey',
  'CustomEvent',
  'DOMException',
  'DecompressionStream',
  'ErrorEvent',
  'Event',
  'EventSource',
  'EventTarget',
  'ExtendableEvent',
  'FetchEvent',
  'File',
  'FileReader',
  'FixedLengthStream',
  'FormData',
  'HTMLRewriter',
  'Headers',
  'IdentityTransformStream',
  'MessageChannel',
  'MessageEvent',
  'MessagePort',
  'Navigator',
  'Performance',
  'PerformanceEntry',
  'PerformanceMark',
  'PerformanceMeasure',
  'PerformanceObserver',
  'PerformanceObserverEntryList',
  'PerformanceResourceTiming',
  'ProgressEvent',
  'PromiseRejectionEvent',
  'QuotaExceededError',
  'ReadableByteStreamController',
  'ReadableStream',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController',
  'ReadableStreamDefaultReader',
  'Request',
  'Response',
  'ScheduledEvent',
  'SubtleCrypto',
  'TextDecoder',
  'TextDecoderStream',
  'TextEncoder',
  'TextEncoderStream',
  'TransformStream',
  'TransformStreamDefaultController',
  'URL',
  'URLPattern',
  'URLSearchParams',
  'WebSocket',
  'WebSocketPair',
  'WritableStream',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
];

const kOperations = [
  'addEventListener',
  'atob',
  'btoa',
  'clearInterval',
  'clearTimeout',
  'dispatchEvent',
  'fetch',
  'queueMicrotask',
  'removeEventListener',
  'reportError',
  'setInterval',
  'setTimeout',
  'structuredClone',
];

/** Of Node.js, from nano.library; node_process_test.js has their descriptors. */
const kNode = ['Buffer', 'clearImmediate', 'global', 'process', 'setImmediate'];
const kAttributes = ['caches', 'crypto', 'navigator', 'performance', 'scheduler', 'self'];
const kHandlers = ['onerror', 'onrejectionhandled', 'onunhandledrejection'];

test('globalThis has the names of the list and no others', () => {
  const ours = [...kInterfaces, ...kOperations, ...kAttributes, ...kHandlers, ...kNode, 'console'];
  const expected = [...kLanguage, ...ours].sort();
  const actual = Object.getOwnPropertyNames(globalThis).sort();
  same(
    actual.filter((name) => !expected.includes(name)),
    [],
    'not in the list',
  );
  same(
    expected.filter((name) => !actual.includes(name)),
    [],
    'missing',
  );
  same(Object.getOwnPropertySymbols(globalThis), []);
});

test("what it inherits is the language's own", () => {
  const names = new Set();
  const own = Object.getOwnPropertyNames(Object.prototype);
  let object = Object.getPrototypeOf(globalThis);
  for (; object !== null; object = Object.getPrototypeOf(object)) {
    for (const name of Object.getOwnPropertyNames(object)) names.add(name);
  }
  same(
    [...names].filter((name) => !own.includes(name)),
    [],
  );
});

test('only operations and attributes are enumerable', () => {
  const others = [...kHandlers, 'clearImmediate', 'setImmediate'];
  same(Object.keys(globalThis).sort(), [...kOperations, ...kAttributes, ...others].sort());
});

test('interfaces have the descriptors of Web IDL', () => {
  for (const name of kInterfaces) {
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(
      globalThis,
      name,
    );
    same([writable, enumerable, configurable], [true, false, true], name);
    same([typeof value, value.name, value.prototype.constructor], ['function', name, value], name);
    same(Object.getOwnPropertyDescriptor(value, 'prototype').writable, false, name);
    const tag = Object.getOwnPropertyDescriptor(value.prototype, Symbol.toStringTag);
    same(tag, { value: name, writable: false, enumerable: false, configurable: true }, name);
  }
});

test('members of interfaces have the descriptors of Web IDL', () => {
  for (const name of kInterfaces) {
    for (const holder of [globalThis[name], globalThis[name].prototype]) {
      for (const key of Object.getOwnPropertyNames(holder)) {
        if (['constructor', 'length', 'name', 'prototype'].includes(key) && key !== 'length')
          continue;
        if (key === 'length' && holder === globalThis[name]) continue;
        const descriptor = Object.getOwnPropertyDescriptor(holder, key);
        const where = `${name} ${key}`;
        // A class, as Workers has it.
        if (where === 'Crypto DigestStream') continue;
        same(descriptor.enumerable, true, where);
        if (typeof descriptor.value === 'function') {
          same([descriptor.writable, descriptor.configurable], [true, true], where);
          same([descriptor.value.name, 'prototype' in descriptor.value], [key, false], where);
        } else if (descriptor.get !== undefined) {
          same([descriptor.configurable, descriptor.get.name], [true, `get ${key}`], where);
        } else {
          same(
            [typeof descriptor.value, descriptor.writable, descriptor.configurable],
            ['number', false, false],
            where,
          );
        }
      }
    }
  }
});

test('interfaces and methods say how many arguments they need', () => {
  const lengths = [
    [AbortController, 0],
    [AbortSignal, 0],
    [CustomEvent, 1],
    [DOMException, 0],
    [Event, 1],
    [EventTarget, 0],
    [Headers, 0],
    [Request, 1],
    [Response, 0],
    [TextDecoder, 0],
    [TextEncoder, 0],
    [URL, 1],
    [URLSearchParams, 0],
    [EventTarget.prototype.addEventListener, 2],
    [EventTarget.prototype.dispatchEvent, 1],
    [Event.prototype.initEvent, 1],
    [AbortSignal.abort, 0],
    [AbortSignal.any, 1],
    [AbortSignal.timeout, 1],
    [URL.canParse, 1],
    [URL.parse, 1],
    [URLSearchParams.prototype.delete, 1],
    [URLSearchParams.prototype.append, 2],
    [URLSearchParams.prototype.forEach, 1],
    [TextDecoder.prototype.decode, 0],
    [TextEncoder.prototype.encode, 0],
    [TextEncoder.prototype.encodeInto, 2],
    [Crypto.prototype.getRandomValues, 1],
    [SubtleCrypto.prototype.digest, 2],
    [SubtleCrypto.prototype.verify, 4],
    [SubtleCrypto.prototype.deriveBits, 2],
    [SubtleCrypto.prototype.unwrapKey, 7],
    [SubtleCrypto.prototype.timingSafeEqual, 2],
    [/** @type {any} */ (SubtleCrypto).supports, 2],
    [/** @type {any} */ (SubtleCrypto.prototype).encapsulateKey, 5],
    [/** @type {any} */ (SubtleCrypto.prototype).decapsulateKey, 6],
    [setTimeout, 1],
    [setInterval, 1],
    [clearTimeout, 0],
    [fetch, 1],
    [queueMicrotask, 1],
    [structuredClone, 1],
    [atob, 1],
    [btoa, 1],
    [reportError, 1],
    [addEventListener, 2],
    [dispatchEvent, 1],
    [ErrorEvent, 1],
    [PromiseRejectionEvent, 2],
    [console.log, 0],
    [console.assert, 0],
    [console.count, 0],
  ];
  for (const [fn, length] of lengths) same(fn.length, length, fn.name);
});

test('operations are enumerable functions without a prototype', () => {
  for (const name of kOperations) {
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(
      globalThis,
      name,
    );
    same([writable, enumerable, configurable, value.name], [true, true, true, name], name);
    throws(TypeError, () => new value(() => {}), 'is not a constructor');
  }
});

test('attributes can be replaced, as bundles do in strict mode', () => {
  for (const name of kAttributes) {
    const { get, enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
    same([get.name, enumerable, configurable], [`get ${name}`, true, true], name);
    same(globalThis[name], globalThis[name]);
    globalThis[name] = 5;
    same(globalThis[name], 5, name);
  }
});

test('self is the global', () => {
  ok(self === globalThis);
});

test('no shared memory, no code from strings', () => {
  same(typeof globalThis['SharedArrayBuffer'], 'undefined');
  throws(EvalError, () => (0, eval)('1'));
  throws(EvalError, () => new Function('return 1'));
  throws(TypeError, () => setTimeout('1'));
});

test('built-ins cannot be imported', async () => {
  for (const specifier of ['nano:ops', 'nano:main', 'nano:primordials.js', './primordials.js']) {
    let module;
    try {
      module = await import(specifier);
    } catch {
      continue;
    }
    ok(module === undefined, specifier);
  }
});

test('the prototypes of the global stay what they are', () => {
  const chain = [];
  for (let object = globalThis; object !== null; object = Object.getPrototypeOf(object)) {
    chain.push(object);
  }
  same(chain.length, 3);
  for (const object of chain) {
    throws(TypeError, () => Object.setPrototypeOf(object, {}));
    same(Object.setPrototypeOf(object, Object.getPrototypeOf(object)), object);
  }
  same([globalThis.constructor === Object, Object.getOwnPropertyNames(chain[1])], [true, ['constructor']]);
});
