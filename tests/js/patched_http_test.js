// @ts-check
// Requests, responses and streams do not notice what a tenant does to the language's own objects:
// built-ins call none of what is patched here, but for what the standards have them call.

import { builtinModule, bytes, callEntryPoint, dispatch, outbound, same, sleep, test } from './harness.js';

const { apply, construct, defineProperty, getPrototypeOf, ownKeys } = Reflect;
const { getOwnPropertyDescriptor } = Reflect;
const ErrorConstructor = Error;
const TypedArray = getPrototypeOf(Uint8Array);

const kPatched = {
  Array,
  'Array.prototype': Array.prototype,
  'ArrayIterator.prototype': getPrototypeOf([][Symbol.iterator]()),
  ArrayBuffer,
  'ArrayBuffer.prototype': ArrayBuffer.prototype,
  'DataView.prototype': DataView.prototype,
  'Function.prototype': Function.prototype,
  JSON,
  Map,
  'Map.prototype': Map.prototype,
  Math,
  Number,
  'Number.prototype': Number.prototype,
  Object,
  Promise,
  'Promise.prototype': Promise.prototype,
  Reflect,
  'RegExp.prototype': RegExp.prototype,
  'Set.prototype': Set.prototype,
  'String.prototype': String.prototype,
  String,
  'Symbol.prototype': Symbol.prototype,
  TypedArray,
  'TypedArray.prototype': TypedArray.prototype,
  'WeakMap.prototype': WeakMap.prototype,
  'Blob.prototype': Blob.prototype,
  'FormData.prototype': FormData.prototype,
  'Headers.prototype': Headers.prototype,
  'Request.prototype': Request.prototype,
  'Response.prototype': Response.prototype,
  'ReadableStream.prototype': ReadableStream.prototype,
  'ReadableStreamDefaultReader.prototype': ReadableStreamDefaultReader.prototype,
  'ReadableStreamDefaultController.prototype': ReadableStreamDefaultController.prototype,
  'WritableStream.prototype': WritableStream.prototype,
  'WritableStreamDefaultWriter.prototype': WritableStreamDefaultWriter.prototype,
  'AbortSignal.prototype': AbortSignal.prototype,
};
const kGlobals = [
  ...['Array', 'ArrayBuffer', 'DataView', 'Map', 'Object', 'Promise', 'RangeError', 'RegExp'],
  ...['Set', 'String', 'TypeError', 'Uint8Array', 'Headers', 'ReadableStream'],
];

// What may call: this file, the harness, and the engine for a promise that follows another.
function isAllowed(stack) {
  const caller = stack.split('\n')[3];
  return caller === undefined || /_test\.js|harness\.js/.test(caller);
}

/** Replaces each function by one that notes who calls. @returns {() => string[]} undoes it */
function patch() {
  const calls = [];
  const undo = [];
  let isNoting = false;
  const note = (name) => {
    if (isNoting) return;
    isNoting = true;
    const stack = new ErrorConstructor().stack ?? '';
    if (!isAllowed(stack)) calls[calls.length] = `${name} ${stack}`;
    isNoting = false;
  };
  for (const [name, object] of Object.entries(kPatched)) {
    for (const key of ownKeys(object)) {
      // The language's own `then` and `slice` look a species up; nothing can be done about that.
      if (key === 'constructor' || key === 'prototype' || key === Symbol.species) continue;
      const descriptor = getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || !descriptor.configurable) continue;
      const called = `${name}.${String(key)}`;
      const wrap = (original) =>
        function (...args) {
          note(called);
          return apply(original, this, args);
        };
      const changed = { ...descriptor };
      for (const part of ['value', 'get', 'set']) {
        if (typeof changed[part] === 'function') changed[part] = wrap(changed[part]);
      }
      undo[undo.length] = () => defineProperty(object, key, descriptor);
      defineProperty(object, key, changed);
    }
  }
  for (const name of kGlobals) {
    const original = globalThis[name];
    undo[undo.length] = () => (globalThis[name] = original);
    globalThis[name] = function (...args) {
      note(`new ${name}`);
      return construct(original, args);
    };
  }
  return () => {
    for (let i = undo.length; i-- > 0; ) undo[i]();
    return calls;
  };
}

/** Runs the body, which makes its objects itself, with everything patched. */
async function underPatch(body) {
  const undo = patch();
  let result;
  let calls;
  try {
    result = await body();
    await undefined;
  } finally {
    calls = undo();
  }
  same(calls, []);
  return result;
}

