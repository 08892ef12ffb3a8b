// @ts-check
// fetch(): what is sent, what comes back, what is refused. Redirects, aborting and bodies handed on
// have files of their own.

import { answerFetch, bytes, logs, ok, outbound, rejects, same, sleep, test } from './harness.js';

const kUrl = 'https://up.test/';
const named = (exchange, name) => exchange.headers.find((pair) => pair[0] === name)?.[1];

test('a fetch sends a GET and gives the answer', async () => {
  const seen = outbound(() => ({
    status: 201,
    statusText: 'Made',
    headers: ['content-type', 'text/plain', 'x-a', '1', 'x-a', '2'],
    body: 'hello',
  }));
  const response = await fetch('https://up.test/a/../b?c=d#fragment');
  same(seen.length, 1);
  same([seen[0].method, seen[0].url, seen[0].service], ['GET', 'https://up.test/b?c=d', '']);
  same('body' in seen[0], false);
  same([response.status, response.statusText, response.ok], [201, 'Made', true]);
  same([response.url, response.type], ['https://up.test/b?c=d', 'basic']);
  same([response.redirected, response.bodyUsed], [false, false]);
  same(response.headers.get('x-a'), '1, 2');
  same(await response.text(), 'hello');
  same(response.bodyUsed, true);
  await rejects(TypeError, response.text());
});

test('what fetch() takes is what Request takes', async () => {
  const seen = outbound(() => ({}));
  await fetch(new URL(kUrl));
  await fetch(new Request(kUrl, { method: 'PUT', headers: { a: 'b' } }));
  await fetch(new Request(kUrl, { method: 'PUT' }), { method: 'DELETE' });
  same(
    seen.map(({ method }) => method),
    ['GET', 'PUT', 'DELETE'],
  );
  same(named(seen[1], 'a'), 'b');
  // @ts-ignore
  await rejects(TypeError, fetch(), '1 argument required');
  await rejects(TypeError, fetch('/relative'), 'Invalid URL');
  await rejects(TypeError, fetch('https://user:pass@up.test/'), 'credentials');
  await rejects(TypeError, fetch(kUrl, { method: 'a b' }));
  same(seen.length, 3);
});

test('a promise, never an exception', () => {
  const returned = fetch('::');
  returned.catch(() => {});
  ok(returned instanceof Promise);
});

test('a body is sent in each form, with its type', async () => {
  const seen = outbound(() => ({}));
  const post = (body) => fetch(kUrl, { method: 'POST', body });
  await post('text é');
  await post(bytes(1, 2));
  await post(bytes(3).buffer);
  await post(new URLSearchParams({ a: 'b c' }));
  await post('');
  same(seen[0].body, new TextEncoder().encode('text é'));
  same([seen[1].body, seen[2].body], [bytes(1, 2), bytes(3)]);
  same(new TextDecoder().decode(seen[3].body), 'a=b+c');
  same(seen[4].body, bytes());
  same(
    seen.map((exchange) => named(exchange, 'content-type')),
    [
      'text/plain;charset=UTF-8',
      undefined,
      undefined,
      'application/x-www-form-urlencoded;charset=UTF-8',
      'text/plain;charset=UTF-8',
    ],
  );
});

test('a streamed body is asked for in pieces', async () => {
  const seen = outbound(() => ({ body: 'thanks' }));
  const body = ReadableStream.from([bytes(97), bytes(), bytes(98, 99)]);
  const response = await fetch(kUrl, { method: 'POST', body, duplex: 'half' });
  same(await response.text(), 'thanks');
  await sleep();
  same([seen[0].streamed, seen[0].body], [true, bytes(97, 98, 99)]);
  same(body.locked, true);
});

test('a request hands its body over', async () => {
  const seen = outbound(() => ({}));
  const request = new Request(kUrl, { method: 'POST', body: 'abc' });
  await fetch(request);
  same([seen[0].body, request.bodyUsed], [bytes(97, 98, 99), true]);
  await rejects(TypeError, fetch(request), 'used body');
});

