// What /common answers, and the few handlers of other folders that tests here reach.

export function redirect(x) {
  const headers = [['Location', x.get('location')]];
  const origin = x.header('origin');
  if (x.has('enable-cors') && origin) {
    headers.push(
      ['Content-Type', 'text/plain'],
      ['Access-Control-Allow-Origin', origin],
      ['Access-Control-Allow-Credentials', 'true'],
    );
  }
  return x.reply(Number(x.get('status', 302)) || 302, headers);
}

function redirectOptIn(x) {
  x.setHeader('Timing-Allow-Origin', '*');
  return x.reply(Number(x.get('status', 302)) || 302, [['Location', x.get('location')]]);
}

async function slowRedirect(x) {
  await x.sleep(Number(x.get('delay', 2)) * 1000);
  return redirect(x);
}

async function slow(x) {
  await x.sleep(Number(x.get('delay', 2000)));
  return x.reply(200);
}

function customCorsResponse(x) {
  const headers = Object.entries(JSON.parse(x.get('headers', '{}')));
  const content = JSON.parse(x.get('content', '"/* CustomCorsResponse.py content */"'));
  return x.reply(JSON.parse(x.get('status', '200')), headers, content);
}

/** A queue of messages for each id. */
async function dispatcher(x) {
  x.setHeader('Access-Control-Allow-Credentials', 'true');
  x.setHeader('Access-Control-Allow-Methods', 'OPTIONS, GET, POST');
  x.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  x.setHeader('Access-Control-Allow-Origin', x.header('origin', '*'));
  x.setHeader('Cache-Control', 'no-cache, no-store, must-revalidate');
  if (x.method === 'OPTIONS') return x.reply(200);
  const queue = x.stash.take(x.get('uuid'), x.path) ?? [];
  let answer = '';
  if (x.has('show-headers')) {
    queue.push(JSON.stringify(x.req.headers));
  } else if (x.method === 'POST') {
    queue.push(await x.body());
    answer = 'done';
  } else {
    answer = queue.length ? queue.shift() : 'not ready';
  }
  x.stash.put(x.get('uuid'), queue, x.path);
  return x.reply(200, [], answer);
}

/** The body as text in which nothing is invisible. */
async function echoContentEscaped(x) {
  const body = (await x.body()).toString('latin1');
  const escaped = body.replace(/[^\r\n\x20-\x5b\x5d-\x7e]/g, (c) =>
    c === '\\' ? '\\\\' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  const headers = [
    ['Content-Type', 'text/plain'],
    ['X-XSS-Protection', '0'],
  ];
  return x.reply(200, headers, escaped);
}

function echoHeaders(x) {
  const raw = x.req.rawHeaders;
  let text = '';
  for (let i = 0; i < raw.length; i += 2) text += `${raw[i]}: ${raw[i + 1]}\n`;
  return x.reply(200, [['Content-Type', 'text/plain']], text);
}

export const handlers = {
  '/FileAPI/file/resources/echo-content-escaped.py': echoContentEscaped,
  '/common/CustomCorsResponse.py': customCorsResponse,
  '/common/dispatcher/dispatcher.py': dispatcher,
  '/common/echo.py': (x) => x.reply(200, [['Content-Type', 'text/html']], x.get('content', '')),
  '/common/redirect-opt-in.py': redirectOptIn,
  '/common/redirect.py': redirect,
  '/common/slow-redirect.py': slowRedirect,
  '/common/slow.py': slow,
  '/wasm/webapi/status.py': (x) =>
    x.reply(Number(x.get('status', 200)), [['Content-Type', 'application/wasm']]),
  '/websockets/cookies/support/set-cookie.py': (x) =>
    x.reply(200, [
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', unescape(x.search.slice(1))],
    ]),
  '/websockets/opening-handshake/resources/redirect_response.py': (x) =>
    x.reply([301, 'moved'], [['Location', '/echo']]),
  '/xhr/resources/echo-headers.py': echoHeaders,
  '/xhr/resources/parse-headers.py': (x) =>
    x.reply(
      200,
      x.has('my-custom-header') ? [['My-Custom-Header', x.get('my-custom-header')]] : [],
    ),
};
