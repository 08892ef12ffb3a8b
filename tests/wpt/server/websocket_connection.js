// The server's half of a WebSocket (RFC 6455) with every step in the hands of its handler, which
// may also do wrong what a test wants to see done wrong.

import { createHash } from 'node:crypto';

const kAppended = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

export function acceptKey(key) {
  return createHash('sha1')
    .update(key + kAppended)
    .digest('base64');
}

/** One frame as a server sends it. */
export function frame(opcode, payload) {
  const bytes = Buffer.from(payload);
  let head;
  if (bytes.length < 126) {
    head = Buffer.from([0x80 | opcode, bytes.length]);
  } else if (bytes.length < 65536) {
    head = Buffer.from([0x80 | opcode, 126, bytes.length >> 8, bytes.length & 255]);
  } else {
    head = Buffer.alloc(10);
    head[0] = 0x80 | opcode;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(bytes.length), 2);
  }
  return Buffer.concat([head, bytes]);
}

export function closePayload(code, reason = '') {
  if (code === undefined) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
}

export class WebSocketConnection {
  #socket;
  #received = Buffer.alloc(0);
  #more = () => {};
  #ended = false;

  /** @param {import('node:http').IncomingMessage} req */
  constructor(req, socket, head) {
    this.req = req;
    this.#socket = socket;
    this.#received = head;
    this.closing = null; // What the client's close frame said: {code, reason}.
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#more();
    });
    const end = () => {
      this.#ended = true;
      this.#more();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }

  get url() {
    return new URL(this.req.url, 'http://stand-in');
  }
  header(name) {
    return this.req.headers[name];
  }
  get isOpen() {
    return !this.#ended;
  }

  writeRaw(bytes) {
    if (this.#ended || this.#socket.write(bytes)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.once('drain', resolve);
      this.#socket.once('close', resolve);
    });
  }

  /** Accepts the handshake. */
  accept(headers = {}) {
    const lines = Object.entries({
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': acceptKey(this.header('sec-websocket-key') ?? ''),
      ...headers,
    })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${value}\r\n`);
    return this.writeRaw(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
  }

  /** A string goes as text, bytes as binary. */
  send(message) {
    const isText = typeof message === 'string';
    return this.writeRaw(frame(isText ? opcodes.text : opcodes.binary, message));
  }
  ping(text) {
    return this.writeRaw(frame(opcodes.ping, text));
  }
  sendClose(code, reason) {
    return this.writeRaw(frame(opcodes.close, closePayload(code, reason)));
  }

  /** Stops taking what the client sends, so that it has to wait. */
  pause() {
    this.#socket.pause();
  }
  resume() {
    this.#socket.resume();
  }

  end() {
    this.#socket.end();
  }
  destroy() {
    this.#socket.destroy();
  }

  async #take(length) {
    while (this.#received.length < length) {
      if (this.#ended) return null;
      await new Promise((resolve) => (this.#more = resolve));
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** One frame of the client's, unmasked. */
  async #readFrame() {
    const head = await this.#take(2);
    if (!head) return null;
    let length = head[1] & 127;
    if (length === 126) length = (await this.#take(2))?.readUInt16BE();
    else if (length === 127) length = Number((await this.#take(8))?.readBigUInt64BE());
    const mask = head[1] & 128 ? await this.#take(4) : Buffer.alloc(4);
    const masked = mask && (await this.#take(length));
    if (!masked) return null;
    const payload = Buffer.from(masked);
    for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i & 3];
    return { isFinal: (head[0] & 128) !== 0, opcode: head[0] & 15, payload };
  }

  /** The next message; null when the client closed (`closing` says how) or is gone. */
  async receive() {
    let opcode = opcodes.binary;
    const pieces = [];
    for (;;) {
      const got = await this.#readFrame();
      if (!got) return null;
      if (got.opcode === opcodes.ping) {
        await this.writeRaw(frame(opcodes.pong, got.payload));
      } else if (got.opcode === opcodes.close) {
        const code = got.payload.length >= 2 ? got.payload.readUInt16BE() : undefined;
        this.closing = { code, reason: got.payload.subarray(2).toString() };
        return null;
      } else if (got.opcode !== opcodes.pong) {
        if (got.opcode !== opcodes.continuation) opcode = got.opcode;
        pieces.push(got.payload);
        if (!got.isFinal) continue;
        const message = Buffer.concat(pieces);
        return opcode === opcodes.text ? message.toString() : message;
      }
    }
  }

  /** Waits until the client has closed its end. */
  async drain() {
    while ((await this.receive()) !== null || (this.#ended === false && !this.closing));
  }
}
