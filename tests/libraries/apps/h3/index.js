// h3: handlers, middleware, cookies, bodies, errors, event streams, proxies.

import {
  appendResponseHeader,
  createEventStream,
  deleteCookie,
  getCookie,
  getQuery,
  getRequestIP,
  getRouterParam,
  getValidatedQuery,
  H3,
  handleCors,
  HTTPError,
  html,
  proxy,
  readBody,
  redirect,
  serveStatic,
  setCookie,
} from 'h3';

const files = new Map([['/static/a.txt', 'a file']]);

function makeApp(env) {
  const app = new H3();
  app.use('/cors', (event) => {
    const answer = handleCors(event, { origin: '*', preflight: { statusCode: 204 }, methods: '*' });
    if (answer !== false) return answer;
  });
  app.use((event) => event.res.headers.set('x-middleware', '1'));
  return app
    .get('/', () => 'text')
    .get('/object', () => ({ a: 1, date: new Date(0), undef: undefined }))
    .get('/null', () => null)
    .get('/undefined', () => undefined)
    .get('/number', () => 7)
    .get('/blob', () => new Blob(['a blob'], { type: 'text/x-own' }))
    .get('/bytes', () => new Uint8Array([1, 2, 255]))
    .get('/stream', () => new Blob(['streamed']).stream())
    .get('/response', () => new Response('own', { status: 203, headers: { 'x-own': '1' } }))
    .get('/html', () => html`<p>${'<escaped>'}</p>`)
    .get('/users/:id/**:rest', (event) => ({
      id: getRouterParam(event, 'id'),
      rest: event.context.params,
    }))
    .get('/query', (event) => getQuery(event))
    .get('/valid', (event) =>
      getValidatedQuery(event, (query) => {
        if (!query.n)
          throw new HTTPError({ status: 422, message: 'n is missing', data: { n: false } });
        return query;
      }),
    )
    .get('/cookie', (event) => {
      const seen = getCookie(event, 'session');
      setCookie(event, 'session', 'a b', { httpOnly: true, path: '/', maxAge: 10 });
      setCookie(event, 'other', '1');
      deleteCookie(event, 'old');
      appendResponseHeader(event, 'vary', 'Cookie');
      return { seen: seen ?? null, ip: getRequestIP(event) ?? null };
    })
    .post('/body', async (event) => ({ got: await readBody(event) }))
    .post('/form', async (event) => Object.fromEntries(await event.req.formData()))
    .get('/redirect', () => redirect('/object', 307))
    .get('/error', () => {
      throw new HTTPError({
        status: 409,
        statusText: 'Twice',
        message: 'there already',
        data: { id: 1 },
      });
    })
    .get('/throws', () => {
      throw new Error('unexpected');
    })
    .get('/cors', () => 'shared')
    .get('/static/**', (event) =>
      serveStatic(event, {
        getContents: (id) => files.get(id),
        getMeta: (id) =>
          files.has(id)
            ? { size: files.get(id).length, mtime: 0, etag: '"a"', type: 'text/plain' }
            : undefined,
      }),
    )
    .get('/events', (event) => {
      const stream = createEventStream(event);
      (async () => {
        for (let id = 0; id < 3; id++)
          await stream.push({ id: String(id), event: 'tick', data: `n\n${id}` });
        await stream.close();
      })();
      return stream.send();
    })
    .get('/proxy', (event) => proxy(event, `${env.UPSTREAM}/h3/proxied`));
}

export default {
  fetch: (request, env) => makeApp(env).fetch(request),
};
