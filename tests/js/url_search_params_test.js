// @ts-check
import { ok, same, test, throws } from './harness.js';

const pairs = (init) => [...new URLSearchParams(init)];

test('parses text', () => {
  same(pairs('a=1&b=2&a=3'), [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ]);
  same(pairs('?a=1'), [['a', '1']]);
  same(pairs('??a=1'), [['?a', '1']]);
  same(pairs(''), []);
  same(pairs('&&a&&=b&=&c='), [
    ['a', ''],
    ['', 'b'],
    ['', ''],
    ['c', ''],
  ]);
  same(pairs('a=b=c'), [['a', 'b=c']]);
  same(pairs('a+b=c+%20d'), [['a b', 'c  d']]);
});

test('decodes percent signs, well formed or not', () => {
  same(pairs('%61=%E2%82%AC'), [['a', '€']]);
  same(pairs('a=%'), [['a', '%']]);
  same(pairs('a=%2&b=%zz'), [
    ['a', '%2'],
    ['b', '%zz'],
  ]);
  same(pairs('a=%ff%41'), [['a', '\ufffdA']]);
  same(pairs('a=%e2%82'), [['a', '\ufffd']]);
  same(pairs('a=€%ff'), [['a', '€\ufffd']]);
  same(pairs('%EF%BB%BFa=%ef%bb%bf'), [['\ufeffa', '\ufeff']]);
  same(pairs('a=%00\0'), [['a', '\0\0']]);
});

test('is made from sequences, records and other parameters', () => {
  same(pairs([['a', '1'], new Set(['b', '2'])]), [
    ['a', '1'],
    ['b', '2'],
  ]);
  same(pairs({ a: 1, b: null }), [
    ['a', '1'],
    ['b', 'null'],
  ]);
  same(pairs(new URLSearchParams('x=1&x=2')), [
    ['x', '1'],
    ['x', '2'],
  ]);
  same(pairs(new Map([['k', 'v']])), [['k', 'v']]);
  same(pairs(undefined), []);
  same(pairs(null), [['null', '']]);
  same(pairs({}), []);
  same(
    pairs(function () {}),
    [],
  );
  throws(TypeError, () => new URLSearchParams([['a']]));
  throws(TypeError, () => new URLSearchParams([['a', 'b', 'c']]));
  throws(TypeError, () => new URLSearchParams(/** @type {any} */ (['a'])));
  throws(TypeError, () => new URLSearchParams(/** @type {any} */ ({ [Symbol.iterator]: 1 })));
});

test('a record with keys that become the same keeps the last value', () => {
  same(pairs({ '\ud835x': '1', xx: '2', '\ud83dx': '3' }), [
    ['\ufffdx', '3'],
    ['xx', '2'],
  ]);
});

test('an own iterator of parameters is used', () => {
  const params = new URLSearchParams('a=b');
  params[Symbol.iterator] = function* () {
    yield ['c', 'd'];
  };
  same(new URLSearchParams(params).get('c'), 'd');
});

test('get, getAll, has', () => {
  const params = new URLSearchParams('a=1&b=2&a=3&n=');
  same([params.get('a'), params.get('zz'), params.get('n')], ['1', null, '']);
  same(params.getAll('a'), ['1', '3']);
  same(params.getAll('zz'), []);
  same([params.has('a'), params.has('zz')], [true, false]);
  same(
    [params.has('a', '3'), params.has('a', '2'), params.has('a', undefined)],
    [true, false, true],
  );
  same(params.size, 4);
});

test('append, set, delete', () => {
  const params = new URLSearchParams('a=1&b=2&a=3');
  params.append('c', /** @type {any} */ (null));
  params.set('a', 'x');
  params.set('new', '');
  same(`${params}`, 'a=x&b=2&c=null&new=');
  params.append('b', '3');
  params.delete('b', '2');
  same(`${params}`, 'a=x&c=null&new=&b=3');
  params.delete('b', undefined);
  params.delete('zz');
  same(`${params}`, 'a=x&c=null&new=');
  throws(TypeError, () => /** @type {any} */ (params).append('a'));
  throws(TypeError, () => /** @type {any} */ (params).set('a'));
  throws(TypeError, () => /** @type {any} */ (params).get());
});

test('sorts by code units and keeps the order of equal names', () => {
  const params = new URLSearchParams('z=1&a=2&z=0&\ufffd=3&\ud83c\udf08=4&a=1&=5');
  params.sort();
  same([...params.keys()], ['', 'a', 'a', 'z', 'z', '\ud83c\udf08', '\ufffd']);
  same(params.getAll('a'), ['2', '1']);
  same(params.getAll('z'), ['1', '0']);
});

test('serializes as a form does', () => {
  const text = (value) => new URLSearchParams([['k', value]]).toString();
  same(text('a b'), 'k=a+b');
  same(text('*-._'), 'k=*-._');
  same(text("!'()~"), 'k=%21%27%28%29%7E');
  same(text('+&=%#?/'), 'k=%2B%26%3D%25%23%3F%2F');
  same(text('é€😀'), 'k=%C3%A9%E2%82%AC%F0%9F%98%80');
  same(text('\ud800'), 'k=%EF%BF%BD');
  same(text('\0\x7f\r\n'), 'k=%00%7F%0D%0A');
  same(`${new URLSearchParams()}`, '');
});

test('every character survives', () => {
  let all = '';
  for (let code = 0; code < 0x250; code++) all += String.fromCharCode(code);
  const params = new URLSearchParams();
  params.set(all, all);
  same(new URLSearchParams(`${params}`).get(all), all);
});

test('iterates over the list as it is', () => {
  const params = new URLSearchParams('a=1&b=2&c=3');
  const seen = [];
  for (const [name] of params) {
    seen.push(name);
    params.delete(name);
  }
  same(seen, ['a', 'c']);
  const iterator = params.entries();
  params.append('late', 'x');
  same(
    [...iterator],
    [
      ['b', '2'],
      ['late', 'x'],
    ],
  );
});

test('its iterators have the shape of Web IDL', () => {
  const params = new URLSearchParams('a=1');
  same(URLSearchParams.prototype[Symbol.iterator], URLSearchParams.prototype.entries);
  const iterator = params.keys();
  same(Object.prototype.toString.call(iterator), '[object URLSearchParams Iterator]');
  const prototype = Object.getPrototypeOf(iterator);
  same(Object.getOwnPropertyNames(prototype), ['next']);
  ok(Object.getOwnPropertyDescriptor(prototype, 'next').enumerable);
  same(
    Object.getPrototypeOf(prototype),
    Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
  );
  same(iterator.next(), { value: 'a', done: false });
  same(iterator.next(), { value: undefined, done: true });
  same([...params.values()], ['1']);
  throws(TypeError, () => iterator.next.call({}));
});

test('forEach gives value, name and the object', () => {
  const params = new URLSearchParams('a=1&b=2');
  const seen = [];
  params.forEach(function (value, name, object) {
    seen.push(this, value, name, object === params);
  }, 'me');
  same(seen.map(String), ['me', '1', 'a', 'true', 'me', '2', 'b', 'true']);
  throws(TypeError, () => params.forEach(/** @type {any} */ (1)));
  throws(TypeError, () => /** @type {any} */ (params).forEach());
});

test('members check their receiver', () => {
  throws(TypeError, () => URLSearchParams.prototype.size);
  throws(TypeError, () => URLSearchParams.prototype.append.call({}, 'a', 'b'));
  throws(TypeError, () => URLSearchParams.prototype.entries.call({}));
  // @ts-expect-error
  throws(TypeError, () => URLSearchParams());
});
