// @ts-check
// TransformStream, https://streams.spec.whatwg.org/#ts

import { rejects, same, sleep, test, throws } from './harness.js';

const why = new Error('why');

const through = (chunks, transform) =>
  Array.fromAsync(ReadableStream.from(chunks).pipeThrough(transform));

test('without a transformer chunks go through', async () => {
  same(await through([1, 'b', null], new TransformStream()), [1, 'b', null]);
});

test('transform() makes none, one or more of each chunk; flush() adds to the end', async () => {
  const log = [];
  const transform = new TransformStream({
    start: (controller) => controller.enqueue('start'),
    transform(chunk, controller) {
      for (let i = 0; i < chunk; i++) controller.enqueue(chunk);
    },
    flush(controller) {
      log.push('flush');
      controller.enqueue('end');
    },
  });
  same(await through([0, 1, 2], transform), ['start', 1, 2, 2, 'end']);
  same(log, ['flush']);
});

test('a writer waits until somebody reads', async () => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  let written = false;
  writer.write('a').then(() => (written = true));
  await sleep();
  same([written, writer.desiredSize], [false, 0]);
  same((await readable.getReader().read()).value, 'a');
  await sleep();
  same(written, true);
});

test('what transform() throws errors both sides', async () => {
  const error = new Error('x');
  const { readable, writable } = new TransformStream({
    transform() {
      throw error;
    },
  });
  const writer = writable.getWriter();
  const read = readable.getReader().read();
  await rejects(error, writer.write('a'));
  await rejects(error, read);
  await rejects(error, writer.closed);
});

test('terminate() closes the readable side and errors the writable one', async () => {
  const { readable, writable } = new TransformStream({
    transform: (chunk, controller) => controller.terminate(),
  });
  const writer = writable.getWriter();
  const read = readable.getReader().read();
  await writer.write('a');
  same(await read, { value: undefined, done: true });
  await rejects(TypeError, writer.closed);
});

test('cancel() of the transformer hears of a cancel and of an abort', async () => {
  const log = [];
  const make = () => new TransformStream({ cancel: (reason) => void log.push(reason) });
  await make().readable.cancel('cancelled');
  await make().writable.abort('aborted');
  same(log, ['cancelled', 'aborted']);
});

test('a cancelled readable side errors the writable one', async () => {
  const { readable, writable } = new TransformStream();
  await readable.cancel(why);
  await rejects(why, writable.getWriter().write('a'));
});

test('an aborted writable side errors the readable one', async () => {
  const { readable, writable } = new TransformStream();
  await writable.abort(why);
  await rejects(why, readable.getReader().read());
});

test('the arguments are checked', () => {
  throws(RangeError, () => new TransformStream(/** @type {any} */ ({ readableType: 'bytes' })));
  throws(RangeError, () => new TransformStream(/** @type {any} */ ({ writableType: 'bytes' })));
  throws(TypeError, () => new TransformStream(/** @type {any} */ ({ transform: 1 })));
  throws(RangeError, () => new TransformStream({}, { highWaterMark: NaN }));
  throws(TypeError, () => new TransformStreamDefaultController());
});
