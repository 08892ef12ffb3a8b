// @ts-check
// Service bindings in `env`: snapshot/js/fetcher.js.

import { callEntryPoint, dispatch, outbound, rejects, same, test, throws } from './harness.js';

const makeEnv = (...flat) => callEntryPoint('makeEnv', flat);
const kService = 2;

test('env has texts, JSON and services', () => {
  const env = makeEnv('T', 0, 'text', 'J', 1, '{"a":[1]}', 'S', kService, 'other-app', '__proto__', 0, 'x');
  same([env.T, env.J], ['text', { a: [1] }]);
  same(Object.keys(env), ['T', 'J', 'S', '__proto__']);
  same(Object.prototype.toString.call(env.S), '[object Fetcher]');
});

test('a service answers what is fetched of it', async () => {
  const seen = outbound(() => ({ status: 202, body: 'from there' }));
  const { S } = makeEnv('S', kService, 'other-app');
  const response = await S.fetch('https://any.test:25/path?q#x', { method: 'POST', body: 'y' });
  same([response.status, await response.text()], [202, 'from there']);
  same([seen[0].service, seen[0].url, seen[0].method], ['S', 'https://any.test:25/path?q', 'POST']);
  same(response.url, 'https://any.test:25/path?q');
});

test('a path alone will do', async () => {
  const seen = outbound(() => ({}));
  const { S } = makeEnv('S', kService, 'other-app');
  await S.fetch('/a?b');
  await S.fetch(new Request('http://x.test/c'));
  await S.fetch(new URL('http://y.test/'));
  same(
    seen.map(({ url }) => url),
    ['https://fake-host/a?b', 'http://x.test/c', 'http://y.test/'],
  );
});

test('a redirect of a service is followed there', async () => {
  const seen = outbound(({ url }) =>
    url.endsWith('/a') ? { status: 302, headers: { location: '/b' } } : { body: 'end' },
  );
  const { S } = makeEnv('S', kService, 'other-app');
  same(await (await S.fetch('/a')).text(), 'end');
  same([seen[1].service, seen[1].url], ['S', 'https://fake-host/b']);
});

test('a service carries no WebSocket, which is said', async () => {
  const seen = outbound(() => ({}));
  const { S } = makeEnv('S', kService, 'other-app');
  const headers = { Upgrade: 'websocket' };
  await dispatch({}, async () => {
    const fetching = S.fetch('https://any.test/', { headers });
    await rejects(TypeError, fetching, 'a service binding carries no WebSocket yet');
    return new Response();
  });
  same(seen.length, 0);
});

test("a client's request is passed on to a service", async () => {
  const seen = outbound(() => ({ body: 'x' }));
  const env = makeEnv('S', kService, 'other-app');
  const init = { url: 'https://app.test/p', headers: { a: 'b' } };
  same((await dispatch(init, (request, { S }) => S.fetch(request), env)).text, 'x');
  same([seen[0].url, seen[0].headers[0]], ['https://app.test/p', ['a', 'b']]);
});

test('a service is a thing of its own', async () => {
  const { S } = makeEnv('S', kService, 'other-app');
  same([Object.isFrozen(S), S.fetch.length, 'Fetcher' in globalThis], [true, 1, false]);
  throws(TypeError, () => new S.constructor());
  throws('DataCloneError', () => structuredClone(S));
  await rejects(TypeError, S.fetch(), '1 argument required');
  await rejects(TypeError, S.fetch.call({}, '/'), 'Illegal invocation');
  await rejects(TypeError, S.fetch.call(undefined, '/'), 'Illegal invocation');
  await rejects(TypeError, S.fetch('https://[x/'), 'Invalid URL');
  await rejects(TypeError, S.fetch({ toString: () => { throw new TypeError('mine'); } }), 'mine');
});
