// @ts-check
// What node:zlib of nano.library is made of: a coder behind a private field, as CompressionStream
// has them. Each step takes and gives 64 KiB at most.

import { coderEnd, coderSetFlushing, coderStart, coderStartAt, coderStep } from 'nano:ops';
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
    const start = from >>> 0;
    if (this.#handle === undefined || TypedArrayPrototypeGetByteLength(bytes) < start) {
      return undefined;
    }
    const progress = this.#progress;
    progress[0] = start;
    const piece = coderStep(this.#handle, bytes, !!isLast, progress);
    const { 0: read, 1: state, 2: more } = progress;
    if (state !== 0) this.close();
    return { piece, read, ended: state === kEnded, broken: state === kBroken, more: more !== 0 };
  }

  /** Whether the steps from here on write out all that they have read. */
  setFlushing(flushes) {
    if (this.#handle !== undefined) coderSetFlushing(this.#handle, !!flushes);
  }

  /** Its memory is given back now. */
  close() {
    if (this.#handle !== undefined) coderEnd(this.#handle);
    this.#handle = undefined;
  }
}

export const libraryZlib = ObjectFreeze({
  __proto__: null,
  /**
   * undefined for no such format.
   * @param {number | undefined} level how well it compresses, on the format's scale
   */
  coder(format, compresses, level) {
    const number = ArrayPrototypeIndexOf(kFormats, format);
    if (number === -1) return undefined;
    if (level === undefined || !compresses) return new Coder(coderStart(number, !!compresses));
    return new Coder(coderStartAt(number, level | 0));
  },
});
