// @ts-check
// A connection to an address on the network, as bytes: what sockets and WebSockets are made over.

import {
  awaitSocket,
  closeSocket,
  currentSlot,
  endSocket,
  openSocket,
  readSocket,
  secureSocket,
  writeSocket,
} from 'nano:ops';
import { ErrorConstructor, MathMin, PromiseResolve, Uint8ArrayConstructor } from './primordials.js';
import { thenFollow } from './streams/promises.js';
import { byteLengthOfView, byteOffsetOfView } from './streams/views.js';
import { bufferOfView } from './webidl.js';

/** What is asked for at a time. */
const kReadBytes = 65536;
/** SocketHost::kMaxSocketWrite. */
const kWriteBytes = 32768;

/** Throws where no request is running: nothing would ever end what begins there. */
export function requireRequest() {
  if (currentSlot() < 0) {
    throw new ErrorConstructor(
      'Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or ' +
        'connect()) is not allowed within global scope. To fix this error, perform this ' +
        'operation within a handler.',
    );
  }
}

export class RawSocket {
  #id;
  /** Settled when there is a connection, or none. @type {Promise<undefined>} */
  opened;

  /**
   * @param {string} host as the URL standard serialises it
   * @param {number} port @param {boolean} isSecure TLS from the start
   */
  constructor(host, port, isSecure) {
    this.#id = openSocket(host, port, isSecure ? 1 : 0);
    this.opened = awaitSocket(this.#id);
  }

  /** Some bytes, or null at the peer's end. One at a time. @returns {Promise<Uint8Array | null>} */
  read() {
    return readSocket(this.#id, kReadBytes);
  }

  /**
   * All of it, in pieces; one at a time. The view is read until the promise settles.
   * @param {ArrayBufferView} view @returns {Promise<undefined>}
   */
  write(view) {
    return this.#writeFrom(view, 0);
  }

  #writeFrom(view, from) {
    const length = byteLengthOfView(view);
    if (from >= length) return PromiseResolve(undefined);
    const size = MathMin(kWriteBytes, length - from);
    const start = byteOffsetOfView(view) + from;
    const piece = new Uint8ArrayConstructor(bufferOfView(view), start, size);
    const written = writeSocket(this.#id, piece);
    if (from + size === length) return written;
    return thenFollow(written, () => this.#writeFrom(view, from + size));
  }

  /** Ends our side once all is sent. @returns {Promise<undefined>} */
  end() {
    return endSocket(this.#id);
  }

  /** TLS from here on; a read that waits is given up. @param {string} host */
  secure(host) {
    return secureSocket(this.#id, host);
  }

  close() {
    closeSocket(this.#id);
  }
}
