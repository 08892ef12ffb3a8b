// @ts-check
import { ok, same, test, throws } from './harness.js';

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
