const post = (body) => ({
  name: `body ${body}`,
  path: '/body',
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
});

export const requests = [
  ...[
    '/',
    '/json/7?a=1&b=%20',
    '/valid?n=21',
    '/valid?n=x',
    '/cookie',
    '/throws',
    '/stream',
    '/redirect',
    '/group/inner',
    '/missing',
  ].map((path) => ({ path })),
  post('{"name":"anna"}'),
  post('{"name":"a"}'),
  post('{'),
];