test('the headers of the connection are not sent', async () => {
  const seen = outbound(() => ({}));
  const headers = {
    connection: 'close, X-Named',
    'content-length': '5',
    expect: '100-continue',
    host: 'other.test',
    'keep-alive': 'timeout=5',
    te: 'trailers',
    trailer: 'x',
    'transfer-encoding': 'chunked',
    upgrade: 'h2c',
    'x-named': '1',
    cookie: 'a=b',
    'x-kept': 'yes',
  };
  await fetch(kUrl, { headers });
  same(seen[0].headers, [
    ['cookie', 'a=b'],
    ['x-kept', 'yes'],
    ['accept', '*/*'],
    ['accept-language', '*'],
    ['user-agent', 'nano'],
    ['accept-encoding', 'gzip, br'],
  ]);
});

test('names are sent as they are spelled, each once', async () => {
  const seen = outbound(() => ({}));
  const sent = async (headers, how = (init) => fetch(kUrl, init)) => {
    await how({ headers });
    return seen[seen.length - 1].headers.slice(0, -4);
  };
  const pairs = [['X-Name', '1'], ['x-nAME', '2'], ['cookie', 'a=1'], ['Cookie', 'b=2']];
  const joined = [['X-Name', '1, 2'], ['cookie', 'a=1; b=2']];
  same(await sent(pairs), joined);
  same(await sent(new Headers(pairs)), joined);
  same(await sent(new Headers(new Headers(pairs))), joined);
  same(await sent({ 'X-Name': '1', plain: '2' }), [['X-Name', '1'], ['plain', '2']]);
  same(await sent(new Proxy({ 'X-Name': '1' }, {})), [['X-Name', '1']]);
  for (const copy of [
    (init) => fetch(new Request(kUrl, init)),
    (init) => fetch(new Request(kUrl, init).clone()),
    (init) => fetch(new Request(new Request(kUrl, init), { method: 'PUT' })),
  ]) {
    same(await sent(pairs, copy), joined);
  }
  const changed = new Headers({ 'X-A': '1', 'x-b': '1', 'X-C': '1' });
  changed.set('x-a', '2');
  changed.append('X-B', '2');
  changed.delete('x-c');
  changed.append('x-C', '2');
  same(await sent(changed), [['X-A', '2'], ['x-b', '1, 2'], ['x-C', '2']]);
  same([...changed.keys()], ['x-a', 'x-b', 'x-c']);
  const { headers } = new Request(kUrl, { headers: changed });
  headers.set('X-D', '3');
  same([await sent(headers), (await sent(changed)).length], [
    [['X-A', '2'], ['x-b', '1, 2'], ['x-C', '2'], ['X-D', '3']],
    3,
  ]);
  await fetch(kUrl, { headers: { Accept: 'a/b', 'TE': 'x', CONNECTION: 'X-Named', 'X-Named': '1' } });
  same(seen[seen.length - 1].headers.map(([name]) => name).sort(), [
    ...['Accept', 'accept-encoding', 'accept-language', 'user-agent'],
  ]);
});

test('what a program says of its own is left alone', async () => {
  const seen = outbound(() => ({}));
  const own = { accept: 'text/html', 'accept-encoding': 'zstd', 'user-agent': 'x' };
  await fetch(kUrl, { headers: { ...own, 'accept-language': 'de' } });
  await fetch(kUrl, { headers: { range: 'bytes=0-1' } });
  same(seen[0].headers, [
    ['accept', 'text/html'],
    ['accept-encoding', 'zstd'],
    ['user-agent', 'x'],
    ['accept-language', 'de'],
  ]);
  same(named(seen[1], 'accept-encoding'), 'identity');
});

test('cache modes ask caches on the way', async () => {
  const seen = outbound(() => ({}));
  const control = async (cache, headers) => {
    await fetch(kUrl, { cache, headers });
    const last = seen[seen.length - 1];
    return [named(last, 'cache-control'), named(last, 'pragma')];
  };
  same(await control('no-store'), ['no-cache', 'no-cache']);
  same(await control('reload'), ['no-cache', 'no-cache']);
  same(await control('no-cache'), ['max-age=0', undefined]);
  same(await control('force-cache'), [undefined, undefined]);
  same(await control('default'), [undefined, undefined]);
  same(await control('no-store', { 'cache-control': 'x', pragma: 'y' }), ['x', 'y']);
  const onlyCached = { cache: 'only-if-cached', mode: 'same-origin' };
  await rejects(TypeError, fetch(kUrl, /** @type {any} */ (onlyCached)), 'cache');
});

