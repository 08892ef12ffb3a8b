// @ts-check
// ReadableStream with values for chunks, https://streams.spec.whatwg.org/#rs

import { ok, rejects, same, test, throws } from './harness.js';

const turns = async (count) => {
  for (let i = 0; i < count; i++) await undefined;
};
const filled = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
const collect = (stream) => Array.fromAsync(stream);

test('chunks come out in order, then the end', async () => {
  const reader = filled('a', 'b').getReader();
  same(await reader.read(), { value: 'a', done: false });
  same(await reader.read(), { value: 'b', done: false });
  same(await reader.read(), { value: undefined, done: true });
  same(await reader.closed, undefined);
});

test('pull() is called while there is room, one call at a time', async () => {
  let calls = 0;
  let release = () => {};
  const source = {
    pull(controller) {
      controller.enqueue(calls++);
      return new Promise((resolve) => (release = resolve));
    },
  };
  const stream = new ReadableStream(source, { highWaterMark: 3 });
  await turns(5);
  same(calls, 1);
  release(undefined);
  await turns(5);
  same(calls, 2);
  release(undefined);
  await turns(5);
  release(undefined);
  await turns(5);
  same(calls, 3);
  ok(!stream.locked);
});

test('start() is waited for, and what it throws is thrown', async () => {
  const seen = [];
  new ReadableStream({
    start: () => Promise.resolve().then(() => seen.push('started')),
    pull: () => void seen.push('pull'),
  });
  await turns(8);
  same(seen, ['started', 'pull']);
  const error = new Error('x');
  throws(error, () => new ReadableStream({
    start() {
      throw error;
    },
  }));
});

test('desiredSize counts by the strategy', () => {
  let controller;
  const start = (given) => (controller = given);
  new ReadableStream({ start }, { highWaterMark: 10, size: (chunk) => chunk.length });
  same(controller.desiredSize, 10);
  controller.enqueue('1234');
  same(controller.desiredSize, 6);
  controller.close();
  same(controller.desiredSize, 6);
  throws(TypeError, () => controller.enqueue('x'));
  throws(TypeError, () => controller.close());
});

test('a strategy is checked', () => {
  throws(RangeError, () => new ReadableStream({}, { highWaterMark: -1 }));
  throws(RangeError, () => new ReadableStream({}, { highWaterMark: NaN }));
  throws(TypeError, () => new ReadableStream({}, /** @type {any} */ ({ size: 1 })));
  throws(TypeError, () => new ReadableStream(/** @type {any} */ (null)));
  throws(TypeError, () => new ReadableStream(/** @type {any} */ ({ type: 'x' })));
});

test('a size that is no size errors the stream', async () => {
  let controller;
  const start = (given) => (controller = given);
  const stream = new ReadableStream({ start }, { size: () => -1 });
  throws(RangeError, () => controller.enqueue('a'));
  await rejects(RangeError, stream.getReader().read());
});

test('an error rejects reads that wait and reads to come, and drops the queue', async () => {
  let controller;
  const stream = new ReadableStream({ start: (given) => (controller = given) });
  const reader = stream.getReader();
  const waiting = reader.read();
  const error = new Error('x');
  controller.error(error);
  await rejects(error, waiting);
  await rejects(error, reader.read());
  await rejects(error, reader.closed);
});

test('cancel() reaches the source once and ends reads', async () => {
  const seen = [];
  const stream = new ReadableStream({ cancel: (reason) => void seen.push(reason) });
  const reader = stream.getReader();
  const waiting = reader.read();
  await reader.cancel('why');
  await reader.cancel('again');
  same(seen, ['why']);
  same(await waiting, { value: undefined, done: true });
});

test('cancel() rejects with what the source throws', async () => {
  const error = new Error('x');
  await rejects(error, new ReadableStream({
    cancel() {
      throw error;
    },
  }).cancel());
});

test('a lock keeps others out until it is released', async () => {
  const stream = filled('a');
  const reader = stream.getReader();
  same(stream.locked, true);
  throws(TypeError, () => stream.getReader());
  await rejects(TypeError, stream.cancel());
  reader.releaseLock();
  same(stream.locked, false);
  await rejects(TypeError, reader.read());
  same((await stream.getReader().read()).value, 'a');
});

