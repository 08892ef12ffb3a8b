// @ts-check
// Two byte streams out of one: a branch that reads into its own buffer reads the stream into it.
// https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee

import { PromisePrototypeThen, PromiseResolve, PromiseWithResolvers } from '../primordials.js';
import { bufferOfView } from '../webidl.js';
import { runInMicrotask } from './promises.js';
import { byobRequestOf, viewOfByobRequest } from './readable_byte_controller.js';
import { createReadableBytes } from './readable_byte_core.js';
import { acquireByobReader, acquireDefaultReader } from './readable_core.js';
import { byteLengthOfView, byteOffsetOfView, cloneBytes } from './views.js';

/** A chunk for whichever branch is left, or a copy for the second. */
class DefaultRequest {
  tee;

  /** @param {ByteTee} tee */
  constructor(tee) {
    this.tee = tee;
  }

  chunkSteps(chunk) {
    runInMicrotask(() => {
      const tee = this.tee;
      tee.startChunk();
      let second = chunk;
      if (!tee.canceled[0] && !tee.canceled[1]) {
        second = tee.clone(chunk);
        if (second === undefined) return;
      }
      if (!tee.canceled[0]) tee.controller(0).enqueue(chunk);
      if (!tee.canceled[1]) tee.controller(1).enqueue(second);
      tee.endChunk();
    });
  }

  closeSteps() {
    const tee = this.tee;
    tee.reading = false;
    for (let i = 0; i < 2; i++) {
      if (!tee.canceled[i]) tee.controller(i).close();
    }
    for (let i = 0; i < 2; i++) {
      if (tee.controller(i).pending.length > 0) tee.controller(i).respond(0);
    }
    tee.finish();
  }

  errorSteps() {
    this.tee.reading = false;
  }
}

/** A chunk in the buffer of the branch `index`; a copy for the other. */
class ByobRequest {
  tee;
  index;

  /** @param {ByteTee} tee @param {number} index */
  constructor(tee, index) {
    this.tee = tee;
    this.index = index;
  }

  chunkSteps(chunk) {
    runInMicrotask(() => {
      const { tee, index } = this;
      tee.startChunk();
      const other = 1 - index;
      if (tee.canceled[other]) {
        if (!tee.canceled[index]) tee.controller(index).respondWithNewView(chunk);
      } else {
        const copy = tee.clone(chunk);
        if (copy === undefined) return;
        if (!tee.canceled[index]) tee.controller(index).respondWithNewView(chunk);
        tee.controller(other).enqueue(copy);
      }
      tee.endChunk();
    });
  }

  closeSteps(chunk) {
    const { tee, index } = this;
    const other = 1 - index;
    tee.reading = false;
    if (!tee.canceled[index]) tee.controller(index).close();
    if (!tee.canceled[other]) tee.controller(other).close();
    if (chunk !== undefined) {
      if (!tee.canceled[index]) tee.controller(index).respondWithNewView(chunk);
      if (!tee.canceled[other] && tee.controller(other).pending.length > 0) {
        tee.controller(other).respond(0);
      }
    }
    tee.finish();
  }

  errorSteps() {
    this.tee.reading = false;
  }
}

export class ByteTee {
  reading = false;
  canceled = [false, false];
  #stream;
  #reader;
  #readAgain = [false, false];
  #reasons = [undefined, undefined];
  #cancelled = PromiseWithResolvers();
  /** @type {import('./readable_core.js').ReadableCore[]} */
  branches;

  /** @param {import('./readable_core.js').ReadableCore} stream */
  constructor(stream) {
    this.#stream = stream;
    this.#reader = acquireDefaultReader(stream);
    this.branches = [this.#makeBranch(0), this.#makeBranch(1)];
    this.#forwardReaderError(this.#reader);
  }

  #makeBranch(index) {
    return createReadableBytes({
      pull: () => this.#pull(index),
      cancel: (reason) => this.#cancel(index, reason),
    });
  }

  /** @returns {import('./readable_byte_core.js').ByteControllerCore} */
  controller(index) {
    return this.branches[index].controller;
  }

  #forwardReaderError(reader) {
    PromisePrototypeThen(reader.closed.promise, undefined, (reason) => {
      if (reader !== this.#reader) return;
      this.#failBranches(reason);
      this.finish();
    });
  }

  #failBranches(reason) {
    this.controller(0).error(reason);
    this.controller(1).error(reason);
  }

  finish() {
    if (!this.canceled[0] || !this.canceled[1]) this.#cancelled.resolve(undefined);
  }

  /** @returns {Uint8Array | undefined} undefined where that failed and the tee with it */
  clone(chunk) {
    try {
      return cloneBytes(bufferOfView(chunk), byteOffsetOfView(chunk), byteLengthOfView(chunk));
    } catch (error) {
      this.#failBranches(error);
      this.#cancelled.resolve(this.#stream.cancel(error));
      return undefined;
    }
  }

  startChunk() {
    this.#readAgain = [false, false];
  }

  endChunk() {
    this.reading = false;
    if (this.#readAgain[0]) this.#pull(0);
    else if (this.#readAgain[1]) this.#pull(1);
  }

  #pull(index) {
    if (this.reading) {
      this.#readAgain[index] = true;
      return PromiseResolve(undefined);
    }
    this.reading = true;
    const byobRequest = byobRequestOf(this.controller(index));
    if (byobRequest === null) {
      this.#useReader(false);
      this.#reader.read(new DefaultRequest(this));
    } else {
      this.#useReader(true);
      this.#reader.readInto(viewOfByobRequest(byobRequest), 1, new ByobRequest(this, index));
    }
    return PromiseResolve(undefined);
  }

  #useReader(isByob) {
    if (this.#reader.isByob === isByob) return;
    this.#reader.release();
    this.#reader = isByob ? acquireByobReader(this.#stream) : acquireDefaultReader(this.#stream);
    this.#forwardReaderError(this.#reader);
  }

  #cancel(index, reason) {
    this.canceled[index] = true;
    this.#reasons[index] = reason;
    if (this.canceled[1 - index]) {
      const reasons = [this.#reasons[0], this.#reasons[1]];
      this.#cancelled.resolve(this.#stream.cancel(reasons));
    }
    return this.#cancelled.promise;
  }
}
