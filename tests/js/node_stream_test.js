// node:stream and what belongs to it, node:string_decoder.

import { builtinModule, ok, rejects, same, sleep, test } from './harness.js';

const stream = builtinModule('node:stream');
const { Readable, Writable, Transform, Duplex, PassThrough, pipeline } = stream;
const { text, json, buffer } = builtinModule('node:stream/consumers');
const promises = builtinModule('node:stream/promises');

const upper = () =>
  new Transform({
    transform(chunk, encoding, done) {
      done(null, chunk.toString().toUpperCase());
    },
  });

test('the module is the class that old streams inherit from, which are no readables', () => {
  const Legacy = stream.default;
  function Old() {
    this.writable = true;
  }
  builtinModule('node:util').inherits(Old, Legacy);
  const old = new Old();
  const seen = [];
  old.on('data', (chunk) => seen.push(chunk));
  old.once('close', () => seen.push('closed'));
  old.pipe(
    new Writable({
      write(chunk, encoding, done) {
        seen.push(['piped', String(chunk)]);
        done();
      },
    }),
  );
  old.emit('data', 'x');
  old.emit('close');
  same(seen, ['x', ['piped', 'x'], 'closed']);
  same([Legacy === stream.Stream, Legacy === Readable, Legacy.name], [true, false, 'Stream']);
  ok(new Readable() instanceof Legacy && new Transform() instanceof Legacy);
});

test('what is read goes through pipes', async () => {
  same(await text(Readable.from(['a', 'b']).pipe(upper())), 'AB');
  const seen = [];
  const sink = new Writable({
    write(chunk, encoding, done) {
      seen.push(String(chunk));
      done();
    },
  });
  await promises.pipeline(Readable.from(['x', 'y']), upper(), new PassThrough(), sink);
  same(seen, ['X', 'Y']);
  same([Readable.name, new Readable() instanceof stream.default], ['Readable', true]);
});

test('a class of before streams can be piped to', () => {
  function Old() {
    stream.default.call(this);
    this.writable = true;
    this.seen = [];
  }
  builtinModule('node:util').inherits(Old, stream.default);
  Old.prototype.write = function (chunk) {
    this.seen.push(chunk);
    return true;
  };
  Old.prototype.end = () => {};
  const from = new stream.default();
  const to = new Old();
  from.pipe(to);
  from.emit('data', 'x');
  same(to.seen, ['x']);
  ok(stream.default !== Readable && new Readable() instanceof stream.default);
});

test('an error ends a pipeline, and is told', async () => {
  const failing = new Transform({
    transform(chunk, encoding, done) {
      done(new Error('broken'));
    },
  });
  await rejects(
    Error,
    promises.pipeline(Readable.from(['x']), failing, new PassThrough()),
    'broken',
  );
  const error = await new Promise((resolve) => {
    pipeline(Readable.from(['x']), upper(), () => resolve('done')).resume();
  });
  same(error, 'done');
});

test('streams are async iterables, and functions of them are parts of a pipeline', async () => {
  const seen = [];
  for await (const chunk of Readable.from([1, 2, 3]).map((x) => x * 2)) seen.push(chunk);
  same(seen, [2, 4, 6]);
  const out = await promises.pipeline(
    Readable.from(['a']),
    async function* (source) {
      for await (const chunk of source) yield `${chunk}!`;
    },
    async (source) => text(source),
  );
  same(out, 'a!');
});

test("streams of the standard's become Node's and back", async () => {
  same(
    await new Response(
      Readable.toWeb(Readable.from([Buffer.from('to'), Buffer.from('web')])),
    ).text(),
    'toweb',
  );
  same(await text(Readable.fromWeb(new Response('from web').body)), 'from web');
  const seen = [];
  const sink = new WritableStream({
    write: (chunk) => void seen.push(new TextDecoder().decode(chunk)),
  });
  await promises.pipeline(Readable.from(['p', 'q']), Writable.fromWeb(sink));
  same(seen, ['p', 'q']);
  const writer = Writable.toWeb(
    upper().on('data', (chunk) => seen.push(String(chunk))),
  ).getWriter();
  await writer.write(new TextEncoder().encode('z'));
  await writer.close();
  same(seen, ['p', 'q', 'Z']);
  const { readable, writable } = Duplex.toWeb(upper());
  const copied = new Response(readable).text();
  await new Blob(['pair']).stream().pipeTo(writable);
  same(await copied, 'PAIR');
});

test('an error passes between the two kinds', async () => {
  const failing = new Readable({
    read() {
      this.destroy(new Error('upstream'));
    },
  });
  await rejects(Error, Readable.toWeb(failing).getReader().read(), 'upstream');
  const web = new ReadableStream({ pull: (controller) => controller.error(new Error('web')) });
  await rejects(Error, text(Readable.fromWeb(web)), 'web');
});

test('what nobody reads is not asked for', async () => {
  let pulled = 0;
  const web = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(16384));
    },
  });
  const readable = Readable.fromWeb(web, { highWaterMark: 32768 });
  readable.once('readable', () => {});
  await sleep(5);
  ok(pulled > 0 && pulled < 10, pulled);
  readable.destroy();
});

test('consumers give the whole', async () => {
  same(await json(Readable.from(['{"a":', '1}'])), { a: 1 });
  same((await buffer(Readable.from([Buffer.from([1]), Buffer.from([2])]))).length, 2);
  same(await text(new Response('x').body), 'x');
  ok(builtinModule('node:stream/web').ReadableStream === ReadableStream);
});

test('a character may come in two pieces', () => {
  const { StringDecoder } = builtinModule('node:string_decoder');
  const utf8 = new StringDecoder('utf8');
  same(utf8.write(Buffer.from([0xe2, 0x82])) + utf8.write(Buffer.from([0xac])), '€');
  const base64 = new StringDecoder('base64');
  same(base64.write(Buffer.from('a')) + base64.end(Buffer.from('b')), 'YWI=');
});

test('two ends of a pair', async () => {
  const [a, b] = stream.duplexPair();
  a.end('from a');
  b.end('from b');
  same([await text(b), await text(a)], ['from a', 'from b']);
});
