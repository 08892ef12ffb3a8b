// FormData: made, parsed and encoded.

import { attempt, attemptEach, attempts, caseApp } from '../../case_app.js';

async function encode(form) {
  const response = new Response(form);
  const boundary = response.headers.get('content-type').split('boundary=')[1];
  return (await response.text()).replaceAll(boundary, 'B');
}
const parse = async (body, type) => {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const all = [];
  for (const [name, value] of form)
    all.push([
      name,
      typeof value === 'string'
        ? value
        : {
            name: value.name,
            type: value.type,
            text: await value.text(),
            is: value instanceof File,
          },
    ]);
  return all;
};
const part = (head, content) => `--B\r\n${head}\r\n\r\n${content}\r\n`;
const kMultipart = 'multipart/form-data; boundary=B';

export default caseApp({
  make() {
    const form = new FormData();
    form.append('a', '1');
    form.append('a', 2);
    form.append('n', null);
    form.append('f', new Blob(['x'], { type: 'a/b' }));
    form.append('g', new File(['y'], 'g.txt'), 'other.txt');
    form.set('s', 'x');
    const { name, type, size } = form.get('f');
    return {
      all: form,
      f: { name, type, size, file: form.get('f') instanceof File },
      g: form.get('g').name,
      has: form.has('a'),
      list: form.getAll('a'),
      none: form.get('none'),
      keys: [...form.keys()],
    };
  },
  change() {
    const form = new FormData();
    for (const [name, value] of [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
      ['c', '4'],
    ])
      form.append(name, value);
    form.set('a', 'new');
    form.delete('b');
    return form;
  },
  wrong: () =>
    attempts({
      one: () => new FormData().append('a'),
      filename: () => new FormData().append('a', 'b', 'c'),
      object: () => {
        const form = new FormData();
        form.append('a', {});
        return form;
      },
      init: () => new FormData({}),
      undefined: () => [...new FormData(undefined)],
    }),
  encode: async () => {
    const form = new FormData();
    form.append('plain', 'a\nb\r\nc');
    form.append('qu"ote\r\n', 'ü');
    form.append('file', new File(['inhalt'], 'ü "x".txt', { type: 'text/plain' }));
    form.append('blob', new Blob([]));
    return encode(form);
  },
  empty: () => encode(new FormData()),
  boundary: () => {
    const type = new Response(new FormData()).headers.get('content-type');
    return [type.split('=')[0], /^[\w\-.']+$/.test(type.split('=')[1])];
  },
  urlencoded: () =>
    attemptEach(['a=1&b=2', 'a=%C3%BC+x', 'a', '', '&&', 'a=1&a=2', 'a=%FF', '\ufeffa=b'], (body) =>
      parse(body, 'application/x-www-form-urlencoded'),
    ),
  types: () =>
    attemptEach(
      [
        'application/x-www-form-urlencoded; charset=iso-8859-1',
        'text/plain',
        'APPLICATION/X-WWW-FORM-URLENCODED',
        '',
        'multipart/form-data',
      ],
      (type) => parse('a=1', type),
    ),
  multipart: () =>
    attempts({
      text: () =>
        parse(`${part('Content-Disposition: form-data; name="a"', '1')}--B--\r\n`, kMultipart),
      file: () =>
        parse(
          `${part('Content-Disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/x', 'ü')}--B--\r\n`,
          kMultipart,
        ),
      noType: () =>
        parse(
          `${part('Content-Disposition: form-data; name="f"; filename="x.txt"', 'x')}--B--\r\n`,
          kMultipart,
        ),
      escaped: () =>
        parse(
          `${part('Content-Disposition: form-data; name="a%22b"; filename="c%0D%0A.txt"', 'x')}--B--\r\n`,
          kMultipart,
        ),
      utf8: () =>
        parse(`${part('Content-Disposition: form-data; name="ü"', 'ü')}--B--\r\n`, kMultipart),
      caseless: () =>
        parse(`${part('content-disposition: FORM-DATA; name="a"', '1')}--B--\r\n`, kMultipart),
      unquoted: () =>
        parse(`${part('Content-Disposition: form-data; name=a', '1')}--B--\r\n`, kMultipart),
      unfinished: () => parse(part('Content-Disposition: form-data; name="a"', '1'), kMultipart),
      noName: () => parse(`${part('Content-Disposition: form-data', '1')}--B--\r\n`, kMultipart),
      lineFeeds: () =>
        parse('--B\nContent-Disposition: form-data; name="a"\n\n1\n--B--\n', kMultipart),
      preamble: () =>
        parse(
          `preamble\r\n${part('Content-Disposition: form-data; name="a"', '1')}--B--\r\n`,
          kMultipart,
        ),
      epilogue: () =>
        parse(`${part('Content-Disposition: form-data; name="a"', '1')}--B--\r\nmore`, kMultipart),
      noEnd: () =>
        parse(`${part('Content-Disposition: form-data; name="a"', '1')}--B--`, kMultipart),
      quotedBoundary: () =>
        parse(
          `${part('Content-Disposition: form-data; name="a"', '1')}--B--\r\n`,
          'multipart/form-data; boundary="B"',
        ),
      inside: () =>
        parse(
          `${part('Content-Disposition: form-data; name="a"', '--B inside')}--B--\r\n`,
          kMultipart,
        ),
      nothing: () => parse('--B--\r\n', kMultipart),
      empty: () => parse('', kMultipart),
      otherHeaders: () =>
        parse(
          `${part('X-Own: 1\r\nContent-Disposition: form-data; name="a"\r\nContent-Length: 1', '1')}--B--\r\n`,
          kMultipart,
        ),
      transferEncoding: () =>
        parse(
          `${part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'YQ==')}--B--\r\n`,
          kMultipart,
        ),
      charset: () =>
        parse(
          `${part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=iso-8859-1', 'x')}--B--\r\n`,
          kMultipart,
        ),
    }),
  roundTrip: async () => {
    const form = new FormData();
    form.append('a"b', 'x\r\ny');
    form.append('f', new File(['1\r\n2'], 'ü.bin', { type: 'a/b' }));
    const response = new Response(form);
    return parse(await response.bytes(), response.headers.get('content-type'));
  },
});
