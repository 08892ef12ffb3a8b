// What /fetch/api/resources answers.

const truthy = (value) => value !== undefined && value !== '';

function corsHeaders(x, absent = '*') {
  const origin = x.header('origin');
  const headers = [['Access-Control-Allow-Origin', origin ?? absent]];
  if (origin !== undefined) headers.push(['Access-Control-Allow-Credentials', 'true']);
  return headers;
}

function credentialsOf(x) {
  const [, encoded] = /^Basic (.*)$/i.exec(x.header('authorization', '')) ?? [];
  return Buffer.from(encoded ?? '', 'base64').toString('latin1');
}

export function authentication(x) {
  if (credentialsOf(x) === 'user:password') return x.reply(200, [], 'Authentication done');
  const challenge = `Basic realm="${x.get('realm', 'test')}"`;
  return x.reply(
    [401, 'Unauthorized'],
    [['WWW-Authenticate', challenge]],
    "Please login with credentials 'user' and 'password'",
  );
}

async function badChunkEncoding(x) {
  const delay = Number(x.get('ms', 1000));
  await x.sleep(delay);
  const socket = x.req.socket;
  socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
  await x.sleep(delay);
  for (let i = Number(x.get('count', 50)); i > 0 && !x.isGone; i--) {
    socket.write('a\r\nTEST_CHUNK\r\n');
    await x.sleep(delay);
  }
  x.replyRaw('garbage');
}

function cached(x) {
  if (x.header('if-none-match') === '"123abc"') {
    return x.reply(304, [['X-HTTP-STATUS', '304']]);
  }
  const headers = [
    ['ETag', '"123abc"'],
    ['Content-Type', 'text/plain'],
  ];
  return x.reply(200, headers, 'lorem ipsum dolor sit amet');
}

function cleanStash(x) {
  return x.reply(200, [], x.stash.take(x.get('token'), x.path) === null ? '0' : '1');
}

function dumpAuthorization(x) {
  const headers = [
    ['Content-Type', 'text/html'],
    ['Cache-Control', 'no-cache'],
    ...corsHeaders(x),
    ['Access-Control-Allow-Headers', 'Authorization'],
  ];
  const asked = x.header('access-control-request-headers', '').toLowerCase();
  const mayNotAsk = truthy(x.get('strip_auth_header')) && x.method === 'OPTIONS';
  if (mayNotAsk && asked.includes('authorization')) return x.reply(500, headers, 'fail');
  return x.reply(200, headers, x.header('authorization', 'none'));
}

async function echoContent(x) {
  const headers = [
    ['X-Request-Method', x.method],
    ['X-Request-Content-Length', x.header('content-length', 'NO')],
    ['X-Request-Content-Type', x.header('content-type', 'NO')],
    ['Content-Type', 'text/plain'],
  ];
  return x.reply(200, headers, await x.body());
}

async function hugeResponse(x) {
  const chunk = Buffer.alloc(1 << 20);
  const chunks = 8 * 1024;
  x.begin(200, [
    ['Content-Type', 'text/plain'],
    ['Content-Length', String(chunks * chunk.length)],
    ['Cache-Control', 'max-age=86400'],
  ]);
  for (let sent = 0; sent < chunks && (await x.write(chunk)); sent++);
  x.end();
}

async function infiniteSlowResponse(x) {
  const state = x.get('stateKey');
  const abort = x.get('abortKey');
  const keep = (value) => state && x.stash.put(state, value, x.folder);
  keep('open');
  x.begin(200, [['Content-Type', 'text/plain']]);
  await x.write('.'.repeat(2048));
  while (await x.write('.')) {
    if (abort && x.stash.take(abort, x.folder) !== null) break;
    await x.sleep(10);
  }
  keep('closed');
  x.end();
}

