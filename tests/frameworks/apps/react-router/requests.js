const form = (fields) => ({
  path: '/form',
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

export const entry = 'worker.js';
export const bindings = { WORD: 'from the configuration' };
export const requests = [
  { path: '/?q=%C3%BC' },
  { path: '/?missing' },
  { path: '/_root.data?q=1' },
  { path: '/?bot', headers: { 'user-agent': 'a bot' } },
  { path: '/', method: 'HEAD' },
  { path: '/form' },
  { ...form({ name: 'anna <b>' }), name: 'form' },
  { ...form({ name: 'away' }), name: 'form, redirected' },
  { ...form({ name: 'anna' }), name: 'form by script', path: '/form.data' },
  { path: '/api' },
  {
    path: '/api',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"n":21}',
  },
  { path: '/late', headers: { 'user-agent': 'a bot' } },
  { path: '/nowhere' },
];
