// @ts-check
// Response, https://fetch.spec.whatwg.org/#response-class

import { bytes, ok, rejects, same, test, throws } from './harness.js';

const streamOf = (...chunks) => ReadableStream.from(chunks);

test('a string body is text/plain, in UTF-8', async () => {
  const response = new Response('h\u00e9');
  same(response.headers.get('content-type'), 'text/plain;charset=UTF-8');
  same(await response.bytes(), bytes(0x68, 0xc3, 0xa9));
});

test('a content type that was given stays', () => {
  const response = new Response('x', { headers: { 'Content-Type': 'text/html' } });
  same([...response.headers], [['content-type', 'text/html']]);
});

test('the default is an empty 200', async () => {
  const response = new Response();
  same(
    [response.status, response.statusText, response.ok, response.body, response.bodyUsed],
    [200, '', true, null, false],
  );
  same([response.type, response.url, response.redirected], ['default', '', false]);
  same([...response.headers], []);
  same(await response.text(), '');
  same((await response.arrayBuffer()).byteLength, 0);
});

test('headers of one response are not those of another', () => {
  const first = new Response('a');
  first.headers.set('content-type', 'x/y');
  same(new Response('b').headers.get('content-type'), 'text/plain;charset=UTF-8');
});

test('the status is between 200 and 599', () => {
  for (const status of [0, 100, 101, 199, 600, 1000]) {
    throws(RangeError, () => new Response('', { status }));
  }
  same(new Response('', { status: 599 }).status, 599);
  same(new Response('', { status: 404 }).ok, false);
});

test('a null body status takes no body', () => {
  for (const status of [204, 205, 304]) {
    throws(TypeError, () => new Response('x', { status }));
    throws(TypeError, () => new Response(bytes(), { status }));
    same(new Response(null, { status }).status, status);
    const empty = new Response('', { status, headers: { x: '1' } });
    same([empty.body, [...empty.headers]], [null, [['x', '1']]]);
  }
});

test('statusText is a reason phrase', () => {
  same(new Response('', { statusText: 'Fine, \u00e4' }).statusText, 'Fine, \u00e4');
  throws(TypeError, () => new Response('', { statusText: 'a\nb' }));
  throws(TypeError, () => new Response('', { statusText: '\u0100' }));
});

test('a body is read once', async () => {
  const response = new Response('x');
  same(response.bodyUsed, false);
  same(await response.text(), 'x');
  same(response.bodyUsed, true);
  await rejects(TypeError, response.text());
  await rejects(TypeError, response.json());
  throws(TypeError, () => response.clone());
  same(response.body?.locked, true);
});

test('bytes, buffers and views are copied at once', async () => {
  const data = bytes(1, 2, 3, 4);
  const whole = new Response(data.buffer);
  const part = new Response(new DataView(data.buffer, 1, 2));
  data.fill(0);
  same(await whole.bytes(), bytes(1, 2, 3, 4));
  same(await part.bytes(), bytes(2, 3));
  same(whole.headers.has('content-type'), false);
});

test('arrayBuffer() has the bytes of the body and no more', async () => {
  const buffer = await new Response(bytes(1, 2, 3, 4).subarray(1, 3)).arrayBuffer();
  same(new Uint8Array(buffer), bytes(2, 3));
});

test('URLSearchParams are a form', async () => {
  const response = new Response(new URLSearchParams({ a: '1 2', b: '\u00e9' }));
  const type = 'application/x-www-form-urlencoded;charset=UTF-8';
  same(response.headers.get('content-type'), type);
  same(await response.text(), 'a=1+2&b=%C3%A9');
});

test('another object is its string', async () => {
  same(await new Response(/** @type {any} */ (123)).text(), '123');
  same(await new Response(/** @type {any} */ ({})).text(), '[object Object]');
  throws(TypeError, () => new Response(/** @type {any} */ (Symbol('x'))));
});

test('text() replaces lone surrogates and drops a byte order mark', async () => {
  same(await new Response('a\ud800b').text(), 'a\ufffdb');
  same(await new Response('\ufeffa\ufeff').text(), 'a\ufeff');
  same(await new Response(bytes(0xef, 0xbb, 0xbf, 0x61, 0xff)).text(), 'a\ufffd');
});

test('json() parses, and rejects what is none', async () => {
  same(await new Response('{"a":[1]}').json(), { a: [1] });
  await rejects(SyntaxError, new Response('{').json());
  await rejects(SyntaxError, new Response().json());
});

test('Response.json() is JSON with its type', async () => {
  const response = Response.json({ a: 1 }, { status: 201, headers: { x: 'y' } });
  same(response.status, 201);
  same(response.headers.get('content-type'), 'application/json');
  same(response.headers.get('x'), 'y');
  same(await response.text(), '{"a":1}');
});

test('Response.json() refuses what JSON cannot say', () => {
  throws(TypeError, () => Response.json(undefined));
  throws(TypeError, () => Response.json(() => {}));
  throws(TypeError, () => Response.json({}, { status: 204 }));
});