function inspectHeaders(x) {
  const asked = x.has('headers') ? x.get('headers').split('|') : [];
  const headers = [];
  for (const name of asked) {
    const value = x.header(name);
    if (value !== undefined) headers.push([`x-request-${name}`, value]);
  }
  if (x.has('cors')) {
    headers.push(
      ['Access-Control-Allow-Origin', x.header('origin', '*')],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Access-Control-Allow-Methods', 'GET, POST, HEAD'],
      ['Access-Control-Expose-Headers', asked.map((name) => `x-request-${name}`).join(', ')],
      ['Access-Control-Allow-Headers', x.get('allow_headers') ?? x.headerNames().join(', ')],
    );
  }
  headers.push(['content-type', 'text/plain']);
  return x.reply(200, headers);
}

async function method(x) {
  const headers = [['x-request-method', x.method]];
  if (x.has('cors')) {
    headers.push(
      ['Access-Control-Allow-Origin', '*'],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Access-Control-Allow-Methods', 'GET, POST, PUT, FOO'],
      ['Access-Control-Allow-Headers', 'x-test, x-foo'],
      ['Access-Control-Expose-Headers', 'x-request-method'],
    );
  }
  for (const name of ['type', 'length', 'encoding', 'language', 'location']) {
    headers.push([`x-request-content-${name}`, x.header(`content-${name}`, 'NO')]);
  }
  return x.reply(200, headers, await x.body());
}

function preflight(x) {
  const token = x.get('token');
  const headers = [['Content-Type', 'text/plain']];
  for (const origin of x.get('origin', '*').split(', ')) {
    headers.push(['Access-Control-Allow-Origin', origin]);
  }
  if (x.has('clear-stash')) {
    return x.reply(200, headers, x.stash.take(token, x.path) === null ? '0' : '1');
  }
  if (x.has('credentials')) headers.push(['Access-Control-Allow-Credentials', 'true']);
  if (x.method === 'OPTIONS') return answerPreflight(x, token, headers);

  const seen = (token && x.stash.take(token, x.path)) || { asked: '', did: '0', referrer: '' };
  if (x.has('checkUserAgentHeaderInPreflight') && x.header('user-agent') !== seen.userAgent) {
    return x.reply(400, headers, 'ERROR: No user-agent header in preflight');
  }
  headers.push([
    'Access-Control-Expose-Headers',
    'x-did-preflight, x-control-request-headers, x-referrer, x-preflight-referrer, x-origin',
  ]);
  headers.push(['x-did-preflight', seen.did]);
  if (seen.asked !== undefined) headers.push(['x-control-request-headers', seen.asked]);
  headers.push(['x-preflight-referrer', seen.referrer]);
  headers.push(['x-referrer', x.header('referer', '')]);
  headers.push(['x-origin', x.header('origin', '')]);
  if (token) x.stash.put(token, seen, x.path);
  return x.reply(200, headers);
}

function answerPreflight(x, token, headers) {
  if (x.header('access-control-request-method') === undefined) {
    return x.reply(400, [], 'ERROR: No access-control-request-method in preflight!');
  }
  if (x.header('accept') !== '*/*') {
    return x.reply(400, [], 'ERROR: Invalid access in preflight!');
  }
  const given = {
    max_age: 'Max-Age',
    allow_headers: 'Allow-Headers',
    allow_methods: 'Allow-Methods',
  };
  for (const [field, name] of Object.entries(given)) {
    if (x.has(field)) headers.push([`Access-Control-${name}`, x.get(field)]);
  }
  const asked = x.has('control_request_headers') ? x.header('access-control-request-headers') : '';
  const seen = {
    asked,
    did: '1',
    referrer: x.header('referer', ''),
    userAgent: x.header('user-agent'),
  };
  if (token) x.stash.put(token, seen, x.path);
  return x.reply(Number(x.get('preflight_status', 200)), headers);
}

/** The location to go to: relative and HTTP ones carry the query on, and the count. */
function redirectTarget(x, count) {
  const url = x.get('location');
  const [, scheme = ''] = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url) ?? [];
  if (x.has('simple') || !['', 'http', 'https'].includes(scheme.toLowerCase())) return url;
  const fields = new Map();
  for (const [name, value] of x.query) if (!fields.has(name)) fields.set(name, value);
  const rest = new URLSearchParams([...fields]).toString();
  return `${url}${url.includes('?') ? '&' : '?'}${rest}&count=${count}`;
}

