// @ts-check
// Redirects of fetch(), https://fetch.spec.whatwg.org/#http-redirect-fetch

import { bytes, outbound, rejects, same, test } from './harness.js';

const kUrl = 'https://up.test/start';
const to = (location, status = 302) => ({ status, headers: { location } });
const named = (exchange, name) => exchange.headers.find((pair) => pair[0] === name)?.[1];
const lines = (seen) => seen.map(({ method, url }) => `${method} ${url}`);

/** Answers with `first`, and then with what was asked for. */
function redirecting(...answers) {
  return outbound(() => answers.shift() ?? { body: 'there' });
}

test('a redirect is followed', async () => {
  const seen = redirecting(to('/next?a=b#c', 301), to('https://other.test/'));
  const response = await fetch(`${kUrl}#d`);
  same(lines(seen), [`GET ${kUrl}`, 'GET https://up.test/next?a=b', 'GET https://other.test/']);
  same([response.redirected, response.url], [true, 'https://other.test/']);
  same(await response.text(), 'there');
});

test('the body of a redirect is dropped', async () => {
  const seen = redirecting({ ...to('/next'), body: ['x'] });
  await fetch(kUrl);
  same(seen[0].bodyCancelled, true);
});

test('methods and bodies change as browsers have it', async () => {
  const results = {};
  for (const status of [301, 302, 303, 307, 308]) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT']) {
      const seen = redirecting(to('/next', status));
      const body = method === 'GET' || method === 'HEAD' ? undefined : 'abc';
      await fetch(kUrl, { method, body, headers: { 'content-language': 'en', x: 'y' } });
      const last = seen[1];
      const has = ['content-type', 'content-language', 'x'].filter((name) => named(last, name));
      results[`${status} ${method}`] = `${last.method} ${last.body ? 'body' : 'none'} ${has}`;
    }
  }
  const get = 'GET none content-language,x';
  const head = 'HEAD none content-language,x';
  const asIs = (method) => `${method} body content-type,content-language,x`;
  same(results, {
    '301 GET': get,
    '301 HEAD': head,
    '301 POST': 'GET none x',
    '301 PUT': asIs('PUT'),
    '302 GET': get,
    '302 HEAD': head,
    '302 POST': 'GET none x',
    '302 PUT': asIs('PUT'),
    '303 GET': get,
    '303 HEAD': head,
    '303 POST': 'GET none x',
    '303 PUT': 'GET none x',
    '307 GET': get,
    '307 HEAD': head,
    '307 POST': asIs('POST'),
    '307 PUT': asIs('PUT'),
    '308 GET': get,
    '308 HEAD': head,
    '308 POST': asIs('POST'),
    '308 PUT': asIs('PUT'),
  });
});

test('a body is sent again, a stream is not', async () => {
  const seen = redirecting(to('/a', 307), to('/b', 308));
  await fetch(kUrl, { method: 'POST', body: 'abc' });
  same(
    seen.map(({ body }) => body),
    [bytes(97, 98, 99), bytes(97, 98, 99), bytes(97, 98, 99)],
  );
  const stream = () => ({ body: ReadableStream.from([bytes(1)]), duplex: /** @type {any} */ ('half') });
  for (const status of [301, 302, 307, 308]) {
    redirecting(to('/a', status));
    await rejects(TypeError, fetch(kUrl, { method: 'POST', ...stream() }), 'a stream');
  }
  const last = redirecting(to('/a', 303));
  await fetch(kUrl, { method: 'POST', ...stream() });
  same(lines(last), [`POST ${kUrl}`, 'GET https://up.test/a']);
});

test('what was meant for one origin stays there', async () => {
  const headers = { authorization: 'secret', cookie: 'a=b', 'proxy-authorization': 'p', x: 'y' };
  for (const [location, kept] of [
    ['https://up.test/next', true],
    ['https://up.test:8443/', false],
    ['http://up.test/', false],
    ['https://sub.up.test/', false],
  ]) {
    const seen = redirecting(to(location), to('https://up.test/back'));
    await fetch(kUrl, { headers });
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) {
      same(named(seen[1], name) !== undefined, kept, `${location} ${name}`);
      same(named(seen[2], name) !== undefined, kept, `back from ${location} ${name}`);
    }
    same(named(seen[2], 'x'), 'y');
  }
});

