// @ts-check
// What Workers have of the Cache API and browsers have not: headers that say what is kept and for
// how long, conditions and ranges. And the bounds.

import { bytes, dispatch, logs, ok, outbound, same, setDate, test } from './harness.js';

const kUrl = 'https://app.test/a';
const kNoon = Date.UTC(2026, 0, 2, 12);
const kSecond = 1000;
const kMegabyte = 1024 * 1024;
/** @type {Cache} */
const cache = /** @type {any} */ (caches).default;

const respond = (headers, status = 200, body = 'text') => new Response(body, { headers, status });
const at = (url) => `https://app.test/${url}`;
const isKept = async (key) => (await cache.match(key)) !== undefined;

/** Whether a response is there after `seconds`. */
async function isKeptAfter(response, seconds) {
  setDate(kNoon);
  await cache.delete(kUrl);
  await cache.put(kUrl, response);
  setDate(kNoon + seconds * kSecond);
  return isKept(kUrl);
}

test('headers say how long a response is kept', async () => {
  const cases = [
    ['max-age=10', 10],
    ['public, max-age="10"', 10],
    ['max-age=10, s-maxage=20', 20],
    ['S-MaxAge=5 , max-age=20', 5],
  ];
  for (const [control, seconds] of cases) {
    const headers = { 'cache-control': control };
    ok(await isKeptAfter(respond(headers), seconds - 1), `${control} before`);
    ok(!(await isKeptAfter(respond(headers), seconds)), `${control} after`);
  }
  const date = (seconds) => new Date(kNoon + seconds * kSecond).toUTCString();
  ok(await isKeptAfter(respond({ expires: date(10) }), 9));
  ok(!(await isKeptAfter(respond({ expires: date(10) }), 10)));
  ok(await isKeptAfter(respond({ expires: date(-10), 'cache-control': 'max-age=9' }), 8));
  ok(await isKeptAfter(respond({ age: '4', 'cache-control': 'max-age=9' }), 4));
  ok(!(await isKeptAfter(respond({ age: '4', 'cache-control': 'max-age=9' }), 5)));
});

test('without them it goes by the status, as at Cloudflare', async () => {
  for (const [status, minutes] of [
    [200, 120],
    [301, 120],
    [302, 20],
    [404, 3],
    [500, 3],
  ]) {
    ok(await isKeptAfter(respond({}, status), minutes * 60 - 1), `${status} before`);
    ok(!(await isKeptAfter(respond({}, status), minutes * 60)), `${status} after`);
  }
});

test('what headers forbid is not kept, and that is no error', async () => {
  const forbidden = [
    { 'cache-control': 'no-store' },
    { 'cache-control': 'Private' },
    { 'cache-control': 'private="x-secret"' },
    { 'cache-control': 'no-cache' },
    { 'cache-control': 'max-age=0' },
    { 'cache-control': 'max-age=soon' },
    { 'cache-control': 'max-age=-1' },
    { expires: '0' },
    { expires: new Date(kNoon - kSecond).toUTCString() },
    { 'set-cookie': 'a=b' },
    { 'set-cookie': 'a=b', 'cache-control': 'max-age=9' },
  ];
  for (const headers of forbidden) {
    const response = respond(headers);
    ok(!(await isKeptAfter(response, 0)), JSON.stringify(headers));
    same(response.bodyUsed, true);
  }
  ok(!(await isKeptAfter(new Response(null, { status: 304 }), 0)));
});

test('what is kept already stays where the newer may not be', async () => {
  await cache.put(kUrl, respond({}, 200, 'old'));
  await cache.put(kUrl, respond({ 'cache-control': 'no-store' }, 200, 'new'));
  same(await (await cache.match(kUrl)).text(), 'old');
});

test('private=Set-Cookie keeps all but the cookies', async () => {
  for (const control of ['private=Set-Cookie', 'max-age=9, private="set-cookie"']) {
    const response = respond({ 'cache-control': control, 'x-a': 'b' });
    response.headers.append('set-cookie', 'a=b');
    response.headers.append('set-cookie', 'c=d');
    ok(await isKeptAfter(response, 0), control);
    const { headers } = await cache.match(kUrl);
    same([headers.get('set-cookie'), headers.get('x-a')], [null, 'b']);
  }
});

test('what is over is not listed either', async () => {
  setDate(kNoon);
  await cache.put(at('short'), respond({ 'cache-control': 'max-age=1' }));
  await cache.put(at('long'), respond({ 'cache-control': 'max-age=9' }));
  setDate(kNoon + kSecond);
  same(
    (await cache.keys()).map(({ url }) => url),
    [at('long')],
  );
  same((await cache.matchAll(at('short'))).length, 0);
  same(await cache.delete(at('short')), false);
});

