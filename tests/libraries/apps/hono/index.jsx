/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
// hono: routing, middleware, jsx, streams, JWT, cookies, validation.

import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { etag } from 'hono/etag';
import { html, raw } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { renderToReadableStream, Suspense } from 'hono/jsx/streaming';
import { jwt, sign } from 'hono/jwt';
import { methodOverride } from 'hono/method-override';
import { poweredBy } from 'hono/powered-by';
import { prettyJSON } from 'hono/pretty-json';
import { secureHeaders } from 'hono/secure-headers';
import { stream, streamSSE, streamText } from 'hono/streaming';
import { timeout } from 'hono/timeout';
import { trimTrailingSlash } from 'hono/trailing-slash';
import { validator } from 'hono/validator';

const app = new Hono({ strict: true });
const kSecret = 'a secret of the test';

app.use('*', poweredBy());
app.use('/secure/*', secureHeaders());
app.use(
  '/api/*',
  cors({ origin: 'https://shop.example', allowMethods: ['GET', 'PUT'], maxAge: 600 }),
);
app.use('/etag/*', etag());
app.use('/pretty', prettyJSON());
app.use('/basic/*', basicAuth({ username: 'anna', password: 'geheim' }));
app.use('/bearer/*', bearerAuth({ token: 'token-1' }));
app.use('/jwt/*', jwt({ secret: kSecret, alg: 'HS256' }));
app.use('/compressed', compress());
app.use('/slow', timeout(20));
app.use('/form', csrf());
app.use('/trim/*', trimTrailingSlash());

app.get('/', (c) => c.text('hello'));
app.get('/api/:kind{[a-z]+}/:id?', (c) =>
  c.json({ ...c.req.param(), query: c.req.queries('q') ?? null }),
);
app.put('/api/:kind', async (c) => c.json({ got: await c.req.json() }, 201));
app.get('/secure/page', (c) => c.html('<p>safe</p>'));
app.get('/etag/page', (c) => c.text('the same text'));
app.get('/pretty', (c) => c.json({ a: { b: [1, 2] } }));
app.get('/basic/page', (c) => c.text('for anna'));
app.get('/bearer/page', (c) => c.text('for who has the token'));
app.get('/jwt/page', (c) => c.json(c.get('jwtPayload')));
app.get('/token', async (c) => c.text(await sign({ sub: 'anna', iat: 1_700_000_000 }, kSecret)));
app.get('/compressed', (c) => c.text('compressed '.repeat(500)));
app.get('/slow', async (c) => {
  await new Promise((resolve) => setTimeout(resolve, 5000));
  return c.text('late');
});

app.get('/cookies', async (c) => {
  setCookie(c, 'plain', 'a b', { path: '/', httpOnly: true, maxAge: 60 });
  setCookie(c, 'second', 'ü', { secure: true, sameSite: 'Strict' });
  await setSignedCookie(c, 'signed', 'value', kSecret, { path: '/' });
  const signed = await getSignedCookie(c, kSecret, 'signed');
  return c.json({ all: getCookie(c), signed: signed ?? null });
});

app.post('/form', async (c) => {
  const body = await c.req.parseBody({ all: true });
  const file = body.file;
  return c.json({
    names: body.name,
    file:
      file instanceof File ? { name: file.name, type: file.type, text: await file.text() } : null,
  });
});
app.post(
  '/limited',
  bodyLimit({ maxSize: 10, onError: (c) => c.text('too much', 413) }),
  async (c) => c.text(await c.req.text()),
);
app.post(
  '/validated',
  validator('json', (value, c) =>
    typeof value.n === 'number' ? value : c.json({ error: 'n' }, 422),
  ),
  (c) => c.json({ twice: c.req.valid('json').n * 2 }),
);
app.use('/override', methodOverride({ app }));
app.delete('/override', (c) => c.text('deleted'));

app.get('/stream', (c) =>
  stream(c, async (out) => {
    for (let i = 0; i < 3; i++) await out.write(new Uint8Array([i, 0xff]));
    await out.pipe(new Blob(['the end']).stream());
  }),
);
app.get('/stream-text', (c) =>
  streamText(c, async (out) => {
    for (const word of ['one', 'two', 'three']) {
      await out.writeln(word);
      await out.sleep(1);
    }
  }),
);
app.get('/sse', (c) =>
  streamSSE(c, async (out) => {
    for (let id = 0; id < 3; id++)
      await out.writeSSE({ event: 'tick', id: String(id), data: `line\n${id}` });
  }),
);

const List = ({ items }) => (
  <ul class="list">
    {items.map((item) => (
      <li data-id={item}>{`<${item}>`}</li>
    ))}
  </ul>
);
app.get('/jsx', (c) =>
  c.html(
    <html lang="de">
      <body style={{ color: 'red' }}>
        <List items={['a', 'b']} />
        {raw('<hr/>')}
      </body>
    </html>,
  ),
);
const Late = async ({ text }) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return <b>{text}</b>;
};
app.get('/jsx-stream', (c) => {
  const body = renderToReadableStream(
    <div>
      <Suspense fallback={<i>waiting</i>}>
        <Late text="here" />
      </Suspense>
    </div>,
  );
  return c.body(body, { headers: { 'Content-Type': 'text/html; charset=UTF-8', 'X-Part': 'jsx' } });
});
app.get('/html', (c) => c.html(html`<p title="${'"quoted"'}">${'a & b'}</p>`));

app.get('/redirect', (c) => c.redirect('/elsewhere?x=ü', 303));
app.get('/error', () => {
  throw new HTTPException(418, { message: 'a teapot' });
});
app.get('/throws', () => {
  throw new TypeError('of the handler');
});
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.json({ caught: error.message }, 500),
);
app.notFound((c) => c.json({ missing: c.req.path }, 404));
app.get('/background', (c) => {
  c.executionCtx.waitUntil(Promise.resolve());
  return c.body(null, 204);
});
app.all('/method', (c) => c.text(c.req.method));
app.route(
  '/nested',
  new Hono().get('/deep/*', (c) => c.text(c.req.routePath)),
);

export default app;