async function redirect(x) {
  const headers = [
    ['Content-Type', 'text/plain'],
    ['Cache-Control', 'no-cache'],
    ['Pragma', 'no-cache'],
    ...corsHeaders(x),
  ];
  const token = x.get('token');
  const seen = (token && x.stash.take(token, x.path)) || { count: 0, preflight: '0' };
  const keep = () => token && x.stash.put(token, seen, x.path);
  if (x.method === 'OPTIONS') {
    if (x.has('allow_headers')) {
      headers.push(['Access-Control-Allow-Headers', x.get('allow_headers')]);
    }
    seen.preflight = '1';
    if (!x.has('redirect_preflight')) {
      keep();
      return x.reply(200, headers);
    }
  }
  seen.count++;
  if (x.has('location')) headers.push(['Location', redirectTarget(x, seen.count)]);
  if (x.has('redirect_referrerpolicy')) {
    headers.push(['Referrer-Policy', x.get('redirect_referrerpolicy')]);
  }
  if (x.has('delay')) await x.sleep(Number(x.get('delay')));
  keep();
  if (token && x.has('max_count') && seen.count > Number(x.get('max_count'))) {
    return x.reply(200, [], String(seen.count - 1));
  }
  return x.reply(Number(x.get('redirect_status', 302)), headers);
}

function scriptWithHeader(x) {
  const script = x.get('content') === 'empty' ? '' : "console.log('Script loaded')";
  return x.reply(200, [['Content-type', x.get('mime')]], script);
}

function stashPut(x) {
  for (const what of ['Origin', 'Methods', 'Headers']) {
    if (x.method === 'OPTIONS' || (what === 'Origin' && !x.has('disallow_cross_origin'))) {
      x.setHeader(`Access-Control-Allow-${what}`, '*');
    }
  }
  if (x.method !== 'OPTIONS') x.stash.put(x.get('key'), x.get('value'), x.folder);
  return x.reply(200, [], 'done');
}

export function stashTake(x) {
  const headers = [
    ['Access-Control-Allow-Origin', '*'],
    ['Content-Type', 'application/json'],
  ];
  return x.reply(200, headers, JSON.stringify(x.stash.take(x.get('key'), x.folder)));
}

function status(x) {
  const headers = [
    ['Content-Type', x.get('type', '')],
    ['X-Request-Method', x.method],
  ];
  return x.reply([x.get('code', 200), x.get('text', 'OMG')], headers, x.get('content', ''));
}

async function trickle(x) {
  const delay = Number(x.get('ms', 500));
  await x.body();
  await x.sleep(delay);
  x.begin(200, x.has('notype') ? [] : [['Content-type', 'text/plain']]);
  x.res.flushHeaders();
  await x.sleep(delay);
  for (let i = Number(x.get('count', 50)); i > 0 && (await x.write('TEST_TRICKLE\n')); i--) {
    await x.sleep(delay);
  }
  x.end();
}

export const handlers = {
  'authentication.py': authentication,
  'bad-chunk-encoding.py': badChunkEncoding,
  'cache.py': cached,
  'clean-stash.py': cleanStash,
  'dump-authorization-header.py': dumpAuthorization,
  'echo-content.py': echoContent,
  'huge-response.py': hugeResponse,
  'infinite-slow-response.py': infiniteSlowResponse,
  'inspect-headers.py': inspectHeaders,
  'method.py': method,
  'preflight.py': preflight,
  'redirect-empty-location.py': (x) => x.reply(302, [['Location', '']]),
  'redirect.py': redirect,
  'script-with-header.py': scriptWithHeader,
  'stash-put.py': stashPut,
  'stash-take.py': stashTake,
  'status.py': status,
  'trickle.py': trickle,
};
