// What the paths of /websockets/handlers do. A handler accepts the handshake itself where it says
// so, then talks; what it leaves open is closed in the usual way.

import { acceptKey, closePayload, frame } from './websocket_connection.js';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The protocols that the client offers. */
function offered(ws) {
  return (ws.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
}
const chooses = (protocol) => ({ 'Sec-WebSocket-Protocol': protocol });
const setsCookie = (text) => (ws) => ({
  'Set-Cookie': text.replace('NAME', `ws_test_${ws.url.search.slice(1)}`),
});

async function echo(ws) {
  for (let message; (message = await ws.receive()) !== null;) {
    await ws.send(message);
    if (message === 'Goodbye') return;
  }
}

async function untilGoodbye(ws) {
  for (let message; (message = await ws.receive()) !== null;) if (message === 'Goodbye') return;
}

async function receiveManyWithBackpressure(ws) {
  ws.pause();
  for (;;) {
    await sleep(100);
    ws.resume();
    const message = await ws.receive();
    ws.pause();
    if (message === null) break;
    await ws.send(String(message.length));
  }
  ws.resume();
}

async function receiveBackpressure(ws) {
  ws.pause();
  await sleep(2000);
  ws.resume();
  await ws.receive();
}

async function sendBackpressure(ws) {
  await ws.send(Buffer.alloc(0));
  const began = Date.now();
  for (let i = 0; i < 16; i++) await ws.send(Buffer.alloc(1 << 20, ' '));
  await ws.send(String((Date.now() - began) / 1000));
}

async function remoteClose(ws) {
  const fields = ws.url.searchParams;
  if (fields.has('abrupt')) {
    await ws.ping('ping');
    ws.destroy();
    return;
  }
  const code = fields.has('code') ? Number(fields.get('code')) : undefined;
  await ws.sendClose(code, fields.get('reason') ?? '');
  await ws.drain();
  ws.end();
}

async function passiveCloseAbort(ws) {
  while ((await ws.receive()) !== null);
  ws.destroy();
}

async function delayedPassiveClose(ws) {
  await ws.receive();
  await sleep(1000);
}

async function basicAuth(ws) {
  if (ws.header('authorization') === 'Basic Zm9vOmJhcg==') return ws.accept();
  await ws.writeRaw(
    'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm="camelot"\r\n\r\n',
  );
  return ws.end();
}

/** The handshake and the close in one piece. */
async function simpleHandshake(ws) {
  const head =
    'HTTP/1.1 101 Switching Protocols:\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n' +
    'Set-Cookie: ws_test=test\r\n' +
    `Sec-WebSocket-Accept: ${acceptKey(ws.header('sec-websocket-key'))}\r\n\r\n`;
  const close = frame(8, closePayload(1001, 'PASS'));
  await ws.writeRaw(Buffer.concat([Buffer.from(head), close]));
  await ws.drain();
  ws.end();
}

async function wrongAcceptKey(ws) {
  await ws.accept({ 'Sec-WebSocket-Accept': 'thisisawrongacceptkey' });
  await ws.send('test');
}

async function stashResponder(ws, stash) {
  if ((await ws.receive()) !== 'echo') return;
  const fields = ws.url.searchParams;
  const [path, key] = [fields.get('path') ?? ws.url.pathname, fields.get('key')];
  const held = stash.take(key, path);
  let answer = { status: 'success', result: held };
  if (fields.get('action') === 'put') {
    stash.put(key, fields.get('value'), path);
    answer.result = key;
  } else if (fields.get('action') === 'take') {
    answer.status = held === null ? 'allowed' : 'blocked';
  }
  await ws.send(JSON.stringify(answer));
}

async function stashResponderBlocking(ws, stash) {
  const query = JSON.parse(await ws.receive());
  const path = '/stash_responder_blocking';
  let answer = {};
  if (query.action === 'set') stash.put(query.key, query.value, path);
  if (query.action === 'get') answer = { value: await stash.takeWhenThere(query.key, path) };
  await ws.send(JSON.stringify(answer));
}

/** `headers` are those of the handshake; `before` stands in for it, `talk` follows it. */
export const webSocketHandlers = {
  basic_auth: { before: basicAuth, talk: (ws) => ws.drain() },
  'delayed-passive-close': { talk: delayedPassiveClose },
  echo: {
    headers: (ws) => (offered(ws).includes('echo') ? chooses('echo') : {}),
    talk: echo,
  },
  'echo-cookie': { talk: (ws) => ws.send(ws.header('cookie') ?? '(none)') },
  'echo-query': { talk: (ws) => ws.send(ws.url.search.slice(1)) },
  'echo-query_v13': { talk: (ws) => ws.send(ws.url.search.slice(1)) },
  echo_close_data: { talk: untilGoodbye },
  echo_exit: { talk: untilGoodbye },
  'empty-message': { talk: async (ws) => ws.send((await ws.receive()) === '' ? 'pass' : 'fail') },
  handshake_no_extensions: { talk: () => {} },
  handshake_no_protocol: { talk: () => {} },
  handshake_protocol: { headers: () => chooses('foobar'), talk: () => {} },
  handshake_sleep_2: { before: (ws) => sleep(2000).then(() => ws.accept()), talk: () => {} },
  invalid: { before: (ws) => ws.writeRaw('FOO BAR BAZ\r\n\r\n'), talk: (ws) => ws.end() },
  origin: { talk: (ws) => ws.send(ws.header('origin') ?? '') },
  'passive-close-abort': { talk: passiveCloseAbort },
  protocol: {
    headers: (ws) => chooses(ws.header('sec-websocket-protocol')),
    talk: (ws) => ws.send(ws.header('sec-websocket-protocol')),
  },
  protocol_array: {
    headers: (ws) => chooses(offered(ws)[0]),
    talk: (ws) => ws.send(offered(ws)[0]),
  },
  'receive-backpressure': { talk: receiveBackpressure },
  'receive-many-with-backpressure': { talk: receiveManyWithBackpressure },
  referrer: { talk: (ws) => ws.send(ws.header('referer') ?? 'MISSING AS PER FETCH') },
  'remote-close': { talk: remoteClose },
  'send-backpressure': { talk: sendBackpressure },
  'set-cookie': { headers: setsCookie('NAME=test; Path=/'), talk: (ws) => ws.receive() },
  'set-cookie-secure': {
    headers: setsCookie('NAME=test; Secure; Path=/'),
    talk: (ws) => ws.receive(),
  },
  'set-cookie_http': {
    headers: setsCookie('NAME=test; Path=/; HttpOnly'),
    talk: (ws) => ws.receive(),
  },
  simple_handshake: { before: simpleHandshake, talk: () => {} },
  sleep_10_v13: { before: (ws) => sleep(10_000).then(() => ws.accept()), talk: echo },
  stash_responder: { talk: stashResponder },
  stash_responder_blocking: { talk: stashResponderBlocking },
  wrong_accept_key: { before: wrongAcceptKey, talk: (ws) => ws.end() },
};

/** Runs one connection from its handshake to its end. */
export async function serveWebSocket(ws, stash) {
  const handler = webSocketHandlers[ws.url.pathname.slice(1)];
  if (!handler) {
    await ws.writeRaw('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return ws.end();
  }
  if (handler.before) await handler.before(ws);
  else await ws.accept(handler.headers?.(ws) ?? {});
  await handler.talk(ws, stash);
  if (!ws.isOpen) return;
  // The closing handshake: the client's code back, or ours first.
  if (ws.closing) {
    await ws.sendClose(ws.closing.code, ws.closing.reason);
  } else {
    await ws.sendClose(1000);
    await ws.drain();
  }
  ws.end();
}
