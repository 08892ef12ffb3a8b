const form = (fields) => ({
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'http://sveltekit.localhost',
    accept: 'text/html',
  },
  body: new URLSearchParams(fields).toString(),
});
const file = new FormData();
file.append('name', 'anna');
file.append('file', new File(['inhalt'], 'ü.txt', { type: 'text/plain' }));
const encoded = new Response(file);

export const entry = '.svelte-kit/cloudflare/_worker.js';
export const assets = '.svelte-kit/cloudflare';
export const bindings = { WORD: 'from the configuration' };
export const requests = [
  { path: '/?q=%C3%BC', headers: { cookie: 'user=anna' } },
  { path: '/__data.json?q=1' },
  { path: '/api?a=1&b=2' },
  { path: '/api?bad' },
  {
    path: '/api',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"n":21}',
  },
  { path: '/api', method: 'DELETE' },
  { path: '/api', method: 'HEAD' },
  { path: '/form' },
  { path: '/form', name: 'form', ...form({ name: 'anna' }) },
  { path: '/form', name: 'form, incomplete', ...form({}) },
  { path: '/form', name: 'form, redirected', ...form({ name: 'away' }) },
  {
    path: '/form',
    name: 'form with a file',
    method: 'POST',
    headers: {
      'content-type': encoded.headers.get('content-type'),
      origin: 'http://sveltekit.localhost',
      accept: 'text/html',
    },
    body: new Uint8Array(await encoded.arrayBuffer()),
  },
  {
    path: '/form',
    name: 'form from elsewhere',
    ...form({ name: 'a' }),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'http://evil.example',
      accept: 'text/html',
    },
  },
  {
    path: '/form',
    name: 'form by script',
    ...form({ name: 'anna' }),
    headers: { ...form({}).headers, accept: 'application/json', 'x-sveltekit-action': 'true' },
  },
  { path: '/stream' },
  { path: '/missing' },
  { path: '/_app/version.json' },
  { path: '/_app/missing.js' },
];
