// @ts-check
import { ok, same, test, throws } from './harness.js';

test('getRandomValues fills every integer array and returns it', () => {
  for (const Type of [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
  ]) {
    const array = new Type(32);
    same(crypto.getRandomValues(array), array);
    ok(
      [...array].some((value) => value != 0),
      Type.name,
    );
  }
  same(crypto.getRandomValues(new Uint8Array(0)).length, 0);
});

test('getRandomValues fills the view and nothing else', () => {
  const buffer = new ArrayBuffer(96);
  crypto.getRandomValues(new Uint8Array(buffer, 32, 32));
  same(
    [...new Uint8Array(buffer, 0, 32), ...new Uint8Array(buffer, 64)].every((byte) => byte === 0),
    true,
  );
});

test('getRandomValues refuses other views and too much', () => {
  throws('TypeMismatchError', () =>
    crypto.getRandomValues(/** @type {any} */ (new Float32Array(1))),
  );
  throws('TypeMismatchError', () =>
    crypto.getRandomValues(/** @type {any} */ (new DataView(new ArrayBuffer(1)))),
  );
  throws('QuotaExceededError', () => crypto.getRandomValues(new Uint8Array(65537)));
  crypto.getRandomValues(new Uint32Array(16384));
  throws(TypeError, () => crypto.getRandomValues(/** @type {any} */ ([1])));
  throws(TypeError, () => crypto.getRandomValues(/** @type {any} */ (new ArrayBuffer(4))));
  throws(TypeError, () => /** @type {any} */ (crypto).getRandomValues());
});

test('randomUUID gives a new version 4 UUID each time', () => {
  const seen = new Set();
  for (let i = 0; i < 100; i++) {
    const uuid = crypto.randomUUID();
    ok(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid), uuid);
    seen.add(uuid);
  }
  same(seen.size, 100);
});

test('Crypto cannot be constructed or borrowed from', () => {
  throws(TypeError, () => new Crypto(), 'Illegal constructor');
  ok(crypto instanceof Crypto);
  throws(TypeError, () => Crypto.prototype.randomUUID.call({}));
  throws(TypeError, () => Crypto.prototype.getRandomValues.call({}, new Uint8Array(1)));
});
