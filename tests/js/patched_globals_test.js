// @ts-check
// What a tenant does to the language and to the APIs themselves must not change how they work:
// every scenario runs twice, the second time with everything that can be reached replaced by
// functions that throw. (Promise.prototype.constructor and Symbol.species stay: the language looks
// them up itself. patched_http_test.js has Headers, Request, Response and streams.)

import { logs, outbound, same, test } from './harness.js';
import { compare } from './patch_everything.js';

const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const GlobalPromise = Promise;
const kIterator = Symbol.iterator;

/** The methods and getters of a class by name, with the receiver as first argument. */
function membersOf(holder) {
  const members = /** @type {any} */ ({ __proto__: null });
  for (const key of ownKeys(holder)) {
    const { value, get, set } = /** @type {any} */ (getOwnPropertyDescriptor(holder, key));
    const name = typeof key === 'string' ? key : String(key.description);
    if (typeof value === 'function') members[name] = (self, ...args) => apply(value, self, args);
    if (get !== undefined) members[name] = (self) => apply(get, self, []);
    if (set !== undefined)
      members[`set ${name}`] = (self, argument) => apply(set, self, [argument]);
  }
  return members;
}

/** What a call throws, by name. */
function thrownBy(body) {
  try {
    body();
  } catch (error) {
    return isDOMException(error) ? exception.name(error) : error.name;
  }
  return 'nothing';
}

const kExceptionPrototype = DOMException.prototype;
const exception = membersOf(kExceptionPrototype);
/** Or of a class that extends it. */
function isDOMException(error) {
  const prototype = getPrototypeOf(error);
  return prototype === kExceptionPrototype || getPrototypeOf(prototype) === kExceptionPrototype;
}

test('URL and URLSearchParams', () => {
  const { URL: U, URLSearchParams: P } = globalThis;
  const url = membersOf(U.prototype);
  const params = membersOf(P.prototype);
  const iterator = membersOf(getPrototypeOf(new P().keys()));
  const { canParse, parse } = U;
  const names = [
    'href',
    'origin',
    'protocol',
    'username',
    'password',
    'host',
    'hostname',
    'port',
    'pathname',
    'search',
    'hash',
    'toString',
  ];
  return compare((out) => {
    const it = new U('https://u:p@h.example:8/a/b?x=%41+b&y=%ff#z');
    for (let i = 0; i < names.length; i++) out[out.length] = url[names[i]](it);
    const query = url.searchParams(it);
    params.append(query, 'k ä', '&=');
    params.set(query, 'x', "!'()~");
    params.delete(query, 'y');
    params.sort(query);
    out[out.length] = params.get(query, 'k ä');
    out[out.length] = params.getAll(query, 'x')[0];
    out[out.length] = params.has(query, 'nope');
    out[out.length] = params.size(query);
    out[out.length] = params.toString(query);
    url['set pathname'](it, '/ö');
    url['set search'](it, '?n=1');
    url['set hash'](it, '');
    out[out.length] = url.href(it);
    out[out.length] = iterator.next(params.keys(query)).value;
    params.forEach(query, (value, name) => (out[out.length] = `${name}:${value}`));
    out[out.length] = params.toString(new P({ __proto__: null, r: 's', t: 'u' }));
    out[out.length] = thrownBy(() => new U('nonsense'));
    out[out.length] = apply(canParse, U, ['x:']);
    out[out.length] = url.origin(apply(parse, U, ['blob:https://b.example/1']));
  });
});

test('encoding and base64', () => {
  const {
    TextEncoder: E,
    TextDecoder: D,
    atob: decode,
    btoa: encode,
    Uint8Array: Bytes,
  } = globalThis;
  const encoder = membersOf(E.prototype);
  const decoder = membersOf(D.prototype);
  return compare((out) => {
    const bytes = encoder.encode(new E(), 'aé€😀');
    for (let i = 0; i < 10; i++) out[out.length] = bytes[i];
    out[out.length] = encoder.encodeInto(new E(), 'é', new Bytes(5)).written;
    out[out.length] = decoder.decode(new D(' UTF8 '), bytes);
    out[out.length] = decoder.decode(new D('SJIS'), bytes);
    const wide = new D('utf-16le');
    for (let i = 0; i < 10; i++) out[out.length] = decoder.decode(wide, bytes, { stream: true });
    const stream = new D('utf-8', { fatal: true, ignoreBOM: true });
    for (let i = 0; i < 10; i++) {
      const one = new Bytes(1);
      one[0] = bytes[i];
      out[out.length] = decoder.decode(stream, one, { stream: true });
    }
    out[out.length] = decoder.decode(stream);
    out[out.length] = thrownBy(() => new D('klingon'));
    out[out.length] = encode(decode(' YWJj '));
    out[out.length] = thrownBy(() => decode('*'));
    out[out.length] = thrownBy(() => encode('\u0100'));
  });
});

