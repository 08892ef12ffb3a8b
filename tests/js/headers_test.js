// @ts-check
// Headers, https://fetch.spec.whatwg.org/#headers-class

import { same, test, throws } from './harness.js';

test('get() joins the values of one name and does not mind its case', () => {
  const headers = new Headers([['Accept', 'a']]);
  headers.append('accept', 'b');
  same(headers.get('ACCEPT'), 'a, b');
});

test('get() of a name that is not there is null', () => {
  same(new Headers().get('x'), null);
});

test('set() replaces all values of the name, in the first place', () => {
  const headers = new Headers([['b', '1'], ['a', '1'], ['b', '2']]);
  headers.set('B', '3');
  same([...headers], [['a', '1'], ['b', '3']]);
});

test('delete() takes all values of the name', () => {
  const headers = new Headers([['b', '1'], ['a', '1'], ['b', '2']]);
  headers.delete('b');
  same(headers.has('b'), false);
  same(headers.has('a'), true);
});

test('iteration is sorted by name in lower case, with joined values', () => {
  const headers = new Headers({ Zebra: '1', apple: '2' });
  headers.append('APPLE', '3');
  same([...headers], [['apple', '2, 3'], ['zebra', '1']]);
  same([...headers.keys()], ['apple', 'zebra']);
  same([...headers.values()], ['2, 3', '1']);
});

test('each set-cookie stays a header of its own', () => {
  const headers = new Headers();
  headers.append('Set-Cookie', 'a=1, x');
  headers.append('set-cookie', 'b=2');
  same(headers.getSetCookie(), ['a=1, x', 'b=2']);
  same([...headers], [['set-cookie', 'a=1, x'], ['set-cookie', 'b=2']]);
  same(headers.get('set-cookie'), 'a=1, x, b=2');
  const { getAll } = /** @type {any} */ (Headers.prototype);
  same(getAll.call(headers, 'SET-COOKIE'), ['a=1, x', 'b=2']);
  throws(TypeError, () => getAll.call(headers, 'x'));
});

test('an iterator sees what is added behind it', () => {
  const headers = new Headers({ a: '1', b: '2' });
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    if (name === 'a') headers.append('c', '3');
  }
  same(seen, ['a', 'b', 'c']);
});

test('forEach() gives value, name and the object', () => {
  const seen = [];
  const headers = new Headers({ a: '1' });
  headers.forEach(function (value, name, object) {
    seen.push(this.mark, value, name, object === headers);
  }, { mark: 7 });
  same(seen, [7, '1', 'a', true]);
});

test('a header value cannot carry a line break or NUL', () => {
  for (const value of ['a\r\nb', 'a\nb', 'a\rb', 'a\0b', `${'x'.repeat(100)}\n.`]) {
    throws(TypeError, () => new Headers([['x', value]]));
    throws(TypeError, () => new Headers().set('x', value));
  }
});

test('whitespace around a value is dropped, inside it is kept', () => {
  same(new Headers({ a: '\r\n \t x y \n' }).get('a'), 'x y');
});

test('a name is a token', () => {
  for (const name of ['', ' a', 'a b', 'a:', 'a\n', '\u00e9', '(a)']) {
    throws(TypeError, () => new Headers([[name, 'x']]));
    throws(TypeError, () => new Headers().get(name));
    throws(TypeError, () => new Headers().has(name));
  }
});

test('a value is of bytes', () => {
  throws(TypeError, () => new Headers({ a: '\u0100' }));
  throws(TypeError, () => new Headers({ a: `${'y'.repeat(200)}\u0100` }));
  same(new Headers({ a: '\u00ff' }).get('a'), '\u00ff');
});

test('values are made strings', () => {
  const headers = new Headers({ a: 1, b: null, c: { toString: () => 'x' } });
  same([headers.get('a'), headers.get('b'), headers.get('c')], ['1', 'null', 'x']);
});

test('it is made from pairs of any iterable kind', () => {
  function* pairs() {
    yield new Set(['a', '1']);
    yield ['b', '2'];
  }
  same([...new Headers(pairs())], [['a', '1'], ['b', '2']]);
  same([...new Headers(new Map([['c', '3']]))], [['c', '3']]);
});

test('a pair has two members', () => {
  throws(TypeError, () => new Headers([['a']]));
  throws(TypeError, () => new Headers([['a', 'b', 'c']]));
  throws(TypeError, () => new Headers(['ab']));
});

test('it copies another, cookies included', () => {
  const first = new Headers([['set-cookie', 'a'], ['set-cookie', 'b'], ['x', 'y']]);
  const second = new Headers(first);
  first.set('x', 'z');
  same([...second], [['set-cookie', 'a'], ['set-cookie', 'b'], ['x', 'y']]);
});

test('of a record only own enumerable names count', () => {
  const record = Object.create({ inherited: '1' });
  record.own = '2';
  Object.defineProperty(record, 'hidden', { value: '3', enumerable: false });
  same([...new Headers(record)], [['own', '2']]);
});

test('a symbol is no name of a record', () => {
  throws(TypeError, () => new Headers({ a: '1', [Symbol('b')]: '2' }));
});

test('a proxy is read as the standard reads a record', () => {
  const log = [];
  const handler = {
    get: (target, name) => (log.push(`get ${String(name)}`), target[name]),
    ownKeys: (target) => (log.push('ownKeys'), Reflect.ownKeys(target)),
    getOwnPropertyDescriptor(target, name) {
      log.push(`describe ${String(name)}`);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  };
  same([...new Headers(new Proxy({ a: '1', b: '2' }, handler))], [['a', '1'], ['b', '2']]);
  const reads = ['describe a', 'get a', 'describe b', 'get b'];
  same(log, ['get Symbol(Symbol.iterator)', 'ownKeys', ...reads]);
});

test('what is no object makes no headers', () => {
  throws(TypeError, () => new Headers(null));
  throws(TypeError, () => new Headers('a: b'));
  same([...new Headers(undefined)], []);
});

test('a receiver of another kind is refused', () => {
  throws(TypeError, () => Headers.prototype.get.call({}, 'a'));
  throws(TypeError, () => Headers.prototype.append.call(new Map(), 'a', 'b'));
});

test('too few arguments are refused', () => {
  throws(TypeError, () => new Headers().append('a'));
  throws(TypeError, () => new Headers().get());
});

test('a name that looks like a property of objects is a name', () => {
  const headers = new Headers();
  for (const name of ['__proto__', 'constructor', 'tostring']) headers.set(name, 'x');
  same([...headers.keys()], ['__proto__', 'constructor', 'tostring']);
});
