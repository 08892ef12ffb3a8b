const post = (path, body, name) => ({
  name: name ?? `${path} ${JSON.stringify(body)}`,
  path,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const upload = async (name, file) => {
  const form = new FormData();
  form.append('file', file);
  const encoded = new Response(form);
  return {
    name,
    path: '/file',
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type') },
    body: new Uint8Array(await encoded.arrayBuffer()),
  };
};

export const requests = [
  { path: '/json-schema' },
  post('/user', {
    name: ' anna ',
    email: 'anna@example.com',
    age: '33',
    tags: [],
    born: '2000-02-29',
  }),
  post('/user', {
    name: 'a',
    email: 'no',
    age: -1,
    tags: ['a', 'b', 'c', 1],
    born: '2001-02-29',
    role: 'root',
    at: { city: 1 },
  }),
  post('/shape', { kind: 'circle', radius: 2 }),
  post('/shape', { kind: 'line' }),
  post('/tree', { value: 1, children: [{ value: 2, children: [] }] }),
  post('/tree', { value: 1, children: [{ value: 'x', children: null }] }),
  post('/flag', 'yes'),
  post('/flag', 'perhaps'),
  post('/date', '2020-01-01T00:00:00Z'),
  post('/strict', { a: 1, b: 2 }),
  post('/refined', { a: 'x', b: 'y' }),
  await upload('a file', new File(['short'], 'a.txt', { type: 'text/plain' })),
  await upload(
    'a long file of another type',
    new File(['longer than ten'], 'a.bin', { type: 'application/x-own' }),
  ),
];
