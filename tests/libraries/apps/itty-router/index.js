// itty-router: routes, middleware, errors, JSON.

import {
  AutoRouter,
  cors,
  error,
  html,
  json,
  png,
  status,
  text,
  withContent,
  withCookies,
} from 'itty-router';

const { preflight, corsify } = cors({ origin: ['https://a.example'], credentials: true });
const router = AutoRouter({
  before: [preflight, withCookies],
  missing: () => error(404, 'nothing there'),
  finally: [corsify],
});

router
  .get('/hello/:name', ({ name }) => `hello, ${name}`)
  .get('/object', () => ({ a: [1, 2], b: null }))
  .get('/query', ({ query }) => query)
  .get('/cookies', ({ cookies }) => cookies)
  .get('/greedy/:path+', ({ path }) => ({ path }))
  .get('/file.:format(json|xml)', ({ format }) => text(format))
  .get('/html', () => html('<p>html</p>'))
  .get('/png', () => png(new Uint8Array([137, 80, 78, 71])))
  .get('/status', () => status(204))
  .get('/json', () => json({ ok: true }, { status: 202, headers: { 'X-Own': '1' } }))
  .get('/throws', () => {
    throw new Error('of the handler');
  })
  .get('/status-error', () => {
    throw Object.assign(new Error('payment'), { status: 402, more: true });
  })
  .post('/content', withContent, ({ content }) => ({ content }))
  .all('/proxy/*', (request) => ({
    method: request.method,
    url: request.url,
    route: request.route,
  }));

export default { ...router };
