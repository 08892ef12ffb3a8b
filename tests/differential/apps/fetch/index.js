// fetch(): what a server is asked, and what comes back.

import { attempt, attemptEach, attempts, caseApp } from '../../case_app.js';

const facts = async (response) => ({
  status: response.status,
  statusText: response.statusText,
  url: response.url,
  redirected: response.redirected,
  headers: [...response.headers].filter(
    ([name]) => !['date', 'connection', 'keep-alive', 'transfer-encoding'].includes(name),
  ),
  text: await response.text(),
});
const kOfTheRuntime = ['accept', 'accept-encoding', 'accept-language', 'cdn-loop', 'user-agent'];
/** What the server was asked; with what runtimes say by themselves in one case only. */
const echo = async (env, init, path = '/echo') => {
  const got = await (await fetch(env.UPSTREAM + path, init)).json();
  if (init)
    for (const name of kOfTheRuntime)
      if (!new Headers(init.headers).has(name)) delete got.headers[name];
  return got;
};

export default caseApp({
  get: ({ env }) => echo(env),
  headers: ({ env }) =>
    echo(env, {
      headers: [
        ['X-Own', 'a'],
        ['x-own', 'b'],
        ['Accept', 'x/y'],
        ['User-Agent', 'mine'],
        ['Cookie', 'a=1'],
        ['cookie', 'b=2'],
        ['Referer', 'http://r/'],
        ['Origin', 'http://o'],
      ],
    }),
  special: ({ env }) =>
    echo(env, {
      headers: {
        Host: 'other.test',
        Connection: 'close',
        'Accept-Encoding': 'x',
        'Content-Length': '3',
      },
    }),
  bodies: async ({ env }) => {
    const form = new FormData();
    form.append('a', 'b');
    const post = (body, headers) => async () => {
      const got = await echo(env, { method: 'POST', body, headers });
      got.headers = Object.fromEntries(
        Object.entries(got.headers)
          .filter(([name]) => name.startsWith('content-') || name === 'transfer-encoding')
          .map(([name, value]) => [name, value.replace(/boundary=.*/, 'boundary=B')]),
      );
      got.body = got.body.replace(/--[-\w]{10,}/g, '--B');
      return got;
    };
    const fixed = (text, length) => {
      const { readable, writable } = new FixedLengthStream(length);
      new Blob([text]).stream().pipeTo(writable).catch(() => {});
      return readable;
    };
    return attempts({
      string: post('ü'),
      empty: post(''),
      none: post(undefined),
      bytes: post(new Uint8Array([1])),
      params: post(new URLSearchParams('a=1')),
      blob: post(new Blob(['x'], { type: 'a/b' })),
      stream: post(new Blob(['x']).stream()),
      own: post(
        new ReadableStream({
          start: (c) => {
            c.enqueue(new Uint8Array([65]));
            c.close();
          },
        }),
      ),
      fixed: post(fixed('fixed', 5)),
      fixedEmpty: post(fixed('', 0)),
      fixedRequest: async () => {
        const request = new Request(`${env.UPSTREAM}/echo`, { method: 'PUT', body: fixed('abc', 3) });
        const { headers, body } = await (await fetch(request)).json();
        return [headers['content-length'], headers['transfer-encoding'], body];
      },
      typed: post('x', { 'content-type': 'x/y' }),
      form: post(form),
    });
  },
  methods: ({ env }) =>
    attemptEach(
      ['get', 'HEAD', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'PROPFIND'],
      async (method) => {
        const response = await fetch(`${env.UPSTREAM}/method`, { method });
        return [response.headers.get('x-method'), await response.text()];
      },
    ),
  redirects: ({ env }) =>
    attempts({
      follow: async () => {
        const { text, headers, ...rest } = await facts(await fetch(`${env.UPSTREAM}/redirect/302`));
        return { ...rest, method: JSON.parse(text).method };
      },
      manual: async () =>
        facts(await fetch(`${env.UPSTREAM}/redirect/302`, { redirect: 'manual' })),
      error: () => fetch(`${env.UPSTREAM}/redirect/302`, { redirect: 'error' }),
      post302: () => echo(env, { method: 'POST', body: 'x' }, '/redirect/302'),
      post307: () => echo(env, { method: 'POST', body: 'x' }, '/redirect/307'),
      post303: () => echo(env, { method: 'PUT', body: 'x' }, '/redirect/303'),
      post301: () => echo(env, { method: 'POST', body: 'x' }, '/redirect/301'),
      stream307: () =>
        echo(
          env,
          {
            method: 'POST',
            body: new ReadableStream({
              start: (c) => {
                c.enqueue(new Uint8Array([65]));
                c.close();
              },
            }),
          },
          '/redirect/307',
        ),
      loop: () => fetch(`${env.UPSTREAM}/loop`),
      noLocation: async () => facts(await fetch(`${env.UPSTREAM}/status/302`)),
      fragment: async () => (await fetch(`${env.UPSTREAM}/redirect/302#frag`)).url,
      authorization: () => echo(env, { headers: { authorization: 'secret' } }, '/redirect/302'),
    }),
  statuses: ({ env }) =>
    attemptEach([200, 201, 204, 205, 206, 300, 304, 400, 404, 418, 500, 503, 599], async (status) =>
      facts(await fetch(`${env.UPSTREAM}/status/${status}`)),
    ),
  response: async ({ env }) =>
    attempts({
      cookies: async () => (await fetch(`${env.UPSTREAM}/cookies`)).headers.getSetCookie(),
      immutable: async () => (await fetch(`${env.UPSTREAM}/echo`)).headers.set('a', '1'),
      copied: async () => {
        const copy = new Response('x', await fetch(`${env.UPSTREAM}/cookies`));
        copy.headers.append('set-cookie', 'c=3');
        return copy.headers.getSetCookie();
      },
      type: async () => (await fetch(`${env.UPSTREAM}/echo`)).type,
      latin: async () => (await fetch(`${env.UPSTREAM}/latin`)).headers.get('x-latin'),
      reason: async () => (await fetch(`${env.UPSTREAM}/reason`)).statusText,
    }),
  encodings: ({ env }) =>
    attemptEach(['gzip', 'br', 'deflate', 'identity'], async (coding) => {
      const response = await fetch(`${env.UPSTREAM}/encoded/${coding}`);
      return [
        response.headers.get('content-encoding'),
        response.headers.get('content-length'),
        await response.text(),
      ];
    }),
  urls: ({ env }) =>
    attemptEach(
      [
        '',
        'x',
        '/x',
        'ftp://x/',
        'http://',
        'file:///etc/passwd',
        'data:text/plain,hi',
        'blob:http://x/y',
      ],
      async (url) => (await fetch(url)).text(),
    ),
  userInfo: ({ env }) =>
    attempt(() => echo({ UPSTREAM: env.UPSTREAM.replace('//', '//user:pass@') })),
  path: async ({ env }) => (await echo(env, undefined, '/echo/ü?q=ä b&c=%zz#frag')).url,
  abort: ({ env }) =>
    attempts({
      before: () => fetch(`${env.UPSTREAM}/echo`, { signal: AbortSignal.abort() }),
      reason: () =>
        fetch(`${env.UPSTREAM}/echo`, { signal: AbortSignal.abort(new RangeError('x')) }),
      during: () => {
        const one = new AbortController();
        const asked = fetch(`${env.UPSTREAM}/never`, { signal: one.signal });
        setTimeout(() => one.abort(), 5);
        return asked;
      },
      timeout: () => fetch(`${env.UPSTREAM}/never`, { signal: AbortSignal.timeout(5) }),
      body: async () => {
        const one = new AbortController();
        const response = await fetch(`${env.UPSTREAM}/half`, { signal: one.signal });
        setTimeout(() => one.abort(), 5);
        return response.text();
      },
    }),
  failures: ({ env }) =>
    attempts({
      refused: () => fetch('http://127.0.0.1:1/'),
      broken: async () => (await fetch(`${env.UPSTREAM}/broken`)).text(),
      hangUp: () => fetch(`${env.UPSTREAM}/hang-up`),
      get: () => fetch(env.UPSTREAM, { body: 'x' }),
      method: () => fetch(env.UPSTREAM, { method: 'a b' }),
      request: async () => {
        const one = new Request(`${env.UPSTREAM}/echo`, { method: 'POST', body: 'x' });
        await fetch(one);
        return fetch(one);
      },
    }),
  requestObject: async ({ env }) => {
    const { headers } = await (
      await fetch(
        new Request(`${env.UPSTREAM}/echo`, { method: 'PUT', body: 'x', headers: { 'x-a': '1' } }),
        { headers: { 'x-b': '2' } },
      )
    ).json();
    return [headers['x-a'], headers['x-b']];
  },
  passOn: ({ env }) => fetch(`${env.UPSTREAM}/pass`),
  passOnGzip: ({ env }) => fetch(`${env.UPSTREAM}/encoded/gzip`),
  cf: ({ env }) =>
    attempt(async () => (await fetch(`${env.UPSTREAM}/method`, { cf: { cacheTtl: 1 } })).status),
  cache: ({ env }) =>
    attemptEach(['no-store', 'no-cache', 'default', 'reload', 'force-cache'], async (cache) => {
      const { headers } = await echo(env, { cache });
      return [headers['cache-control'], headers.pragma];
    }),
});
