// @ts-check
// The Referer of fetch(): snapshot/js/referrer.js.

import { outbound, same, test } from './harness.js';

const kUrl = 'https://up.test/';
const kPage = 'https://up.test/page?a=b';
const kOrigin = 'https://up.test/';
const referers = (seen) =>
  seen.map(({ headers }) => headers.find(([name]) => name === 'referer')?.[1]);

test('without a page nothing is said, unless a program says it', async () => {
  const seen = outbound(() => ({}));
  await fetch(kUrl);
  await fetch(kUrl, { referrer: '' });
  await fetch(kUrl, { referrer: 'about:client', referrerPolicy: 'unsafe-url' });
  await fetch(kUrl, { headers: { referer: 'https://own.test/x' }, referrer: kPage });
  await fetch(kUrl, { referrer: kPage });
  await fetch(new Request(kUrl, { referrer: kPage }));
  same(referers(seen), [undefined, undefined, undefined, 'https://own.test/x', kPage, kPage]);
});

test('a policy says how much, on the same origin, on another, and without TLS', async () => {
  const expected = {
    '': [kPage, kOrigin, undefined],
    'no-referrer': [undefined, undefined, undefined],
    'no-referrer-when-downgrade': [kPage, kPage, undefined],
    'same-origin': [kPage, undefined, undefined],
    'origin': [kOrigin, kOrigin, kOrigin],
    'strict-origin': [kOrigin, kOrigin, undefined],
    'origin-when-cross-origin': [kPage, kOrigin, kOrigin],
    'strict-origin-when-cross-origin': [kPage, kOrigin, undefined],
    'unsafe-url': [kPage, kPage, kPage],
  };
  for (const [policy, results] of Object.entries(expected)) {
    const targets = ['https://other.test/', 'http://up.test/'];
    const seen = outbound(() => {
      const location = targets.shift();
      return location === undefined ? {} : { status: 302, headers: { location } };
    });
    await fetch(kUrl, { referrer: kPage, referrerPolicy: /** @type {any} */ (policy) });
    same(referers(seen), results, policy);
  }
});

test('a very long one is its origin', async () => {
  const seen = outbound(() => ({}));
  const fits = `${kOrigin}${'x'.repeat(4096 - kOrigin.length)}`;
  await fetch(kUrl, { referrer: fits });
  await fetch(kUrl, { referrer: `${fits}x` });
  same(referers(seen), [fits, kOrigin]);
});
