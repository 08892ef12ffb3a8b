// Request: what comes in, and what is made.

import { attemptEach, attempts, caseApp } from '../../case_app.js';

const kUrl = 'http://host.test/path';
const facts = (request) => ({
  method: request.method,
  url: request.url,
  headers: request.headers,
  redirect: request.redirect,
  hasBody: request.body !== null,
  bodyUsed: request.bodyUsed,
  keepalive: request.keepalive,
  integrity: request.integrity,
  signal: request.signal instanceof AbortSignal,
});

export default caseApp({
  incoming({ request }) {
    const { headers, ...rest } = facts(request);
    return {
      ...rest,
      host: headers.get('host'),
      aborted: request.signal.aborted,
      instance: request instanceof Request,
      fetcher: request.fetcher,
    };
  },
  defaults: () => facts(new Request(kUrl)),
  browser: () => {
    const { mode, credentials, cache, referrer, referrerPolicy, destination, duplex } = new Request(
      kUrl,
    );
    return { mode, credentials, cache, referrer, referrerPolicy, destination, duplex };
  },
  urls: () =>
    attemptEach(
      [
        'http://a',
        'HTTP://A:80/ü?ä#frag',
        'http://user:pass@a/',
        '/path',
        '',
        'a b',
        'ftp://x/',
        'data:,x',
        'http://a/%zz',
        'http://a/../b',
        'http://[::1]/',
        'http://1.1/',
      ],
      (url) => new Request(url).url,
    ),
  methods: () =>
    attemptEach(
      [
        'get',
        'GET',
        'post',
        'patch',
        'PATCH',
        'Own',
        'CONNECT',
        'TRACE',
        'track',
        'a b',
        '',
        'delete',
        'propfind',
      ],
      (method) => new Request(kUrl, { method }).method,
    ),
  bodies: () =>
    attempts({
      get: () => new Request(kUrl, { body: 'a' }),
      head: () => new Request(kUrl, { method: 'HEAD', body: '' }),
      getNull: () => new Request(kUrl, { body: null }).body,
      post: () => facts(new Request(kUrl, { method: 'POST', body: 'a' })),
      stream: () => facts(new Request(kUrl, { method: 'POST', body: new Blob(['a']).stream() })),
      duplex: () =>
        facts(
          new Request(kUrl, { method: 'POST', body: new Blob(['a']).stream(), duplex: 'half' }),
        ),
      params: async () => {
        const one = new Request(kUrl, { method: 'POST', body: new URLSearchParams('a=1') });
        return [one.headers, Object.fromEntries(await one.formData())];
      },
      twice: async () => {
        const one = new Request(kUrl, { method: 'POST', body: 'a' });
        await one.text();
        return one.json();
      },
      emptyText: () => new Request(kUrl).text(),
      emptyJson: () => new Request(kUrl).json(),
    }),
  copies: () =>
    attempts({
      plain: () =>
        facts(
          new Request(
            new Request(kUrl, { method: 'PUT', headers: { a: '1' }, redirect: 'manual' }),
          ),
        ),
      changed: () =>
        facts(
          new Request(new Request(kUrl, { headers: { a: '1' } }), {
            method: 'POST',
            headers: { b: '2' },
            body: 'x',
          }),
        ),
      url: () =>
        facts(
          new Request(
            'http://other/',
            new Request(kUrl, { method: 'POST', body: 'x', headers: { a: '1' } }),
          ),
        ),
      body: async () => {
        const one = new Request(kUrl, { method: 'POST', body: 'x' });
        const two = new Request(one);
        return [one.bodyUsed, await two.text(), await one.text().catch((error) => error.name)];
      },
      used: async () => {
        const one = new Request(kUrl, { method: 'POST', body: 'x' });
        await one.text();
        return new Request(one);
      },
      replaced: async () => {
        const one = new Request(kUrl, { method: 'POST', body: 'x' });
        await one.text();
        return new Request(one, { body: 'y' }).text();
      },
      clone: async () => {
        const one = new Request(kUrl, { method: 'POST', body: 'x' });
        const two = one.clone();
        return [await one.text(), await two.text()];
      },
      object: () => new Request({ toString: () => kUrl }).url,
      asUrl: () => new Request(new URL('http://x/?a=1#b')).url,
    }),
  options: () =>
    attempts({
      redirect: () => new Request(kUrl, { redirect: 'other' }),
      error: () => new Request(kUrl, { redirect: 'error' }).redirect,
      mode: () => new Request(kUrl, { mode: 'cors' }).method,
      credentials: () => new Request(kUrl, { credentials: 'include' }).method,
      noStore: () => new Request(kUrl, { cache: 'no-store' }).cache,
      reload: () => new Request(kUrl, { cache: 'reload' }).cache,
      wrongCache: () => new Request(kUrl, { cache: 'other' }),
      signal: () => new Request(kUrl, { signal: null }).signal instanceof AbortSignal,
      wrongSignal: () => new Request(kUrl, { signal: {} }),
      aborted: () => new Request(kUrl, { signal: AbortSignal.abort() }).signal.aborted,
      referrer: () => new Request(kUrl, { referrer: 'about:client' }).method,
      window: () => new Request(kUrl, { window: null }).method,
      cf: () => new Request(kUrl, { cf: { a: 1 } }).cf,
      integrity: () => new Request(kUrl, { integrity: 'sha256-x' }).integrity,
    }),
  shape: () => ({
    tag: String(new Request(kUrl)),
    length: Request.length,
    own: Object.keys(new Request(kUrl)),
  }),
});
