// @ts-check
// blob: URLs: snapshot/js/blob_url.js, and their fetch(): snapshot/js/local_fetch.js.

import { bytes, callEntryPoint, dispatch, ok, rejects, same, test, throws } from './harness.js';

/** A test in a request. */
function inRequest(name, body) {
  test(name, () =>
    dispatch({}, async () => {
      await body();
      return new Response();
    }),
  );
}

inRequest('a URL stands for its blob until it is revoked', async () => {
  const blob = new Blob(['hello'], { type: 'text/plain' });
  const url = URL.createObjectURL(blob);
  const other = URL.createObjectURL(blob);
  ok(/^blob:null\/[0-9a-f-]{36}$/.test(url) && url !== other, url);
  same([new URL(url).href, new URL(url).origin], [url, 'null']);
  const response = await fetch(`${url}#fragment`);
  same([response.status, response.statusText, response.type], [200, 'OK', 'basic']);
  same(response.url, url);
  same([...response.headers], [['content-length', '5'], ['content-type', 'text/plain']]);
  same(await response.text(), 'hello');
  same(await (await fetch(new Request(url))).text(), 'hello');
  URL.revokeObjectURL(url);
  URL.revokeObjectURL('nonsense');
  await rejects(TypeError, fetch(url), 'revoked');
  same(await (await fetch(other)).text(), 'hello');
});

inRequest('what is read is a copy', async () => {
  const blob = new Blob(['abc']);
  const url = URL.createObjectURL(blob);
  const response = await fetch(url);
  same(response.headers.get('content-type'), '');
  const strange = URL.createObjectURL(new Blob(['x'], { type: 'strange' }));
  same((await fetch(strange)).headers.get('content-type'), '');
  (await response.bytes()).fill(0);
  for await (const chunk of /** @type {any} */ ((await fetch(url)).body)) chunk.fill(0);
  same(await blob.text(), 'abc');
  same(await (await fetch(url)).text(), 'abc');
});

inRequest('a part of it can be asked for', async () => {
  const url = URL.createObjectURL(new Blob(['0123456789'], { type: 'a/b' }));
  const part = async (range) => {
    const response = await fetch(url, { headers: { range } });
    const { headers } = response;
    same([response.status, response.statusText], [206, 'Partial Content']);
    same([headers.get('content-type'), headers.get('content-length')], [
      'a/b',
      `${(await response.clone().bytes()).length}`,
    ]);
    return [await response.text(), headers.get('content-range')];
  };
  same(await part('bytes=2-4'), ['234', 'bytes 2-4/10']);
  same(await part('bytes=0-0'), ['0', 'bytes 0-0/10']);
  same(await part('bytes=7-'), ['789', 'bytes 7-9/10']);
  same(await part('bytes=-3'), ['789', 'bytes 7-9/10']);
  same(await part('bytes=-99'), ['0123456789', 'bytes 0-9/10']);
  same(await part('bytes \t = 9 - 99'), ['9', 'bytes 9-9/10']);
  for (const range of [
    ...['', 'bytes', 'bytes=-', 'bytes=-0', 'bytes=10-', 'bytes=4-3', 'bytes=0-1,3-4'],
    ...['byte=0-1', 'bytes=x-1', 'bytes=1'],
  ]) {
    await rejects(TypeError, fetch(url, { headers: { range } }), 'range');
  }
  const empty = URL.createObjectURL(new Blob([]));
  await rejects(TypeError, fetch(empty, { headers: { range: 'bytes=0-' } }), 'range');
  same(await (await fetch(empty)).bytes(), bytes());
});

inRequest('only GET is for blobs, and only blobs are', async () => {
  const url = URL.createObjectURL(new Blob(['x']));
  for (const method of ['POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'OTHER']) {
    await rejects(TypeError, fetch(url, { method }), 'GET only');
  }
  await rejects(TypeError, fetch('blob:https://a.test/1'), 'blob: URL');
  throws(TypeError, () => URL.createObjectURL(/** @type {any} */ ({})), "not of type 'Blob'");
  throws(TypeError, () => /** @type {any} */ (URL.createObjectURL)(), '1 argument required');
  throws(TypeError, () => /** @type {any} */ (URL.revokeObjectURL)(), '1 argument required');
});

test('a URL is of one request, and goes with it', async () => {
  throws(Error, () => URL.createObjectURL(new Blob([])), 'belongs to a request');
  let url = '';
  const load = async () => new Response(await (await fetch(url)).text());
  const first = await dispatch({}, () => {
    url = URL.createObjectURL(new Blob(['mine']));
    return load();
  });
  same(first.text, 'mine');
  await rejects(TypeError, dispatch({}, load), 'none of this request');
});

inRequest('what a request leaves is dropped with its timers', async () => {
  const url = URL.createObjectURL(new Blob(['x']));
  const kFirstTimer = 1;
  callEntryPoint('fireTimer', kFirstTimer, true);
  await rejects(TypeError, fetch(url), 'none of this request');
});
