// elysia without code generation: routes, validation, cookies, errors, streams.

import { Elysia, t } from 'elysia';

export default new Elysia({ aot: false })
  .onError(({ code, set }) => {
    set.headers['x-error'] = String(code);
    return { code };
  })
  .state('version', 1)
  .derive(({ headers }) => ({ agent: headers['user-agent'] ?? 'none' }))
  .get('/', () => 'text')
  .get('/json/:id', ({ params, query, agent, store }) => ({
    params,
    query,
    agent,
    version: store.version,
  }))
  .get('/valid', ({ query }) => query.n * 2, { query: t.Object({ n: t.Numeric() }) })
  .post('/body', ({ body }) => body, { body: t.Object({ name: t.String({ minLength: 2 }) }) })
  .get('/cookie', ({ cookie: { seen } }) => {
    const before = seen.value ?? null;
    seen.set({ value: 'yes', httpOnly: true });
    return { before };
  })
  .get('/throws', () => {
    throw new Error('of the handler');
  })
  .get('/stream', async function* () {
    yield 'one ';
    yield 'two';
  })
  .get('/redirect', ({ redirect }) => redirect('/', 301))
  .group('/group', (app) => app.get('/inner', ({ set }) => ((set.status = 202), 'inner')));
