// @ts-check
// What is behind a Socket of cloudflare:sockets: the connection, its two streams and the promises
// that say what becomes of it. The order of events is workerd's.

import {
  ArrayBufferIsView,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  TypeErrorConstructor as TypeError,
  Uint8ArrayConstructor,
} from './primordials.js';
import { markHandled, thenFollow, withoutValue } from './streams/promises.js';
import { createReadableBytes } from './streams/readable_byte_core.js';
import { byteLengthOfView } from './streams/views.js';
import { createWritable } from './streams/writable_controller.js';
import { isArrayBuffer } from './webidl.js';

const ignore = () => {};

/**
 * @typedef {object} WireOptions
 * @property {string} secureTransport off, on or starttls
 * @property {boolean} allowHalfOpen
 * @property {number | undefined} highWaterMark
 */

/** The bytes of a chunk that somebody writes. @returns {ArrayBufferView} */
function bytesOf(chunk) {
  if (ArrayBufferIsView(chunk)) return chunk;
  if (isArrayBuffer(chunk)) return new Uint8ArrayConstructor(chunk);
  const what =
    typeof chunk === 'string'
      ? "a string on its writable side. If you wish to write a string, you'll probably want to " +
        'explicitly UTF-8-encode it with TextEncoder.'
      : 'an object of non-ArrayBuffer/ArrayBufferView type on its writable side.';
  throw new TypeError(`This WritableStream is being used as a byte stream, but received ${what}`);
}

const byteLengthOfChunk = (chunk) => byteLengthOfView(bytesOf(chunk));

/** The readable's source. */
class Incoming {
  #wire;
  /** The connection is another wire's by now. */
  isDetached = false;

  /** @param {Wire} wire */
  constructor(wire) {
    this.#wire = wire;
  }

  pull(controller) {
    const { raw, opened } = this.#wire;
    return thenFollow(opened, () => {
      if (this.isDetached) return PromiseResolve(undefined);
      return PromisePrototypeThen(
        raw.read(),
        (chunk) => this.#receive(controller, chunk),
        (error) => {
          this.#wire.fail(error);
          throw error;
        },
      );
    });
  }

  #receive(controller, chunk) {
    if (this.isDetached) return;
    if (chunk !== null) {
      controller.enqueue(chunk);
      return;
    }
    this.#wire.peerEnded();
    controller.close();
    if (controller.pending.length > 0) controller.respond(0);
  }

  cancel() {
    return PromiseResolve(undefined);
  }
}

/** The writable's sink. */
class Outgoing {
  #wire;
  isDetached = false;

  /** @param {Wire} wire */
  constructor(wire) {
    this.#wire = wire;
  }

  write(chunk) {
    let written;
    try {
      written = this.#wire.raw.write(bytesOf(chunk));
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(written, ignore, (error) => this.#fail(error));
  }

  close() {
    if (this.isDetached) return PromiseResolve(undefined);
    return PromisePrototypeThen(
      this.#wire.raw.end(),
      () => this.#wire.weEnded(),
      (error) => this.#fail(error),
    );
  }

  abort(reason) {
    this.#wire.fail(reason);
    return PromiseResolve(undefined);
  }

  #fail(error) {
    this.#wire.fail(error);
    throw error;
  }
}

export class Wire {
  raw;
  options;
  opened;
  readable;
  writable;
  isUpgraded = false;
  /** Nothing goes on: closed, broken, or handed to another wire. */
  isOver = false;
  #source = new Incoming(this);
  #sink = new Outgoing(this);
  #closed = PromiseWithResolvers();
  #isClosing = false;
  #peerHasEnded = false;
  #weHaveEnded = false;

  /**
   * @param {import('./raw_socket.js').RawSocket} raw
   * @param {Promise<any>} opened what `socket.opened` is
   * @param {WireOptions} options
   */
  constructor(raw, opened, options) {
    this.raw = raw;
    this.opened = markHandled(opened);
    this.options = options;
    markHandled(this.closed);
    this.readable = createReadableBytes(this.#source);
    const mark = options.highWaterMark;
    const size = mark === undefined ? undefined : byteLengthOfChunk;
    this.writable = createWritable(this.#sink, withoutValue(opened), mark, size);
    PromisePrototypeThen(opened, ignore, (error) => this.fail(error));
  }

  /** @returns {Promise<undefined>} */
  get closed() {
    return this.#closed.promise;
  }

  /** The connection does not hold. @param {any} error */
  fail(error) {
    if (this.isOver) return;
    this.isOver = true;
    this.raw.close();
    this.#closed.reject(error);
    this.readable.controller.error(error);
    this.writable.controller.errorIfNeeded(error);
  }

  #finish() {
    if (this.isOver) return;
    this.isOver = true;
    this.raw.close();
    this.#closed.resolve(undefined);
  }

  weEnded() {
    this.#weHaveEnded = true;
    if (this.#peerHasEnded) this.#finish();
  }

  /** Unless half of a connection may stay open, its end is ours, once what was written is sent. */
  peerEnded() {
    this.#peerHasEnded = true;
    if (this.#weHaveEnded) this.#finish();
    else if (!this.options.allowHalfOpen) markHandled(this.#flush());
  }

  /** Our side ends once all that was written is sent. */
  #flush() {
    const { writable } = this;
    if (writable.state !== 'writable') {
      this.#finish();
    } else if (!writable.closeQueuedOrInFlight) {
      return writable.close();
    }
    return PromiseResolve(undefined);
  }

  close() {
    if (this.#isClosing) return this.closed;
    this.#isClosing = true;
    return PromisePrototypeThen(
      thenFollow(this.opened, () => this.#flush()),
      () => {
        if (this.isUpgraded) return;
        markHandled(this.readable.cancel(undefined));
        this.#finish();
      },
      (error) => this.fail(error),
    );
  }

  /**
   * Hands the connection to another wire, which begins with a TLS handshake.
   * @param {string} host whom the peer's certificate has to be for
   * @returns {Wire}
   */
  upgrade(host) {
    const { promise, resolve, reject } = PromiseWithResolvers();
    const next = new Wire(this.raw, promise, { ...this.options, secureTransport: 'on' });
    const { writable } = this;
    const canFlush = writable.state === 'writable' && !writable.closeQueuedOrInFlight;
    // Before the stream is closed: its end is not the connection's.
    this.#source.isDetached = true;
    this.#sink.isDetached = true;
    const flushed = canFlush
      ? writable.close()
      : PromiseReject(new TypeError('The connection was closed before startTls completed.'));
    PromisePrototypeThen(
      thenFollow(flushed, () => this.#secure(host)),
      () => PromisePrototypeThen(this.opened, resolve),
      (error) => {
        reject(error);
        this.fail(error);
      },
    );
    return next;
  }

  /** All that was written is sent: the rest is the other wire's. */
  #secure(host) {
    if (this.isOver) {
      return PromiseReject(new TypeError('The connection was closed before startTls completed.'));
    }
    this.isUpgraded = true;
    this.isOver = true;
    const secured = this.raw.secure(host);
    this.#closed.resolve(undefined);
    markHandled(this.readable.cancel(undefined));
    return secured;
  }
}
