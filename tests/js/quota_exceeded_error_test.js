// @ts-check
// QuotaExceededError: a DOMException that may say how much there is and how much was asked for.

import { ok, same, test, throws } from './harness.js';

const { QuotaExceededError } = /** @type {any} */ (globalThis);

test('a QuotaExceededError is a DOMException with two more members', () => {
  const error = new QuotaExceededError('full', { quota: 1.5, requested: 2 });
  ok(error instanceof DOMException && error instanceof Error && error instanceof QuotaExceededError);
  same([error.name, error.message, error.code], ['QuotaExceededError', 'full', 22]);
  same([error.quota, error.requested], [1.5, 2]);
  ok(error.stack.startsWith('QuotaExceededError: full') || error.stack.startsWith('Error: full'));
  const plain = new QuotaExceededError();
  same([plain.message, plain.quota, plain.requested], ['', null, null]);
  same(Object.prototype.toString.call(plain), '[object QuotaExceededError]');
});

test('its members have to fit together', () => {
  throws(RangeError, () => new QuotaExceededError('', { quota: -1 }));
  throws(RangeError, () => new QuotaExceededError('', { requested: -1 }));
  throws(RangeError, () => new QuotaExceededError('', { quota: 2, requested: 1 }));
  throws(TypeError, () => new QuotaExceededError('', { quota: NaN }));
  throws(TypeError, () => new QuotaExceededError('', 5));
  throws(TypeError, () => QuotaExceededError.prototype.quota);
  throws(TypeError, () => Reflect.get(QuotaExceededError.prototype, 'requested', new DOMException()));
});

test('a clone of it has them too', () => {
  const copy = structuredClone(new QuotaExceededError('full', { quota: 1, requested: 2 }));
  ok(copy instanceof QuotaExceededError);
  same([copy.message, copy.quota, copy.requested], ['full', 1, 2]);
  same(structuredClone(new DOMException('m', 'QuotaExceededError')) instanceof QuotaExceededError, false);
});

test('getRandomValues throws it', () => {
  let thrown;
  try {
    crypto.getRandomValues(new Uint8Array(65537));
  } catch (error) {
    thrown = error;
  }
  ok(thrown instanceof QuotaExceededError);
  same([thrown.quota, thrown.requested], [null, null]);
});