test('twenty redirects are followed, and no more', async () => {
  let count = 0;
  let most = 20;
  outbound(() => (count++ < most ? to(`/${count}`) : { body: 'end' }));
  same(await (await fetch(kUrl)).text(), 'end');
  count = 0;
  most = 21;
  await rejects(TypeError, fetch(kUrl), 'more than 20 redirects');
  same(count, 21);
});

test('only http and https are followed, without credentials', async () => {
  for (const location of [
    'data:text/plain,x',
    'file:///etc/passwd',
    'blob:https://up.test/1',
    'https://user:pass@up.test/',
    'https://[nonsense/',
  ]) {
    const seen = redirecting(to(location));
    await rejects(TypeError, fetch(kUrl), 'fetch failed: ');
    same(seen.length, 1, location);
  }
  const seen = redirecting(to('https://up.test:25/'));
  await rejects(TypeError, fetch(kUrl), 'blocks');
  same(seen.length, 1);
});

test('a Location in UTF-8 is read as such', async () => {
  const seen = redirecting(to('/caf\u00c3\u00a9?q=\u00c3\u00a9'));
  await fetch(kUrl);
  same(seen[1].url, 'https://up.test/caf%C3%A9?q=%C3%A9');
});

test('a Location of other bytes keeps them', async () => {
  const seen = redirecting(to('/\u00ff?%\u00e2\u0098\u0083%zz#\u00ff'));
  await fetch(kUrl);
  same(seen[1].url, 'https://up.test/%FF?%%E2%98%83%zz');
});

test('the type says whether another origin was on the way, and nothing is hidden', async () => {
  const load = async (locations, init) => {
    redirecting(...locations.map((location) => to(location)));
    const response = await fetch(kUrl, init);
    same([response.status, response.clone().type], [200, response.type]);
    same(await response.text(), 'there');
    return response.type;
  };
  same(await load(['/next', 'https://up.test/']), 'basic');
  same(await load(['https://other.test/']), 'cors');
  same(await load(['https://other.test/', kUrl]), 'cors');
  same(await load(['https://other.test/'], { mode: 'no-cors' }), 'opaque');
  same(await load(['/next'], { mode: 'no-cors' }), 'basic');
  same(await load(['/next'], { mode: 'same-origin' }), 'basic');
  const seen = redirecting(to('/next'), to('https://other.test/'));
  await rejects(TypeError, fetch(kUrl, { mode: 'same-origin' }), 'another origin');
  same(seen.length, 2);
});

test('a referrer is made anew for each URL', async () => {
  const seen = redirecting(to('/next'), to('https://other.test/'), to('http://up.test/'));
  await fetch(kUrl, { referrer: 'https://user:pass@up.test/page?a=b#c' });
  const page = 'https://up.test/page?a=b';
  same(seen.map((one) => named(one, 'referer')), [page, page, 'https://up.test/', undefined]);
});

test('without a Location it is a response', async () => {
  outbound(() => ({ status: 302, body: 'no' }));
  const response = await fetch(kUrl);
  same([response.status, response.redirected, await response.text()], [302, false, 'no']);
});

test('other statuses of that range are responses', async () => {
  for (const status of [300, 304, 305, 306]) {
    const seen = outbound(() => to('/next', status));
    same((await fetch(kUrl)).status, status);
    same(seen.length, 1);
  }
});

test("with 'manual' the redirect itself is given", async () => {
  const seen = redirecting({ ...to('/next', 307), body: 'moved' });
  const response = await fetch(kUrl, { redirect: 'manual' });
  same([response.status, response.type, response.redirected], [307, 'basic', false]);
  same([response.headers.get('location'), response.url], ['/next', kUrl]);
  same(await response.text(), 'moved');
  same(seen.length, 1);
});

test("with 'error' a redirect is one", async () => {
  redirecting(to('/next'));
  await rejects(TypeError, fetch(kUrl, { redirect: 'error' }), 'redirected');
  outbound(() => ({ body: 'x' }));
  same(await (await fetch(kUrl, { redirect: 'error' })).text(), 'x');
});