test('events and abort signals', () => {
  const {
    EventTarget: T,
    Event: Ev,
    CustomEvent: C,
    AbortController: A,
    AbortSignal: S,
  } = globalThis;
  const target = membersOf(T.prototype);
  const event = membersOf(Ev.prototype);
  const controller = membersOf(A.prototype);
  const signal = membersOf(S.prototype);
  const { any, abort, timeout } = S;
  return compare(async (out) => {
    const t = new T();
    const a = new A();
    const s = controller.signal(a);
    target.addEventListener(t, 'x', (e) => (out[out.length] = event.type(e)), {
      once: true,
      signal: s,
    });
    target.addEventListener(t, 'x', { handleEvent: (e) => event.preventDefault(e) }, true);
    out[out.length] = target.dispatchEvent(t, new Ev('x', { cancelable: true }));
    out[out.length] = target.dispatchEvent(t, new C('x', { detail: 1 }));
    // any() iterates what it is given by the protocol, so this one iterates by itself.
    let given = 0;
    const iterator = { next: () => ({ done: given++ === 1, value: s }) };
    const follower = apply(any, S, [{ [kIterator]: () => iterator }]);
    signal['set onabort'](follower, () => (out[out.length] = 'onabort'));
    target.addEventListener(s, 'abort', () => (out[out.length] = 'abort'));
    controller.abort(a);
    out[out.length] = signal.aborted(follower);
    out[out.length] = exception.name(signal.reason(follower));
    out[out.length] = thrownBy(() => signal.throwIfAborted(apply(abort, S, [])));
    const late = apply(timeout, S, [1]);
    await new GlobalPromise((resolve) =>
      target.addEventListener(late, 'abort', () => resolve(undefined)),
    );
    out[out.length] = exception.name(signal.reason(late));
  });
});

test('timers and microtasks', () => {
  const {
    setTimeout: start,
    setInterval: repeat,
    clearInterval: stop,
    queueMicrotask: queue,
  } = globalThis;
  return compare(async (out) => {
    await new GlobalPromise((resolve) => {
      let count = 0;
      const id = repeat(() => {
        out[out.length] = 'tick';
        if (++count === 2) stop(id);
      }, 1);
      start((value) => resolve((out[out.length] = value)), 20, 'done');
      queue(() => (out[out.length] = 'microtask'));
      stop(start(() => (out[out.length] = 'never'), 1));
    });
    out[out.length] = thrownBy(() => start('text'));
  });
});

test('structuredClone, crypto, performance, navigator, DOMException', () => {
  const { structuredClone: clone, DOMException: X, Uint8Array: Bytes } = globalThis;
  const random = membersOf(getPrototypeOf(crypto));
  const clock = membersOf(getPrototypeOf(performance));
  const browser = membersOf(getPrototypeOf(navigator));
  const { crypto: c, performance: p, navigator: n, PerformanceObserver: O } = globalThis;
  const observer = membersOf(O.prototype);
  const measure = membersOf(PerformanceMeasure.prototype);
  return compare((out) => {
    out[out.length] = clone({ a: [1, { b: 2n }] }).a[1].b;
    out[out.length] = thrownBy(() => clone(() => {}));
    out[out.length] = exception.message(clone(new X('m', 'AbortError')));
    out[out.length] = exception.code(new X('m', 'AbortError'));
    out[out.length] = thrownBy(() => random.getRandomValues(c, new Bytes(70000)));
    random.getRandomValues(c, new Bytes(8));
    out[out.length] = random.randomUUID(c).length;
    out[out.length] = typeof clock.now(p);
    out[out.length] = clock.toJSON(p).timeOrigin;
    out[out.length] = browser.userAgent(n);
    const observing = new O(() => {});
    observer.observe(observing, { __proto__: null, type: 'mark', buffered: true });
    clock.mark(p, 'a', { __proto__: null, startTime: 1, detail: 2 });
    out[out.length] = measure.detail(clock.measure(p, 'b', 'a'));
    out[out.length] = clock.getEntriesByName(p, 'a').length;
    out[out.length] = observer.takeRecords(observing).length;
    observer.disconnect(observing);
    clock.clearMarks(p);
    clock.clearMeasures(p, 'b');
    out[out.length] = clock.getEntries(p).length;
  });
});

