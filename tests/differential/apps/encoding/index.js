// TextEncoder, TextDecoder, base64.

import { attemptEach, attempts, caseApp } from '../../case_app.js';

export default caseApp({
  labels: () =>
    attemptEach(
      [
        'utf8',
        ' UTF-8 ',
        'utf-16',
        'utf-16be',
        'latin1',
        'ascii',
        'iso-8859-2',
        'windows-1251',
        'koi8-r',
        'shift_jis',
        'euc-kr',
        'gbk',
        'gb18030',
        'big5',
        'x-user-defined',
        'iso-2022-kr',
        'replacement',
        'none',
        '',
        'utf-7',
        'macintosh',
      ],
      (label) => new TextDecoder(label).encoding,
    ),
  decode: () =>
    attemptEach(
      [
        [0xff],
        [0xe2, 0x82],
        [0xe2, 0x82, 0xac],
        [0xef, 0xbb, 0xbf, 0x41],
        [0xf0, 0x9f, 0x98, 0x80],
        [0xed, 0xa0, 0x80],
        [0xc0, 0x80],
        [0x41, 0xff, 0x42],
        [],
      ],
      (list) => [
        new TextDecoder().decode(new Uint8Array(list)),
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(list)).length,
      ],
    ),
  fatal: () =>
    attemptEach([[0xff], [0xe2, 0x82], [0x41]], (list) =>
      new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(list)),
    ),
  legacy: () =>
    attemptEach(
      [
        ['windows-1252', [0x80, 0xe4]],
        ['iso-8859-1', [0xe4]],
        ['utf-16le', [0x3d, 0xd8, 0x00, 0xde, 0x41]],
        ['utf-16be', [0x00, 0x41]],
        ['shift_jis', [0x82, 0xa0]],
        ['gbk', [0xc4, 0xe3]],
        ['euc-jp', [0xa4, 0xa2]],
        ['windows-1251', [0xcf]],
        ['big5', [0xa7, 0x41]],
      ],
      ([label, list]) => new TextDecoder(label).decode(new Uint8Array(list)),
    ),
  stream() {
    const decoder = new TextDecoder();
    const euro = [0xe2, 0x82, 0xac];
    return [
      ...euro.map((byte) => decoder.decode(new Uint8Array([byte]), { stream: true })),
      decoder.decode(),
      decoder.decode(new Uint8Array([0xe2]), { stream: true }),
      decoder.decode(new Uint8Array([0x41])),
      decoder.decode(new Uint8Array(euro)),
    ];
  },
  inputs: () =>
    attempts({
      none: () => new TextDecoder().decode(),
      undefined: () => new TextDecoder().decode(undefined),
      buffer: () => new TextDecoder().decode(new Uint8Array([65]).buffer),
      view: () => new TextDecoder().decode(new DataView(new Uint8Array([65, 66]).buffer, 1)),
      string: () => new TextDecoder().decode('a'),
      null: () => new TextDecoder().decode(null),
      shared: () => new TextDecoder().decode(new Uint8Array(new SharedArrayBuffer(1))),
    }),
  encode: () => ({
    text: new TextEncoder().encode('aü€😀\ud800'),
    none: new TextEncoder().encode(),
    undef: new TextEncoder().encode(undefined),
    nul: new TextEncoder().encode(null),
    encoding: new TextEncoder().encoding,
  }),
  into() {
    const encoder = new TextEncoder();
    return [
      [3, 'aü€'],
      [4, '😀x'],
      [3, '😀x'],
      [0, 'a'],
      [5, '\ud800a'],
    ].map(([size, text]) => {
      const bytes = new Uint8Array(size);
      return [encoder.encodeInto(text, bytes), bytes];
    });
  },
  atob: () =>
    attemptEach(
      [
        'YQ==',
        'YQ',
        'Y',
        ' Y Q = = ',
        'YQ=',
        'YQ===',
        'Y Q==',
        'ab-_',
        '',
        'YR==',
        '====',
        null,
        undefined,
        'ü',
      ],
      (text) => atob(text),
    ),
  btoa: () => attemptEach(['a', '', 'ü', '€', 'ÿ\0', undefined, null, 1], (text) => btoa(text)),
  streams: async () => {
    const encoded = await new Response(
      new Blob(['aü€😀'])
        .stream()
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new TextEncoderStream()),
    ).bytes();
    const halves = new ReadableStream({
      start: (c) => {
        c.enqueue('\ud83d');
        c.enqueue('\ude00');
        c.close();
      },
    });
    return {
      encoded,
      surrogates: await new Response(halves.pipeThrough(new TextEncoderStream())).bytes(),
    };
  },
  errors: () =>
    attempts({
      badChunk: () =>
        new Response(
          new ReadableStream({
            start: (c) => {
              c.enqueue('x');
              c.close();
            },
          })
            .pipeThrough(new TextDecoderStream())
            .pipeThrough(new TextEncoderStream()),
        ).text(),
      fatal: () =>
        new Response(
          new Blob([new Uint8Array([0xff])])
            .stream()
            .pipeThrough(new TextDecoderStream('utf-8', { fatal: true }))
            .pipeThrough(new TextEncoderStream()),
        ).text(),
    }),
});
