// A JSON API in several modules: routing by hand, a body that is parsed, errors as JSON, and
// variables from wrangler.jsonc in `env`.
import { addItem, listItems } from './items.js';
import about from './about.json';

async function route(request, env) {
  const { pathname } = new URL(request.url);
  if (pathname === '/') return Response.json({ ...about, greeting: env.GREETING });
  if (pathname !== '/items') return Response.json({ error: 'not found' }, { status: 404 });
  if (request.method === 'GET') return Response.json({ items: listItems() });
  if (request.method === 'POST') {
    const item = await request.json().catch(() => undefined);
    if (typeof item?.name !== 'string') {
      return Response.json({ error: 'the body must be {"name": "..."}' }, { status: 400 });
    }
    if (!addItem(item.name, env.LIMITS.items)) {
      return Response.json({ error: 'the list is full' }, { status: 409 });
    }
    return Response.json({ added: item.name }, { status: 201 });
  }
  return new Response(null, { status: 405, headers: { allow: 'GET, POST' } });
}

export default { fetch: route };
