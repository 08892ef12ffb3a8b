// @ts-check
// Cache and CacheStorage as the standard has them.

import { bytes, dispatch, ok, outbound, rejects, same, send, sleep, test } from './harness.js';

const kUrl = 'https://app.test/a';
/** @type {any} */
const storage = caches;

async function urlsIn(cache, ...args) {
  return (await cache.keys(...args)).map((request) => request.url);
}

async function textsIn(cache, ...args) {
  return Promise.all((await cache.matchAll(...args)).map((response) => response.text()));
}

test('what is put is matched, as often as asked for', async () => {
  const cache = await caches.open('one');
  same(await cache.match(kUrl), undefined);
  same(
    await cache.put(kUrl, new Response('first', { headers: { 'x-a': 'b' }, status: 201 })),
    undefined,
  );
  for (let i = 0; i < 2; i++) {
    const response = await cache.match(new Request(kUrl));
    same([response.status, response.headers.get('x-a'), response.type], [201, 'b', 'default']);
    same(await response.text(), 'first');
  }
  same(await cache.delete(kUrl), true);
  same(await cache.delete(kUrl), false);
  same(await cache.match(kUrl), undefined);
});

test('a body is kept as it was, whatever becomes of what it was made of', async () => {
  const cache = await caches.open('one');
  const data = bytes(1, 2, 3);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(data);
      controller.enqueue(bytes(4));
      controller.close();
    },
  });
  await cache.put(kUrl, new Response(stream));
  data[0] = 9;
  const first = new Uint8Array(await (await cache.match(kUrl)).arrayBuffer());
  first[1] = 9;
  same(await (await cache.match(kUrl)).bytes(), bytes(1, 2, 3, 4));
  await cache.put(kUrl, new Response(new Blob(['0123456789']).slice(2, 4)));
  same(await (await cache.match(kUrl)).text(), '23');
  await cache.put(kUrl, new Response());
  same((await cache.match(kUrl)).body, null);
});

test('put reads the body, a clone can be answered', async () => {
  const cache = await caches.open('one');
  const response = new Response('text');
  const promise = cache.put(kUrl, response);
  same(response.bodyUsed, true);
  await promise;
  await rejects(TypeError, cache.put(kUrl, response));
  const answer = await dispatch({}, async (request, env, ctx) => {
    const made = new Response(new Response('made').body, { headers: { 'x-made': '1' } });
    ctx.waitUntil(cache.put(request, made.clone()));
    return made;
  });
  same(answer.text, 'made');
  const again = await dispatch({}, (request) => cache.match(request));
  same([again.text, again.headers], ['made', [['x-made', '1']]]);
});

test('an entry belongs to no request: one puts, others match', async () => {
  await dispatch({ url: kUrl }, async (request) => {
    await storage.default.put(request, Response.json({ a: 1 }));
    return new Response('put');
  });
  const others = [1, 2, 3].map(() =>
    dispatch({ url: kUrl }, (request) => storage.default.match(request)),
  );
  for (const answer of await Promise.all(others)) same(answer.text, '{"a":1}');
});

test('a newer response takes the place of an older one', async () => {
  const cache = await caches.open('one');
  await cache.put(`${kUrl}#one`, new Response('1'));
  await cache.put('https://app.test/b', new Response('b'));
  await cache.put(`${kUrl}#two`, new Response('2'));
  same(await textsIn(cache), ['b', '2']);
  same(await urlsIn(cache), ['https://app.test/b', `${kUrl}#two`]);
  same(await (await cache.match(`${kUrl}#three`)).text(), '2');
});

test('requests match by URL, method and what Vary names', async () => {
  const cache = await caches.open('one');
  const vary = { headers: { vary: 'Accept, X-Not-There' } };
  const asking = (accept, init = {}) => new Request(kUrl, { headers: { accept }, ...init });
  await cache.put(asking('text/html'), new Response('html', vary));
  await cache.put(asking('text/plain'), new Response('plain', vary));
  await cache.put(`${kUrl}?q`, new Response('query'));
  same(await textsIn(cache, asking('text/html')), ['html']);
  same(await textsIn(cache, asking('text/plain')), ['plain']);
  same(await textsIn(cache, kUrl), []);
  same(await textsIn(cache, kUrl, { ignoreVary: true }), ['html', 'plain']);
  same(await textsIn(cache, asking('text/html'), { ignoreSearch: true }), ['html', 'query']);
  const head = asking('text/html', { method: 'HEAD' });
  same(await cache.match(head), undefined);
  same(await (await cache.match(head, { ignoreMethod: true })).text(), 'html');
  same(await cache.delete(kUrl), false);
  same(await cache.delete(kUrl, { ignoreVary: true, ignoreSearch: true }), true);
  same(await urlsIn(cache), []);
});

