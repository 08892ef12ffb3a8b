// caches: what is kept and found. workerd asks a service for it, which the runner has.

import { attempts, caseApp } from '../../case_app.js';

let count = 0;
/** A URL of its own for each case. */
const fresh = () => `http://cache.test/${count++}`;
const kept = { headers: { 'cache-control': 'max-age=100', 'x-own': '1' } };

export default caseApp({
  basics: async () => {
    const url = fresh();
    const before = await caches.default.match(url);
    const put = await caches.default.put(url, new Response('text', kept));
    const found = await caches.default.match(url);
    const again = await caches.default.match(new Request(url));
    return [
      before,
      put,
      [found.status, found.headers.get('x-own'), await found.text()],
      await again.text(),
      await caches.default.delete(url),
      await caches.default.match(url),
      await caches.default.delete(url),
    ];
  },
  named: async () => {
    const url = fresh();
    const one = await caches.open('one');
    await one.put(url, new Response('named', kept));
    return [
      await (await one.match(url))?.text(),
      await caches.default.match(url),
      (await caches.open('one')) === one,
    ];
  },
  methods: async () => {
    const url = fresh();
    await caches.default.put(url, new Response('text', kept));
    return attempts({
      head: async () => (await caches.default.match(new Request(url, { method: 'HEAD' })))?.status,
      post: () => caches.default.match(new Request(url, { method: 'POST' })),
      ignore: async () =>
        (await caches.default.match(new Request(url, { method: 'POST' }), { ignoreMethod: true }))
          ?.status,
      putPost: () => caches.default.put(new Request(url, { method: 'POST' }), new Response('x')),
    });
  },
  refused: () =>
    attempts({
      partial: () => caches.default.put(fresh(), new Response('x', { status: 206 })),
      vary: () => caches.default.put(fresh(), new Response('x', { headers: { vary: '*' } })),
      notModified: () => caches.default.put(fresh(), new Response(null, { status: 304 })),
      used: async () => {
        const one = new Response('x');
        await one.text();
        return caches.default.put(fresh(), one);
      },
      none: () => caches.default.put(fresh()),
      text: () => caches.default.put(fresh(), 'x'),
      relative: () => caches.default.match('/x'),
    }),
  redirect: async () => {
    const url = fresh();
    await caches.default.put(
      url,
      new Response(null, {
        status: 301,
        headers: { location: '/y', 'cache-control': 'max-age=10' },
      }),
    );
    return (await caches.default.match(url))?.status;
  },
  body: async () => {
    const url = fresh();
    const response = new Response('abc', kept);
    await caches.default.put(url, response);
    return [response.bodyUsed, await (await caches.default.match(url)).bytes()];
  },
  clone: async () => {
    const url = fresh();
    const response = new Response('abc', kept);
    await caches.default.put(url, response.clone());
    return response.text();
  },
  immutable: async () => {
    const url = fresh();
    await caches.default.put(url, new Response('abc', kept));
    const found = await caches.default.match(url);
    return attempts({
      set: () => found.headers.set('a', 'b'),
      copy: () => new Response(found.body, found).headers.get('x-own'),
    });
  },
});
