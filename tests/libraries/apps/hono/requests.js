const form = new FormData();
form.append('name', 'anna');
form.append('name', 'böse "zitate"');
form.append('file', new File(['inhalt'], 'ü.txt', { type: 'text/plain' }));
const encoded = new Response(form);
const multipart = new Uint8Array(await encoded.arrayBuffer());
const json = (body, method = 'POST', path = '/validated') => ({
  path,
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const kToken = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm5hIiwiaWF0IjoxNzAwMDAwMDAwfQ.';

export const requests = [
  { path: '/' },
  { path: '/?nothing', method: 'HEAD' },
  { path: '/api/users/7?q=a&q=b%20c' },
  { path: '/api/users' },
  { path: '/api/Users' },
  {
    path: '/api/users',
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'PUT' },
  },
  { name: 'cors, simple', path: '/api/users', headers: { origin: 'https://shop.example' } },
  json({ a: 1 }, 'PUT', '/api/users'),
  { path: '/secure/page' },
  { path: '/etag/page' },
  {
    name: 'not modified',
    path: '/etag/page',
    headers: { 'if-none-match': '"8d3f5eb6eb4d0a0e0bff7a2d9e9d5a9d6d8d3f5e"' },
  },
  { path: '/pretty?pretty' },
  { path: '/basic/page' },
  {
    name: 'basic, known',
    path: '/basic/page',
    headers: { authorization: `Basic ${btoa('anna:geheim')}` },
  },
  { name: 'bearer, wrong', path: '/bearer/page', headers: { authorization: 'Bearer token-2' } },
  { name: 'bearer, known', path: '/bearer/page', headers: { authorization: 'Bearer token-1' } },
  { path: '/token' },
  { path: '/jwt/page' },
  { name: 'jwt, forged', path: '/jwt/page', headers: { authorization: `Bearer ${kToken}AAAA` } },
  { path: '/compressed', headers: { 'accept-encoding': 'gzip' } },
  { name: 'not compressed', path: '/compressed' },
  { path: '/slow' },
  { path: '/cookies', headers: { cookie: 'a=1; b=%C3%BC; signed=forged.abc' } },
  {
    path: '/form',
    method: 'POST',
    headers: {
      'content-type': encoded.headers.get('content-type'),
      origin: 'http://hono.localhost',
    },
    body: multipart,
  },
  {
    name: 'form, from elsewhere',
    path: '/form',
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type'), origin: 'http://evil.example' },
    body: multipart,
  },
  { path: '/limited', method: 'POST', body: 'short' },
  { name: 'past the limit', path: '/limited', method: 'POST', body: 'longer than ten' },
  json({ n: 21 }),
  { ...json({ n: 'no' }), name: 'invalid' },
  { ...json({ n: 1 }), name: 'malformed', body: '{"n":' },
  {
    path: '/override',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '_method=DELETE',
  },
  { path: '/stream' },
  { path: '/stream-text' },
  { path: '/sse' },
  { path: '/jsx' },
  { path: '/jsx-stream' },
  { path: '/html' },
  { path: '/redirect' },
  { path: '/error' },
  { path: '/throws' },
  { path: '/nowhere/%C3%BC' },
  { path: '/background' },
  { path: '/method', method: 'PATCH' },
  { path: '/nested/deep/x/y' },
  { path: '/trim/this/' },
];
