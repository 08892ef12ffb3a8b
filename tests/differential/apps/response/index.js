// Response: what it is by default, bodies of every kind, reading, copying, redirects.

import { attempt, attemptEach, attempts, caseApp } from '../../case_app.js';

const stream = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
const facts = (response) => ({
  status: response.status,
  statusText: response.statusText,
  ok: response.ok,
  type: response.type,
  url: response.url,
  redirected: response.redirected,
  headers: response.headers,
  bodyUsed: response.bodyUsed,
  hasBody: response.body !== null,
  webSocket: response.webSocket,
  cf: response.cf,
});
const form = () => {
  const data = new FormData();
  data.append('a', 'b');
  return data;
};
const bodies = {
  none: () => undefined,
  null: () => null,
  empty: () => '',
  string: () => 'text',
  number: () => 7,
  object: () => ({}),
  bytes: () => new Uint8Array([1, 2]),
  view: () => new DataView(new ArrayBuffer(3), 1, 1),
  buffer: () => new ArrayBuffer(2),
  blob: () => new Blob(['x'], { type: 'Text/X-Own; a=B' }),
  plainBlob: () => new Blob(['x']),
  file: () => new File(['x'], 'a.txt', { type: 'text/plain' }),
  params: () => new URLSearchParams({ a: 'ü b' }),
  stream: () => stream(new Uint8Array([65])),
  url: () => new URL('http://x/'),
};

