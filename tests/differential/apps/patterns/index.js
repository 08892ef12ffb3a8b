// URLPattern.

import { attemptEach, attempts, caseApp } from '../../case_app.js';

export default caseApp({
  exec: () =>
    attempts({
      path: () =>
        new URLPattern({ pathname: '/books/:id(\\d+)/*' }).exec('http://a/books/12/x/y').pathname
          .groups,
      text: () =>
        new URLPattern('https://:sub.example.com/:page?').exec('https://www.example.com/home')
          .hostname,
      base: () => new URLPattern('/a/:b', 'http://host').test('http://host/a/c'),
      object: () => new URLPattern({ pathname: '/:a' }).exec({ pathname: '/x' }).pathname,
      none: () => new URLPattern({ pathname: '/a' }).exec('http://x/b'),
      optional: () =>
        ['http://x/a', 'http://x/a/b'].map(
          (url) => new URLPattern({ pathname: '/a{/:b}?' }).exec(url)?.pathname.groups,
        ),
      search: () => new URLPattern({ search: 'q=:q' }).exec('http://x/?q=1').search.groups,
      case: () => new URLPattern({ pathname: '/A' }, { ignoreCase: true }).test('http://x/a'),
    }),
  wrong: () =>
    attemptEach(
      ['(', '/:', '{', 'http://[', '/:a/:a'],
      (text) => new URLPattern({ pathname: text }).pathname,
    ),
  parts: () => {
    const { protocol, hostname, port, pathname, search, hash, hasRegExpGroups } = new URLPattern(
      'http{s}?://*:80/x/:y?q#h',
    );
    return { protocol, hostname, port, pathname, search, hash, hasRegExpGroups };
  },
});
