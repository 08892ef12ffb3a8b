// @ts-check
// pipeTo and pipeThrough, https://streams.spec.whatwg.org/#readable-stream-pipe-to

import { rejects, same, sleep, test, throws } from './harness.js';

const why = new Error('why');

function recording(more = {}, strategy = undefined) {
  const log = [];
  const sink = {
    write: (chunk) => void log.push(chunk),
    close: () => void log.push('close'),
    abort: (reason) => void log.push(['abort', reason]),
    ...more,
  };
  return { log, stream: new WritableStream(sink, strategy) };
}

test('all chunks go over, then the end', async () => {
  const { log, stream } = recording();
  const source = ReadableStream.from(['a', 'b']);
  await source.pipeTo(stream);
  same(log, ['a', 'b', 'close']);
  same([source.locked, stream.locked], [false, false]);
});

test('preventClose leaves the destination open', async () => {
  const { log, stream } = recording();
  await ReadableStream.from(['a']).pipeTo(stream, { preventClose: true });
  await ReadableStream.from(['b']).pipeTo(stream);
  same(log, ['a', 'b', 'close']);
});

test('an error of the source aborts the destination', async () => {
  const error = new Error('x');
  const failing = () => new ReadableStream({ start: (controller) => controller.error(error) });
  const first = recording();
  await rejects(error, failing().pipeTo(first.stream));
  same(first.log, [['abort', error]]);
  const second = recording();
  await rejects(error, failing().pipeTo(second.stream, { preventAbort: true }));
  same(second.log, []);
});

test('an error of the destination cancels the source', async () => {
  const error = new Error('x');
  let reason;
  const source = new ReadableStream({
    pull: (controller) => controller.enqueue('a'),
    cancel: (given) => void (reason = given),
  });
  const { stream } = recording({ write: () => Promise.reject(error) });
  await rejects(error, source.pipeTo(stream));
  same(reason, error);
});

test('a closed destination cancels the source', async () => {
  let cancelled = false;
  const source = new ReadableStream({ cancel: () => void (cancelled = true) });
  const { stream } = recording();
  await stream.close();
  await rejects(TypeError, source.pipeTo(stream));
  same(cancelled, true);
});

test('nothing is read while the destination has no room', async () => {
  let pulls = 0;
  const source = new ReadableStream({ pull: (c) => c.enqueue(++pulls) }, { highWaterMark: 0 });
  const { stream } = recording({ write: () => new Promise(() => {}) }, { highWaterMark: 2 });
  source.pipeTo(stream);
  await sleep();
  same(pulls, 2);
});

test('enqueue() does not run the sink at once', async () => {
  let controller;
  const source = new ReadableStream({ start: (given) => (controller = given) });
  const { log, stream } = recording();
  source.pipeTo(stream);
  await sleep();
  controller.enqueue('a');
  same(log, []);
  await sleep();
  same(log, ['a']);
});

test('a chunk that has been read is written before the pipe ends', async () => {
  let controller;
  const source = new ReadableStream({ start: (given) => (controller = given) });
  const { log, stream } = recording();
  const piped = source.pipeTo(stream);
  await sleep();
  controller.enqueue('a');
  controller.close();
  await piped;
  same(log, ['a', 'close']);
});

test('a signal stops it, both ways', async () => {
  const abort = new AbortController();
  let reason;
  const source = new ReadableStream({ cancel: (given) => void (reason = given) });
  const { log, stream } = recording();
  const piped = source.pipeTo(stream, { signal: abort.signal });
  abort.abort(why);
  await rejects(why, piped);
  same([reason, log], [why, [['abort', why]]]);
});

test('a signal that has aborted stops it before it begins', async () => {
  const { log, stream } = recording();
  const options = { signal: AbortSignal.abort(why), preventAbort: true, preventCancel: true };
  const source = ReadableStream.from(['a']);
  await rejects(why, source.pipeTo(stream, options));
  same([log, source.locked, stream.locked], [[], false, false]);
});

test('locked streams and wrong arguments are refused', async () => {
  const { stream } = recording();
  await rejects(TypeError, new ReadableStream().pipeTo(/** @type {any} */ ({})));
  await rejects(TypeError, new ReadableStream().pipeTo(stream, /** @type {any} */ ({ signal: 1 })));
  const locked = new ReadableStream();
  locked.getReader();
  await rejects(TypeError, locked.pipeTo(stream));
  throws(TypeError, () => locked.pipeThrough(new TransformStream()));
  throws(TypeError, () => new ReadableStream().pipeThrough(/** @type {any} */ ({})));
});

test('pipeThrough() gives the other end, and no rejection of its own', async () => {
  const error = new Error('x');
  const source = new ReadableStream({ start: (controller) => controller.error(error) });
  await rejects(error, source.pipeThrough(new TransformStream()).getReader().read());
  await sleep();
});
