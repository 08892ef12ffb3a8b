// @ts-check
// Two streams out of one, https://streams.spec.whatwg.org/#abstract-opdef-readablestreamtee

import { PromisePrototypeThen, PromiseResolve, PromiseWithResolvers } from '../primordials.js';
import { runInMicrotask } from './promises.js';
import { acquireDefaultReader } from './readable_core.js';
import { createReadable } from './readable_default_controller.js';
import defer * as byteTee from './readable_byte_tee.js';

/** Reads the stream when a branch wants more; is its own read request. */
class DefaultTee {
  #stream;
  #reader;
  #reading = false;
  #readAgain = false;
  #reasons = [undefined, undefined];
  #canceled = [false, false];
  #cancelled = PromiseWithResolvers();
  #cloneForSecond;
  /** @type {import('./readable_core.js').ReadableCore[]} */
  branches;

  /**
   * @param {import('./readable_core.js').ReadableCore} stream
   * @param {((chunk: any) => any) | undefined} cloneForSecond
   */
  constructor(stream, cloneForSecond) {
    this.#stream = stream;
    this.#cloneForSecond = cloneForSecond;
    this.#reader = acquireDefaultReader(stream);
    this.branches = [this.#makeBranch(0), this.#makeBranch(1)];
    PromisePrototypeThen(this.#reader.closed.promise, undefined, (reason) => {
      this.#forEachController((controller) => controller.error(reason));
      this.#finish();
    });
  }

  #makeBranch(index) {
    return createReadable({
      pull: () => this.#pull(),
      cancel: (reason) => this.#cancel(index, reason),
    });
  }

  #forEachController(steps) {
    for (let i = 0; i < 2; i++) steps(this.branches[i].controller, i);
  }

  /** Nobody has to wait for a cancel any more. */
  #finish() {
    if (!this.#canceled[0] || !this.#canceled[1]) this.#cancelled.resolve(undefined);
  }

  #pull() {
    if (this.#reading) {
      this.#readAgain = true;
    } else {
      this.#reading = true;
      this.#reader.read(this);
    }
    return PromiseResolve(undefined);
  }

  #cancel(index, reason) {
    this.#canceled[index] = true;
    this.#reasons[index] = reason;
    if (this.#canceled[1 - index]) {
      const reasons = [this.#reasons[0], this.#reasons[1]];
      this.#cancelled.resolve(this.#stream.cancel(reasons));
    }
    return this.#cancelled.promise;
  }

  // It takes a microtask to notice an error of the stream, and that is to reach both branches
  // before chunks that happen to be there already.
  chunkSteps(chunk) {
    runInMicrotask(() => {
      this.#readAgain = false;
      let second = chunk;
      if (!this.#canceled[1] && this.#cloneForSecond !== undefined) {
        try {
          second = this.#cloneForSecond(chunk);
        } catch (error) {
          this.#forEachController((controller) => controller.error(error));
          this.#cancelled.resolve(this.#stream.cancel(error));
          return;
        }
      }
      if (!this.#canceled[0]) this.branches[0].controller.enqueue(chunk);
      if (!this.#canceled[1]) this.branches[1].controller.enqueue(second);
      this.#reading = false;
      if (this.#readAgain) this.#pull();
    });
  }

  closeSteps() {
    this.#reading = false;
    this.#forEachController((controller, i) => {
      if (!this.#canceled[i]) controller.close();
    });
    this.#finish();
  }

  errorSteps() {
    this.#reading = false;
  }
}

/**
 * ReadableStreamTee.
 * @param {import('./readable_core.js').ReadableCore} stream
 * @param {(chunk: any) => any} [cloneForSecond] how the second branch of a stream that is not one
 *   of bytes gets chunks of its own
 * @returns {import('./readable_core.js').ReadableCore[]} two
 */
export function teeReadable(stream, cloneForSecond) {
  const length = stream.disturbed ? undefined : stream.length;
  const { branches } = stream.controller.isByteController
    ? new byteTee.ByteTee(stream)
    : new DefaultTee(stream, cloneForSecond);
  branches[0].length = branches[1].length = length;
  return branches;
}
