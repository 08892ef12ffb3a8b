// @ts-check
// Request, https://fetch.spec.whatwg.org/#request-class

import { bytes, callEntryPoint, ok, rejects, same, test, throws } from './harness.js';

const kUrl = 'https://example.test/';
const post = (body, more = {}) => new Request(kUrl, { method: 'POST', body, ...more });

test("the defaults are the standard's", () => {
  const request = new Request('https://example.test/a/../b?c#d');
  same([request.url, request.method], ['https://example.test/b?c#d', 'GET']);
  same([...request.headers], []);
  same([request.body, request.bodyUsed, request.duplex], [null, false, 'half']);
  same([request.mode, request.credentials, request.cache], ['cors', 'same-origin', 'default']);
  same([request.redirect, request.referrer], ['follow', 'about:client']);
  same(request.referrerPolicy, '');
  same([request.integrity, request.keepalive, request.destination], ['', false, '']);
  same(request.signal.aborted, false);
});

test('a URL object will do', () => {
  same(new Request(new URL('https://example.test/x')).url, 'https://example.test/x');
});

test('a URL is whole and without credentials', () => {
  throws(TypeError, () => new Request('/relative'));
  throws(TypeError, () => new Request('https://user@example.test/'));
  throws(TypeError, () => new Request('https://user:pass@example.test/'));
  throws(TypeError, () => new Request('https://:pass@example.test/'));
  same(new Request('https://example.test/@a').url, 'https://example.test/@a');
});

test('known methods are written in upper case, others as they are', () => {
  const methods = ['get', 'Head', 'pOST', 'put', 'delete', 'options', 'patch', 'PATCH', 'x-y'];
  same(
    methods.map((method) => new Request(kUrl, { method }).method),
    ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'patch', 'PATCH', 'x-y'],
  );
});

test('some methods are forbidden, some are none', () => {
  for (const method of ['CONNECT', 'trace', 'Track', 'a b', '', 'a\n', '\u0100']) {
    throws(TypeError, () => new Request(kUrl, { method }));
  }
});

test('GET and HEAD have no body', () => {
  throws(TypeError, () => new Request(kUrl, { body: 'x' }));
  throws(TypeError, () => new Request(kUrl, { method: 'head', body: 'x' }));
  throws(TypeError, () => new Request(post('x'), { method: 'GET' }));
  same(new Request(kUrl, { body: null }).body, null);
});

test('a body brings its type, unless one is there', () => {
  same(post('x').headers.get('content-type'), 'text/plain;charset=UTF-8');
  same(post('x', { headers: { 'content-type': 'a/b' } }).headers.get('content-type'), 'a/b');
  same(post(bytes(1)).headers.has('content-type'), false);
});

test('a body is read in each way, once', async () => {
  same(await post('{"a":1}').json(), { a: 1 });
  same(await post('ab').bytes(), bytes(97, 98));
  same(new Uint8Array(await post('ab').arrayBuffer()), bytes(97, 98));
  const request = post('ab');
  same(await request.text(), 'ab');
  same(request.bodyUsed, true);
  await rejects(TypeError, request.text());
  throws(TypeError, () => request.clone());
});

test('with upper_case_all_http_methods methods are in capitals, and forbidden ones stay so', () => {
  callEntryPoint('applyFlags', ['upper_case_all_http_methods']);
  const methodOf = (method) => new Request('https://nano.test/', { method }).method;
  same(['patch', 'Own', 'get'].map(methodOf), ['PATCH', 'OWN', 'GET']);
  for (const method of ['connect', 'TRACE', 'Track']) throws(TypeError, () => methodOf(method));
});

test('a stream body may say that it is sent before the answer comes', async () => {
  const stream = () => ReadableStream.from([bytes(97)]);
  same(await post(stream()).text(), 'a');
  throws(TypeError, () => post(stream(), { duplex: 'full' }));
  same(await post(stream(), { duplex: 'half' }).text(), 'a');
});

test('a request made from another takes its body over', async () => {
  const first = post('abc', { headers: { x: '1' } });
  const second = new Request(first, { headers: { y: '2' } });
  same([second.method, second.headers.get('x'), second.headers.get('y')], ['POST', null, '2']);
  same(first.bodyUsed, true);
  same(await second.text(), 'abc');
  throws(TypeError, () => new Request(first));
});

test('a request made from one with a stream takes the stream over', async () => {
  const first = post(ReadableStream.from([bytes(97), bytes(98)]), { duplex: 'half' });
  const second = new Request(first);
  same(first.bodyUsed, true);
  same(await second.text(), 'ab');
});

test('another body leaves that of the first alone', async () => {
  const first = post('abc');
  const second = new Request(first, { body: 'def' });
  same([await first.text(), await second.text()], ['abc', 'def']);
});

test('a request is the init of another', async () => {
  const first = post('abc', { headers: { x: '1' } });
  const second = new Request('https://example.test/other', first);
  same([second.method, second.headers.get('x')], ['POST', '1']);
  same(await second.text(), 'abc');
});

