// Blob and File.

import { attemptEach, attempts, caseApp } from '../../case_app.js';

export default caseApp({
  make: () =>
    attempts({
      parts: async () =>
        new Blob([
          'a',
          new Uint8Array([98]),
          new Uint8Array([99]).buffer,
          new Blob(['d']),
          1,
          null,
          {},
        ]).text(),
      none: () => new Blob().size,
      string: () => new Blob('abc').size,
      object: () => new Blob({}),
      iterable: () => new Blob(new Set(['a', 'b'])).size,
      lone: () => new Blob(['\ud800']).bytes(),
      endings: async () => new Blob(['a\nb\r\nc'], { endings: 'native' }).text(),
    }),
  types: () =>
    attemptEach(
      ['text/plain', 'TEXT/Plain; Charset=UTF-8', 'ü', 'a\tb', '', null, undefined, 'x'],
      (type) => new Blob([], { type }).type,
    ),
  slice: () =>
    attemptEach(
      [[0, 2], [1], [-2], [2, 1], [0, 100], [-100, 2], [1.7, 3.2], [NaN, 2], ['1', '3']],
      async (range) => new Blob(['abcd']).slice(...range).text(),
    ),
  sliceType: () => {
    const one = new Blob(['a'], { type: 'x/y' });
    return [one.slice().type, one.slice(0, 1, 'A/B').type];
  },
  read: async () => {
    const one = new Blob(['aü']);
    return [
      await one.text(),
      await one.arrayBuffer(),
      await one.bytes(),
      await new Response(one.stream()).text(),
    ];
  },
  file: () =>
    attempts({
      plain: () => {
        const { name, size, type, lastModified } = new File(['a'], 'n.txt', {
          type: 'x/y',
          lastModified: 5,
        });
        return { name, size, type, lastModified };
      },
      modified: () => Math.abs(new File([], 'n').lastModified - Date.now()) < 1000,
      none: () => new File(['a']),
      path: () => new File([], 'a/b').name,
      instance: () => new File([], 'n') instanceof Blob,
      slice: () => new File(['ab'], 'n').slice(0, 1).constructor.name,
      tag: () => Object.prototype.toString.call(new File([], 'n')),
      relative: () => new File([], 'n').webkitRelativePath,
    }),
  urls: () => attempts({ make: () => typeof URL.createObjectURL(new Blob(['a'])) }),
  large: async () => {
    const one = new Blob([new Uint8Array(300000)]);
    let chunks = 0;
    let total = 0;
    for await (const chunk of one.stream()) {
      chunks++;
      total += chunk.length;
    }
    return [chunks > 0, total];
  },
});
