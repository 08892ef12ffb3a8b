const form = (fields) => ({
  path: '/form',
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'http://astro.localhost',
  },
  body: new URLSearchParams(fields).toString(),
});

export const asItIs = { folder: 'dist/server', main: 'entry.mjs' };
export const assets = 'dist/client';
export const bindings = { WORD: 'from the configuration' };
export const requests = [
  { path: '/?q=%C3%BC' },
  { path: '/form' },
  { ...form({ name: 'anna <b>' }), name: 'form' },
  { ...form({ name: 'away' }), name: 'form, redirected' },
  {
    ...form({ name: 'a' }),
    name: 'form from elsewhere',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://evil.example' },
  },
  { path: '/api/data?a=1' },
  {
    path: '/api/data',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"n":21}',
  },
  { path: '/api/data', method: 'DELETE' },
  { path: '/', method: 'HEAD' },
  { path: '/missing' },
];