const { Headers: RealHeaders, ReadableStream: RealReadableStream } = globalThis;

test('Headers', async () => {
  const seen = await underPatch(() => {
    const headers = new RealHeaders({ B: '1', a: ' x ' });
    headers.append('b', '2');
    headers.set('c', 'z'.repeat(100));
    headers.delete('c');
    return [headers.get('b'), headers.has('a'), headers.getSetCookie().length];
  });
  same(seen, ['1, 2', true, 0]);
});

test('Response and Request', async () => {
  const data = bytes(97, 98);
  const seen = await underPatch(async () => {
    const response = new Response('{"a":1}', { status: 201, headers: { x: 'y' } });
    const copy = response.clone();
    const request = new Request('https://a.test/', { method: 'post', body: data });
    const other = new Request(request, { headers: { z: '1' } });
    const json = Response.json({ b: 1 });
    return [await response.json(), await copy.text(), await other.text(), await json.text()];
  });
  same(seen, [{ a: 1 }, '{"a":1}', 'ab', '{"b":1}']);
});

test('blobs and forms', async () => {
  // What a tenant hands in is asked by the usual protocol; this is asked nothing patched.
  const items = ['a\r\n', bytes(98)];
  const steps = (at) => ({ next: () => ({ done: at === 2, value: items[at++] }) });
  const parts = { [Symbol.iterator]: () => steps(0) };
  const seen = await underPatch(async () => {
    const blob = new Blob(/** @type {any} */ (parts), { type: 'T/x', endings: 'native' });
    const form = new FormData();
    form.append('n"', 'v\n');
    form.set('f', blob, 'name');
    const sent = new Response(form);
    const back = await sent.formData();
    const file = /** @type {any} */ (back.get('f'));
    const typed = await new Response(blob.slice(1)).blob();
    return [back.get('n"'), file.name, await file.text(), await typed.text(), typed.type];
  });
  same(seen, ['v\r\n', 'name', 'a\nb', '\nb', '']);
});

test('readers and writers', async () => {
  const seen = await underPatch(async () => {
    const chunks = [];
    const source = new RealReadableStream({
      start(controller) {
        controller.enqueue('a');
        controller.enqueue('b');
        controller.close();
      },
    });
    const [left, right] = source.tee();
    const sink = new WritableStream({ write: (chunk) => void (chunks[chunks.length] = chunk) });
    await left.pipeThrough(new TransformStream()).pipeTo(sink);
    const reader = right.getReader();
    chunks[chunks.length] = (await reader.read()).value;
    await reader.cancel();
    return chunks;
  });
  same(seen, ['a', 'b', 'a']);
});

test('byte streams', async () => {
  const chunk = bytes(1, 2, 3);
  const view = new Uint8Array(2);
  const seen = await underPatch(async () => {
    const stream = new RealReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const [left, right] = stream.tee();
    const text = await new Response(left).text();
    return [text.length, (await right.getReader({ mode: 'byob' }).read(view)).value];
  });
  same(seen, [3, bytes(1, 2)]);
});

test('the way of a request', async () => {
  const handlers = {
    text: (request) => new Response(request.method, { headers: { x: request.url } }),
    later: async (request) => new Response(await request.text()),
    echo: (request) => new Response(request.body),
    stream: (request) => new Response(request.body.pipeThrough(new TransformStream())),
  };
  for (const [name, handler] of Object.entries(handlers)) {
    for (const body of ['body', ['bo', 'dy']]) {
      let undo = () => [];
      const answered = dispatch({ method: 'POST', body }, (request) => {
        undo = patch();
        return handler(request);
      });
      await sleep(1);
      same(undo(), [], name);
      same((await answered).text, name === 'text' ? 'POST' : 'body', name);
    }
  }
});

