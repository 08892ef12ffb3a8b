// node:zlib.

import { builtinModule, ok, rejects, same, test, throws } from './harness.js';

const zlib = builtinModule('node:zlib');
const { promisify } = builtinModule('node:util');
const { Readable } = builtinModule('node:stream');
const { text } = builtinModule('node:stream/consumers');

const data = 'hello '.repeat(50000);
const kPairs = [
  ['gzip', 'gunzip'],
  ['deflate', 'inflate'],
  ['deflateRaw', 'inflateRaw'],
  ['brotliCompress', 'brotliDecompress'],
  ['zstdCompress', 'zstdDecompress'],
  ['gzip', 'unzip'],
  ['deflate', 'unzip'],
];
const create = (name) => zlib[`create${name[0].toUpperCase()}${name.slice(1)}`]();

test('each format comes back as it went, in all three ways', async () => {
  for (const [there, back] of kPairs) {
    const small = zlib[`${there}Sync`](data);
    ok(small.length < 2000, there);
    same(zlib[`${back}Sync`](small).toString() === data, true, back);
    const later = await promisify(zlib[back])(await promisify(zlib[there])(data));
    same(later.toString() === data, true, back);
    const parts = [Buffer.from(data.slice(0, 1000)), Buffer.from(data.slice(1000))];
    same(
      (await text(Readable.from(parts).pipe(create(there)).pipe(create(back)))) === data,
      true,
      back,
    );
  }
});

test('what others compressed is read', async () => {
  same(
    zlib.gunzipSync(Buffer.from('H4sIAAAAAAAAA0vMTc0DALTEUVAEAAAA', 'base64')).toString(),
    'amen',
  );
  same(zlib.inflateSync(Buffer.from('eJxLzE3NAwAEBwGi', 'base64')).toString(), 'amen');
  const members = Buffer.concat([zlib.gzipSync('a'), zlib.gzipSync('b')]);
  same(zlib.gunzipSync(members).toString(), 'ab');
  const stream = new Response(data).body.pipeThrough(new CompressionStream('gzip'));
  same(zlib.gunzipSync(await new Response(stream).arrayBuffer()).toString() === data, true);
});

test('damaged data is named by its code', async () => {
  const codeOf = (run) => {
    try {
      run();
    } catch (error) {
      return [error.code, error.errno];
    }
    return undefined;
  };
  same(
    codeOf(() => zlib.gunzipSync('nope')),
    ['Z_DATA_ERROR', -3],
  );
  same(
    codeOf(() => zlib.gunzipSync(zlib.gzipSync('abc').subarray(0, 15))),
    ['Z_BUF_ERROR', -5],
  );
  same(codeOf(() => zlib.brotliDecompressSync('xxxxxxx'))[0], 'ERR__ERROR_FORMAT_PADDING_1');
  const cut = zlib.gzipSync('abcabc').subarray(0, 15);
  same(zlib.gunzipSync(cut, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString(), 'abca');
  const stream = zlib.createGunzip();
  const failed = new Promise((resolve) => stream.on('error', resolve));
  stream.end('garbage');
  same((await failed).code, 'Z_DATA_ERROR');
});

test('what comes out is bounded', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(1 << 20));
  throws(
    RangeError,
    () => zlib.gunzipSync(bomb, { maxOutputLength: 1000 }),
    'larger than 1000 bytes',
  );
  await rejects(RangeError, promisify(zlib.gunzip)(bomb, { maxOutputLength: 1000 }));
  throws(RangeError, () => zlib.gunzipSync(bomb, { maxOutputLength: 0 }));
});

test('a stream makes no more than its reader takes', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(16 << 20));
  const stream = zlib.createGunzip();
  stream.end(bomb);
  await new Promise((resolve) => stream.once('readable', resolve));
  ok(stream.readableLength < 1 << 20, stream.readableLength);
  let length = 0;
  for await (const piece of stream) length += piece.length;
  same(length, 16 << 20);
});

test('crc32, constants and codes', () => {
  same(zlib.crc32('hello'), 907060870);
  same(zlib.crc32('lo', zlib.crc32('hel')), 907060870);
  same([zlib.constants.Z_BEST_SPEED, zlib.codes.Z_OK], [1, 0]);
});

test('levels are heard', () => {
  const sizes = (name, options) => options.map((one) => zlib[name](noisy, one).length);
  let state = 1;
  const word = () => (state = (state * 48271) % 0x7fffffff) % 300;
  const noisy = Array.from({ length: 30000 }, () => `w${word() ** 2}`).join(' ');
  const [fast, best] = sizes('gzipSync', [{ level: 1 }, { level: 9 }]);
  ok(best < fast, [fast, best]);
  ok(zlib.deflateSync(noisy, { level: 0 }).length > noisy.length);
  const { BROTLI_PARAM_QUALITY, ZSTD_c_compressionLevel } = zlib.constants;
  for (const [name, key, least] of [
    ['brotliCompressSync', BROTLI_PARAM_QUALITY, 1],
    ['zstdCompressSync', ZSTD_c_compressionLevel, -5],
  ]) {
    const [quick, slow] = sizes(name, [{ params: { [key]: least } }, { params: { [key]: 9 } }]);
    ok(slow < quick, name);
  }
  throws(RangeError, () => zlib.gzipSync('x', { level: 10 }));
});

test('flush() writes out what has been taken', async () => {
  for (const [there, back] of [
    ['createGzip', 'createGunzip'],
    ['createBrotliCompress', 'createBrotliDecompress'],
    ['createZstdCompress', 'createZstdDecompress'],
  ]) {
    const from = zlib[there]();
    const to = zlib[back]();
    from.pipe(to);
    from.write('first');
    await new Promise((resolve) => from.flush(resolve));
    const [piece] = await builtinModule('node:events').once(to, 'data');
    same(String(piece), 'first', there);
    from.end('second');
    same(await text(to), 'second', there);
  }
});

test('a member of gzip may end with its chunk', async () => {
  const parts = [zlib.gzipSync('a'), zlib.gzipSync('b')];
  same(await text(Readable.from(parts).pipe(zlib.createGunzip())), 'ab');
});
