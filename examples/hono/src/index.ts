// A Hono app in TypeScript: nanoctl bundles it because of the bare import.
import { Hono } from 'hono';
import { stream } from 'hono/streaming';

type Env = { Bindings: { OWNER: string } };

const app = new Hono<Env>();

app.get('/', (c) => c.text(`Hono on ${c.env.OWNER}\n`));
app.get('/hello/:name', (c) => c.json({ hello: c.req.param('name'), query: c.req.query('q') ?? null }));
app.post('/echo', async (c) => c.body(await c.req.text()));
app.get('/stream', (c) =>
  stream(c, async (out) => {
    for (const word of ['one', 'two', 'three']) await out.write(`${word}\n`);
  }),
);
app.notFound((c) => c.text('nothing here\n', 404));
app.onError((error, c) => c.text(`failed: ${error.message}\n`, 500));

export default app;
