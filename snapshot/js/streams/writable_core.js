// @ts-check
// A writable stream and its writer as the algorithms see them,
// https://streams.spec.whatwg.org/#ws-all-abstract-ops

import {
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  TypeErrorConstructor,
} from '../primordials.js';
import { Deferred, fulfilledDeferred, rejectedDeferred } from './promises.js';
import { Queue } from './queue.js';

const TypeError = TypeErrorConstructor;

export class WritableCore {
  /** @type {'writable' | 'erroring' | 'errored' | 'closed'} */
  state = 'writable';
  storedError = undefined;
  backpressure = false;
  /** @type {WriterCore | undefined} */
  writer = undefined;
  /** @type {import('./writable_controller.js').WritableControllerCore} */
  controller = /** @type {any} */ (undefined);
  /** The tenant's WritableStream, made when first asked for. @type {any} */
  wrapper = undefined;
  // Promises with their resolvers, for write() and close() calls that wait.
  #writeRequests = new Queue();
  #inFlightWrite = undefined;
  #closeRequest = undefined;
  #inFlightClose = undefined;
  /** @type {any} { promise, resolve, reject, reason, wasAlreadyErroring } */
  #pendingAbort = undefined;

  get locked() {
    return this.writer !== undefined;
  }

  get closeQueuedOrInFlight() {
    return this.#closeRequest !== undefined || this.#inFlightClose !== undefined;
  }

  get isWriteInFlight() {
    return this.#inFlightWrite !== undefined;
  }

  get #isOperationInFlight() {
    return this.#inFlightWrite !== undefined || this.#inFlightClose !== undefined;
  }

  /** WritableStreamAbort. @param {any} reason @returns {Promise<undefined>} */
  abort(reason) {
    if (this.state === 'closed' || this.state === 'errored') return PromiseResolve(undefined);
    this.controller.signalAbort(reason);
    // Listeners of the signal have run.
    const state = /** @type {string} */ (this.state);
    if (state === 'closed' || state === 'errored') return PromiseResolve(undefined);
    if (this.#pendingAbort !== undefined) return this.#pendingAbort.promise;
    const wasAlreadyErroring = state === 'erroring';
    const { promise, resolve, reject } = PromiseWithResolvers();
    const kept = wasAlreadyErroring ? undefined : reason;
    this.#pendingAbort = { promise, resolve, reject, reason: kept, wasAlreadyErroring };
    if (!wasAlreadyErroring) this.startErroring(reason);
    return promise;
  }

  /** WritableStreamClose. @returns {Promise<undefined>} */
  close() {
    if (this.state === 'closed' || this.state === 'errored') {
      return PromiseReject(new TypeError(`Cannot close a stream that is ${this.state}`));
    }
    this.#closeRequest = PromiseWithResolvers();
    const promise = this.#closeRequest.promise;
    if (this.writer !== undefined && this.backpressure && this.state === 'writable') {
      this.writer.ready.resolve();
    }
    this.controller.close();
    return promise;
  }

  /** WritableStreamAddWriteRequest. @returns {Promise<undefined>} */
  addWriteRequest() {
    const request = PromiseWithResolvers();
    this.#writeRequests.push(request);
    return request.promise;
  }

  /** WritableStreamDealWithRejection. @param {any} error */
  dealWithRejection(error) {
    if (this.state === 'writable') this.startErroring(error);
    else this.finishErroring();
  }

  /** @param {any} reason */
  startErroring(reason) {
    this.state = 'erroring';
    this.storedError = reason;
    if (this.writer !== undefined) this.writer.rejectReady(reason);
    if (!this.#isOperationInFlight && this.controller.started) this.finishErroring();
  }

  finishErroring() {
    this.state = 'errored';
    this.controller.errorSteps();
    const error = this.storedError;
    const requests = this.#writeRequests.takeAll();
    for (let i = 0; i < requests.length; i++) requests[i].reject(error);
    const abort = this.#pendingAbort;
    this.#pendingAbort = undefined;
    if (abort === undefined || abort.wasAlreadyErroring) {
      if (abort !== undefined) abort.reject(error);
      this.#rejectCloseAndClosed();
      return;
    }
    PromisePrototypeThen(
      this.controller.abortSteps(abort.reason),
      () => {
        abort.resolve(undefined);
        this.#rejectCloseAndClosed();
      },
      (reason) => {
        abort.reject(reason);
        this.#rejectCloseAndClosed();
      },
    );
  }

  /** WritableStreamRejectCloseAndClosedPromiseIfNeeded. */
  #rejectCloseAndClosed() {
    if (this.#closeRequest !== undefined) {
      this.#closeRequest.reject(this.storedError);
      this.#closeRequest = undefined;
    }
    if (this.writer !== undefined) this.writer.closed.reject(this.storedError);
  }

  markCloseInFlight() {
    this.#inFlightClose = this.#closeRequest;
    this.#closeRequest = undefined;
  }

  finishInFlightClose() {
    this.#inFlightClose.resolve(undefined);
    this.#inFlightClose = undefined;
    if (this.state === 'erroring') {
      this.storedError = undefined;
      if (this.#pendingAbort !== undefined) {
        this.#pendingAbort.resolve(undefined);
        this.#pendingAbort = undefined;
      }
    }
    this.state = 'closed';
    if (this.writer !== undefined) this.writer.closed.resolve();
  }

  /** @param {any} error */
  finishInFlightCloseWithError(error) {
    this.#inFlightClose.reject(error);
    this.#inFlightClose = undefined;
    if (this.#pendingAbort !== undefined) {
      this.#pendingAbort.reject(error);
      this.#pendingAbort = undefined;
    }
    this.dealWithRejection(error);
  }

  markFirstWriteInFlight() {
    this.#inFlightWrite = this.#writeRequests.shift();
  }

  finishInFlightWrite() {
    this.#inFlightWrite.resolve(undefined);
    this.#inFlightWrite = undefined;
  }

  /** @param {any} error */
  finishInFlightWriteWithError(error) {
    this.#inFlightWrite.reject(error);
    this.#inFlightWrite = undefined;
    this.dealWithRejection(error);
  }

  /** WritableStreamUpdateBackpressure. @param {boolean} backpressure */
  updateBackpressure(backpressure) {
    if (this.writer !== undefined && backpressure !== this.backpressure) {
      if (backpressure) this.writer.ready = new Deferred();
      else this.writer.ready.resolve();
    }
    this.backpressure = backpressure;
  }
}

