// @ts-check
import { bytes, ok, outbound, rejects, same, send, test, throws } from './harness.js';

test('userAgent is what libraries look for', () => {
  same(navigator.userAgent, 'Cloudflare-Workers');
  same([navigator.language, navigator.languages], ['en', ['en']]);
  same(navigator.hardwareConcurrency, 1);
});

test('Navigator cannot be constructed', () => {
  ok(navigator instanceof Navigator);
  throws(TypeError, () => new Navigator(), 'Illegal constructor');
  throws(TypeError, () => Navigator.prototype.userAgent);
});

test('a beacon is a POST that its request waits for and whose answer is let go', async () => {
  const seen = outbound(() => ({ body: [bytes(1), undefined] }));
  const answer = send({}, () => {
    same(navigator.sendBeacon('https://up.test/log', 'text'), true);
    same(navigator.sendBeacon(new URL('https://up.test/empty')), true);
    return new Response('answered');
  });
  same((await answer.done).text, 'answered');
  await Promise.all(answer.waited());
  same([seen[0].method, seen[0].url], ['POST', 'https://up.test/log']);
  same(new TextDecoder().decode(seen[0].body), 'text');
  const type = seen[0].headers.find(([name]) => name === 'content-type');
  same(type, ['content-type', 'text/plain;charset=UTF-8']);
  same([seen[1].method, seen[1].url, seen[1].body], ['POST', 'https://up.test/empty', undefined]);
  same([seen[0].bodyCancelled, seen[1].bodyCancelled], [true, true]);
});

test('a beacon that cannot be sent says so, or leaves it to waitUntil', async () => {
  same(navigator.sendBeacon('https://up.test/'), false, 'no request runs');
  outbound(() => ({ failure: 'fetch failed: gone' }));
  const answer = send({}, () => {
    throws(TypeError, () => navigator.sendBeacon('not a url'));
    throws(TypeError, () => navigator.sendBeacon('ftp://up.test/'), 'HTTP(S)');
    throws(TypeError, () => /** @type {any} */ (navigator).sendBeacon());
    throws(TypeError, () => Navigator.prototype.sendBeacon.call({}, 'https://up.test/'));
    same(navigator.sendBeacon('https://up.test/'), true);
    return new Response('');
  });
  await answer.done;
  await rejects(TypeError, answer.waited()[0]);
});