test('fetch', () => {
  const { fetch: get, Response: R, Headers: H, AbortController: A } = globalThis;
  const response = membersOf(R.prototype);
  const headers = membersOf(H.prototype);
  const controller = membersOf(A.prototype);
  const kPlain = { __proto__: null, body: 'whole' };
  const kPieces = { __proto__: null, headers: ['a', 'b'], body: ['one ', 'two'] };
  const kAway = { __proto__: null, status: 302, headers: ['location', '/plain'] };
  const kFailing = { __proto__: null, failure: 'fetch failed: so' };
  outbound(({ url }) => {
    if (url === 'https://up.test/pieces') return kPieces;
    if (url === 'https://up.test/away') return kAway;
    return url === 'https://up.test/plain' ? kPlain : kFailing;
  });
  return compare(async (out) => {
    const pieces = await get('https://up.test/pieces', { __proto__: null, cache: 'reload' });
    out[out.length] = headers.get(response.headers(pieces), 'a');
    out[out.length] = await response.text(pieces);
    const init = { __proto__: null, method: 'POST', body: 'x' };
    const away = await get('https://up.test/away', init);
    out[out.length] = response.url(away);
    out[out.length] = await response.text(response.clone(away));
    out[out.length] = await response.text(await get('data:text/plain;base64,aGk'));
    const a = new A();
    const signal = controller.signal(a);
    const late = await get('https://up.test/pieces', { __proto__: null, signal });
    controller.abort(a, 'why');
    try {
      await response.bytes(late);
    } catch (error) {
      out[out.length] = error;
    }
    try {
      await get('https://up.test/other');
    } catch (error) {
      out[out.length] = error.message;
    }
  });
});

test('console', async () => {
  const { log, table, count, countReset, time, timeEnd, group, groupEnd, trace, assert } = console;
  const { Map: M, Set: S, Error: E, Uint8Array: Bytes, Date: D, URL: U, Promise: P } = globalThis;
  const objects = [
    { a: { b: { c: { d: 1 } } }, 'x-y': "it's", [Symbol('s')]: -0 },
    [1, , 3],
    new M([[{ k: 1 }, [2]]]),
    new S(['x']),
    new Bytes(8),
    new D(0),
    /x/gi,
    new U('http://a/?b=c'),
    new P(() => {}),
    new (class Foo {})(),
    function f() {},
    Object(5),
    new Array(120).fill(7),
    'line\nline',
    Symbol('q'),
    new ArrayBuffer(3),
    new Proxy({}, {}),
  ];
  const error = new E('boom', { cause: new RangeError('low') });
  error.stack = 'Error: boom\n    at x';
  objects.push(error);
  const scenario = () => {
    for (let i = 0; i < objects.length; i++) log('%O', objects[i]);
    log('%s %d %i %f %o %% %c!', 'a', 1.5, 2.5, 3.5, { a: 1 }, '', 'rest', -0, 5n);
    table([{ a: 1, b: 2 }, 'x']);
    group('g');
    count('label');
    countReset('label');
    log('a\nb');
    groupEnd();
    time();
    timeEnd();
    assert(false, 'no');
    trace('t');
  };
  await compare(scenario);
  // The stacks of trace() differ: one line of them is enough.
  const lines = logs().map(({ level, line }) => `${level} ${line.split('\n    at ')[0]}`);
  const half = lines.length / 2;
  same(half > objects.length, true);
  same(lines.slice(half), lines.slice(0, half));
});

test('what is new is made by the captured constructors', () => {
  // A replaced global class is not what the APIs make their objects with.
  const { URL: U } = globalThis;
  const keep = { TypeError, Uint8Array, Uint32Array, Map, Promise };
  for (const name of Object.keys(keep)) globalThis[name] = class Fake {};
  let error;
  try {
    new U('nonsense');
  } catch (thrown) {
    error = thrown;
  }
  const encoded = new TextEncoder().encode('x');
  Object.assign(globalThis, keep);
  same([error instanceof TypeError, encoded instanceof Uint8Array], [true, true]);
});
