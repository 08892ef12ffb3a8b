// URL and URLSearchParams.

import { attempt, attemptEach, attempts, caseApp } from '../../case_app.js';

const parts = (url) =>
  [
    'href',
    'origin',
    'protocol',
    'username',
    'password',
    'host',
    'port',
    'pathname',
    'search',
    'hash',
  ].map((name) => url[name]);

export default caseApp({
  parse: () =>
    attemptEach(
      [
        'http://a',
        'HTTP://User:P%40ss@EXAMPLE.com:80/a/./b/../c?q#f',
        'https://ex%41mple.com',
        'http://bücher.example/ü?ü#ü',
        'http://a b/',
        'http://a/ b',
        'http:a',
        'http:///a',
        'http://0x7f.1/',
        'http://256.1.1.1/',
        'http://[::FFFF:1.2.3.4]/',
        'http://[::1',
        'http://a:99999/',
        'http://a:/',
        'file:///C:/x',
        'file://host/p',
        'data:text/plain,x',
        'mailto:a@b',
        'javascript:1',
        'blob:http://a/b',
        'non-special://A B',
        'ws://a:80/',
        'wss://a:443/',
        '//a',
        '?a',
        '',
        'http://xn--a/',
        'http://faß.de/',
        'http://☃.net/',
        'http://a\\b',
        'http://a/%2e%2e/b',
        'http://%00/',
        'http://a.b.',
        'http://a..b/',
        '\thttp://a\n/b',
      ],
      (text) => parts(new URL(text)),
    ),
  base: () =>
    attemptEach(
      [
        ['b', 'http://a/x/y'],
        ['../b', 'http://a/x/y/'],
        ['//c/d', 'https://a/'],
        ['?q', 'http://a/x?y#z'],
        ['#h', 'http://a/x?y'],
        ['', 'http://a/x?y#z'],
        ['http:x', 'http://a/y/'],
        ['x', 'mailto:a'],
        ['/x', 'file:///C:/y'],
        ['\\x', 'http://a/y'],
        ['a:b', 'http://a/'],
      ],
      ([text, base]) => new URL(text, base).href,
    ),
  set: () =>
    attempts(
      Object.fromEntries(
        [
          ['protocol', 'https'],
          ['protocol', 'ftp'],
          ['protocol', 'foo'],
          ['host', 'b:8080'],
          ['host', 'b c'],
          ['hostname', 'x:1'],
          ['port', '443'],
          ['port', '12x'],
          ['port', 'x'],
          ['port', ''],
          ['pathname', 'a b?c#d'],
          ['search', 'a=ü&b'],
          ['search', ''],
          ['hash', '#x y'],
          ['hash', ''],
          ['username', 'a:b'],
          ['password', 'ü'],
          ['href', 'http://new/'],
        ].map(([name, value]) => [
          `${name}=${value}`,
          () => {
            const url = new URL('https://u:p@host:81/path?q#h');
            url[name] = value;
            return url.href;
          },
        ]),
      ),
    ),
  statics: () => ({
    can: [URL.canParse('a'), URL.canParse('a', 'http://b')],
    parse: [URL.parse('a'), URL.parse('a', 'http://b')?.href],
    json: JSON.stringify(new URL('http://a')),
    keys: Object.keys(URL.prototype).sort(),
    own: Object.getOwnPropertyNames(URL).sort(),
  }),
  params() {
    const url = new URL('http://a/?a=1&b=%FF&a=2&c&=d&e=f=g&%zz=+x');
    const { searchParams: p } = url;
    const before = [...p];
    p.append('ü', '&= +');
    p.delete('a', '2');
    p.set('c', 'new');
    p.sort();
    return {
      before,
      all: p.getAll('a'),
      has: [p.has('a', '1'), p.has('a', '9')],
      text: String(p),
      href: url.href,
      size: p.size,
    };
  },
  paramsLive() {
    const url = new URL('http://a/?x=1');
    const { searchParams } = url;
    url.search = '?y=2';
    const one = [...searchParams];
    searchParams.delete('y');
    return { one, href: url.href, search: url.search };
  },
  makeParams: () =>
    attempts({
      pairs: () =>
        new URLSearchParams([
          ['a', 'b'],
          ['c', 'd'],
        ]),
      wrong: () => new URLSearchParams([['a']]),
      record: () => new URLSearchParams({ a: 1, b: null }),
      question: () => new URLSearchParams('?a=b'),
      form: () => new URLSearchParams(new Map([['a', '1']])),
      lone: () => String(new URLSearchParams({ a: '\ud800' })),
      none: () => String(new URLSearchParams()),
      null: () => String(new URLSearchParams(null)),
      encode: () => String(new URLSearchParams({ a: "!'()*~-._ ü\n" })),
      sort: () => {
        const p = new URLSearchParams('z=1&ﬃ&🌈&a=2&a=1');
        p.sort();
        return String(p);
      },
    }),
  loopDelete() {
    const p = new URLSearchParams('a=1&b=2&c=3');
    const seen = [];
    for (const [name] of p) {
      seen.push(name);
      p.delete(name);
    }
    return seen;
  },
  objects: () => ({
    create: typeof URL.createObjectURL,
    pattern: typeof URLPattern,
    tag: Object.prototype.toString.call(new URL('http://a')),
    string: `${new URL('http://a/?b')}`,
  }),
});
