// @ts-check
// The controller of a stream of any values,
// https://streams.spec.whatwg.org/#rs-default-controller-class

import { TypeErrorConstructor } from '../primordials.js';
import { defineInterface, illegalConstructor, illegalInvocation } from '../webidl.js';
import { QueueWithSizes } from './queue.js';
import { ReadableControllerCore } from './readable_controller_core.js';
import { ReadableCore } from './readable_core.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

export class DefaultControllerCore extends ReadableControllerCore {
  isByteController = false;
  queue = new QueueWithSizes();
  size;
  /** @type {ReadableStreamDefaultController | undefined} */
  #wrapper = undefined;

  /**
   * @param {ReadableCore} stream
   * @param {import('./readable_controller_core.js').Source} source @param {number} highWaterMark
   * @param {((chunk: any) => number) | undefined} size
   */
  constructor(stream, source, highWaterMark, size) {
    super(stream, source, highWaterMark);
    this.size = size;
  }

  get wrapper() {
    // @ts-ignore The constructor is illegal for tenants.
    return (this.#wrapper ??= new ReadableStreamDefaultController(kInternal, this));
  }

  get queuedSize() {
    return this.queue.totalSize;
  }

  #clearAlgorithms() {
    this.source = undefined;
    this.size = undefined;
  }

  get hasBackpressure() {
    return !this.shouldCallPull;
  }

  close() {
    if (!this.canCloseOrEnqueue) return;
    this.closeRequested = true;
    if (this.queue.length > 0) return;
    this.#clearAlgorithms();
    this.stream.close();
  }

  /** @param {any} chunk */
  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    const stream = this.stream;
    if (stream.reader !== undefined && stream.reader.requests.length > 0) {
      stream.fulfill(chunk, false);
    } else {
      try {
        this.queue.enqueue(chunk, this.size === undefined ? 1 : this.size(chunk));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.callPullIfNeeded();
  }

  /** @param {any} error */
  error(error) {
    if (this.stream.state !== 'readable') return;
    this.queue.reset();
    this.#clearAlgorithms();
    this.stream.error(error);
  }

  /** @param {any} reason @returns {Promise<any>} */
  cancelSteps(reason) {
    this.queue.reset();
    const result = /** @type {any} */ (this.source).cancel(reason);
    this.#clearAlgorithms();
    return result;
  }

  /** @param {import('./readable_core.js').ReadRequest} request */
  pullSteps(request) {
    const queue = this.queue;
    if (queue.length === 0) {
      this.stream.reader?.requests.push(request);
      this.callPullIfNeeded();
      return;
    }
    const chunk = queue.dequeue();
    if (this.closeRequested && queue.length === 0) {
      this.#clearAlgorithms();
      this.stream.close();
    } else {
      this.callPullIfNeeded();
    }
    request.chunkSteps(chunk);
  }

  releaseSteps() {}
}

/**
 * CreateReadableStream: a stream for built-ins, with a source that has no start.
 * @param {import('./readable_controller_core.js').Source} source
 * @param {number} [highWaterMark] @param {(chunk: any) => number} [size]
 */
export function createReadable(source, highWaterMark = 1, size = undefined) {
  const stream = new ReadableCore();
  new DefaultControllerCore(stream, source, highWaterMark, size).begin(undefined);
  return stream;
}

export class ReadableStreamDefaultController {
  /** @type {DefaultControllerCore} */
  #core;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#core = arguments[1];
  }

  get desiredSize() {
    if (!(#core in this)) illegalInvocation();
    return this.#core.desiredSize;
  }

  close() {
    if (!(#core in this)) illegalInvocation();
    if (!this.#core.canCloseOrEnqueue) {
      throw new TypeError('The stream is not in a state that permits close');
    }
    this.#core.close();
  }

  enqueue(chunk = undefined) {
    if (!(#core in this)) illegalInvocation();
    if (!this.#core.canCloseOrEnqueue) {
      throw new TypeError('The stream is not in a state that permits enqueue');
    }
    this.#core.enqueue(chunk);
  }

  error(e = undefined) {
    if (!(#core in this)) illegalInvocation();
    this.#core.error(e);
  }
}
defineInterface(ReadableStreamDefaultController);
