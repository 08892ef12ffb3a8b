// @ts-check
// How values look in the log. The expected texts are those of Node's util.inspect.
import { logs, ok, same, test } from './harness.js';

/** @param {Array<[any, string]>} cases */
function check(cases) {
  for (const [value] of cases) console.log('%O', value);
  logs().forEach((entry, i) => same(entry.line, cases[i][1]));
  same(logs().length, cases.length);
}

const withStack = (error, line = 'x (y.js:1:1)') => {
  error.stack = `${error.stack.split('\n')[0]}\n    at ${line}`;
  return error;
};

test('primitives', () => {
  check([
    ['it', "'it'"],
    ["it's", '"it\'s"'],
    [`"it's"`, '`"it\'s"`'],
    ['a\n\t\\\x01\x7f', "'a\\n\\t\\\\\\x01\\x7F'"],
    ['\ud800x\u{1f600}', "'\\ud800x😀'"],
    [-0, '-0'],
    [1n, '1n'],
    [NaN, 'NaN'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
  ]);
});

test('plain objects and arrays', () => {
  check([
    [{}, '{}'],
    [[], '[]'],
    [{ a: 1, 'b-c': 'd', 2: [] }, "{ '2': [], a: 1, 'b-c': 'd' }"],
    [{ [Symbol('k')]: 1 }, '{ Symbol(k): 1 }'],
    [[1, , , 4], '[ 1, <2 empty items>, 4 ]'],
    [Object.assign([1], { x: 2 }), '[ 1, x: 2 ]'],
    [[undefined, null], '[ undefined, null ]'],
    [Object.create(null), '[Object: null prototype] {}'],
    [{ ['__proto__']: 1 }, "{ ['__proto__']: 1 }"],
  ]);
});

test('depth, and lines that are too long', () => {
  check([
    [{ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: [Object] } } }'],
    [[[[[1]]]], '[ [ [ [Array] ] ] ]'],
    [[[[[]]]], '[ [ [ [] ] ] ]'],
    [
      { a: 'x'.repeat(40), b: 'y'.repeat(40) },
      `{\n  a: '${'x'.repeat(40)}',\n  b: '${'y'.repeat(40)}'\n}`,
    ],
    [
      { s: `${'a'.repeat(50)}\n${'b'.repeat(50)}` },
      `{\n  s: '${'a'.repeat(50)}\\n' +\n    '${'b'.repeat(50)}'\n}`,
    ],
  ]);
});

test('long lists go into columns and are cut', () => {
  const hundred = Array.from({ length: 101 }, (_, i) => i);
  check([
    [[1, 2, 3, 4, 5, 6, 7], '[\n  1, 2, 3, 4,\n  5, 6, 7\n]'],
    [
      [1.5, 22, 333, 4444, 55555, 6, 7, 8],
      '[\n   1.5,    22, 333,\n  4444, 55555,   6,\n     7,     8\n]',
    ],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], "[\n  'a', 'b', 'c',\n  'd', 'e', 'f',\n  'g'\n]"],
  ]);
  console.log(hundred);
  ok(logs()[3].line.endsWith('96, 97, 98, 99,\n  ... 1 more item\n]'), logs()[3].line);
});

test('classes and functions', () => {
  class Point {
    #hidden = 1;
    x = 1;
    get y() {
      return this.#hidden;
    }
  }
  class Empty extends Point {}
  check([
    [new Point(), 'Point { x: 1 }'],
    [Point, '[class Point]'],
    [Empty, '[class Empty extends Point]'],
    [Point.prototype, '{}'],
    [class {}, '[class (anonymous)]'],
    [function named() {}, '[Function: named]'],
    [() => {}, '[Function (anonymous)]'],
    [async () => {}, '[AsyncFunction (anonymous)]'],
    [function* gen() {}, '[GeneratorFunction: gen]'],
    [Object.assign(() => {}, { a: 1 }), '[Function (anonymous)] { a: 1 }'],
    [Math.max, '[Function: max]'],
  ]);
});

test('getters are named and not called', () => {
  const value = {
    get a() {
      throw new Error('called');
    },
    set b(_) {},
    get c() {
      throw new Error('called');
    },
    set c(_) {},
  };
  check([[value, '{ a: [Getter], b: [Setter], c: [Getter/Setter] }']]);
});