test('the headers of a response are immutable, and Set-Cookie is visible', async () => {
  outbound(() => ({ headers: ['set-cookie', 'a=1', 'set-cookie', 'b=2'] }));
  const response = await fetch(kUrl);
  same(response.headers.getSetCookie(), ['a=1', 'b=2']);
  const error = await Promise.resolve().then(() => response.headers.set('x', 'y'), undefined).then(
    () => undefined,
    (thrown) => thrown,
  );
  same(error instanceof TypeError, true);
  const copy = new Response('x', response);
  copy.headers.set('x', 'y');
  same(copy.headers.getSetCookie(), ['a=1', 'b=2']);
});

test('a failure is a TypeError with the reason', async () => {
  outbound(() => ({ failure: 'fetch failed: the name up.test does not exist' }));
  await rejects(TypeError, fetch(kUrl), 'fetch failed: the name up.test does not exist');
});

test('outside of a request nothing is fetched', async () => {
  await rejects(Error, fetch(kUrl), 'Disallowed operation called within global scope');
});

test('other schemes are refused', async () => {
  const seen = outbound(() => ({}));
  for (const url of ['about:blank', 'file:///etc/passwd', 'ftp://a.test/']) {
    await rejects(TypeError, fetch(url), `${url.slice(0, url.indexOf(':') + 1)} URLs`);
  }
  same(seen.length, 0);
});

test('bad ports are refused', async () => {
  const seen = outbound(() => ({}));
  for (const port of [0, 1, 22, 25, 6000, 6667, 10080]) {
    await rejects(TypeError, fetch(`http://up.test:${port}/`), 'blocks');
  }
  for (const port of [80, 443, 8080, 65535]) await fetch(`http://up.test:${port}/`);
  same(seen.length, 4);
});

test('a response to HEAD, or of a status without body, has none', async () => {
  const seen = outbound(({ method }) => ({ status: method === 'HEAD' ? 200 : 204, body: ['x'] }));
  const head = await fetch(kUrl, { method: 'HEAD' });
  const empty = await fetch(kUrl);
  same([head.body, empty.body, await head.text()], [null, null, '']);
  same([seen[0].bodyCancelled, seen[1].bodyCancelled], [true, true]);
});

test('a streamed response is read in each way', async () => {
  outbound(() => ({ body: ['{"a":', '1}'] }));
  same(await (await fetch(kUrl)).json(), { a: 1 });
  same(await (await fetch(kUrl)).text(), '{"a":1}');
  same((await (await fetch(kUrl)).bytes()).length, 7);
  const chunks = [];
  const response = await fetch(kUrl);
  for await (const chunk of /** @type {any} */ (response.body)) {
    chunks.push(new TextDecoder().decode(chunk));
  }
  same([chunks, response.bodyUsed], [['{"a":', '1}'], true]);
});

test('a streamed response is cloned and teed', async () => {
  outbound(() => ({ status: 203, headers: { x: 'y' }, body: ['ab', 'cd'] }));
  const response = await fetch(kUrl);
  const copy = response.clone();
  same([copy.status, copy.url, copy.type, copy.headers.get('x')], [203, kUrl, 'basic', 'y']);
  same([await copy.text(), await response.text()], ['abcd', 'abcd']);
  const [left, right] = /** @type {any} */ ((await fetch(kUrl)).body).tee();
  same([await new Response(left).text(), await new Response(right).text()], ['abcd', 'abcd']);
});

test('a whole response is cloned', async () => {
  outbound(() => ({ body: 'abc' }));
  const response = await fetch(kUrl);
  const copy = response.clone();
  same([await copy.text(), await response.text()], ['abc', 'abc']);
});

test('a response that breaks off fails its reader', async () => {
  outbound(() => ({ body: ['a', new TypeError('broken')] }));
  await rejects(TypeError, (await fetch(kUrl)).text(), 'broken');
  const reader = /** @type {any} */ ((await fetch(kUrl)).body).getReader();
  same((await reader.read()).value, bytes(97));
  await rejects(TypeError, reader.read(), 'broken');
  // Whoever has begun to read hears of it without asking.
  const watched = /** @type {any} */ ((await fetch(kUrl)).body).getReader();
  await watched.read();
  await rejects(TypeError, watched.closed, 'broken');
});