test('keys gives requests that nothing of the old ones can change', async () => {
  const cache = await caches.open('one');
  const controller = new AbortController();
  const request = new Request(kUrl, { headers: { 'x-a': 'b' }, signal: controller.signal });
  await cache.put(request, new Response(''));
  request.headers.set('x-a', 'changed');
  controller.abort();
  const [kept] = await cache.keys();
  same([kept.url, kept.headers.get('x-a'), kept.signal.aborted], [kUrl, 'b', false]);
  kept.headers.set('x-a', 'changed');
  same((await cache.keys(kUrl))[0].headers.get('x-a'), 'b');
});

test('what may not be put is refused', async () => {
  const cache = await caches.open('one');
  const refused = [
    ['ftp://app.test/', new Response('')],
    ['no URL', new Response('')],
    [new Request(kUrl, { method: 'POST', body: 'a' }), new Response('')],
    [new Request(kUrl, { method: 'HEAD' }), new Response('')],
    [kUrl, new Response('', { status: 206 })],
    [kUrl, new Response('', { headers: { vary: '*' } })],
    [kUrl, new Response('', { headers: { vary: 'Accept, *' } })],
    [kUrl, 'text'],
    [kUrl, null],
  ];
  for (const [request, response] of refused) {
    await rejects(TypeError, cache.put(request, response));
  }
  await rejects(TypeError, /** @type {any} */ (cache).put(kUrl));
  const failing = new ReadableStream({
    start: (controller) => controller.error(new RangeError('no')),
  });
  await rejects(RangeError, cache.put(kUrl, new Response(failing)));
  same(await urlsIn(cache), []);
});

test('caches are made, found and deleted by name', async () => {
  same([await caches.has('b'), await caches.keys()], [false, []]);
  const first = await caches.open('b');
  await caches.open('a');
  same([await caches.has('b'), await caches.keys()], [true, ['b', 'a']]);
  await first.put(kUrl, new Response('b'));
  same(await (await (await caches.open('b')).match(kUrl)).text(), 'b');
  same(await (await caches.match(kUrl)).text(), 'b');
  same(await (await caches.match(kUrl, { cacheName: 'b' })).text(), 'b');
  same(await caches.match(kUrl, { cacheName: 'a' }), undefined);
  same(
    [await caches.delete('b'), await caches.delete('b'), await caches.keys()],
    [true, false, ['a']],
  );
  same(await caches.match(kUrl), undefined);
  await first.put(kUrl, new Response('on its own'));
  same(await (await first.match(kUrl)).text(), 'on its own');
  same(await (await caches.open('b')).match(kUrl), undefined);
});

test('the cache without a name is apart from the others', async () => {
  ok(storage.default instanceof Cache);
  ok(storage.default === storage.default);
  await storage.default.put(kUrl, new Response('default'));
  same([await caches.keys(), await caches.has('default')], [[], false]);
  same(await caches.match(kUrl), undefined);
  same(await (await storage.default.match(kUrl)).text(), 'default');
});

test('add fetches, and keeps what is ok', async () => {
  const cache = await caches.open('one');
  const seen = outbound(({ url }) => {
    if (url.endsWith('/gone')) return { status: 404, body: 'gone' };
    return { headers: { 'x-from': url }, body: ['pieces of ', url] };
  });
  same(await cache.add('https://up.test/1'), undefined);
  same(await (await cache.match('https://up.test/1')).text(), 'pieces of https://up.test/1');
  same((await cache.match('https://up.test/1')).url, 'https://up.test/1');
  await rejects(TypeError, cache.add('https://up.test/gone'));
  await rejects(TypeError, cache.addAll(['https://up.test/2', 'https://up.test/gone']));
  same(await urlsIn(cache), ['https://up.test/1']);
  await cache.addAll([new Request('https://up.test/2'), 'https://up.test/3']);
  same((await urlsIn(cache)).sort(), [
    'https://up.test/1',
    'https://up.test/2',
    'https://up.test/3',
  ]);
  const before = seen.length;
  await rejects('InvalidStateError', cache.addAll(['https://up.test/4', 'https://up.test/4#a']));
  await rejects(TypeError, cache.addAll([new Request(kUrl, { method: 'POST' })]));
  await rejects(TypeError, cache.addAll(['https://up.test/5', 'data:,no']));
  same(seen.length, before, 'nothing was fetched');
});

