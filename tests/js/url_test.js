// @ts-check
import { ok, same, test, throws } from './harness.js';

const kParts = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
];
const parts = (url) => kParts.map((name) => url[name]);

test('takes a URL apart', () => {
  same(parts(new URL('https://user:pa%20ss@Example.COM:8443/a/../b?q=1&r#frag')), [
    'https://user:pa%20ss@example.com:8443/b?q=1&r#frag',
    'https://example.com:8443',
    'https:',
    'user',
    'pa%20ss',
    'example.com:8443',
    'example.com',
    '8443',
    '/b',
    '?q=1&r',
    '#frag',
  ]);
});

test('absent parts are empty strings', () => {
  same(parts(new URL('http://a')), [
    'http://a/',
    'http://a',
    'http:',
    '',
    '',
    'a',
    'a',
    '',
    '/',
    '',
    '',
  ]);
  same(parts(new URL('http://a:80/?#')), [
    'http://a/?#',
    'http://a',
    'http:',
    '',
    '',
    'a',
    'a',
    '',
    '/',
    '',
    '',
  ]);
});

test('credentials in their odd forms', () => {
  const cases = [
    ['http://u@h/', 'u', ''],
    ['http://u:@h/', 'u', ''],
    ['http://:p@h/', '', 'p'],
    ['http://@h/', '', ''],
    ['http://:@h/', '', ''],
  ];
  for (const [input, username, password] of cases) {
    const url = new URL(input);
    same([url.username, url.password, url.host], [username, password, 'h'], input);
  }
});

test('schemes that are not special', () => {
  same(parts(new URL('mailto:a@b')), [
    'mailto:a@b',
    'null',
    'mailto:',
    '',
    '',
    '',
    '',
    '',
    'a@b',
    '',
    '',
  ]);
  same(parts(new URL('file:///c:/x')), [
    'file:///c:/x',
    'null',
    'file:',
    '',
    '',
    '',
    '',
    '',
    '/c:/x',
    '',
    '',
  ]);
  same(parts(new URL('web+demo:/.//not-a-host/')), [
    'web+demo:/.//not-a-host/',
    'null',
    'web+demo:',
    '',
    '',
    '',
    '',
    '',
    '//not-a-host/',
    '',
    '',
  ]);
  same(parts(new URL('foo://h:99/p')), [
    'foo://h:99/p',
    'null',
    'foo:',
    '',
    '',
    'h:99',
    'h',
    '99',
    '/p',
    '',
    '',
  ]);
});

test('hosts: IPv4, IPv6, international', () => {
  same(new URL('http://0x7f.1/').host, '127.0.0.1');
  same(new URL('http://[::1]:8080/').host, '[::1]:8080');
  same(new URL('http://[::1]:8080/').hostname, '[::1]');
  same(new URL('http://münchen.de/ä?ö#ü').href, 'http://xn--mnchen-3ya.de/%C3%A4?%C3%B6#%C3%BC');
});

test('blob: has the origin of what is inside', () => {
  same(new URL('blob:https://a.com:99/x').origin, 'https://a.com:99');
  same(new URL('blob:http://a.com/x').origin, 'http://a.com');
  same(new URL('blob:ftp://a.com/x').origin, 'null');
  same(new URL('blob:d3958f5c').origin, 'null');
  same(new URL('blob:').origin, 'null');
});

test('a base makes relative references absolute', () => {
  same(new URL('../c?d', 'https://h/a/b/').href, 'https://h/a/c?d');
  same(new URL('', 'https://h/a?b#c').href, 'https://h/a?b');
  same(new URL('//other', new URL('https://h/')).href, 'https://other/');
  same(new URL('x', /** @type {any} */ ({ toString: () => 'http://h' })).href, 'http://h/x');
  same(new URL('http://a/', undefined).href, 'http://a/');
});

test('what is no URL throws a TypeError', () => {
  for (const input of [
    '',
    'x',
    '/x',
    'http://',
    'http://a b/',
    'http://[::',
    'http://a:99999',
    'https://%',
  ]) {
    throws(TypeError, () => new URL(input), 'Invalid URL');
  }
  throws(TypeError, () => new URL('x', 'y'), 'Invalid URL');
  throws(TypeError, () => new URL('x', /** @type {any} */ (null)));
  throws(TypeError, () => new /** @type {any} */ (URL)());
  // @ts-expect-error
  throws(TypeError, () => URL('http://a'));
});