test('one chunk is read ahead, and no more', async () => {
  outbound(() => ({ body: ['a', 'b', new TypeError('broken')] }));
  const reader = /** @type {any} */ ((await fetch(kUrl)).body).getReader();
  same((await reader.read()).value, bytes(97));
  await sleep(1);
  same((await reader.read()).value, bytes(98));
  await rejects(TypeError, reader.read(), 'broken');
});

test('a cancelled stream is cancelled outside', async () => {
  const seen = outbound(() => ({ body: ['a', 'b'] }));
  const response = await fetch(kUrl);
  await response.body?.cancel();
  same(seen[0].bodyCancelled, true);
});

test('a stream that fails fails the fetch', async () => {
  const seen = outbound(() => undefined);
  const reason = new Error('torn');
  const body = new ReadableStream({ pull: () => Promise.reject(reason) });
  const error = await fetch(kUrl, { method: 'POST', body, duplex: 'half' }).catch((e) => e);
  same([error instanceof TypeError, error.cause], [true, reason]);
  same([seen[0].bodyError, seen[0].aborted], [reason, true]);
});

test('a stream of something else fails the fetch', async () => {
  outbound(() => undefined);
  for (const chunk of ['text', 1, null, {}]) {
    const body = ReadableStream.from([chunk]);
    const promise = fetch(kUrl, { method: 'POST', body, duplex: 'half' });
    await rejects(TypeError, promise, 'the stream that was to be its body failed');
  }
});

test('a failed fetch stops asking for its body', async () => {
  let cancelled;
  const body = new ReadableStream({
    pull: () => new Promise(() => {}),
    cancel: (reason) => void (cancelled = reason),
  });
  outbound(() => ({ failure: 'fetch failed: refused' }));
  await rejects(TypeError, fetch(kUrl, { method: 'POST', body, duplex: 'half' }));
  same(cancelled instanceof TypeError, true);
});

test('integrity lets through what it names, and nothing else', async () => {
  const content = (piece) => (piece ? ['he', 'llo'] : 'hello');
  const right = [
    'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
    'sha256-LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ',
    'sha384-WeF0h3dEjGnea4ANejO7+5/xtGPkQ1TDVTvNucZm+pASWjx5+QOXvfX2oT3oKGhP',
    'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==',
    'sha256-wrong sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==',
    ' sha256-wrong\tsha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=?option ',
    'md5-whatever',
    '',
  ];
  const wrong = [
    'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCA=',
    'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ= sha512-wrong',
    'sha384-',
  ];
  for (const inPieces of [false, true]) {
    outbound(() => ({ body: content(inPieces) }));
    for (const integrity of right) {
      same(await (await fetch(kUrl, { integrity })).text(), 'hello', integrity);
    }
    for (const integrity of wrong) {
      await rejects(TypeError, fetch(kUrl, { integrity }), 'integrity');
    }
  }
  outbound(() => ({ body: ['he', new TypeError('broken')] }));
  await rejects(TypeError, fetch(kUrl, { integrity: right[0] }), 'broken');
});

test('options of `cf` are named once, and ignored', async () => {
  const seen = outbound(() => ({}));
  const cf = /** @type {any} */ ({ cacheTtl: 5, polish: 'lossy' });
  await fetch(kUrl, /** @type {any} */ ({ cf: {} }));
  await fetch(kUrl, /** @type {any} */ ({ cf }));
  await fetch(kUrl, /** @type {any} */ ({ cf }));
  same(seen.length, 3);
  same(
    logs().map(({ level, line }) => [level, line]),
    [[3, 'fetch(): the options of `cf` have no effect here: cacheTtl, polish']],
  );
});

test('fetches are answered in any order', async () => {
  const waiting = outbound(() => undefined);
  const all = ['a', 'b', 'c'].map(async (path) => (await fetch(kUrl + path)).text());
  await sleep();
  for (const exchange of [waiting[2], waiting[0], waiting[1]]) {
    answerFetch(exchange, { body: exchange.url });
  }
  same(await Promise.all(all), [`${kUrl}a`, `${kUrl}b`, `${kUrl}c`]);
});

test('a receiver does not matter, new does', async () => {
  outbound(() => ({ body: 'x' }));
  const { fetch: alone } = globalThis;
  same(await (await alone(kUrl)).text(), 'x');
  same('prototype' in fetch, false);
});
