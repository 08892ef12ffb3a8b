// @ts-check
// Peers for tests of sockets: what is opened by built-ins arrives here as a Peer, which the test
// lets open, speak, end and break.

import { setNetwork } from './harness.js';

// Kept from tests that patch globals.
const { withResolvers, resolve, reject } = Promise;
const call = Function.prototype.call;
const deferred = () => call.call(withResolvers, Promise);

/** Bytes as text, one character a byte. @param {Uint8Array} bytes */
export function latin1(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

/** @param {string} text */
export function bytesOf(text) {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

class Peer {
  host;
  port;
  isTls;
  /** What was written so far, one character a byte. */
  received = '';
  writes = 0;
  hasEnded = false;
  isClosed = false;
  securedFor = undefined;
  /** Writes wait until resume(). */
  isStalled = false;
  #opened = deferred();
  #incoming = [];
  #reading = undefined;
  #writing = undefined;
  #changed = deferred();

  constructor(host, port, isTls) {
    this.host = host;
    this.port = port;
    this.isTls = isTls;
  }

  // ---- The test's side.

  accept() {
    this.#opened.resolve(undefined);
    return this;
  }

  refuse(message) {
    this.#opened.reject(new Error(message));
  }

  /** @param {string | Uint8Array} bytes */
  send(bytes) {
    this.#give(typeof bytes === 'string' ? bytesOf(bytes) : bytes);
  }

  end() {
    this.#give(null);
  }

  break(message) {
    this.#give(new Error(message));
  }

  stall() {
    this.isStalled = true;
  }

  resume() {
    this.isStalled = false;
    this.#writing?.resolve(undefined);
    this.#writing = undefined;
  }

  get isReading() {
    return this.#reading !== undefined;
  }

  /** Waits until `condition` holds; looks again after each thing that happens. */
  async until(condition) {
    while (!condition(this)) await this.#changed.promise;
  }

  /** Waits for text to arrive, and takes it. @param {string} ending */
  async receive(ending) {
    await this.until(() => this.received.includes(ending));
    const end = this.received.indexOf(ending) + ending.length;
    const taken = this.received.slice(0, end);
    this.received = this.received.slice(end);
    return taken;
  }

  // ---- The host's side.

  awaitOpen() {
    return this.#opened.promise;
  }

  read(maxBytes) {
    this.#reading = { ...deferred(), maxBytes };
    const { promise } = this.#reading;
    this.#serve();
    this.#change();
    return promise;
  }

  write(bytes) {
    this.received += latin1(bytes);
    this.writes++;
    this.#change();
    if (this.isClosed) return call.call(reject, Promise, new Error('The socket is closed'));
    if (!this.isStalled) return call.call(resolve, Promise, undefined);
    this.#writing = deferred();
    return this.#writing.promise;
  }

  endOurs() {
    this.hasEnded = true;
    this.#change();
    return call.call(resolve, Promise, undefined);
  }

  secure(host) {
    this.securedFor = host;
    this.#opened = deferred();
    this.#giveUp('TLS begins');
    this.#change();
    return this.#opened.promise;
  }

  close() {
    this.isClosed = true;
    this.#giveUp('The socket is closed');
    this.#change();
  }

  #give(what) {
    this.#incoming.push(what);
    this.#serve();
  }

  #giveUp(message) {
    this.#reading?.reject(new Error(message));
    this.#writing?.reject(new Error(message));
    this.#reading = this.#writing = undefined;
  }

  #serve() {
    if (this.#reading === undefined || this.#incoming.length === 0) return;
    const { resolve: give, reject: fail, maxBytes } = this.#reading;
    this.#reading = undefined;
    const next = this.#incoming.shift();
    if (next instanceof Error) {
      fail(next);
    } else if (next !== null && next.length > maxBytes) {
      this.#incoming.unshift(next.subarray(maxBytes));
      give(next.slice(0, maxBytes));
    } else {
      give(next === null ? null : next.slice());
    }
  }

  #change() {
    const { resolve: tell } = this.#changed;
    this.#changed = deferred();
    tell(undefined);
  }
}

/** From now on: what is opened, in its order. Each is accepted at once unless `isSlow`. */
export function fakeNetwork({ isSlow = false } = {}) {
  const peers = [];
  const waiting = [];
  setNetwork({
    open(id, host, port, isTls) {
      const peer = new Peer(host, port, isTls);
      peers[id] = peer;
      if (!isSlow) peer.accept();
      waiting.shift()?.(peer);
    },
    awaitOpen: (id) => peers[id].awaitOpen(),
    read: (id, maxBytes) => peers[id].read(maxBytes),
    write: (id, bytes) => peers[id].write(bytes),
    end: (id) => peers[id].endOurs(),
    secure: (id, host) => peers[id].secure(host),
    close: (id) => peers[id].close(),
  });
  let taken = 0;
  return {
    peers,
    /** The next connection that is opened. @returns {Promise<Peer>} */
    async next() {
      const index = taken++;
      if (index < peers.length) return peers[index];
      return new Promise((give) => waiting.push(give));
    },
  };
}
