const input = (value) => encodeURIComponent(JSON.stringify(value));
const form = new FormData();
form.append('a', 'b');
const encoded = new Response(form);
const post = (path, body) => ({
  path,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const requests = [
  { path: '/trpc/hello' },
  { path: `/trpc/hello?input=${input({ name: 'ü' })}` },
  { path: `/trpc/hello?input=${input({ name: 1 })}` },
  { path: `/trpc/hello,me,fails?batch=1&input=${input({ 0: { name: 'a' } })}` },
  { name: 'me, signed in', path: '/trpc/me', headers: { 'x-user': 'anna' } },
  post('/trpc/add', [1, 2]),
  { ...post('/trpc/add', [1, 'x']), name: 'wrong input' },
  { ...post('/trpc/add', 0), name: 'no JSON', body: '{' },
  { path: '/trpc/fails' },
  { path: '/trpc/throws' },
  { path: '/trpc/nothing' },
  { path: '/trpc/add' },
  {
    name: 'streamed',
    path: '/trpc/later,hello?batch=1&input=%7B%7D',
    headers: { 'trpc-accept': 'application/jsonl' },
  },
  { path: '/trpc/ticks', headers: { accept: 'text/event-stream' } },
  {
    name: 'subscription after an id',
    path: '/trpc/ticks',
    headers: { 'last-event-id': '1', accept: 'text/event-stream' },
  },
  {
    path: '/trpc/nested.upload',
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type') },
    body: new Uint8Array(await encoded.arrayBuffer()),
  },
  { path: '/trpc/hello', method: 'HEAD' },
];