test('a condition that holds is answered with a 304', async () => {
  const changed = 'Fri, 02 Jan 2026 11:00:00 GMT';
  await cache.put(kUrl, respond({ etag: '"a"', 'last-modified': changed, 'content-length': '4' }));
  const statusFor = async (headers) => (await cache.match(new Request(kUrl, { headers }))).status;
  const cases = [
    [{ 'if-none-match': '"a"' }, 304],
    [{ 'if-none-match': '"b", W/"a"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"b"' }, 200],
    [{ 'if-modified-since': changed }, 304],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 10:00:00 GMT' }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-none-match': '"b"', 'if-modified-since': changed }, 200],
  ];
  for (const [headers, status] of cases)
    same(await statusFor(headers), status, JSON.stringify(headers));
  const answer = await dispatch({ url: kUrl, headers: { 'if-none-match': '"a"' } }, (request) =>
    cache.match(request),
  );
  same(
    [answer.status, answer.body, answer.headers.map(([name]) => name)],
    [304, null, ['etag', 'last-modified', 'content-type']],
  );
});

test('a range is answered where the length is told', async () => {
  const headers = { 'content-length': '10', etag: '"a"' };
  await cache.put(kUrl, respond(headers, 200, '0123456789'));
  const get = async (range, more = {}) => {
    const response = await cache.match(new Request(kUrl, { headers: { range, ...more } }));
    const { status } = response;
    return [status, response.headers.get('content-range'), await response.text()];
  };
  same(await get('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
  same(await get('bytes=8-'), [206, 'bytes 8-9/10', '89']);
  same(await get('bytes=8-99'), [206, 'bytes 8-9/10', '89']);
  same(await get('bytes=-3'), [206, 'bytes 7-9/10', '789']);
  same(await get('bytes=-99'), [206, 'bytes 0-9/10', '0123456789']);
  same(await get('bytes=10-'), [416, 'bytes */10', '']);
  same(await get('bytes=-0'), [416, 'bytes */10', '']);
  const all = [200, null, '0123456789'];
  for (const range of ['bytes=4-2', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2'])
    same(await get(range), all);
  same(await get('bytes=0-0', { 'if-range': '"b"' }), all);
  same(await get('bytes=0-0', { 'if-range': '"a"' }), [206, 'bytes 0-0/10', '0']);
  await cache.put(kUrl, respond({}, 200, '0123456789'));
  same(await get('bytes=2-4'), all);
});

test('a body that is too large is not kept, nor read to its end', async () => {
  await cache.put(at('text'), respond({}, 200, 'x'.repeat(16 * kMegabyte + 1)));
  await cache.put(at('bytes'), new Response(new Uint8Array(16 * kMegabyte)));
  let pulled = 0;
  let isCancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(kMegabyte));
    },
    cancel() {
      isCancelled = true;
    },
  });
  same(await cache.put(at('stream'), new Response(endless)), undefined);
  ok(isCancelled && pulled < 20);
  same(await cache.keys(), []);
  same(logs().length, 1);
  ok(logs()[0].line.includes('larger than 16777216 bytes'));
});

test('what was used longest ago makes room, whichever cache it is in', async () => {
  const other = await caches.open('other');
  await other.put(at('other'), new Response(new Uint8Array(kMegabyte)));
  for (let i = 0; i < 14; i++) await cache.put(at(i), new Response(new Uint8Array(kMegabyte)));
  await other.match(at('other'));
  await cache.match(at(0));
  same([(await cache.keys()).length, (await cache.matchAll()).length], [14, 14]);
  await cache.put(at('new'), new Response(new Uint8Array(2 * kMegabyte)));
  ok(!(await isKept(at(1))) && !(await isKept(at(2))));
  ok((await isKept(at(0))) && (await isKept(at(3))) && (await isKept(at('new'))));
  ok((await other.match(at('other'))) !== undefined);
});

test('there are no more than a thousand entries, nor caches', async () => {
  for (let i = 0; i < 1001; i++) await cache.put(at(i), new Response(null));
  same((await cache.keys()).length, 1000);
  ok(!(await isKept(at(0))) && (await isKept(at(1000))));
  const first = await caches.open('first');
  await first.put(kUrl, new Response('kept'));
  for (let i = 0; i < 1000; i++) await caches.open(`${i}`);
  same((await caches.keys()).length, 1000);
  ok((await caches.has('first')) && !(await caches.has('0')), 'an empty one goes first');
});

test('URLs and headers count too', async () => {
  const long = { 'x-long': 'h'.repeat(kMegabyte) };
  for (let i = 0; i < 10; i++) {
    await cache.put(new Request(at(i), { headers: long }), new Response(null, { headers: long }));
  }
  same((await cache.keys()).length, 3);
  await cache.put(`${kUrl}?${'q'.repeat(5 * kMegabyte)}`, new Response(null));
  same((await cache.keys()).length, 3, 'it is larger than all the room');
});

test('a fetched body that grows beyond the room is given up', async () => {
  const pieces = Array.from({ length: 17 }, () => new Uint8Array(kMegabyte));
  const seen = outbound(() => ({ body: [...pieces, undefined] }));
  same(await cache.add(kUrl), undefined);
  same([await isKept(kUrl), seen[0].bodyCancelled], [false, true]);
});

test("bytes() of a match are the reader's own", async () => {
  await cache.put(kUrl, new Response(bytes(1, 2)));
  (await (await cache.match(kUrl)).bytes())[0] = 9;
  structuredClone((await (await cache.match(kUrl)).bytes()).buffer);
  same(await (await cache.match(kUrl)).bytes(), bytes(1, 2));
});
