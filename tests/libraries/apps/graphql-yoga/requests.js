const ask = (query, variables, more = {}) => ({
  name: query,
  path: '/graphql',
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json', ...more.headers },
  body: JSON.stringify({ query, variables, operationName: more.operationName }),
});

const form = new FormData();
form.append(
  'operations',
  JSON.stringify({ query: 'mutation ($f: File!) { read(file: $f) }', variables: { f: null } }),
);
form.append('map', JSON.stringify({ 0: ['variables.f'] }));
form.append('0', new File(['inhalt'], 'a.txt', { type: 'text/plain' }));
const upload = new Response(form);

export const requests = [
  ask('{ notes { id text(upper: true) author { name } } }'),
  ask('query One($n: Int) { notes(first: $n) { text } }', { n: 0 }),
  ask('{ header(name: "x-own") }', undefined, { headers: { 'x-own': 'of the client' } }),
  ask('{ fails }'),
  ask('{ nothing }'),
  ask('{ notes {'),
  ask('mutation { add(text: "zweite ü") { id text } }'),
  ask('{ __schema { queryType { name fields { name } } } }'),
  {
    ...ask('subscription { count(to: 3) }'),
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  },
  {
    ...ask('query A { header(name: "a") } query B { notes { id } }', undefined, {
      operationName: 'B',
    }),
    name: 'operationName',
  },
  {
    path: '/graphql?query=%7Bnotes%7Bid%7D%7D',
    headers: { accept: 'application/graphql-response+json' },
  },
  { name: 'mutation by GET', path: '/graphql?query=mutation%7Badd(text:%22x%22)%7Bid%7D%7D' },
  {
    path: '/graphql',
    method: 'OPTIONS',
    headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
  },
  { path: '/health' },
  { path: '/elsewhere' },
  {
    name: 'upload',
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': upload.headers.get('content-type') },
    body: new Uint8Array(await upload.arrayBuffer()),
  },
];
