// @ts-check
// URLPattern, https://urlpattern.spec.whatwg.org/. The Web Platform Tests have the patterns; this has
// what is said of them, and what a program does to the language meanwhile.

import { ok, same, test, throws } from './harness.js';

const URLPattern = /** @type {any} */ (globalThis).URLPattern;
const kBase = 'https://example.com';

test('a route matches with its groups', () => {
  const route = new URLPattern({ pathname: '/users/:id/:rest*' });
  ok(route.test('https://example.com/users/5'));
  ok(!route.test('https://example.com/user/5'));
  const found = route.exec('https://u:p@example.com:81/users/5/a/b?q#h');
  same(found.pathname, { input: '/users/5/a/b', groups: { id: '5', rest: 'a/b' } });
  same(found.hostname, { input: 'example.com', groups: { 0: 'example.com' } });
  same(found.port.input + found.search.input + found.hash.input, '81qh');
  same(found.inputs, ['https://u:p@example.com:81/users/5/a/b?q#h']);
  same(route.exec('/users/5'), null);
  same(route.exec('/users/5', kBase).inputs, ['/users/5', kBase]);
});

test('a group that takes no part is undefined', () => {
  const { groups } = new URLPattern({ pathname: '/a/:b?' }).exec({ pathname: '/a' }).pathname;
  same([Object.keys(groups), groups.b], [['b'], undefined]);
});

test('a pattern may be written as a URL', () => {
  const pattern = new URLPattern('https://*.example.com/:path\\?x=*#(a|b)');
  same(
    [pattern.protocol, pattern.hostname, pattern.pathname, pattern.search, pattern.hash],
    ['https', '*.example.com', '/:path', 'x=*', '(a|b)'],
  );
  same([pattern.port, pattern.username, pattern.hasRegExpGroups], ['', '*', true]);
  ok(pattern.test('https://www.example.com/a?x=1#b'));
  ok(!pattern.test('http://www.example.com/a?x=1#b'));
  same(new URLPattern('/books/:id', kBase).hostname, 'example.com');
  throws(TypeError, () => new URLPattern('/books/:id'), 'base URL');
});

test('the second argument is a base URL or the options', () => {
  const insensitive = new URLPattern({ pathname: '/A' }, { ignoreCase: true });
  ok(insensitive.test({ pathname: '/a' }));
  ok(!new URLPattern({ pathname: '/A' }, undefined).test({ pathname: '/a' }));
  ok(new URLPattern('/A', kBase, { ignoreCase: true }).test('https://example.com/a'));
  throws(TypeError, () => new URLPattern({ pathname: '/a' }, kBase), 'baseURL');
  throws(TypeError, () => new URLPattern('/a', null));
  throws(TypeError, () => new URLPattern('/a', 'not a URL'));
  throws(TypeError, () => new URLPattern(kBase, kBase, 5));
});

test('without arguments everything matches', () => {
  const all = new URLPattern();
  same([all.protocol, all.hash, all.hasRegExpGroups], ['*', '*', false]);
  ok(all.test('https://example.com/'));
  ok(all.test());
  ok(!all.test('not a URL'));
});

test('components are as a URL has them', () => {
  const pattern = new URLPattern({
    protocol: 'https:',
    hostname: 'EXÄMPLE.com',
    port: '443',
    pathname: '/ö/../ä',
    search: '?ß',
    hash: '#ü',
  });
  same(
    [pattern.protocol, pattern.hostname, pattern.port, pattern.pathname],
    ['https', 'xn--exmple-cua.com', '', '/%C3%A4'],
  );
  same([pattern.search, pattern.hash], ['%C3%9F', '%C3%BC']);
});

