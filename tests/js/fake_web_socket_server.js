// @ts-check
// The server's side of a WebSocket over a peer of fake_network.js: the handshake, frames out, and
// what the client's frames say.

import { bytesOf, fakeNetwork } from './fake_network.js';
import { dispatch, ok, same, test } from './harness.js';

/** SHA-1 of ASCII text, one character a byte; written for reading. */
function sha1(text) {
  const length = text.length;
  const words = new Array(((length + 8) >> 6) * 16 + 16).fill(0);
  for (let i = 0; i < length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
  words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
  words[words.length - 1] = length * 8;
  const rotate = (x, n) => (x << n) | (x >>> (32 - n));
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < words.length; block += 16) {
    const w = words.slice(block, block + 16);
    for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    let [a, b, c, d, e] = state;
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20 ? [(b & c) | (~b & d), 0x5a827999]
        : i < 40 ? [b ^ c ^ d, 0x6ed9eba1]
        : i < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
        : [b ^ c ^ d, 0xca62c1d6];
      [a, b, c, d, e] = [(rotate(a, 5) + f + e + k + w[i]) | 0, a, rotate(b, 30), c, d];
    }
    state.forEach((value, i) => (state[i] = (value + [a, b, c, d, e][i]) | 0));
  }
  let result = '';
  for (const word of state) {
    for (let shift = 24; shift >= 0; shift -= 8) {
      result += String.fromCharCode((word >>> shift) & 255);
    }
  }
  return result;
}

export const acceptOf = (key) => btoa(sha1(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`));

/** The request's head: { line, headers }. */
export async function receiveRequest(peer) {
  const lines = (await peer.receive('\r\n\r\n')).trimEnd().split('\r\n');
  const headers = {};
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(': ');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
  }
  return { line: lines[0], headers };
}

/** Answers a handshake. @param {any} peer @param {string} [more] further lines of the head */
export async function open(peer, more = '') {
  const request = await receiveRequest(peer);
  const accept = acceptOf(request.headers['sec-websocket-key']);
  peer.send(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n${more}\r\n`,
  );
  return request;
}

/** A frame as a server sends it. `first` is its first byte. */
export function frame(first, payload = '', lengthBytes = 0) {
  const bytes = typeof payload === 'string' ? bytesOf(payload) : payload;
  const size = bytes.length;
  const extended = lengthBytes || (size < 126 ? 0 : size < 65536 ? 2 : 8);
  const head = [first, extended === 0 ? size : extended === 2 ? 126 : 127];
  for (let i = extended - 1; i >= 0; i--) head.push(Math.floor(size / 256 ** i) % 256);
  const all = new Uint8Array(head.length + size);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}

export const close = (code, reason = '') =>
  frame(0x88, String.fromCharCode(code >> 8, code & 255) + reason);

/** The client's next frame, unmasked: { first, payload }, payload as text, one character a byte. */
export async function receiveFrame(peer) {
  const has = (count) => peer.until(() => peer.received.length >= count);
  const at = (i) => peer.received.charCodeAt(i);
  await has(2);
  ok((at(1) & 0x80) !== 0, 'the frame is masked');
  const short = at(1) & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  await has(2 + extended + 4);
  let size = extended === 0 ? short : 0;
  for (let i = 0; i < extended; i++) size = size * 256 + at(2 + i);
  const start = 2 + extended + 4;
  await has(start + size);
  let payload = '';
  for (let i = 0; i < size; i++) {
    payload += String.fromCharCode(at(start + i) ^ at(start - 4 + (i % 4)));
  }
  const first = at(0);
  const mask = peer.received.slice(start - 4, start);
  peer.received = peer.received.slice(start + size);
  return { first, payload, mask };
}

export async function expectFrame(peer, first, payload) {
  const received = await receiveFrame(peer);
  same([received.first, received.payload], [first, payload]);
}

/** What happens to a WebSocket, in order: ['open'], ['message', data], ['close', code, ...]. */
export function record(webSocket) {
  const events = [];
  const waiting = [];
  const add = (...event) => {
    events.push(event);
    for (const wake of waiting.splice(0)) wake();
  };
  webSocket.onopen = () => add('open', webSocket.readyState);
  webSocket.onmessage = ({ data }) => add('message', data);
  webSocket.onerror = ({ message }) => add('error', message);
  webSocket.onclose = ({ code, reason, wasClean }) => add('close', code, reason, wasClean);
  return {
    events,
    /** Waits until there are so many, and takes them. */
    async take(count) {
      while (events.length < count) await new Promise((wake) => waiting.push(wake));
      return events.splice(0);
    },
  };
}

/** A test in a request. */
export function socketTest(name, body, network = {}) {
  test(name, () =>
    dispatch({}, async () => {
      await body(fakeNetwork(network));
      return new Response();
    }),
  );
}

/** An open WebSocket, its peer, and its events after `open`. */
export async function opened(network, ...args) {
  const webSocket = new WebSocket(args[0] ?? 'ws://a.test/', ...args.slice(1));
  const log = record(webSocket);
  const peer = await network.next();
  await open(peer);
  same(await log.take(1), [['open', WebSocket.OPEN]]);
  return { webSocket, peer, log };
}
