// @ts-check
// WritableStream, https://streams.spec.whatwg.org/#ws

import { rejects, same, sleep, test, throws } from './harness.js';

const why = new Error('why');

function recording(log, more = {}, strategy = undefined) {
  return new WritableStream(
    {
      write: (chunk) => void log.push(['write', chunk]),
      close: () => void log.push(['close']),
      abort: (reason) => void log.push(['abort', reason]),
      ...more,
    },
    strategy,
  );
}

test('chunks are written in order, then closed', async () => {
  const log = [];
  const writer = recording(log).getWriter();
  writer.write('a');
  writer.write('b');
  await writer.close();
  same(log, [['write', 'a'], ['write', 'b'], ['close']]);
  same(await writer.closed, undefined);
});

test('write() waits for the one before', async () => {
  const log = [];
  const writer = recording(log, {
    write: async (chunk) => {
      log.push(`start ${chunk}`);
      await sleep(1);
      log.push(`end ${chunk}`);
    },
  }).getWriter();
  await Promise.all([writer.write(1), writer.write(2)]);
  same(log, ['start 1', 'end 1', 'start 2', 'end 2']);
});

test('ready and desiredSize tell of room', async () => {
  let release = () => {};
  const write = () => new Promise((resolve) => (release = resolve));
  const writer = recording([], { write }, { highWaterMark: 2 }).getWriter();
  same(writer.desiredSize, 2);
  await writer.ready;
  writer.write('a');
  const last = writer.write('b');
  same(writer.desiredSize, 0);
  let isReady = false;
  writer.ready.then(() => (isReady = true));
  await sleep();
  same(isReady, false);
  release(undefined);
  await sleep();
  same([isReady, writer.desiredSize], [true, 1]);
  release(undefined);
  await last;
});

test('an error of the sink rejects the write and all after it', async () => {
  const error = new Error('x');
  const writer = recording([], { write: () => Promise.reject(error) }).getWriter();
  await rejects(error, writer.write('a'));
  await rejects(error, writer.write('b'));
  await rejects(error, writer.closed);
  await rejects(error, writer.ready);
  same(writer.desiredSize, null);
});

test('abort() drops what waits and tells the sink why', async () => {
  const log = [];
  const writer = recording(log).getWriter();
  await writer.ready;
  await writer.abort(why);
  same(log, [['abort', why]]);
  await rejects(why, writer.write('a'));
});

test('the controller\'s signal aborts with the stream', async () => {
  let controller;
  const stream = recording([], { start: (given) => (controller = given) });
  same(controller.signal.aborted, false);
  await stream.abort(why);
  same([controller.signal.aborted, controller.signal.reason], [true, why]);
});

test('controller.error() errors it', async () => {
  let controller;
  const stream = recording([], { start: (given) => (controller = given) });
  const error = new Error('x');
  controller.error(error);
  await rejects(error, stream.getWriter().write('a'));
});

test('a lock keeps others out until it is released', async () => {
  const stream = recording([]);
  const writer = stream.getWriter();
  same(stream.locked, true);
  throws(TypeError, () => stream.getWriter());
  await rejects(TypeError, stream.close());
  await rejects(TypeError, stream.abort());
  writer.releaseLock();
  await rejects(TypeError, writer.write('a'));
  await rejects(TypeError, writer.closed);
  throws(TypeError, () => writer.desiredSize);
  await stream.close();
});

test('a stream closes once', async () => {
  const stream = recording([]);
  await stream.close();
  await rejects(TypeError, stream.close());
  await rejects(TypeError, stream.getWriter().write('a'));
});

test('the arguments are checked', () => {
  throws(RangeError, () => new WritableStream(/** @type {any} */ ({ type: 'bytes' })));
  throws(TypeError, () => new WritableStream(/** @type {any} */ ({ write: 1 })));
  throws(TypeError, () => new WritableStream(/** @type {any} */ (null)));
  throws(RangeError, () => new WritableStream({}, { highWaterMark: -1 }));
  throws(TypeError, () => new WritableStreamDefaultController());
});

test('a strategy that throws errors the stream', async () => {
  const error = new Error('x');
  const size = () => {
    throw error;
  };
  const writer = recording([], {}, { size }).getWriter();
  await rejects(error, writer.write('a'));
  await rejects(error, writer.closed);
});