export default caseApp({
  defaults: () => ({
    none: facts(new Response()),
    error: facts(Response.error()),
    json: facts(Response.json({ a: 1 })),
  }),
  types: async () =>
    attempts(
      Object.fromEntries(
        Object.entries(bodies).map(([name, make]) => [
          name,
          async () => {
            const response = new Response(make());
            return [
              response.headers.get('content-type'),
              response.body !== null,
              await response.text(),
            ];
          },
        ]),
      ),
    ),
  form: async () => {
    const response = new Response(form());
    const type = response.headers.get('content-type');
    const text = await response.text();
    const boundary = type.split('boundary=')[1];
    return { type: type.replace(boundary, 'B'), text: text.replaceAll(boundary, 'B') };
  },
  given: () =>
    [
      ['string', { headers: { 'Content-Type': 'x/y' } }],
      ['a', { headers: { 'content-type': '' } }],
      [new Blob(['x'], { type: 'a/b' }), { headers: { 'content-type': 'c/d' } }],
    ].map(([body, init]) => new Response(body, init).headers),
  status: () =>
    attemptEach(
      [
        100,
        101,
        199,
        200,
        204,
        205,
        304,
        418,
        599,
        600,
        999,
        0,
        -1,
        '201',
        200.9,
        NaN,
        null,
        undefined,
        65736,
      ],
      (status) => new Response(null, { status }).status,
    ),
  nullBody: () => attemptEach([204, 205, 304], (status) => new Response('', { status })),
  statusText: () =>
    attemptEach(
      ['Own', '', 'ü', 'a\nb', '€', 'x\t'],
      (statusText) => new Response(null, { statusText }).statusText,
    ),
  init: () =>
    attempts({
      null: () => facts(new Response('', null)).status,
      number: () => facts(new Response('', 1)).status,
      string: () => facts(new Response('', 'x')).status,
      response: () =>
        facts(
          new Response(
            'a',
            new Response('b', { status: 201, statusText: 'S', headers: { x: '1' } }),
          ),
        ),
      encodeBody: () => new Response('', { encodeBody: 'both' }),
    }),
  json: () =>
    attempts({
      undefined: () => Response.json(undefined),
      bigint: () => Response.json(1n),
      function: () => Response.json(() => {}),
      cycle: () => {
        const one = {};
        one.one = one;
        return Response.json(one);
      },
      toJSON: () => Response.json({ toJSON: () => [1] }).text(),
      string: () => Response.json('a').text(),
      type: () => Response.json({}, { headers: { 'content-type': 'a/b' } }).headers,
      status: () => Response.json({}, { status: 204 }),
      lone: () => Response.json('\ud800').text(),
    }),
  redirect: () =>
    attempts({
      plain: () => facts(Response.redirect('http://x/ü?a b')),
      status: () => Response.redirect('http://x', 308).status,
      bad: () => Response.redirect('http://x', 200),
      relative: () => Response.redirect('/path'),
      none: () => Response.redirect(),
      url: () => Response.redirect(new URL('http://x/y'), 303).headers,
    }),
  read: () =>
    attempts({
      twice: async () => {
        const one = new Response('a');
        await one.text();
        return one.text();
      },
      nullTwice: async () => {
        const one = new Response(null);
        await one.text();
        return [one.bodyUsed, await one.text()];
      },
      emptyTwice: async () => {
        const one = new Response('');
        await one.text();
        return [one.bodyUsed, await one.text()];
      },
      used: async () => {
        const one = new Response('a');
        const reading = one.text();
        return [one.bodyUsed, await reading, one.bodyUsed];
      },
      locked: () => {
        const one = new Response('a');
        one.body.getReader();
        return one.text();
      },
      released: async () => {
        const one = new Response('a');
        one.body.getReader().releaseLock();
        return [one.bodyUsed, await one.text()];
      },
      json: () => new Response('{').json(),
      jsonEmpty: () => new Response('').json(),
      jsonBom: () => new Response('\ufeff{"a":1}').json(),
      textBom: async () => (await new Response('\ufeffa').text()).length,
      bytes: () => new Response('ü').bytes(),
      buffer: () => new Response('ü').arrayBuffer(),
      blob: () => new Response('ü', { headers: { 'content-type': 'A/B; c=D' } }).blob(),
      blobPlain: () => new Response(new Uint8Array(1)).blob(),
      formWrong: () => new Response('a').formData(),
      latin: () =>
        new Response(new Uint8Array([0xff, 0x41]), {
          headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
        }).text(),
    }),
  clone: () =>
    attempts({
      both: async () => {
        const one = new Response('a', { status: 201, headers: { x: '1' } });
        const two = one.clone();
        two.headers.set('x', '2');
        return [await two.text(), await one.text(), one.headers.get('x'), two.status];
      },
      used: async () => {
        const one = new Response('a');
        await one.text();
        return one.clone();
      },
      afterBody: async () => {
        const one = new Response('a');
        void one.body;
        return [await one.clone().text(), await one.text()];
      },
      stream: async () => {
        const one = new Response(stream(new Uint8Array([65]), new Uint8Array([66])));
        const two = one.clone();
        return [await one.text(), await two.text()];
      },
      error: () => facts(Response.error().clone()),
      cancelOne: async () => {
        const one = new Response('abc');
        const two = one.clone();
        await one.body.cancel();
        return two.text();
      },
    }),
  streams: () =>
    attempts({
      strings: () => new Response(stream('a')).text(),
      numbers: () => new Response(stream(1)).text(),
      buffers: () => new Response(stream(new ArrayBuffer(1))).arrayBuffer(),
      empty: () => new Response(stream()).text(),
      failing: () =>
        new Response(new ReadableStream({ pull: (c) => c.error(new RangeError('x')) })).text(),
      used: async () => {
        const body = stream(new Uint8Array([65]));
        await body.getReader().read();
        return new Response(body);
      },
      same: () => {
        const body = stream();
        return new Response(body).body === body;
      },
      iterator: async () => {
        const all = [];
        for await (const chunk of new Response('abc').body) all.push(chunk);
        return all;
      },
      asyncIterable: () =>
        new Response(
          (async function* () {
            yield new Uint8Array([65]);
          })(),
        ).text(),
      byob: async () => {
        const { value, done } = await new Response('abc').body
          .getReader({ mode: 'byob' })
          .read(new Uint8Array(2));
        return [value, done];
      },
    }),
  shape: () => ({
    tag: String(new Response()),
    length: Response.length,
    own: Object.keys(new Response('a')),
  }),
});