test('setters for indices on Object.prototype get nothing that a built-in keeps', async () => {
  const caught = [];
  const { scryptSync: scrypt } = builtinModule('node:crypto');
  const request = new Request('http://a.test/', { method: 'POST', body: 'b' });
  for (const key of ['0', '1', '2', '3']) {
    defineProperty(Object.prototype, key, {
      __proto__: null,
      configurable: true,
      get: () => undefined,
      set: (value) => caught.push([key, value]),
    });
  }
  let seen;
  try {
    const headers = new RealHeaders({ B: '1', a: 'x' });
    headers.append('b', '2');
    const url = new URL('http://a.test/?q=1&r=2');
    url.searchParams.append('s', '3');
    const target = new EventTarget();
    target.addEventListener('x', () => {});
    target.dispatchEvent(new Event('x'));
    const stream = new RealReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array([104]));
        controller.enqueue(new Uint8Array([105]));
        controller.close();
      },
    });
    console.log({ a: [1] });
    scrypt('password', 'salt', 8, { N: 16 });
    seen = `${headers.get('b')} ${url.search} ${await new Response(stream).text()} ${await request.text()}`;
  } finally {
    for (const key of ['0', '1', '2', '3']) Reflect.deleteProperty(Object.prototype, key);
  }
  same(seen, '1, 2 ?q=1&r=2&s=3 hi b');
  same(caught, []);
});

test('streams of built-ins do not look at a patched then', async () => {
  const original = Promise.prototype.then;
  const body = new RealReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([104]));
      controller.close();
    },
  });
  let looks = 0;
  defineProperty(Promise.prototype, 'then', {
    configurable: true,
    get() {
      looks++;
      return original;
    },
  });
  let text = '';
  try {
    const reader = body.pipeThrough(new TransformStream()).values();
    const first = reader.next();
    const second = reader.next();
    text = `${(await first).value} ${(await second).done}`;
  } finally {
    defineProperty(Promise.prototype, 'then', {
      configurable: true,
      writable: true,
      value: original,
    });
  }
  same(text, '104 true');
  same(looks, 0);
});

const { fetch: realFetch } = globalThis;

test('fetch', async () => {
  const chunks = ['ab', 'cd'];
  const answers = {
    'https://up.test/': { headers: ['content-encoding', 'x', 'a', 'b'], body: chunks },
    'https://up.test/whole': { body: 'whole' },
    'https://up.test/away': { status: 307, headers: ['location', '/caf\u00c3\u00a9'] },
    'https://up.test/caf%C3%A9': { body: 'there' },
    'https://up.test/failing': { failure: 'fetch failed: so' },
  };
  const seen = outbound(({ url }) => answers[url]);
  const controller = new AbortController();
  const { signal } = controller;
  const chunk = bytes(1, 2);
  const integrity = 'sha256-7PlUUThqGCxJ9VrZj4pC9XNuWqNmmtzHyCo2h5hyzTw=';
  const env = callEntryPoint('makeEnv', ['S', 2, 'other']);
  const results = await underPatch(async () => {
    const read = [];
    const response = await realFetch('https://up.test/#x', { signal, cache: 'no-store' });
    read[read.length] = response.headers.get('a');
    read[read.length] = await response.text();
    const body = new RealReadableStream({
      start(streamController) {
        streamController.enqueue(chunk);
        streamController.close();
      },
    });
    const init = { method: 'POST', body, duplex: 'half', headers: { connection: 'x' } };
    read[read.length] = await (await realFetch('https://up.test/whole', init)).text();
    read[read.length] = await (await realFetch('https://up.test/away', { body: 'x', method: 'PUT' })).text();
    read[read.length] = await (await realFetch('data:a/b;c="d e";base64,aGk=')).text();
    try {
      await realFetch('https://up.test/whole', { integrity });
    } catch (error) {
      read[read.length] = error.message;
    }
    try {
      await realFetch('https://up.test/failing', { cf: { a: 1 } });
    } catch (error) {
      read[read.length] = error.message;
    }
    const second = await realFetch('https://up.test/', { signal });
    controller.abort('why');
    try {
      await second.text();
    } catch (error) {
      read[read.length] = error;
    }
    read[read.length] = typeof env.S.fetch;
    return read;
  });
  same(results, [
    'b',
    'abcd',
    'whole',
    'there',
    'hi',
    'fetch failed: the response does not match `integrity`',
    'fetch failed: so',
    'why',
    'function',
  ]);
  same(seen[1].body, bytes(1, 2));
});

test('a response that is passed on', async () => {
  outbound(() => ({ headers: ['content-encoding', 'gzip'], body: ['x'], decoded: true }));
  const undo = patch();
  let answers;
  let calls;
  try {
    answers = [
      await dispatch({}, () => realFetch('https://up.test/')),
      await dispatch({}, async () => new Response((await realFetch('https://up.test/')).body)),
    ];
  } finally {
    calls = undo();
  }
  same(calls, []);
  same([answers[0].incoming !== undefined, answers[1].text], [true, 'x']);
});
