// Talks to tests/apps_npm/server: each path is a conversation, what comes of it the answer.

const opened = (socket) =>
  new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = ({ message }) => reject(new Error(message));
  });
const next = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

async function echo(socket, message) {
  const answer = next(socket, 'message');
  socket.send(message);
  return (await answer).data;
}

async function closed(socket, code, reason) {
  const event = next(socket, 'close');
  socket.close(code, reason);
  const { wasClean } = await event;
  return [(await event).code, (await event).reason, wasClean];
}

const conversations = {
  async '/echo'(url) {
    const socket = new WebSocket(`${url}/echo`, ['chat', 'other']);
    socket.binaryType = 'arraybuffer';
    await opened(socket);
    const text = await echo(socket, 'gr\u00fc\u00dfe');
    const big = 'z'.repeat(1_000_000);
    const isSame = (await echo(socket, big)) === big;
    const bytes = new Uint8Array(200_000).map((_, i) => i * 7);
    const back = new Uint8Array(await echo(socket, bytes));
    const sameBytes = back.length === bytes.length && back.every((b, i) => b === bytes[i]);
    const end = await closed(socket, 4001, 'done');
    return { protocol: socket.protocol, text, isSame, sameBytes, end };
  },
  // The server pings, sends in fragments and closes.
  async '/server'(url) {
    const socket = new WebSocket(`${url}/server`);
    const events = [];
    socket.addEventListener('message', ({ data }) => events.push(data));
    const { code, reason, wasClean } = await next(socket, 'close');
    return { events, end: [code, reason, wasClean] };
  },
  async '/refused'(url) {
    const socket = new WebSocket(`${url}/refused`);
    return opened(socket).catch((error) => ({ error: error.message }));
  },
  async '/fetch'(url) {
    const response = await fetch(`${url.replace('ws', 'http')}/echo`, {
      headers: { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': 'chat' },
    });
    const socket = response.webSocket;
    socket.accept();
    const text = await echo(socket, 'by fetch');
    return { status: response.status, text, end: await closed(socket, 1000) };
  },
  async '/events'(url) {
    const source = new EventSource(`${url.replace('ws', 'http')}/events`);
    const events = [];
    source.addEventListener('count', ({ data, lastEventId }) => events.push([data, lastEventId]));
    while (events.length < 4) await next(source, 'count');
    source.close();
    return events;
  },
};

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const url = searchParams.has('tls') ? env.SECURE : env.PLAIN;
    return Response.json(await conversations[pathname](url));
  },
};