export class WriterCore {
  /** @type {WritableCore | undefined} */
  stream;
  /** @type {Deferred} */
  ready;
  closed = new Deferred();

  /** SetUpWritableStreamDefaultWriter. @param {WritableCore} stream */
  constructor(stream) {
    this.stream = stream;
    stream.writer = this;
    const state = stream.state;
    if (state === 'writable') {
      const wait = !stream.closeQueuedOrInFlight && stream.backpressure;
      this.ready = wait ? new Deferred() : fulfilledDeferred();
    } else if (state === 'closed') {
      this.ready = fulfilledDeferred();
      this.closed.resolve();
    } else {
      this.ready = rejectedDeferred(stream.storedError);
      if (state === 'errored') this.closed.reject(stream.storedError);
    }
  }

  /** @returns {number | null} */
  get desiredSize() {
    const stream = /** @type {WritableCore} */ (this.stream);
    const state = stream.state;
    if (state === 'errored' || state === 'erroring') return null;
    return state === 'closed' ? 0 : stream.controller.desiredSize;
  }

  /** WritableStreamDefaultWriterEnsureReadyPromiseRejected. @param {any} error */
  rejectReady(error) {
    if (!this.ready.isPending) this.ready = new Deferred();
    this.ready.reject(error);
  }

  /** WritableStreamDefaultWriterWrite. @param {any} chunk @returns {Promise<undefined>} */
  write(chunk) {
    const stream = /** @type {WritableCore} */ (this.stream);
    const controller = stream.controller;
    const size = controller.chunkSize(chunk);
    // A strategy's size() has run.
    if (stream !== this.stream) {
      return PromiseReject(new TypeError('Cannot write to a stream using a released writer'));
    }
    const state = stream.state;
    if (state === 'errored') return PromiseReject(stream.storedError);
    if (stream.closeQueuedOrInFlight || state === 'closed') {
      return PromiseReject(new TypeError('Cannot write to a stream that is closing or closed'));
    }
    if (state === 'erroring') return PromiseReject(stream.storedError);
    const promise = stream.addWriteRequest();
    controller.write(chunk, size);
    return promise;
  }

  /** @returns {Promise<undefined>} */
  closeWithErrorPropagation() {
    const stream = /** @type {WritableCore} */ (this.stream);
    if (stream.closeQueuedOrInFlight || stream.state === 'closed') {
      return PromiseResolve(undefined);
    }
    return stream.state === 'errored' ? PromiseReject(stream.storedError) : stream.close();
  }

  /** WritableStreamDefaultWriterRelease. */
  release() {
    const error = new TypeError('The writer was released');
    this.rejectReady(error);
    if (!this.closed.isPending) this.closed = new Deferred();
    this.closed.reject(error);
    /** @type {WritableCore} */ (this.stream).writer = undefined;
    this.stream = undefined;
  }
}

/** @param {WritableCore} stream */
export function acquireWriter(stream) {
  if (stream.writer !== undefined) throw new TypeError('The WritableStream is locked to a writer');
  return new WriterCore(stream);
}
