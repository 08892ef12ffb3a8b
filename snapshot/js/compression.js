// @ts-check
// CompressionStream and DecompressionStream, https://compression.spec.whatwg.org/

import { coderEnd, coderStart, coderStep } from 'nano:ops';
import { copyBytes } from './crypto/bytes.js';
import {
  ArrayPrototypeIndexOf,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  TypedArrayPrototypeGetByteLength,
  TypeErrorConstructor as TypeError,
  Uint32ArrayConstructor as Uint32Array,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import { readableStreamOf } from './streams/readable_stream.js';
import { TransformCore } from './streams/transform_core.js';
import { writableStreamOf } from './streams/writable_stream.js';
import { defineInterface, illegalInvocation, toEnum, tooFewArguments } from './webidl.js';

/** In the order of CompressionFormat in C++. The standard has all but zstd, which Node.js has. */
const kFormats = ['deflate', 'deflate-raw', 'gzip', 'brotli', 'zstd'];
/** What HTTP calls them. */
const kContentCodings = ['deflate', undefined, 'gzip', 'br', 'zstd'];
/** Coder::State. */
const kEnded = 1;
const kBroken = 2;
const kNoBytes = new Uint8Array(0);

/**
 * The transformer of both. What a chunk becomes is made piece by piece, as the reader asks for it:
 * a few bytes may become a thousand times as many.
 */
class Coding {
  #name;
  #compresses;
  /** Gone when it is over. */
  #handle;
  /** [bytes of the chunk that were read, state, whether there may be more] */
  #progress = new Uint32Array(3);

  /** @param {string} name @param {string} format @param {boolean} compresses */
  constructor(name, format, compresses) {
    this.#name = name;
    this.#compresses = compresses;
    this.#handle = coderStart(ArrayPrototypeIndexOf(kFormats, format), compresses);
  }

  transform(chunk, core) {
    let bytes;
    try {
      // A copy: the chunk may be changed or detached before all of it is used.
      bytes = copyBytes(chunk, this.#name);
    } catch (error) {
      this.#end();
      return PromiseReject(error);
    }
    return this.#run(bytes, false, core);
  }

  flush(core) {
    if (this.#compresses) return this.#run(kNoBytes, true, core);
    this.#end();
    if (this.#progress[1] === kEnded) return PromiseResolve(undefined);
    return PromiseReject(new TypeError(`${this.#name}: The compressed data ends too early`));
  }

  cancel() {
    this.#end();
    return PromiseResolve(undefined);
  }

  #end() {
    if (this.#handle !== undefined) coderEnd(this.#handle);
    this.#handle = undefined;
  }

  #run(bytes, isLast, core) {
    const { promise, resolve, reject } = PromiseWithResolvers();
    this.#progress[0] = 0;
    const goOn = () => {
      let isDone;
      try {
        isDone = this.#goOn(bytes, isLast, core);
      } catch (error) {
        this.#end();
        reject(error);
        return;
      }
      if (isDone) resolve(undefined);
      else PromisePrototypeThen(core.whenWanted(), goOn);
    };
    goOn();
    return promise;
  }

  /** True when all is done, false when the reader has enough for now. */
  #goOn(bytes, isLast, core) {
    const progress = this.#progress;
    const length = TypedArrayPrototypeGetByteLength(bytes);
    for (;;) {
      // Cancelled: nobody wants the rest.
      if (this.#handle === undefined || !core.canEnqueue) {
        this.#end();
        return true;
      }
      const piece = coderStep(this.#handle, bytes, isLast, progress);
      if (piece !== undefined) core.enqueue(piece);
      this.#check(length);
      if (isLast ? progress[1] === kEnded : progress[0] === length && progress[2] === 0) {
        if (isLast) this.#end();
        return true;
      }
      if (piece !== undefined && core.hasBackpressure) return false;
    }
  }

  #check(length) {
    const progress = this.#progress;
    if (progress[1] === kBroken) {
      throw new TypeError(`${this.#name}: The compressed data is not valid`);
    }
    if (progress[1] === kEnded && progress[0] < length) {
      throw new TypeError(
        `${this.#name}: There is something behind the end of the compressed data`,
      );
    }
  }
}

function makeCore(name, format, compresses) {
  const transformer = new Coding(name, format, compresses);
  const writable = { highWaterMark: 1, size: undefined };
  const readable = { highWaterMark: 0, size: undefined };
  const core = new TransformCore(transformer, undefined, writable, readable);
  if (compresses) core.readable.coding = kContentCodings[ArrayPrototypeIndexOf(kFormats, format)];
  return core;
}

function toFormat(value, name) {
  return toEnum(value, kFormats, `Failed to construct '${name}'`, 'CompressionFormat');
}

/** The one class or the other: they differ in their name and their direction. */
function codingStream(name, compresses) {
  /** @type {(value: object) => boolean} */
  let isInstance;
  const { [name]: CodingStream } = {
    [name]: class {
      /** @type {TransformCore} */
      #core;

      constructor(format) {
        if (arguments.length < 1) tooFewArguments(1, 0, `Failed to construct '${name}'`);
        this.#core = makeCore(name, toFormat(format, name), compresses);
      }

      get readable() {
        if (!(#core in this)) illegalInvocation();
        return readableStreamOf(this.#core.readable);
      }

      get writable() {
        if (!(#core in this)) illegalInvocation();
        return writableStreamOf(this.#core.writable);
      }

      static {
        isInstance = (value) => #core in value;
      }
    },
  };
  defineInterface(CodingStream, isInstance);
  return CodingStream;
}

export const CompressionStream = codingStream('CompressionStream', true);
export const DecompressionStream = codingStream('DecompressionStream', false);
