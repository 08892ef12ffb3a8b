// @ts-check
// What node:zlib of nano.library is made of: a coder behind a private field, as CompressionStream
// has them. Each step takes and gives 64 KiB at most.

import { coderEnd, coderStart, coderStep } from 'nano:ops';
import {
  ArrayPrototypeIndexOf,
  ObjectFreeze,
  TypedArrayPrototypeGetByteLength,
  Uint32ArrayConstructor as Uint32Array,
} from './primordials.js';

/** In the order of CompressionFormat in C++. */
const kFormats = ['deflate', 'deflate-raw', 'gzip', 'brotli', 'zstd'];
/** Coder::State. */
const kEnded = 1;
const kBroken = 2;

class Coder {
  /** Gone when it is over. */
  #handle;
  #progress = new Uint32Array(3);

  constructor(handle) {
    this.#handle = handle;
  }

  /**
   * One step from `from` on: { piece, read, ended, broken, more }, where piece may be undefined, and
   * more says that there may be more without more bytes. undefined when it is over.
   * @param {Uint8Array} bytes @param {number} from @param {boolean} isLast
   */
  step(bytes, from, isLast) {
    if (this.#handle === undefined || TypedArrayPrototypeGetByteLength(bytes) < from) {
      return undefined;
    }
    const progress = this.#progress;
    progress[0] = from;
    const piece = coderStep(this.#handle, bytes, !!isLast, progress);
    const { 0: read, 1: state, 2: more } = progress;
    if (state !== 0) this.close();
    return { piece, read, ended: state === kEnded, broken: state === kBroken, more: more !== 0 };
  }

  /** Its memory is given back now. */
  close() {
    if (this.#handle !== undefined) coderEnd(this.#handle);
    this.#handle = undefined;
  }
}

export const libraryZlib = ObjectFreeze({
  __proto__: null,
  /** undefined for no such format. */
  coder(format, compresses) {
    const number = ArrayPrototypeIndexOf(kFormats, format);
    return number === -1 ? undefined : new Coder(coderStart(number, !!compresses));
  },
});
