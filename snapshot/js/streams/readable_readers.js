// @ts-check
// ReadableStreamDefaultReader and ReadableStreamBYOBReader,
// https://streams.spec.whatwg.org/#default-reader-class

import {
  ArrayBufferPrototypeGetByteLength,
  PromiseReject,
  PromiseWithResolvers,
  RangeErrorConstructor,
  ReflectApply,
  TypeErrorConstructor,
} from '../primordials.js';
import {
  bufferOfView,
  defineInterface,
  illegalInvocation,
  isObject,
  tooFewArguments,
  toDictionary,
  toUnsignedLongLong,
} from '../webidl.js';
import { acquireByobReader, acquireDefaultReader } from './readable_core.js';
import { byteLengthOfView, isDetached, toArrayBufferView, viewTypeOf } from './views.js';

const TypeError = TypeErrorConstructor;

/**
 * readable_stream.js says how to see a stream behind its class.
 * @type {(value: any, context: string) => import('./readable_core.js').ReadableCore}
 */
let toReadableCore;

/** @param {typeof toReadableCore} convert */
export function connectReadableStream(convert) {
  toReadableCore = convert;
}

class PromiseReadRequest {
  #resolvers = PromiseWithResolvers();

  get promise() {
    return this.#resolvers.promise;
  }

  chunkSteps(value) {
    this.#resolvers.resolve({ value, done: false });
  }

  closeSteps(value) {
    this.#resolvers.resolve({ value, done: true });
  }

  errorSteps(error) {
    this.#resolvers.reject(error);
  }
}

const illegalReceiver = () => PromiseReject(new TypeError('Illegal invocation'));
const released = (action) =>
  PromiseReject(new TypeError(`Cannot ${action} a stream using a released reader`));

/** @type {(value: object) => boolean} */
let isDefaultReader;
/** @type {(value: object) => boolean} */
let isByobReader;
/** As it was made. @type {Function} */
let readByob;

export class ReadableStreamDefaultReader {
  /** @type {import('./readable_core.js').ReaderCore} */
  #core;

  constructor(stream) {
    const context = "Failed to construct 'ReadableStreamDefaultReader'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#core = acquireDefaultReader(toReadableCore(stream, context));
  }

  get closed() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    return this.#core.closed.promise;
  }

  cancel(reason = undefined) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    if (this.#core.stream === undefined) return released('cancel');
    return this.#core.cancel(reason);
  }

  read() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    if (this.#core.stream === undefined) return released('read from');
    const request = new PromiseReadRequest();
    this.#core.read(request);
    return request.promise;
  }

  releaseLock() {
    if (!(#core in this)) illegalInvocation();
    if (this.#core.stream !== undefined) this.#core.release();
  }

  static {
    isDefaultReader = (value) => #core in value;
  }
}
defineInterface(ReadableStreamDefaultReader, isDefaultReader);

/** Throws where the arguments of read() will not do. @returns {number} the minimum, in elements */
function checkRead(view, options, context) {
  const minimum = toDictionary(options, context, 'ReadableStreamBYOBReaderReadOptions').min;
  const min = minimum === undefined ? 1 : toUnsignedLongLong(minimum, context, 'enforceRange');
  const byteLength = byteLengthOfView(view);
  const buffer = bufferOfView(view);
  if (isDetached(buffer)) throw new TypeError('The view has a detached buffer');
  if (byteLength === 0) throw new TypeError('The view has a byteLength of 0');
  if (ArrayBufferPrototypeGetByteLength(buffer) === 0) {
    throw new TypeError("The view's buffer has a byteLength of 0");
  }
  if (min === 0) throw new TypeError('options.min must be greater than 0');
  if (min > byteLength / viewTypeOf(view).elementSize) {
    throw new RangeErrorConstructor("options.min must be at most the view's length");
  }
  return min;
}

export class ReadableStreamBYOBReader {
  /** @type {import('./readable_core.js').ReaderCore} */
  #core;

  constructor(stream) {
    const context = "Failed to construct 'ReadableStreamBYOBReader'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#core = acquireByobReader(toReadableCore(stream, context));
  }

  get closed() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    return this.#core.closed.promise;
  }

  cancel(reason = undefined) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    if (this.#core.stream === undefined) return released('cancel');
    return this.#core.cancel(reason);
  }

  read(view, options = undefined) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    let min;
    try {
      const context = "Failed to execute 'read' on 'ReadableStreamBYOBReader'";
      if (arguments.length < 1) tooFewArguments(1, 0, context);
      min = checkRead(toArrayBufferView(view, context), options, context);
    } catch (error) {
      return PromiseReject(error);
    }
    if (this.#core.stream === undefined) return released('read from');
    const request = new PromiseReadRequest();
    this.#core.readInto(view, min, request);
    return request.promise;
  }

  /** Cloudflare's, older than the option `min`. */
  readAtLeast(minElements, view) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    return ReflectApply(readByob, this, [view, { __proto__: null, min: minElements }]);
  }

  releaseLock() {
    if (!(#core in this)) illegalInvocation();
    if (this.#core.stream !== undefined) this.#core.release();
  }

  static {
    readByob = ReadableStreamBYOBReader.prototype.read;
    isByobReader = (value) => #core in value;
  }
}
defineInterface(ReadableStreamBYOBReader, isByobReader);
