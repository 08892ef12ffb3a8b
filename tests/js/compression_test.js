// @ts-check
// CompressionStream and DecompressionStream, https://compression.spec.whatwg.org/

import { ok, rejects, same, sleep, test, throws } from './harness.js';

/** @type {any} */
const global = globalThis;
const formats = ['deflate', 'deflate-raw', 'gzip', 'brotli', 'zstd'];

async function through(chunks, transform) {
  const pieces = await Array.fromAsync(ReadableStream.from(chunks).pipeThrough(transform));
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
const compress = (format, ...chunks) => through(chunks, new global.CompressionStream(format));
const decompress = (format, ...chunks) => through(chunks, new global.DecompressionStream(format));
/** same() takes a property at a time, which is slow for many bytes. */
const sameBytes = (actual, expected) => ok(actual.toHex() === expected.toHex(), 'the same bytes');
const bytesOf = (text) => new TextEncoder().encode(text);

test('every format gives back what was compressed', async () => {
  const text = bytesOf('the same words again '.repeat(20000));
  for (const format of formats) {
    const small = await compress(format, text.subarray(0, 1000), new Uint8Array(0), text.subarray(1000));
    ok(small.length < 2000, `${format} is small`);
    sameBytes(await decompress(format, small), text);
    const byByte = Array.from(small, (byte) => new Uint8Array([byte]));
    same((await decompress(format, ...byByte)).length, text.length, format);
  }
});

test('formats are those of other implementations', async () => {
  const gzip = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 75, 52, 48, 52, 2, 0, 216, 252, 63, 136, 4, 0, 0, 0];
  same(await decompress('gzip', new Uint8Array(gzip)), bytesOf('a012'));
  const zlib = [120, 156, 75, 52, 48, 52, 50, 54, 49, 53, 3, 0, 8, 136, 1, 199];
  same(await decompress('deflate', new Uint8Array(zlib).buffer), bytesOf('a0123456'));
  same((await compress('gzip', bytesOf('a'))).slice(0, 3), new Uint8Array([31, 139, 8]));
});

test('data that ends too early, goes on too long or is damaged is a TypeError', async () => {
  for (const format of formats) {
    const data = await compress(format, bytesOf('some words'));
    const longer = new Uint8Array([...data, 0]);
    const damaged = data.map((byte, i) => (i < 4 ? byte ^ 0xff : byte));
    await rejects(TypeError, decompress(format, data.subarray(0, -1)));
    await rejects(TypeError, decompress(format));
    await rejects(TypeError, decompress(format, longer));
    await rejects(TypeError, decompress(format, data, new Uint8Array(1)));
    await rejects(TypeError, decompress(format, damaged));
    same(await decompress(format, data, new Uint8Array(0)), bytesOf('some words'));
  }
});

test('what is behind the end is found after what is before it was read', async () => {
  const data = await compress('gzip', bytesOf('text'));
  const { readable, writable } = new global.DecompressionStream('gzip');
  const reader = readable.getReader();
  const writing = writable.getWriter().write(new Uint8Array([...data, 1]));
  same((await reader.read()).value, bytesOf('text'));
  await rejects(TypeError, reader.read());
  await rejects(TypeError, writing);
});

test('chunks are bytes', async () => {
  for (const chunk of [undefined, null, 5, 'text', {}, [65]]) {
    await rejects(TypeError, compress('gzip', chunk));
    await rejects(TypeError, decompress('gzip', chunk));
  }
  const resizable = new ArrayBuffer(4, /** @type {any} */ ({ maxByteLength: 8 }));
  await rejects(TypeError, compress('gzip', resizable));
  const detached = new Uint8Array(10);
  structuredClone(detached, { transfer: [detached.buffer] });
  same(await decompress('gzip', await compress('gzip', detached)), new Uint8Array(0));
});

test('what a few bytes become is made as it is read', async () => {
  const size = 16 << 20;
  const data = await compress('gzip', new Uint8Array(size));
  const { readable, writable } = new global.DecompressionStream('gzip');
  const writer = writable.getWriter();
  let written = false;
  writer.write(data).then(() => (written = true));
  const reader = readable.getReader();
  let length = 0;
  for (let i = 0; i < 100; i++) length += (await reader.read()).value.length;
  await sleep();
  same(length, 100 * 65536, 'in pieces of 64 KiB');
  same(written, false, 'the rest waits');
  writer.close();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length;
  }
  same(length, size);
});

test('a chunk may be changed after it was written', async () => {
  const { readable, writable } = new global.CompressionStream('deflate');
  const chunk = crypto.getRandomValues(new Uint8Array(60000));
  const expected = chunk.slice();
  const writer = writable.getWriter();
  const big = new Uint8Array(300000);
  for (let i = 0; i < 5; i++) big.set(chunk, i * 60000);
  writer.write(big);
  writer.close();
  const reader = readable.getReader();
  const pieces = [(await reader.read()).value];
  big.buffer.transfer(0);
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    pieces.push(step.value);
  }
  const all = await decompress('deflate', ...pieces);
  same(all.length, 300000);
  sameBytes(all.slice(240000), expected);
});

test('cancelling ends it, also while it waits for its reader', async () => {
  const { readable, writable } = new global.DecompressionStream('gzip');
  const data = await compress('gzip', new Uint8Array(1 << 20));
  const writer = writable.getWriter();
  const writing = writer.write(data);
  const reader = readable.getReader();
  await reader.read();
  await reader.cancel('why');
  await writing;
  same(await writer.closed.catch((reason) => reason), 'why');
});

test('cancelling while the last pieces wait for their reader ends both sides', async () => {
  const { readable, writable } = new global.CompressionStream('deflate');
  const writer = writable.getWriter();
  const noise = new Uint8Array(60000);
  const reader = readable.getReader();
  const first = reader.read();
  for (let i = 0; i < 4; i++) writer.write(crypto.getRandomValues(noise.slice()));
  const closing = writer.close();
  await first;
  await sleep();
  await reader.cancel();
  await closing.catch(() => {});
  ok(true, 'nothing hangs');
});

test('the interfaces are as the standard has them', () => {
  for (const name of ['CompressionStream', 'DecompressionStream']) {
    const Stream = global[name];
    same([Stream.name, Stream.length], [name, 1]);
    throws(TypeError, () => new Stream());
    throws(TypeError, () => new Stream('GZIP'));
    throws(TypeError, () => Stream('gzip'));
    same(Object.keys(Stream.prototype), ['readable', 'writable']);
    const { get } = /** @type {any} */ (Object.getOwnPropertyDescriptor(Stream.prototype, 'readable'));
    throws(TypeError, () => get.call({}));
    const stream = new Stream('gzip');
    same(Object.prototype.toString.call(stream), `[object ${name}]`);
    ok(stream.readable instanceof ReadableStream && stream.writable instanceof WritableStream);
    ok(stream.readable === stream.readable);
    throws(DOMException, () => structuredClone(stream));
  }
});

test('compression works among patched methods', async () => {
  const { CompressionStream: C, DecompressionStream: D } = global;
  const { set } = Uint8Array.prototype;
  Uint8Array.prototype.set = () => {
    throw new Error('patched');
  };
  const text = new Response(
    new Blob(['some words']).stream().pipeThrough(new C('gzip')).pipeThrough(new D('gzip')),
  ).text();
  Uint8Array.prototype.set = set;
  same(await text, 'some words');
});