test('what is no pattern is a TypeError', () => {
  for (const pathname of ['/:', '/(', '/()', '/(a', '/{a', '/a}', '/(?a)', '/((a))', '/:a/:a', '\\']) {
    throws(TypeError, () => new URLPattern({ pathname }), 'nvalid pattern');
  }
  throws(TypeError, () => new URLPattern({ pathname: '/([z-a])' }), 'regular expression');
  throws(TypeError, () => new URLPattern({ port: 'x' }), "port 'x'");
  throws(TypeError, () => new URLPattern({ port: '65536' }), 'port');
  throws(TypeError, () => new URLPattern({ protocol: 'a b' }), 'protocol');
  throws(TypeError, () => new URLPattern({ hostname: 'a b' }), 'hostname');
  throws(TypeError, () => new URLPattern({ hostname: '[x]' }), 'hostname');
  throws(TypeError, () => new URLPattern({ baseURL: 'x' }), 'base URL');
  throws(TypeError, () => new URLPattern({ pathname: Symbol('x') }));
  throws(TypeError, () => URLPattern('/a', kBase));
  throws(TypeError, () => URLPattern.prototype.test.call({}));
  throws(TypeError, () => URLPattern.prototype.pathname);
});

test('no name of a group reaches Object.prototype', () => {
  const { groups } = new URLPattern({ pathname: '/:__proto__/:toString' }).exec({
    pathname: '/a/b',
  }).pathname;
  same(Object.getPrototypeOf(groups), Object.prototype);
  same(Object.entries(groups), [
    ['__proto__', 'a'],
    ['toString', 'b'],
  ]);
});

test('the narrower of two patterns is the greater one', () => {
  const compare = (left, right) =>
    URLPattern.compareComponent(
      'pathname',
      new URLPattern({ pathname: left }),
      new URLPattern({ pathname: right }),
    );
  same(
    ['/a', '/(a)', '/:a', '/*', '/*'].map((narrow, i, all) => compare(narrow, all[i + 1] ?? '/*')),
    [1, 1, 1, 0, 0],
  );
  throws(TypeError, () => URLPattern.compareComponent('path', new URLPattern(), new URLPattern()));
  throws(TypeError, () => URLPattern.compareComponent('hash', new URLPattern(), {}));
});

test('a text is made of groups', () => {
  const pattern = new URLPattern({ pathname: '/users/:id{.:kind}' });
  same(pattern.generate('pathname', { id: 'ä', kind: 'json' }), '/users/%C3%A4.json');
  throws(TypeError, () => pattern.generate('pathname', { id: 'a' }), "'kind'");
  throws(TypeError, () => pattern.generate('pathname', { id: 'a/b', kind: 'c' }), "'/'");
  throws(TypeError, () => pattern.generate('search', {}), 'fixed text');
  throws(TypeError, () => pattern.generate('other', {}));
});

test('console shows the components', () => {
  const shown = {};
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(URLPattern.prototype))) {
    const { get } = Object.getOwnPropertyDescriptor(URLPattern.prototype, name);
    if (get !== undefined) shown[name] = get.call(new URLPattern({ pathname: '/a' }));
  }
  same([shown.pathname, shown.hash, Object.keys(shown).length], ['/a', '*', 9]);
});

test('a program that changes the language changes no pattern', () => {
  const bad = () => {
    throw new Error('patched');
  };
  const patched = [
    [RegExp.prototype, ['exec', 'test', Symbol.match, Symbol.replace]],
    [String.prototype, ['slice', 'startsWith', 'endsWith', 'codePointAt', 'charCodeAt', 'includes']],
    [Array.prototype, ['push', 'map', Symbol.iterator]],
    [URL, ['parse', 'canParse']],
  ];
  for (let i = 0; i < patched.length; i++) {
    const object = patched[i][0];
    const names = /** @type {any} */ (patched[i][1]);
    for (let j = 0; j < names.length; j++) {
      Object.defineProperty(object, names[j], { value: bad, configurable: true, writable: true });
    }
  }
  Object.defineProperty(URL.prototype, 'pathname', { get: bad, configurable: true });
  Object.defineProperty(Object.prototype, '0', { get: bad, set: bad, configurable: true });
  const pattern = new URLPattern('/books/:id(\\d+)', 'https://example.com');
  const found = pattern.exec('https://example.com/books/5').pathname.groups.id;
  delete Object.prototype['0'];
  same(found, '5');
});