test('Response.redirect() has a location and immutable headers', () => {
  const response = Response.redirect('https://example.test/a b', 301);
  same([response.status, response.headers.get('location')], [301, 'https://example.test/a%20b']);
  throws(TypeError, () => response.headers.set('x', 'y'));
  throws(TypeError, () => response.clone().headers.set('x', 'y'));
  same(Response.redirect('https://example.test/').status, 302);
});

test('Response.redirect() checks the status and the URL', () => {
  throws(RangeError, () => Response.redirect('https://example.test/', 200));
  throws(TypeError, () => Response.redirect('not a url'));
});

test('Response.error() is a network error', () => {
  const response = Response.error();
  same([response.type, response.status, response.ok, response.body], ['error', 0, false, null]);
  throws(TypeError, () => response.headers.append('a', 'b'));
});

test('clone() gives both the whole body', async () => {
  for (const body of ['abc', bytes(97, 98, 99)]) {
    const response = new Response(body, { status: 201, headers: { x: '1' } });
    const copy = response.clone();
    copy.headers.set('x', '2');
    same(response.headers.get('x'), '1');
    same(copy.status, 201);
    const first = await response.bytes();
    first.fill(0);
    same(await copy.text(), 'abc');
  }
});

test('clone() gives both the whole body after somebody has looked at the stream', async () => {
  for (const body of ['text', new Uint8Array([116, 101, 120, 116]), new Blob(['text'])]) {
    const response = new Response(body);
    same(response.body instanceof ReadableStream, true);
    const copy = response.clone();
    const bytes = await copy.bytes();
    bytes[0] = 0;
    same(new TextDecoder().decode(bytes), '\0ext');
    same(await response.text(), 'text');
    same(response.body.locked && response.bodyUsed, true);
  }
});

test('a body may be an async iterable', async () => {
  async function* pieces() {
    yield bytes(97);
    yield bytes(98);
  }
  const response = new Response(pieces());
  same([response.headers.get('content-type'), await response.text()], [null, 'ab']);
  const failing = new Response(
    (async function* () {
      throw new RangeError('why');
    })(),
  );
  await rejects(RangeError, failing.text());
});

test('clone() of a stream tees it', async () => {
  const response = new Response(streamOf(bytes(97), bytes(98)));
  const copy = response.clone();
  same([await copy.text(), await response.text()], ['ab', 'ab']);
});

test('body is the same stream each time, of the same bytes', async () => {
  const response = new Response('abc');
  const stream = response.body;
  same(stream === response.body, true);
  const reader = stream?.getReader({ mode: 'byob' });
  const { value, done } = await /** @type {any} */ (reader).read(new Uint8Array(2));
  same([value, done], [bytes(97, 98), false]);
  same(response.bodyUsed, true);
});

test('a stream body is used as it is', async () => {
  const stream = streamOf(bytes(1), bytes(2));
  const response = new Response(stream);
  ok(response.body === stream);
  same(response.headers.has('content-type'), false);
  same(await response.bytes(), bytes(1, 2));
});

test('a stream that is locked or disturbed makes no body', async () => {
  const locked = streamOf(bytes(1));
  locked.getReader();
  throws(TypeError, () => new Response(locked));
  const disturbed = streamOf(bytes(1));
  await disturbed.cancel();
  throws(TypeError, () => new Response(disturbed));
});

test('a stream of other chunks than bytes rejects', async () => {
  await rejects(TypeError, new Response(streamOf('text')).text());
});

test('an error of the stream rejects with it', async () => {
  const error = new Error('broken');
  const stream = new ReadableStream({
    pull(controller) {
      controller.error(error);
    },
  });
  await rejects(error, new Response(stream).text());
});

test('the body of one response is given to the next', async () => {
  const first = new Response('abc');
  const second = new Response(first.body, first);
  same(second.headers.get('content-type'), 'text/plain;charset=UTF-8');
  same(await second.text(), 'abc');
  same(first.bodyUsed, true);
  await rejects(TypeError, first.text());
});

test('a subclass is a Response', async () => {
  class Page extends Response {
    constructor(text) {
      super(text, { headers: { 'content-type': 'text/html' } });
    }
  }
  const page = new Page('<p>');
  ok(page instanceof Response);
  same(await page.text(), '<p>');
});

test('a receiver of another kind is refused', async () => {
  const status = Object.getOwnPropertyDescriptor(Response.prototype, 'status');
  throws(TypeError, () => status?.get?.call({}));
  await rejects(TypeError, Response.prototype.text.call({}));
  await rejects(TypeError, Response.prototype.json.call(/** @type {any} */ (null)));
});

test('init is an object', () => {
  throws(TypeError, () => new Response('', /** @type {any} */ (1)));
  same(new Response('', /** @type {any} */ (null)).status, 200);
});

test('textStream() is the body as text, in pieces', async () => {
  const response = new Response(streamOf(bytes(0xe2, 0x82), bytes(0xac, 97)));
  same(await Array.fromAsync(response.textStream()), ['\u20aca']);
  same(response.bodyUsed, true);
  throws(TypeError, () => response.textStream());
  same(await Array.fromAsync(new Response().textStream()), []);
});