test('clone() gives both the whole body', async () => {
  const first = post('abc', { headers: { x: '1' } });
  const second = first.clone();
  second.headers.set('x', '2');
  same([first.headers.get('x'), second.url, second.method], ['1', kUrl, 'POST']);
  same([await first.text(), await second.text()], ['abc', 'abc']);
});

test('the signal follows the one that was given', () => {
  const controller = new AbortController();
  const request = new Request(kUrl, { signal: controller.signal });
  ok(request.signal !== controller.signal);
  const seen = [];
  request.signal.addEventListener('abort', () => seen.push(request.signal.reason));
  controller.abort('why');
  same(seen, ['why']);
});

test('the signal of a copy follows that of its original', () => {
  const controller = new AbortController();
  const first = new Request(kUrl, { signal: controller.signal });
  const copies = [new Request(first), first.clone(), new Request(first, { method: 'PUT' })];
  const free = new Request(first, { signal: null });
  controller.abort();
  same(
    copies.map((copy) => copy.signal.aborted),
    [true, true, true],
  );
  same(free.signal.aborted, false);
});

test('init members are checked', () => {
  const bad = {
    cache: 'x',
    credentials: 'x',
    mode: 'x',
    redirect: 'x',
    referrerPolicy: 'x',
    signal: {},
    window: 'x',
    referrer: 'http://:bad:',
    duplex: 'full',
    priority: 'x',
  };
  for (const [name, value] of Object.entries(bad)) {
    throws(TypeError, () => new Request(kUrl, { [name]: value }), undefined);
  }
  throws(TypeError, () => new Request(kUrl, { mode: 'navigate' }));
  throws(TypeError, () => new Request(kUrl, { cache: 'only-if-cached' }));
  throws(TypeError, () => new Request(kUrl, { mode: 'no-cors', method: 'PUT' }));
});

test('init members are kept, and copied', () => {
  const init = {
    cache: 'no-store',
    credentials: 'omit',
    integrity: 'x',
    keepalive: true,
    mode: 'same-origin',
    redirect: 'manual',
    referrer: '',
    cf: { a: 1 },
  };
  const request = new Request(kUrl, /** @type {any} */ (init));
  for (const copy of [request, request.clone(), new Request(request)]) {
    for (const [name, value] of Object.entries(init)) same(copy[name], value, name);
  }
});

test('a referrer is of the origin that the request goes to', () => {
  const of = (referrer) => new Request(`${kUrl}path`, { referrer }).referrer;
  const { origin } = new URL(kUrl);
  same(of(`${origin}/a?b#c`), `${origin}/a?b#c`);
  same(of(origin.replace('//', '//user:pass@')), `${origin.replace('//', '//user:pass@')}/`);
  for (const other of ['http://other.test/', 'about:client', 'about:blank', 'data:,x']) {
    same(of(other), 'about:client', other);
  }
  throws(TypeError, () => of('http://['), 'Invalid referrer');
});

test('no header is forbidden to a server', () => {
  const request = new Request(kUrl, { headers: { cookie: 'a', host: 'b', origin: 'c' } });
  same([...request.headers.keys()], ['cookie', 'host', 'origin']);
});

test('what is no-cors may say little', () => {
  const init = /** @type {any} */ ({ mode: 'no-cors', method: 'POST' });
  const given = { accept: 'a/b', 'content-type': 'text/plain;a=b', cookie: 'a', range: 'bytes=0-' };
  const request = new Request(kUrl, { ...init, headers: given });
  const expected = [
    ['accept', 'a/b'],
    ['content-type', 'text/plain;a=b'],
  ];
  for (const copy of [request, request.clone(), new Request(request)]) {
    same([...copy.headers], expected);
    for (const change of ['append', 'set']) {
      copy.headers[change]('x', 'y');
      copy.headers[change]('accept-language', 'a@b');
      copy.headers[change]('content-type', 'application/json');
      copy.headers[change]('accept', 'x'.repeat(127));
    }
    copy.headers.delete('cookie');
    same(copy.headers.get('accept'), 'x'.repeat(127));
    copy.headers.append('accept', '');
    same(copy.headers.get('accept'), 'x'.repeat(127));
    copy.headers.set('accept', 'y(');
    copy.headers.delete('content-type');
    copy.headers.append('content-language', 'de, en;q=0.5');
    same([...copy.headers.keys()], ['accept', 'content-language']);
    same(copy.headers.get('accept'), 'x'.repeat(127));
  }
  const typed = (type) => new Request(kUrl, { ...init, body: new Blob(['x'], { type }) });
  same(typed('text/plain').headers.get('content-type'), 'text/plain');
  same(typed('application/json').headers.has('content-type'), false);
  same(
    new Request(typed('text/plain'), { mode: 'cors', headers: given }).headers.get('cookie'),
    'a',
  );
});

test('a receiver of another kind is refused', async () => {
  const url = Object.getOwnPropertyDescriptor(Request.prototype, 'url');
  throws(TypeError, () => url?.get?.call({}));
  await rejects(TypeError, Request.prototype.text.call({}));
  await rejects(TypeError, Request.prototype.bytes.call(/** @type {any} */ (undefined)));
  throws(TypeError, () => /** @type {any} */ (Request)(kUrl));
});
