const paths = ['/null', '/empty', '/text', '/blob', '/blob-stream', '/stream', '/empty-stream', '/stream-length', '/fixed', '/length', '/length-null', '/204', '/205', '/304', '/418', '/599', '/redirect', '/location', '/cookies', '/repeated', '/hop', '/latin', '/server', '/gzip', '/manual', '/identity'];
const heads = ['/null', '/empty', '/text', '/blob-stream', '/stream', '/length', '/length-null', '/204', '/304', '/fixed'];
const post = (path, body, headers) => ({ path, method: 'POST', body, headers });

export const requests = [
  ...paths.map((path) => ({ path })),
  ...heads.map((path) => ({ path, method: 'HEAD' })),
  { path: '/echo' },
  { path: '/echo/a%20b/%C3%BC/../x//y?q=%20+&r' },
  { name: 'odd path', path: '/echo/%zz/|"<>`{}?a|"<>`{}' },
  { name: 'headers', path: '/echo', headers: { 'X-Own': 'a', accept: 'x/y', 'user-agent': 'test', cookie: 'a=1; b=2', 'accept-encoding': 'gzip, br', 'x-empty': '', referer: 'http://r/', authorization: 'Basic x', 'if-none-match': '"a"', range: 'bytes=0-1', 'x-forwarded-for': '1.2.3.4', 'cf-connecting-ip': '1.1.1.1', te: 'trailers' } },
  { name: 'repeated headers', path: '/echo', headers: { 'x-own': ['a', 'b'], accept: ['c', 'd'] } },
  { name: 'latin header', path: '/echo', headers: { 'x-latin': 'ü' } },
  post('/echo', 'text'),
  { ...post('/echo', '', { 'content-length': '0' }), name: 'POST without content' },
  { ...post('/echo', 'chunked', { 'transfer-encoding': 'chunked' }), name: 'POST in chunks' },
  { ...post('/echo', 'json', { 'content-type': 'application/json' }), name: 'POST with a type' },
  { ...post('/echo', 'x', { expect: '100-continue' }), name: 'POST that expects' },
  { name: 'GET with a body', path: '/echo', body: 'x', headers: { 'content-length': '1' } },
  ...['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'].map((method) => ({ path: '/echo', method })),
  post('/early', 'never read'),
  post('/pass', 'handed on'),
  { ...post('/pass', 'handed on in chunks', { 'transfer-encoding': 'chunked' }), name: 'pass, in chunks' },
  { path: '/pass' },
  post('/twice', 'both'),
  { ...post('/twice', 'both', { 'transfer-encoding': 'chunked' }), name: 'twice, in chunks' },
  post('/looked-at', 'both'),
  { ...post('/looked-at', 'both', { 'transfer-encoding': 'chunked' }), name: 'looked at, in chunks' },
];
