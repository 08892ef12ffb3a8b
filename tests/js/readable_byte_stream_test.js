// @ts-check
// ReadableStream of bytes, and readers that bring their buffer.

import { bytes, ok, rejects, same, test, throws } from './harness.js';

const byteStream = (source, strategy) => new ReadableStream({ type: 'bytes', ...source }, strategy);

test('a default reader gets the chunks as Uint8Arrays', async () => {
  const stream = byteStream({
    start(controller) {
      controller.enqueue(new Uint16Array([0x6261]));
      controller.close();
    },
  });
  const reader = stream.getReader();
  same((await reader.read()).value, bytes(0x61, 0x62));
  same((await reader.read()).done, true);
});

test('a chunk\'s buffer is taken', () => {
  const chunk = bytes(1, 2);
  byteStream({ start: (controller) => controller.enqueue(chunk) });
  same(chunk.byteLength, 0);
});

test('a BYOB reader gets its own buffer filled', async () => {
  const stream = byteStream({
    pull(controller) {
      const view = controller.byobRequest.view;
      view[0] = 7;
      view[1] = 8;
      controller.byobRequest.respond(2);
    },
  });
  const reader = stream.getReader({ mode: 'byob' });
  const mine = new Uint8Array(4);
  const { value, done } = await reader.read(mine);
  same([value, done, mine.byteLength], [bytes(7, 8), false, 0]);
  same(value?.buffer.byteLength, 4);
});

test('a queue larger than the view is read in parts', async () => {
  const stream = byteStream({ start: (controller) => controller.enqueue(bytes(1, 2, 3, 4, 5)) });
  const reader = stream.getReader({ mode: 'byob' });
  same((await reader.read(new Uint8Array(3))).value, bytes(1, 2, 3));
  same((await reader.read(new Uint8Array(3))).value, bytes(4, 5));
});

test('min waits until enough is there', async () => {
  let controller;
  const stream = byteStream({ start: (given) => (controller = given) });
  const reader = stream.getReader({ mode: 'byob' });
  const read = reader.read(new Uint8Array(4), { min: 3 });
  controller.enqueue(bytes(1, 2));
  controller.enqueue(bytes(3));
  same((await read).value, bytes(1, 2, 3));
  await rejects(RangeError, reader.read(new Uint8Array(2), { min: 3 }));
  await rejects(RangeError, /** @type {any} */ (reader).readAtLeast(3, new Uint8Array(2)));
  await rejects(TypeError, reader.read(new Uint8Array(2), { min: 0 }));
});

test('elements that are not whole wait for their rest', async () => {
  let controller;
  const stream = byteStream({ start: (given) => (controller = given) });
  const reader = stream.getReader({ mode: 'byob' });
  const read = reader.read(new Uint16Array(2));
  controller.enqueue(bytes(1));
  controller.enqueue(bytes(2, 3));
  same(Array.from((await read).value ?? []), [0x0201]);
  same((await reader.read(new Uint8Array(2))).value, bytes(3));
});

test('closing gives the buffer back, empty', async () => {
  let controller;
  const stream = byteStream({ start: (given) => (controller = given) });
  const reader = stream.getReader({ mode: 'byob' });
  const read = reader.read(new Uint8Array(4));
  controller.close();
  controller.byobRequest.respond(0);
  const { value, done } = await read;
  same([value, done, value?.buffer.byteLength], [bytes(), true, 4]);
});

test('autoAllocateChunkSize gives a default reader\'s pull a buffer', async () => {
  const stream = byteStream({
    autoAllocateChunkSize: 8,
    pull(controller) {
      same(controller.byobRequest.view.byteLength, 8);
      controller.byobRequest.view.set([1, 2]);
      controller.byobRequest.respond(2);
    },
  });
  same((await stream.getReader().read()).value, bytes(1, 2));
});

test('respondWithNewView() takes the same region only', async () => {
  const stream = byteStream({
    pull(controller) {
      const request = controller.byobRequest;
      const { buffer, byteOffset } = request.view;
      throws(RangeError, () => request.respondWithNewView(new Uint8Array(1)));
      throws(RangeError, () => request.respond(100));
      throws(TypeError, () => request.respond(0));
      const moved = buffer.transfer();
      request.respondWithNewView(new Uint8Array(moved, byteOffset, 1));
      same(request.view, null);
      throws(TypeError, () => request.respond(1));
    },
  });
  const reader = stream.getReader({ mode: 'byob' });
  same((await reader.read(new Uint8Array(4))).value, bytes(0));
});

test('views and chunks must have bytes', async () => {
  let controller;
  const stream = byteStream({ start: (given) => (controller = given) });
  throws(TypeError, () => controller.enqueue(bytes()));
  throws(TypeError, () => controller.enqueue('text'));
  const reader = stream.getReader({ mode: 'byob' });
  await rejects(TypeError, reader.read(bytes()));
  await rejects(TypeError, reader.read(/** @type {any} */ ('text')));
  const resizable = new ArrayBuffer(2, /** @type {any} */ ({ maxByteLength: 4 }));
  await rejects(TypeError, reader.read(new Uint8Array(resizable)));
});

test('a BYOB reader needs a byte stream', () => {
  throws(TypeError, () => new ReadableStream().getReader({ mode: 'byob' }));
  throws(RangeError, () => byteStream({}, { size: () => 1 }));
  throws(TypeError, () => byteStream({ autoAllocateChunkSize: 0 }));
});

test('tee() gives each branch bytes of its own', async () => {
  const stream = byteStream({
    start(controller) {
      controller.enqueue(bytes(1, 2));
      controller.close();
    },
  });
  const [left, right] = stream.tee();
  const first = (await left.getReader().read()).value;
  first?.fill(0);
  same((await right.getReader({ mode: 'byob' }).read(new Uint8Array(4))).value, bytes(1, 2));
});

test('a branch with a buffer has it filled by the source', async () => {
  let asked = 0;
  const stream = byteStream({
    pull(controller) {
      asked = controller.byobRequest?.view.byteLength ?? 0;
      controller.byobRequest?.view.set([9]);
      controller.byobRequest?.respond(1);
    },
  });
  const [left, right] = stream.tee();
  const read = await left.getReader({ mode: 'byob' }).read(new Uint8Array(5));
  same([read.value, asked], [bytes(9), 5]);
  same((await right.getReader().read()).value, bytes(9));
});

test('errors and cancels are as in other streams', async () => {
  const error = new Error('x');
  let reason;
  const failing = byteStream({ start: (controller) => controller.error(error) });
  await rejects(error, failing.getReader().read());
  const stream = byteStream({ cancel: (given) => void (reason = given) });
  const reader = stream.getReader({ mode: 'byob' });
  const read = reader.read(new Uint8Array(1));
  await reader.cancel('why');
  same([reason, await read], ['why', { value: undefined, done: true }]);
  ok(stream.locked);
});
