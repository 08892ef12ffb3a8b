// @ts-check
// A body that is to be kept, read to its end; one that is too large is given up on the way.

import { copyOfView } from '../body.js';
import { toBytes } from '../body_reading.js';
import {
  ArrayBufferPrototypeGetByteLength,
  ArrayPrototypePush,
  PromiseResolve,
  PromiseWithResolvers,
  TypeErrorConstructor,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { markHandled } from '../streams/promises.js';
import { acquireDefaultReader } from '../streams/readable_core.js';
import { isUint8Array } from '../streams/views.js';

/**
 * Collects the chunks of a stream; is its own read request. The bytes are converted before they
 * resolve a promise: an object would be asked for its `then`.
 */
class Collector {
  #resolvers = PromiseWithResolvers();
  #chunks = [];
  #total = 0;
  #most;
  #convert;
  #reader;
  #isReading = false;
  #again = false;

  constructor(stream, most, convert) {
    this.#reader = acquireDefaultReader(stream);
    this.#most = most;
    this.#convert = convert;
  }

  start() {
    this.#read();
    return this.#resolvers.promise;
  }

  // Chunks that are there come back while read() runs: a loop, not a recursion.
  #read() {
    this.#again = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#again) {
      this.#again = false;
      this.#reader.read(this);
    }
    this.#isReading = false;
  }

  #giveUp(reason) {
    this.#chunks = [];
    markHandled(this.#reader.cancel(reason));
  }

  chunkSteps(chunk) {
    if (!isUint8Array(chunk)) {
      const error = new TypeErrorConstructor('Received a chunk that is not a Uint8Array');
      this.#giveUp(error);
      this.#resolvers.reject(error);
      return;
    }
    this.#total += TypedArrayPrototypeGetByteLength(chunk);
    if (this.#total > this.#most) {
      this.#giveUp(undefined);
      this.#resolvers.resolve(this.#convert(undefined));
      return;
    }
    ArrayPrototypePush(this.#chunks, chunk);
    this.#read();
  }

  closeSteps() {
    try {
      this.#resolvers.resolve(this.#convert(this.#join()));
    } catch (error) {
      this.#resolvers.reject(error);
    }
  }

  errorSteps(error) {
    this.#resolvers.reject(error);
  }

  // Into bytes of our own: who made the stream may have its chunks still.
  #join() {
    const bytes = new Uint8ArrayConstructor(this.#total);
    let place = 0;
    for (let i = 0; i < this.#chunks.length; i++) {
      TypedArrayPrototypeSet(bytes, this.#chunks[i], place);
      place += TypedArrayPrototypeGetByteLength(this.#chunks[i]);
    }
    return bytes;
  }
}

/** A view of a part would keep all of its buffer. */
function withoutRest(bytes) {
  const length = TypedArrayPrototypeGetByteLength(bytes);
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  return ArrayBufferPrototypeGetByteLength(buffer) === length ? bytes : copyOfView(bytes);
}

/**
 * @template T no object
 * @param {import('../body.js').Body | null} body one that nobody has read
 * @param {number} most bytes
 * @param {(bytes: Uint8Array | null | undefined) => T} convert undefined where there are more, null
 *   without a body; nobody else changes the bytes
 * @returns {Promise<T>} may throw
 */
export function readWhole(body, most, convert) {
  if (body === null) return PromiseResolve(convert(null));
  if (body.isAborted) throw body.abortReason;
  const { source } = body;
  if (source === null) return new Collector(body.stream, most, convert).start();
  body.markUsed();
  if (typeof source === 'string' && source.length > most) return PromiseResolve(convert(undefined));
  const bytes = typeof source === 'string' ? toBytes(source) : source;
  const fits = TypedArrayPrototypeGetByteLength(bytes) <= most;
  return PromiseResolve(convert(fits ? withoutRest(bytes) : undefined));
}
