// What a client and an app see of each other's bytes.

const routes = {
  async '/echo'(request) {
    return Response.json({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
  },
  '/null': () => new Response(null),
  '/empty': () => new Response(''),
  '/text': () => new Response('text'),
  '/blob': () => new Response(new Blob(['blob'], { type: 'x/y' })),
  '/blob-stream': () => new Response(new Blob(['blob']).stream()),
  '/stream': () =>
    new Response(
      new ReadableStream({
        pull(c) {
          c.enqueue(new TextEncoder().encode('chunk'));
          c.close();
        },
      }),
    ),
  '/empty-stream': () => new Response(new ReadableStream({ pull: (c) => c.close() })),
  '/stream-length': () =>
    new Response(
      new ReadableStream({
        pull(c) {
          c.enqueue(new TextEncoder().encode('chunk'));
          c.close();
        },
      }),
      { headers: { 'content-length': '5' } },
    ),
  '/fixed': () => {
    const { readable, writable } = new FixedLengthStream(5);
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode('fixed'));
    writer.close();
    return new Response(readable);
  },
  '/length': () => new Response('text', { headers: { 'content-length': '40' } }),
  '/length-null': () => new Response(null, { headers: { 'content-length': '40' } }),
  '/204': () => new Response(null, { status: 204 }),
  '/205': () => new Response(null, { status: 205 }),
  '/304': () => new Response(null, { status: 304, headers: { etag: '"a"' } }),
  '/418': () => new Response('x', { status: 418 }),
  '/599': () => new Response('x', { status: 599 }),
  '/redirect': () => Response.redirect('http://x.test/ü', 301),
  '/location': () => new Response(null, { status: 302, headers: { location: '/relative?ä=1' } }),
  '/cookies': () =>
    new Response(null, {
      headers: [
        ['set-cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2'],
      ],
    }),
  '/repeated': () =>
    new Response(null, {
      headers: [
        ['x-a', '1'],
        ['x-b', 'b'],
        ['X-A', '2'],
        ['vary', 'a'],
        ['vary', 'b'],
      ],
    }),
  '/hop': () =>
    new Response('x', {
      headers: {
        connection: 'close',
        'keep-alive': 'x',
        te: 'x',
        trailer: 'x',
        upgrade: 'x',
        'transfer-encoding': 'chunked',
        'proxy-connection': 'x',
      },
    }),
  '/latin': () => new Response('x', { headers: { 'x-latin': 'ü' } }),
  '/server': () =>
    new Response('x', { headers: { server: 'own', date: 'own', 'x-powered-by': 'own' } }),
  '/gzip': () => new Response('text', { headers: { 'content-encoding': 'gzip' } }),
  '/manual': () =>
    new Response('text', { headers: { 'content-encoding': 'gzip' }, encodeBody: 'manual' }),
  '/identity': () => new Response('text', { headers: { 'content-encoding': 'identity' } }),
  '/early': (request) => new Response(`before ${request.method}`),
  '/pass': (request) => new Response(request.body, { headers: { 'content-type': 'x/pass' } }),
  async '/twice'(request) {
    const copy = request.clone();
    return Response.json([await request.text(), await copy.text()]);
  },
  async '/looked-at'(request) {
    void request.body;
    const copy = request.clone();
    return Response.json([await copy.text(), await request.text()]);
  },
};

export default {
  fetch(request) {
    return (routes[new URL(request.url).pathname] ?? routes['/echo'])(request);
  },
};