test('a proxy is looked through without asking it', () => {
  const trap = () => {
    throw new Error('trapped');
  };
  const handler = {
    get: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
    getPrototypeOf: trap,
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  check([
    [new Proxy({ a: 1 }, handler), 'Proxy({ a: 1 })'],
    [proxy, '<Revoked Proxy>'],
  ]);
});

test('collections', () => {
  class Registry extends Map {}
  check([
    [new Map([['a', { b: 1 }]]), "Map(1) { 'a' => { b: 1 } }"],
    [new Set([1, 'x']), "Set(2) { 1, 'x' }"],
    [new Map(), 'Map(0) {}'],
    [new Registry([[1, 2]]), 'Registry(1) [Map] { 1 => 2 }'],
    [new Map([[1, 2]]).entries(), '[Map Entries] { [ 1, 2 ] }'],
    [new Set([1]).values(), '[Set Iterator] { 1 }'],
    [new WeakMap(), 'WeakMap { <items unknown> }'],
  ]);
});

test('buffers', () => {
  check([
    [new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
    [new ArrayBuffer(2), 'ArrayBuffer { [Uint8Contents]: <00 00>, [byteLength]: 2 }'],
    [new Float64Array(0), 'Float64Array(0) []'],
  ]);
});

test('promises', () => {
  const rejected = Promise.reject('no');
  rejected.catch(() => {});
  check([
    [Promise.resolve({ a: 1 }), 'Promise { { a: 1 } }'],
    [new Promise(() => {}), 'Promise { <pending> }'],
    [rejected, "Promise { <rejected> 'no' }"],
  ]);
});

test('dates, expressions and boxes', () => {
  check([
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(NaN), 'Invalid Date'],
    [/a\/b/gi, '/a\\/b/gi'],
    [Object(3), '[Number: 3]'],
    [Object('s'), "[String: 's']"],
    [Object(Symbol('q')), '[Symbol: Symbol(q)]'],
  ]);
});

test('circular references are numbered', () => {
  const node = { name: 'n' };
  node.self = node;
  node.list = [node];
  check([[node, "<ref *1> { name: 'n', self: [Circular *1], list: [ [Circular *1] ] }"]]);
});

test('errors print their stack, class, cause and properties', () => {
  class Oops extends Error {}
  class OopsError extends Error {}
  const cause = withStack(new TypeError('low'));
  const error = withStack(Object.assign(new Error('high', { cause }), { code: 7 }));
  const bare = new Error('bare');
  bare.stack = undefined;
  check([
    [withStack(new Oops('o')), 'Oops [Error]: o\n    at x (y.js:1:1)'],
    [withStack(new OopsError('o')), 'OopsError: o\n    at x (y.js:1:1)'],
    [
      error,
      'Error: high\n    at x (y.js:1:1) {\n  code: 7,\n  [cause]: TypeError: low\n      at x (y.js:1:1)\n}',
    ],
    [bare, '[Error: bare]'],
    [[withStack(new RangeError('r'))], '[\n  RangeError: r\n      at x (y.js:1:1)\n]'],
    [
      withStack(new DOMException('m', 'AbortError')),
      'DOMException [AbortError]: m\n    at x (y.js:1:1)',
    ],
  ]);
});

test('objects of the platform show their parts', () => {
  check([
    [new URLSearchParams('a=1&b=2'), "URLSearchParams { a: '1', b: '2' }"],
    [new URLSearchParams(), 'URLSearchParams {}'],
    [new AbortController(), 'AbortController {}'],
  ]);
  console.log(new URL('http://a/?q=1'));
  ok(
    logs()[3].line.startsWith("URL {\n  href: 'http://a/?q=1',\n  origin: 'http://a',"),
    logs()[3].line,
  );
  ok(logs()[3].line.includes("searchParams: URLSearchParams { q: '1' },"), logs()[3].line);
});

test('the work is bounded for every value', () => {
  const wide = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]));
  let deep = {};
  for (let i = 0; i < 1e5; i++) deep = { deep };
  const bomb = Array(100).fill(Array(100).fill(Array(100).fill('x')));
  const sparse = [];
  sparse[2 ** 32 - 2] = 1;
  const chain = { __proto__: new Proxy({}, { getPrototypeOf: () => chain }) };
  for (const value of [
    wide,
    deep,
    bomb,
    sparse,
    new Array(2 ** 32 - 1),
    chain,
    new Set(Array(1e5).keys()),
  ])
    console.log(value);
  same(logs().length, 7);
  ok(logs()[0].line.includes('... 200 more items'), logs()[0].line);
});