test('canParse and parse answer instead of throwing', () => {
  same(
    [URL.canParse('http://a'), URL.canParse('x'), URL.canParse('x', 'http://a')],
    [true, false, true],
  );
  same(URL.canParse('x', undefined), false);
  same(URL.parse('x'), null);
  same(URL.parse('x', 'http://a').href, 'http://a/x');
  ok(URL.parse('http://a') instanceof URL);
  throws(TypeError, () => /** @type {any} */ (URL).canParse());
  throws(TypeError, () => /** @type {any} */ (URL).parse());
});

test('setters change their part', () => {
  const url = new URL('http://a/');
  url.protocol = 'https';
  url.username = 'u ser';
  url.password = 'p:w';
  url.host = 'b:81';
  same(url.href, 'https://u%20ser:p%3Aw@b:81/');
  url.hostname = 'c';
  url.port = '82abc';
  url.pathname = 'x y';
  url.search = 'q=ä';
  url.hash = 'h h';
  same(url.href, 'https://u%20ser:p%3Aw@c:82/x%20y?q=%C3%A4#h%20h');
  url.port = '';
  url.search = '';
  url.hash = '';
  url.username = '';
  url.password = '';
  same(url.href, 'https://c/x%20y');
  url.protocol = 'ftp:whatever';
  same(url.protocol, 'ftp:');
});

test('setters ignore what they cannot use', () => {
  const url = new URL('http://a:8/p');
  url.protocol = 'mailto';
  url.host = '';
  url.hostname = 'x y';
  url.port = 'nonsense';
  url.port = '70000';
  same(url.href, 'http://a:8/p');
  const opaque = new URL('mailto:x');
  opaque.host = 'h';
  opaque.pathname = '/y';
  opaque.username = 'u';
  same(opaque.href, 'mailto:x');
});

test('setting href replaces all, or throws and replaces nothing', () => {
  const url = new URL('http://a/?x=1');
  const params = url.searchParams;
  url.href = 'https://b/?y=2';
  same([url.href, params.get('y'), params.has('x')], ['https://b/?y=2', '2', false]);
  throws(TypeError, () => (url.href = 'nonsense'));
  same(url.href, 'https://b/?y=2');
});

test('searchParams is one object, bound both ways', () => {
  const url = new URL('http://a/?x=1#h');
  const params = url.searchParams;
  same(params === url.searchParams, true);
  params.append('y', 'ä b');
  same(url.href, 'http://a/?x=1&y=%C3%A4+b#h');
  url.search = '?z=9';
  same([...params], [['z', '9']]);
  params.delete('z');
  same([url.href, url.search], ['http://a/#h', '']);
  url.search = 'a=%41+b';
  same([...params], [['a', 'A b']]);
  same(url.search, '?a=%41+b');
  // @ts-expect-error
  throws(TypeError, () => (url.searchParams = 1));
});

test('searchParams of an unchanged URL leave its text alone', () => {
  const url = new URL('http://a/?x=%7Ea&b=~c');
  same(url.searchParams.get('x'), '~a');
  same(url.href, 'http://a/?x=%7Ea&b=~c');
  url.searchParams.sort();
  same(url.href, 'http://a/?b=%7Ec&x=%7Ea');
});

test('is a string in JSON and in text', () => {
  const url = new URL('http://a/b');
  same(
    [`${url}`, url.toString(), url.toJSON(), JSON.stringify({ url })],
    ['http://a/b', 'http://a/b', 'http://a/b', '{"url":"http://a/b"}'],
  );
});

test('lone surrogates are replaced', () => {
  same(new URL('http://a/\ud800').pathname, '/%EF%BF%BD');
  same(new URL('http://a/?\udc00').searchParams.toString(), '%EF%BF%BD=');
});

test('members check their receiver', () => {
  for (const name of [...kParts, 'searchParams']) {
    throws(TypeError, () => Reflect.get(URL.prototype, name, {}));
    throws(TypeError, () => Reflect.get(URL.prototype, name));
  }
  throws(TypeError, () => URL.prototype.toString.call({}));
  throws(
    TypeError,
    () =>
      Reflect.set(URL.prototype, 'host', 'x', {}) ||
      (() => {
        throw new TypeError();
      })(),
  );
});
