// @ts-check
// The controller between a writable stream and its sink,
// https://streams.spec.whatwg.org/#ws-default-controller-class

import { createAbortSignal, signalAbort } from '../abort.js';
import { PromisePrototypeThen } from '../primordials.js';
import { defineInterface, illegalConstructor, illegalInvocation } from '../webidl.js';
import { resolvedWith } from './promises.js';
import { QueueWithSizes } from './queue.js';
import { WritableCore } from './writable_core.js';

const kInternal = { __proto__: null };
const kClose = { __proto__: null };

/**
 * Where the chunks go: a tenant's underlying sink, or a built-in.
 * @typedef {object} Sink
 * @property {(chunk: any, controller: WritableControllerCore) => Promise<any>} write
 * @property {() => Promise<any>} close
 * @property {(reason: any) => Promise<any>} abort
 */

export class WritableControllerCore {
  stream;
  started = false;
  #queue = new QueueWithSizes();
  /** @type {Sink | undefined} */
  #sink;
  #size;
  #highWaterMark;
  #signal = undefined;
  #wrapper = undefined;

  /**
   * @param {WritableCore} stream @param {Sink} sink @param {number} highWaterMark
   * @param {((chunk: any) => number) | undefined} size undefined counts each chunk as 1
   */
  constructor(stream, sink, highWaterMark, size) {
    this.stream = stream;
    this.#sink = sink;
    this.#highWaterMark = highWaterMark;
    this.#size = size;
    stream.controller = this;
    stream.updateBackpressure(this.#hasBackpressure);
  }

  get wrapper() {
    // @ts-ignore The constructor is illegal for tenants.
    return (this.#wrapper ??= new WritableStreamDefaultController(kInternal, this));
  }

  /** Aborts with the stream. */
  get signal() {
    return (this.#signal ??= createAbortSignal());
  }

  /** @param {any} reason */
  signalAbort(reason) {
    signalAbort(this.signal, reason);
  }

  /** The end of SetUpWritableStreamDefaultController. @param {any} startResult */
  begin(startResult) {
    this.beginAfter(resolvedWith(startResult));
  }

  /** @param {Promise<any>} started */
  beginAfter(started) {
    PromisePrototypeThen(
      started,
      () => {
        this.started = true;
        this.#advanceQueue();
      },
      (reason) => {
        this.started = true;
        this.stream.dealWithRejection(reason);
      },
    );
  }

  get desiredSize() {
    return this.#highWaterMark - this.#queue.totalSize;
  }

  get #hasBackpressure() {
    return this.desiredSize <= 0;
  }

  /** @param {any} chunk @returns {number} */
  chunkSize(chunk) {
    if (this.#size === undefined) return 1;
    try {
      return this.#size(chunk);
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  /** @param {any} chunk @param {number} size */
  write(chunk, size) {
    try {
      this.#queue.enqueue(chunk, size);
    } catch (error) {
      this.errorIfNeeded(error);
      return;
    }
    this.#updateBackpressure();
    this.#advanceQueue();
  }

  close() {
    this.#queue.enqueue(kClose, 0);
    this.#advanceQueue();
  }

  #updateBackpressure() {
    const stream = this.stream;
    if (stream.closeQueuedOrInFlight || stream.state !== 'writable') return;
    stream.updateBackpressure(this.#hasBackpressure);
  }

  #advanceQueue() {
    const stream = this.stream;
    if (!this.started || stream.isWriteInFlight) return;
    if (stream.state === 'erroring') {
      stream.finishErroring();
      return;
    }
    if (this.#queue.length === 0) return;
    const value = this.#queue.peek();
    if (value === kClose) this.#processClose();
    else this.#processWrite(value);
  }

  #processClose() {
    const stream = this.stream;
    stream.markCloseInFlight();
    this.#queue.dequeue();
    const closed = /** @type {Sink} */ (this.#sink).close();
    this.#clearAlgorithms();
    PromisePrototypeThen(
      closed,
      () => stream.finishInFlightClose(),
      (reason) => stream.finishInFlightCloseWithError(reason),
    );
  }

  #processWrite(chunk) {
    const stream = this.stream;
    stream.markFirstWriteInFlight();
    PromisePrototypeThen(
      /** @type {Sink} */ (this.#sink).write(chunk, this),
      () => {
        stream.finishInFlightWrite();
        this.#queue.dequeue();
        this.#updateBackpressure();
        this.#advanceQueue();
      },
      (reason) => {
        if (stream.state === 'writable') this.#clearAlgorithms();
        stream.finishInFlightWriteWithError(reason);
      },
    );
  }

  /** @param {any} error */
  error(error) {
    this.#clearAlgorithms();
    this.stream.startErroring(error);
  }

  /** @param {any} error */
  errorIfNeeded(error) {
    if (this.stream.state === 'writable') this.error(error);
  }

  /** @param {any} reason @returns {Promise<any>} */
  abortSteps(reason) {
    const result = /** @type {Sink} */ (this.#sink).abort(reason);
    this.#clearAlgorithms();
    return result;
  }

  errorSteps() {
    this.#queue.reset();
  }

  #clearAlgorithms() {
    this.#sink = undefined;
    this.#size = undefined;
  }
}

/**
 * CreateWritableStream: a stream for built-ins.
 * @param {Sink} sink @param {Promise<any>} started @param {number} [highWaterMark]
 * @param {(chunk: any) => number} [size]
 */
export function createWritable(sink, started, highWaterMark = 1, size = undefined) {
  const stream = new WritableCore();
  new WritableControllerCore(stream, sink, highWaterMark, size).beginAfter(started);
  return stream;
}

/** @type {(value: object) => boolean} */
let isController;

export class WritableStreamDefaultController {
  /** @type {WritableControllerCore} */
  #core;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#core = arguments[1];
  }

  get signal() {
    if (!(#core in this)) illegalInvocation();
    return this.#core.signal;
  }

  error(e = undefined) {
    if (!(#core in this)) illegalInvocation();
    if (this.#core.stream.state === 'writable') this.#core.error(e);
  }

  static {
    isController = (value) => #core in value;
  }
}
defineInterface(WritableStreamDefaultController, isController);
