// @ts-check
// A transform stream as the algorithms see it: what is written to one stream comes out of the
// other, and the reader's back-pressure reaches the writer.
// https://streams.spec.whatwg.org/#ts-all-abstract-ops

import {
  PromisePrototypeThen,
  PromiseResolve,
  PromiseWithResolvers,
  TypeErrorConstructor,
} from '../primordials.js';
import { DefaultControllerCore } from './readable_default_controller.js';
import { following, thenFollow } from './promises.js';
import { ReadableCore } from './readable_core.js';
import { createWritable } from './writable_controller.js';

/**
 * A tenant's transformer, or a built-in.
 * @typedef {object} Transformer
 * @property {(chunk: any, core: TransformCore) => Promise<any>} transform
 * @property {(core: TransformCore) => Promise<any>} flush
 * @property {(reason: any) => Promise<any>} cancel
 */

/** @typedef {{ highWaterMark: number, size: ((chunk: any) => number) | undefined }} Measure */

const afterStart = (started) =>
  started === undefined ? PromiseResolve(undefined) : following(started);

export class TransformCore {
  /** The tenant's controller. @type {any} */
  wrapper = undefined;
  writable;
  readable;
  /** Gone when there is nothing more to transform. @type {Transformer | undefined} */
  #transformer;
  #backpressure = true;
  #backpressureChange = PromiseWithResolvers();
  /** Set by the first of close, abort and cancel. @type {any} */
  #finish = undefined;

  /**
   * InitializeTransformStream.
   * @param {Transformer} transformer
   * @param {Promise<any> | undefined} started both streams wait for it
   * @param {Measure} writable @param {Measure} readable
   */
  constructor(transformer, started, writable, readable) {
    this.#transformer = transformer;
    const sink = {
      write: (chunk) => this.#write(chunk),
      close: () => this.#close(),
      abort: (reason) => this.#abort(reason),
    };
    const source = { pull: () => this.#pull(), cancel: (reason) => this.#cancel(reason) };
    this.writable = createWritable(
      sink,
      afterStart(started),
      writable.highWaterMark,
      writable.size,
    );
    this.readable = new ReadableCore();
    const controller = new DefaultControllerCore(
      this.readable,
      source,
      readable.highWaterMark,
      readable.size,
    );
    controller.beginAfter(afterStart(started));
  }

  #setBackpressure(backpressure) {
    this.#backpressureChange.resolve(undefined);
    this.#backpressureChange = PromiseWithResolvers();
    this.#backpressure = backpressure;
  }

  #unblockWrite() {
    if (this.#backpressure) this.#setBackpressure(false);
  }

  #clearAlgorithms() {
    this.#transformer = undefined;
  }

  /** Whether the reader has enough for now. */
  get hasBackpressure() {
    return this.#backpressure;
  }

  /** Fulfils when the reader wants more, or wants nothing any more. @returns {Promise<any>} */
  whenWanted() {
    return this.#backpressureChange.promise;
  }

  get canEnqueue() {
    return this.readable.controller.canCloseOrEnqueue;
  }

  /** TransformStreamDefaultControllerEnqueue. @param {any} chunk */
  enqueue(chunk) {
    const controller = this.readable.controller;
    if (!controller.canCloseOrEnqueue) {
      throw new TypeErrorConstructor('The readable side is not in a state that permits enqueue');
    }
    try {
      controller.enqueue(chunk);
    } catch (error) {
      this.#errorWritableAndUnblockWrite(error);
      throw this.readable.storedError;
    }
    if (controller.hasBackpressure !== this.#backpressure) this.#setBackpressure(true);
  }

  /** TransformStreamError. @param {any} error */
  error(error) {
    this.readable.controller.error(error);
    this.#errorWritableAndUnblockWrite(error);
  }

  terminate() {
    this.readable.controller.close();
    this.#errorWritableAndUnblockWrite(new TypeErrorConstructor('The stream has been terminated'));
  }

  #errorWritableAndUnblockWrite(error) {
    this.#clearAlgorithms();
    this.writable.controller.errorIfNeeded(error);
    this.#unblockWrite();
  }

  #transform(chunk) {
    // Cancelled, and the write came first: there is nobody left to transform for.
    if (this.#transformer === undefined) return PromiseResolve(undefined);
    const transformed = this.#transformer.transform(chunk, this);
    return PromisePrototypeThen(transformed, undefined, (error) => {
      this.error(error);
      throw error;
    });
  }

  #write(chunk) {
    if (!this.#backpressure) return this.#transform(chunk);
    return thenFollow(this.#backpressureChange.promise, () => {
      if (this.writable.state === 'erroring') throw this.writable.storedError;
      return this.#transform(chunk);
    });
  }

  /**
   * The shape of close, abort and cancel: the transformer's last step, then the other side's end.
   * @param {() => Promise<any>} lastStep
   * @param {() => void} onFulfilled @param {(error: any) => void} onRejected
   */
  #end(lastStep, onFulfilled, onRejected) {
    if (this.#finish !== undefined) return this.#finish.promise;
    const finish = PromiseWithResolvers();
    this.#finish = finish;
    const last = lastStep();
    this.#clearAlgorithms();
    PromisePrototypeThen(last, onFulfilled, (error) => {
      onRejected(error);
      finish.reject(error);
    });
    return finish.promise;
  }

  /** Ends the promise of #end by how the other side is by now. */
  #settle(other, steps) {
    if (other.state === 'errored') {
      this.#finish.reject(other.storedError);
    } else {
      steps();
      this.#finish.resolve(undefined);
    }
  }

  #abort(reason) {
    const controller = this.readable.controller;
    return this.#end(
      () => /** @type {Transformer} */ (this.#transformer).cancel(reason),
      () => this.#settle(this.readable, () => controller.error(reason)),
      (error) => controller.error(error),
    );
  }

  #close() {
    const controller = this.readable.controller;
    return this.#end(
      () => /** @type {Transformer} */ (this.#transformer).flush(this),
      () => this.#settle(this.readable, () => controller.close()),
      (error) => controller.error(error),
    );
  }

  #cancel(reason) {
    // A flush() of ours may be waiting for the reader.
    if (this.#finish !== undefined) this.#unblockWrite();
    const errorWritable = (error) => {
      this.writable.controller.errorIfNeeded(error);
      this.#unblockWrite();
    };
    return this.#end(
      () => /** @type {Transformer} */ (this.#transformer).cancel(reason),
      () => this.#settle(this.writable, () => errorWritable(reason)),
      errorWritable,
    );
  }

  #pull() {
    this.#setBackpressure(false);
    return this.#backpressureChange.promise;
  }
}
