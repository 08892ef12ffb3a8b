// @ts-check
import { bytes, ok, same, test, throws } from './harness.js';

test('copies what JSON cannot', () => {
  const value = {
    n: -0,
    big: 10n,
    u: undefined,
    d: new Date(5),
    r: /x/gi,
    m: new Map([[{ k: 1 }, new Set([1])]]),
    b: bytes(1, 2),
    list: [1, , 3],
    nan: NaN,
    boxed: Object('s'),
  };
  const copy = structuredClone(value);
  same(Object.is(copy.n, -0), true);
  same([copy.big, copy.nan, 'u' in copy], [10n, NaN, true]);
  same(copy.d, value.d);
  same(String(copy.r), '/x/gi');
  same([...copy.m], [...value.m]);
  same(copy.b, value.b);
  same([copy.list.length, 1 in copy.list], [3, false]);
  ok(copy.b.buffer !== value.b.buffer && copy.m !== value.m);
  same(typeof copy.boxed, 'object');
});

test('keeps cycles and shared references', () => {
  const value = { a: {} };
  value.self = value;
  value.b = value.a;
  const copy = structuredClone(value);
  same([copy.self === copy, copy.a === copy.b, copy.a !== value.a], [true, true, true]);
});

test('copies errors with their kind', () => {
  const copy = structuredClone(new RangeError('r', { cause: 5 }));
  ok(copy instanceof RangeError);
  same([copy.message, copy.name, copy.cause], ['r', 'RangeError', 5]);
});

test('copies a DOMException', () => {
  const copy = structuredClone(new DOMException('m', 'AbortError'));
  ok(copy instanceof DOMException);
  same([copy.message, copy.name, copy.code], ['m', 'AbortError', 20]);
});

test('class instances become plain objects of their own properties', () => {
  class Point {
    x = 1;
    get y() {
      return 2;
    }
  }
  const copy = structuredClone(new Point());
  same(copy, { x: 1 });
});

test('refuses functions, symbols and platform objects', () => {
  const refused = [
    () => {},
    Symbol('s'),
    { f() {} },
    new WeakMap(),
    Promise.resolve(),
    new URL('http://a'),
  ];
  refused.push(
    new URLSearchParams(),
    new Event('x'),
    new AbortController(),
    [new TextEncoder()],
    new EventTarget(),
  );
  refused.push(AbortSignal.abort(), new TextDecoder(), crypto, performance, navigator);
  for (const value of refused) throws('DataCloneError', () => structuredClone(value));
});

test('what a getter throws comes through', () => {
  const reason = new Error('mine');
  const value = {
    get x() {
      throw reason;
    },
  };
  throws(reason, () => structuredClone(value));
});

test('transfers ArrayBuffers', () => {
  const buffer = new ArrayBuffer(8);
  const copy = structuredClone({ buffer }, { transfer: [buffer] });
  same([buffer.byteLength, copy.buffer.byteLength], [0, 8]);
  throws('DataCloneError', () => structuredClone(buffer, { transfer: [buffer] }));
  const twice = new ArrayBuffer(1);
  throws('DataCloneError', () => structuredClone(1, { transfer: [twice, twice] }));
  throws('DataCloneError', () => structuredClone(1, { transfer: [/** @type {any} */ ({})] }));
  throws(TypeError, () => structuredClone(1, { transfer: /** @type {any} */ (5) }));
});

test('checks its arguments', () => {
  throws(TypeError, () => /** @type {any} */ (structuredClone)());
  throws(TypeError, () => structuredClone(1, /** @type {any} */ (5)));
  same(structuredClone(undefined), undefined);
  same(structuredClone(1, /** @type {any} */ (null)), 1);
});