test('addAll refuses requests that only what the responses vary on could tell apart', async () => {
  const cache = await caches.open('one');
  outbound(({ url }) => ({ headers: { vary: url.endsWith('/a') ? 'x-a' : 'x-b' } }));
  const asking = (path, b) =>
    new Request(`https://up.test/${path}`, { headers: { 'x-a': 'a', 'x-b': b } });
  await rejects('InvalidStateError', cache.addAll([asking('a', '1'), asking('a', '2')]));
  same(await urlsIn(cache), []);
  await cache.addAll([asking('b', '1'), asking('b', '2')]);
  same((await urlsIn(cache)).length, 2);
});

test('an abort ends add, and put of what is still coming', async () => {
  const cache = await caches.open('one');
  outbound(() => ({ body: ['first', undefined] }));
  for (const method of ['add', 'put']) {
    const controller = new AbortController();
    const request = new Request(kUrl, { signal: controller.signal });
    const promise =
      method === 'add' ? cache.add(request) : fetch(request).then((r) => cache.put(request, r));
    await sleep();
    controller.abort();
    await rejects('AbortError', promise);
  }
  same(await urlsIn(cache), []);
});

test('matched responses are answers, encoded ones too', async () => {
  const cache = storage.default;
  const encoded = { encodeBody: 'manual', headers: { 'content-encoding': 'gzip' } };
  await cache.put(kUrl, new Response('bytes as they are', /** @type {any} */ (encoded)));
  const answer = await dispatch({}, () => cache.match(kUrl));
  same([answer.text, answer.headers[0]], ['bytes as they are', ['content-encoding', 'gzip']]);
  outbound(() => ({ headers: { 'content-encoding': 'gzip' }, body: ['decoded'], decoded: true }));
  await cache.add(kUrl);
  const decoded = await dispatch({}, () => cache.match(kUrl));
  same([decoded.text, decoded.headers], ['decoded', []], 'the coding is off');
  await rejects(
    TypeError,
    async () => (await cache.match(kUrl)).headers.set('a', 'b'),
    'immutable',
  );
});

test('a request that is aborted takes no entry with it', async () => {
  const cache = storage.default;
  const sent = send({ url: kUrl }, async (request) => {
    await cache.put(request, new Response('kept'));
    return new Promise(() => {});
  });
  await sleep();
  sent.abort();
  same(await (await cache.match(kUrl)).text(), 'kept');
});

test('methods reject where they would throw', async () => {
  const { match, put, keys } = Cache.prototype;
  for (const method of [match, put, keys])
    await rejects(TypeError, method.call(/** @type {any} */ ({})));
  await rejects(TypeError, CacheStorage.prototype.open.call(/** @type {any} */ ({}), 'a'));
  for (const name of ['open', 'has', 'delete', 'match']) await rejects(TypeError, storage[name]());
  for (const name of ['match', 'delete', 'add', 'addAll', 'put']) {
    await rejects(TypeError, storage.default[name]());
  }
  await rejects(TypeError, storage.default.match(kUrl, 5));
  same(
    [Cache.prototype.put.length, Cache.prototype.keys.length, CacheStorage.prototype.open.length],
    [2, 0, 1],
  );
});

test('neither can be constructed, and both have their tags', () => {
  for (const Interface of /** @type {any[]} */ ([Cache, CacheStorage])) {
    let error;
    try {
      new Interface();
    } catch (thrown) {
      error = thrown;
    }
    ok(error instanceof TypeError);
  }
  same([String(caches), String(storage.default)], ['[object CacheStorage]', '[object Cache]']);
});