test('releaseLock() rejects reads that wait', async () => {
  const reader = new ReadableStream().getReader();
  const waiting = reader.read();
  reader.releaseLock();
  await rejects(TypeError, waiting);
  await rejects(TypeError, reader.closed);
});

test('for await reads all, and leaving it cancels', async () => {
  same(await collect(filled(1, 2, 3)), [1, 2, 3]);
  const seen = [];
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue('x'),
    cancel: (reason) => void seen.push(reason),
  });
  for await (const chunk of stream) {
    same(chunk, 'x');
    break;
  }
  same(seen, [undefined]);
  same(stream.locked, false);
});

test('values() with preventCancel leaves the stream usable', async () => {
  const stream = filled(1, 2);
  for await (const chunk of stream.values({ preventCancel: true })) {
    same(chunk, 1);
    break;
  }
  same(await collect(stream), [2]);
});

test('calls of next() are served in order without waiting', async () => {
  const iterator = filled('a', 'b').values();
  const results = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  same(results.map((result) => result.value), ['a', 'b', undefined]);
  same(results[2].done, true);
  same(await iterator.return?.('r'), { value: 'r', done: true });
});

test('the iterator\'s prototype is as Web IDL has it', () => {
  const prototype = Object.getPrototypeOf(filled().values());
  const parent = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {}).prototype));
  same(Object.getPrototypeOf(prototype) === parent, true);
  same(Object.keys(prototype), ['next', 'return']);
  same(Object.hasOwn(prototype, 'constructor'), false);
  same(ReadableStream.prototype[Symbol.asyncIterator] === ReadableStream.prototype.values, true);
});

test('tee() gives both branches all chunks', async () => {
  const [left, right] = filled('a', 'b').tee();
  same(await collect(left), ['a', 'b']);
  same(await collect(right), ['a', 'b']);
});

test('tee() cancels the source when both branches are', async () => {
  const seen = [];
  const [left, right] = new ReadableStream({ cancel: (reason) => void seen.push(reason) }).tee();
  const first = left.cancel('l');
  await turns(5);
  same(seen, []);
  await right.cancel('r');
  await first;
  same(seen, [['l', 'r']]);
});

test('from() takes iterables and async iterables', async () => {
  same(await collect(ReadableStream.from(['a', Promise.resolve('b')])), ['a', 'b']);
  same(await collect(ReadableStream.from(new Set([1, 2]))), [1, 2]);
  same(await collect(ReadableStream.from(/** @type {any} */ ('ab'))), ['a', 'b']);
  async function* generate() {
    yield 1;
    yield 2;
  }
  same(await collect(ReadableStream.from(generate())), [1, 2]);
  throws(TypeError, () => ReadableStream.from(/** @type {any} */ (1)));
  throws(TypeError, () => ReadableStream.from(/** @type {any} */ ({})));
});

test('from() returns the iterator when the stream is cancelled', async () => {
  const seen = [];
  async function* generate() {
    try {
      yield 1;
      yield 2;
    } finally {
      seen.push('finally');
    }
  }
  const reader = ReadableStream.from(generate()).getReader();
  await reader.read();
  await reader.cancel('x');
  same(seen, ['finally']);
});

test('a controller or iterator is made by a stream only', () => {
  throws(TypeError, () => new ReadableStreamDefaultController());
  throws(TypeError, () => new ReadableStreamDefaultReader(/** @type {any} */ ({})));
});

test('the built-in strategies have their sizes', () => {
  const bytes = new ByteLengthQueuingStrategy({ highWaterMark: 5 });
  same([bytes.highWaterMark, bytes.size({ byteLength: 3 })], [5, 3]);
  const count = new CountQueuingStrategy({ highWaterMark: 2 });
  same([count.highWaterMark, count.size()], [2, 1]);
  same(count.size === new CountQueuingStrategy({ highWaterMark: 1 }).size, true);
  throws(TypeError, () => new CountQueuingStrategy(/** @type {any} */ ({})));
});
