// Headers: combining, order, names and values, guards.

import { attempt, attemptEach, attempts, caseApp } from '../../case_app.js';

export default caseApp({
  combine() {
    const headers = new Headers([
      ['B', '1'],
      ['a', 'x'],
      ['b', '2'],
      ['Set-Cookie', 'c=1'],
      ['set-cookie', 'd=2'],
    ]);
    return {
      all: headers,
      b: headers.get('B'),
      cookie: headers.get('set-cookie'),
      list: headers.getSetCookie(),
      keys: [...headers.keys()],
      values: [...headers.values()],
    };
  },
  change() {
    const headers = new Headers({ a: '1', b: '2' });
    headers.append('A', '3');
    headers.set('B', '4');
    headers.append('c', '');
    headers.delete('none');
    const seen = [];
    headers.forEach((value, name, object) => seen.push([name, value, object === headers]));
    return {
      seen,
      has: [headers.has('C'), headers.has('d')],
      get: headers.get('none'),
      isMap: Object.prototype.toString.call(headers),
    };
  },
  cookies() {
    const headers = new Headers();
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2, 3');
    const before = headers.getSetCookie();
    headers.set('Set-Cookie', 'c=3');
    const after = headers.getSetCookie();
    headers.delete('set-cookie');
    return { before, after, none: headers.getSetCookie() };
  },
  names: () =>
    attemptEach(
      ['a b', '', 'ä', 'a:b', 'a\n', '(x)', '__proto__', 'x-"', "X_Y.z~!#$%&'*+-^`|"],
      (name) => new Headers([[name, '1']]),
    ),
  values: () =>
    attemptEach(
      [
        ' a ',
        '\ta\t',
        'a\nb',
        'a\r\n',
        'a\0b',
        'ü',
        '€',
        '',
        'a  b',
        '\x7f',
        1,
        null,
        undefined,
        {},
        ['x', 'y'],
      ],
      (value) => new Headers([['x', value]]).get('x'),
    ),
  make: () =>
    attempts({
      pairs: () => new Headers([['a', '1', '2']]),
      pair: () => new Headers([['a']]),
      string: () => new Headers('ab'),
      number: () => new Headers(1),
      null: () => new Headers(null),
      undefined: () => new Headers(undefined),
      map: () => new Headers(new Map([['a', '1']])),
      headers: () => new Headers(new Headers({ a: '1' })),
      symbol: () => new Headers({ [Symbol('x')]: '1' }),
      inherited: () => new Headers(Object.create({ a: '1' })),
      generator: () =>
        new Headers(
          (function* () {
            yield ['a', '1'];
          })(),
        ),
      call: () => Headers(),
    }),
  iterate() {
    const headers = new Headers({ a: '1', c: '3' });
    const seen = [];
    for (const [name] of headers) {
      seen.push(name);
      if (name === 'a') headers.set('b', '2');
      if (seen.length > 5) break;
    }
    return {
      seen,
      next: headers.entries().next(),
      tag: headers[Symbol.iterator] === headers.entries,
    };
  },
  guards: async ({ request }) =>
    attempts({
      request: () => request.headers.set('a', '1'),
      copy: () => {
        const copy = new Request(request);
        copy.headers.set('a', '1');
        return copy.headers.get('a');
      },
      error: () => Response.error().headers.set('a', '1'),
      redirect: () => Response.redirect('http://x/').headers.set('a', '1'),
      forbidden: () => [
        ...new Request('http://x/', {
          headers: { Host: 'y', Cookie: 'a=1', 'Content-Length': '5', Connection: 'close' },
        }).headers,
      ],
      response: () => [
        ...new Response(null, { headers: { 'Set-Cookie': 'a=1', 'Set-Cookie2': 'b=1' } }).headers,
      ],
    }),
  arguments: () =>
    attempts({
      get: () => new Headers().get(),
      append: () => new Headers().append('a'),
      getAll: () => typeof new Headers().getAll,
      bad: () => new Headers().get('a b'),
      has: () => new Headers().has(''),
    }),
});
