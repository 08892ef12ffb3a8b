// node: modules: what they export, and what they answer.

import assert from 'node:assert';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import diagnostics from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import * as net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import querystring from 'node:querystring';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import url from 'node:url';
import util from 'node:util';
import zlib from 'node:zlib';

import { attemptEach, attempts, caseApp } from '../../case_app.js';

const codeOf = async (run) => {
  try {
    return await run();
  } catch (error) {
    return [error.name, error.code];
  }
};

export default caseApp({
  buffer: () =>
    attempts({
      from: () => [
        Buffer.from('hällo'),
        Buffer.from('68c3a4', 'hex'),
        Buffer.from('aMOk', 'base64'),
        Buffer.from('_-8', 'base64url'),
        Buffer.from('ä', 'latin1'),
        Buffer.from('ä', 'utf16le'),
        Buffer.from([256, -1, 1.5]),
      ],
      text: () =>
        ['utf8', 'hex', 'base64', 'base64url', 'latin1', 'ascii', 'utf16le'].map((coding) =>
          Buffer.from('hä€').toString(coding),
        ),
      numbers: () => {
        const b = Buffer.alloc(16);
        b.writeUInt32BE(0xdeadbeef, 0);
        b.writeDoubleLE(1.5, 4);
        b.writeInt16LE(-2, 12);
        return [b, b.readUInt32LE(0), b.readInt16LE(12), b.readBigUInt64BE(0)];
      },
      range: () => codeOf(() => Buffer.alloc(1).readUInt16LE(0)),
      concat: () => Buffer.concat([Buffer.from('a'), new Uint8Array([98])], 3),
      compare: () => [
        Buffer.compare(Buffer.from('a'), Buffer.from('b')),
        Buffer.from('a').equals(Buffer.from('a')),
      ],
      index: () => [
        Buffer.from('abcabc').indexOf('c', 3),
        Buffer.from('abc').includes('x'),
        Buffer.from('aXbX').lastIndexOf('X'),
      ],
      fill: () => [Buffer.alloc(5, 'ab'), Buffer.alloc(3).fill('6162', 'hex')],
      slice: () => {
        const b = Buffer.from('abcd');
        b.subarray(1, 3)[0] = 120;
        return b.toString();
      },
      json: () => JSON.parse(JSON.stringify(Buffer.from('a'))),
      inspect: () => util.inspect(Buffer.from('abc')),
      isBuffer: () => [
        Buffer.isBuffer(Buffer.alloc(0)),
        Buffer.isBuffer(new Uint8Array()),
        Buffer.isEncoding('UTF-8'),
        Buffer.byteLength('ä€'),
      ],
      swap: () => Buffer.from('abcd').swap16().toString(),
      same: () => [Buffer === globalThis.Buffer, Buffer.poolSize, typeof Buffer.allocUnsafe],
    }),
  events: async () => {
    const emitter = new EventEmitter();
    const seen = [];
    emitter.on('x', (value) => seen.push(['on', value]));
    emitter.prependListener('x', (value) => seen.push(['first', value]));
    emitter.once('x', (value) => seen.push(['once', value]));
    emitter.emit('x', 1);
    emitter.emit('x', 2);
    const waited = once(emitter, 'y');
    emitter.emit('y', 'a', 'b');
    return {
      seen,
      counts: [emitter.listenerCount('x'), emitter.eventNames()],
      waited: await waited,
      error: await codeOf(() => emitter.emit('error', new RangeError('x'))),
      unhandled: await codeOf(() => emitter.emit('error', 1)),
    };
  },
  path: () => ({
    join: path.join('/a', '../b', './c'),
    resolve: path.resolve('/a/b', '../c'),
    relative: path.relative('/a/b', '/a/c/d'),
    parse: path.parse('/x/y.tar.gz'),
    format: path.format({ dir: '/a', base: 'b' }),
    base: path.basename('/a/b.js', '.js'),
    ext: path.extname('a.b.c'),
    normal: path.normalize('/a//b/../c/.'),
    win: path.win32.join('a', '..\\b'),
    sep: path.sep,
    posix: path.posix === path,
  }),
  util: () =>
    attempts({
      inspect: () =>
        util.inspect({
          a: [1, { b: { c: { d: 1 } } }],
          m: new Map([[1, new Set(['x'])]]),
          f() {},
          s: Symbol('q'),
          [Symbol('k')]: 1,
          n: null,
          date: new Date(0),
          re: /x/g,
          big: 1n,
        }),
      depth: () => util.inspect({ a: { b: { c: {} } } }, { depth: 0 }),
      compact: () => util.inspect({ a: 1, b: 'x'.repeat(80) }),
      circular: () => {
        const one = {};
        one.self = one;
        return util.inspect(one);
      },
      classes: () =>
        util.inspect(
          new (class Foo {
            x = 1;
          })(),
        ),
      format: () =>
        util.format(
          '%s %d %i %f %j %o %% %c x',
          'a',
          '1.5',
          1.9,
          '2.5',
          { a: 1 },
          [1],
          'css',
          'more',
        ),
      promisify: async () => util.promisify((value, done) => done(null, value * 2))(21),
      promisifyError: async () => util.promisify((done) => done(new RangeError('x')))(),
      callbackify: () =>
        new Promise((resolve) =>
          util.callbackify(async (x) => x + 1)(1, (error, value) => resolve([error, value])),
        ),
      types: () => [
        util.types.isPromise(Promise.resolve()),
        util.types.isRegExp(/x/),
        util.types.isUint8Array(new Uint8Array()),
        util.types.isProxy?.(new Proxy({}, {})),
      ],
      equal: () => [
        util.isDeepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] }),
        util.isDeepStrictEqual([1], ['1']),
      ],
      inherits: () => {
        function A() {}
        function B() {}
        util.inherits(A, B);
        return new A() instanceof B;
      },
      strip: () => util.stripVTControlCharacters('\u001b[31mred\u001b[39m'),
      style: () => util.styleText('red', 'x'),
      args: () =>
        util.parseArgs({
          args: ['-f', '--bar', 'b', 'pos'],
          options: { f: { type: 'boolean', short: 'f' }, bar: { type: 'string' } },
          allowPositionals: true,
        }),
      mime: () => String(new util.MIMEType('text/html; charset=utf-8')),
      deprecate: () => util.deprecate(() => 1, 'old')(),
    }),
  url: () =>
    attempts({
      parse: () => {
        const { href, protocol, auth, host, pathname, query, hash } = url.parse(
          'http://u:p@host:8080/p/a?q=1#h',
        );
        return { href, protocol, auth, host, pathname, query, hash };
      },
      query: () => ({ ...url.parse('/x?a=1&a=2', true).query }),
      format: () =>
        url.format({ protocol: 'https', host: 'a.b', pathname: '/c', query: { d: 'e f' } }),
      resolve: () => url.resolve('http://a/b/c', '../d'),
      file: () => url.fileURLToPath('file:///a/b%20c'),
      toFile: () => url.pathToFileURL('/a/b c').href,
      ascii: () => url.domainToASCII('bücher.de'),
      unicode: () => url.domainToUnicode('xn--bcher-kva.de'),
      same: () => url.URL === URL,
    }),
  querystring: () => ({
    parse: { ...querystring.parse('a=1&a=2&b=%C3%BC+x&c') },
    text: querystring.stringify({ a: [1, 2], b: 'ü x', c: null, d: true }),
    escape: querystring.escape("a b!'()*ü"),
    other: { ...querystring.parse('a:1;b:2', ';', ':') },
  }),
  decoder: () => {
    const decoder = new StringDecoder('utf8');
    return [
      decoder.write(Buffer.from([0xe2, 0x82])),
      decoder.write(Buffer.from([0xac])),
      decoder.end(Buffer.from([0xe2])),
      new StringDecoder('base64').write(Buffer.from('abcd')),
    ];
  },
  assert: () =>
    attempts({
      ok: () => assert(true),
      equal: () => codeOf(() => assert.strictEqual(1, 2)),
      deep: () => assert.deepStrictEqual({ a: [1] }, { a: [1] }),
      deepFails: () => codeOf(() => assert.deepStrictEqual({ a: 1 }, { a: 2 })),
      throws: () =>
        assert.throws(() => {
          throw new TypeError('x');
        }, TypeError),
      rejects: () => assert.rejects(Promise.reject(new RangeError('y')), { name: 'RangeError' }),
      match: () => codeOf(() => assert.match('abc', /x/)),
      fail: () => codeOf(() => assert.fail('why')),
    }),
  als: async () => {
    const storage = new AsyncLocalStorage();
    const seen = [];
    await storage.run('a', async () => {
      seen.push(storage.getStore());
      await null;
      seen.push(storage.getStore());
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(storage.getStore());
      storage.run('b', () => seen.push(storage.getStore()));
      storage.exit(() => seen.push(storage.getStore()));
      queueMicrotask(() => seen.push(['microtask', storage.getStore()]));
    });
    const bound = storage.run('c', () => AsyncResource.bind(() => storage.getStore()));
    const snapshot = storage.run('d', () => AsyncLocalStorage.snapshot());
    const emitter = new EventTarget();
    storage.run('e', () =>
      emitter.addEventListener('x', () => seen.push(['event', storage.getStore()])),
    );
    emitter.dispatchEvent(new Event('x'));
    const stream = storage.run(
      'f',
      () =>
        new ReadableStream({
          pull(c) {
            c.enqueue(storage.getStore());
            c.close();
          },
        }),
    );
    return {
      seen,
      bound: bound(),
      snapshot: snapshot(() => storage.getStore()),
      outside: storage.getStore(),
      stream: (await stream.getReader().read()).value,
    };
  },
  streams: () =>
    attempts({
      pipeline: async () => {
        const out = [];
        await pipeline(
          Readable.from(['a', 'b']),
          new Transform({
            transform(chunk, _, done) {
              done(null, String(chunk).toUpperCase());
            },
          }),
          new Writable({
            write(chunk, _, done) {
              out.push(String(chunk));
              done();
            },
          }),
        );
        return out;
      },
      iterate: async () => {
        const all = [];
        for await (const chunk of Readable.from([1, 2])) all.push(chunk);
        return all;
      },
      toWeb: async () => new Response(Readable.toWeb(Readable.from([Buffer.from('x')]))).text(),
      fromWeb: async () => {
        const all = [];
        for await (const chunk of Readable.fromWeb(new Blob(['abc']).stream()))
          all.push(String(Buffer.from(chunk)));
        return all;
      },
      error: () =>
        pipeline(
          Readable.from([1]),
          new Transform({
            objectMode: true,
            transform: (_, __, done) => done(new RangeError('x')),
          }),
          new Writable({ write: (_, __, done) => done() }),
        ),
      helpers: async () =>
        Readable.from([1, 2, 3, 4])
          .filter((x) => x % 2)
          .map((x) => x * 10)
          .toArray(),
    }),
  zlib: () =>
    attempts({
      gzip: () => zlib.gunzipSync(zlib.gzipSync('hällo')).toString(),
      deflate: () => zlib.inflateSync(zlib.deflateSync('a'.repeat(1000), { level: 9 })).length,
      raw: () => zlib.inflateRawSync(zlib.deflateRawSync('abc')).toString(),
      brotli: () => zlib.brotliDecompressSync(zlib.brotliCompressSync('abc')).toString(),
      crc: () => zlib.crc32('abc'),
      broken: () => codeOf(() => zlib.gunzipSync(Buffer.from('no gzip'))),
      called: () =>
        new Promise((resolve) =>
          zlib.gzip('x', (error, bytes) => resolve([error, zlib.unzipSync(bytes).toString()])),
        ),
      constants: () => [zlib.constants.Z_BEST_COMPRESSION, zlib.constants.BROTLI_PARAM_QUALITY],
    }),
  net: () => [net.isIP('::1'), net.isIP('1.2.3.4'), net.isIP('x'), net.isIPv6('::ffff:1.2.3.4')],
  diagnostics: () => {
    const seen = [];
    const channel = diagnostics.channel('x');
    const listener = (message, name) => seen.push([message, name]);
    channel.subscribe(listener);
    channel.publish({ a: 1 });
    channel.unsubscribe(listener);
    channel.publish({ b: 1 });
    return [seen, channel.hasSubscribers];
  },
  process: async () => ({
    env: { ...process.env },
    same: process === globalThis.process,
    platform: process.platform,
    nextTick: await new Promise((resolve) => {
      const seen = [];
      Promise.resolve().then(() => seen.push('promise'));
      process.nextTick((value) => seen.push(value), 'tick');
      setTimeout(() => resolve(seen), 2);
    }),
    hr: typeof process.hrtime.bigint(),
    cwd: process.cwd(),
    argv: Array.isArray(process.argv),
    version: /^v\d+\./.test(process.version),
    node: typeof process.versions?.node,
    emitter: typeof process.on,
  }),
  timers: async () => [
    await wait(1, 'value'),
    typeof setImmediate,
    await new Promise((resolve) => setImmediate(resolve, 'immediate')),
    typeof setTimeout(() => {}, 0),
  ],
  dynamic: async () =>
    attempts({
      path: async () => (await import('node:path')).default === path,
      none: () => import('node:none'),
      fs: async () => typeof (await import('node:fs')).readFileSync,
      builtin: () => typeof process.getBuiltinModule('node:path')?.join,
    }),
});
