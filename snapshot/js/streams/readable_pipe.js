// @ts-check
// pipeTo, https://streams.spec.whatwg.org/#readable-stream-pipe-to

import { abortReason, addAbortAlgorithm, isSignalAborted, removeAbortAlgorithm } from '../abort.js';
import {
  PromisePrototypeThen,
  PromiseResolve,
  PromiseWithResolvers,
  TypeErrorConstructor,
} from '../primordials.js';
import { runInMicrotask, waitForBoth } from './promises.js';
import { acquireDefaultReader } from './readable_core.js';
import { acquireWriter } from './writable_core.js';

/**
 * @typedef {object} PipeOptions
 * @property {boolean} preventClose
 * @property {boolean} preventAbort
 * @property {boolean} preventCancel
 * @property {AbortSignal | undefined} signal
 */

class Pipe {
  #source;
  #destination;
  #options;
  #reader;
  #writer;
  #shuttingDown = false;
  #isReading = false;
  /** Settles when the last chunk that was read has been written. @type {Promise<any>} */
  #lastWrite = PromiseResolve(undefined);
  #resolvers = PromiseWithResolvers();
  #onAbort = () => this.#abort();
  #run = () => this.#readWhileReady();
  #noop = () => {};

  /**
   * @param {import('./readable_core.js').ReadableCore} source
   * @param {import('./writable_core.js').WritableCore} destination
   * @param {PipeOptions} options
   */
  constructor(source, destination, options) {
    this.#source = source;
    this.#destination = destination;
    this.#options = options;
    this.#reader = acquireDefaultReader(source);
    this.#writer = acquireWriter(destination);
    source.disturbed = true;
  }

  /** @returns {Promise<undefined>} */
  start() {
    const signal = this.#options.signal;
    if (signal !== undefined) {
      if (isSignalAborted(signal)) {
        this.#abort();
        return this.#resolvers.promise;
      }
      addAbortAlgorithm(signal, this.#onAbort);
    }
    this.#propagateErrors();
    this.#propagateCloses();
    this.#waitUntilReady();
    return this.#resolvers.promise;
  }

  #propagateErrors() {
    const { preventAbort, preventCancel } = this.#options;
    const forward = (error) => {
      const abort = preventAbort ? undefined : () => this.#destination.abort(error);
      this.#shutdown(abort, true, error);
    };
    const backward = (error) => {
      const cancel = preventCancel ? undefined : () => this.#source.cancel(error);
      this.#shutdown(cancel, true, error);
    };
    if (this.#source.state === 'errored') forward(this.#source.storedError);
    else PromisePrototypeThen(this.#reader.closed.promise, undefined, forward);
    if (this.#destination.state === 'errored') backward(this.#destination.storedError);
    else PromisePrototypeThen(this.#writer.closed.promise, undefined, backward);
  }

  #propagateCloses() {
    const { preventClose, preventCancel } = this.#options;
    const forward = () => {
      const close = preventClose ? undefined : () => this.#writer.closeWithErrorPropagation();
      this.#shutdown(close, false, undefined);
    };
    if (this.#source.state === 'closed') forward();
    else PromisePrototypeThen(this.#reader.closed.promise, forward, this.#noop);
    if (this.#destination.closeQueuedOrInFlight || this.#destination.state === 'closed') {
      const error = new TypeErrorConstructor(
        'The destination writable stream closed before all data could be piped to it',
      );
      const cancel = preventCancel ? undefined : () => this.#source.cancel(error);
      this.#shutdown(cancel, true, error);
    }
  }

  #abort() {
    const { preventAbort, preventCancel, signal } = this.#options;
    const reason = abortReason(/** @type {AbortSignal} */ (signal));
    const abort = () =>
      !preventAbort && this.#destination.state === 'writable'
        ? this.#destination.abort(reason)
        : PromiseResolve(undefined);
    const cancel = () =>
      !preventCancel && this.#source.state === 'readable'
        ? this.#source.cancel(reason)
        : PromiseResolve(undefined);
    this.#shutdown(() => waitForBoth(abort(), cancel()), true, reason);
  }

  // Chunks go over as long as the destination wants some; an error or a close that has happened
  // is noticed first, as a microtask of its promise.
  #waitUntilReady() {
    if (this.#shuttingDown) return;
    PromisePrototypeThen(this.#writer.ready.promise, this.#run, this.#noop);
  }

  #readWhileReady() {
    if (this.#shuttingDown) return;
    const desired = this.#writer.desiredSize;
    if (desired === null || desired <= 0) {
      if (desired !== null) this.#waitUntilReady();
      return;
    }
    this.#isReading = true;
    this.#reader.read(this);
    this.#isReading = false;
  }

  // A chunk that was there is written at once. One that the source enqueues later is written in
  // a microtask, so that its enqueue() does not run the sink.
  chunkSteps(chunk) {
    if (this.#isReading) {
      this.#lastWrite = PromisePrototypeThen(this.#write(chunk), undefined, this.#noop);
      this.#waitUntilReady();
      return;
    }
    const written = PromiseWithResolvers();
    this.#lastWrite = written.promise;
    runInMicrotask(() => {
      const done = () => written.resolve(undefined);
      PromisePrototypeThen(this.#write(chunk), done, done);
      this.#waitUntilReady();
    });
  }

  closeSteps() {}

  errorSteps() {}

  #write(chunk) {
    return this.#writer.stream === undefined
      ? PromiseResolve(undefined)
      : this.#writer.write(chunk);
  }

  /** The steps of both kinds of shutdown. @param {(() => Promise<any>) | undefined} action */
  #shutdown(action, isError, error) {
    if (this.#shuttingDown) return;
    this.#shuttingDown = true;
    const finish = () => {
      if (action === undefined) {
        this.#finalize(isError, error);
      } else {
        PromisePrototypeThen(
          action(),
          () => this.#finalize(isError, error),
          (newError) => this.#finalize(true, newError),
        );
      }
    };
    const destination = this.#destination;
    if (destination.state === 'writable' && !destination.closeQueuedOrInFlight) {
      this.#afterWrites(finish);
    } else {
      finish();
    }
  }

  #afterWrites(finish) {
    const last = this.#lastWrite;
    PromisePrototypeThen(last, () => {
      if (last === this.#lastWrite) finish();
      else this.#afterWrites(finish);
    });
  }

  #finalize(isError, error) {
    this.#writer.release();
    this.#reader.release();
    const signal = this.#options.signal;
    if (signal !== undefined) removeAbortAlgorithm(signal, this.#onAbort);
    if (isError) this.#resolvers.reject(error);
    else this.#resolvers.resolve(undefined);
  }
}

/**
 * ReadableStreamPipeTo. Neither stream is locked.
 * @param {import('./readable_core.js').ReadableCore} source
 * @param {import('./writable_core.js').WritableCore} destination
 * @param {PipeOptions} options
 * @returns {Promise<undefined>}
 */
export function pipeReadable(source, destination, options) {
  return new Pipe(source, destination, options).start();
}
