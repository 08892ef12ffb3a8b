// @ts-check
// Reading a body to its end: text(), json(), bytes() and arrayBuffer(),
// https://fetch.spec.whatwg.org/#concept-body-consume-body

import { utf8Decode, utf8Encode } from 'nano:ops';
import {
  ArrayBufferPrototypeGetByteLength,
  ArrayPrototypePush,
  JSONParse,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToWellFormed,
  TypeErrorConstructor,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor,
} from './primordials.js';
import { markHandled } from './streams/promises.js';
import { acquireDefaultReader } from './streams/readable_core.js';
import { isUint8Array, copyOfView } from './streams/views.js';
import defer * as textStreams from './text_streams.js';

const TypeError = TypeErrorConstructor;
const kByteOrderMark = 0xfeff;

// Each takes the content: a string that stands for its UTF-8, or bytes that are the reader's own.

/** @param {string | Uint8Array} content @returns {string} */
export function toText(content) {
  if (typeof content !== 'string') return utf8Decode(content, false, false);
  const text = StringPrototypeToWellFormed(content);
  return text.length > 0 && StringPrototypeCharCodeAt(text, 0) === kByteOrderMark
    ? StringPrototypeSlice(text, 1)
    : text;
}

/** @param {string | Uint8Array} content @returns {any} */
export function toJson(content) {
  return JSONParse(toText(content));
}

/** @param {string | Uint8Array} content @returns {Uint8Array} */
export function toBytes(content) {
  return typeof content === 'string' ? utf8Encode(content) : content;
}

/** @param {string | Uint8Array} content @returns {ArrayBuffer} */
export function toArrayBuffer(content) {
  const bytes = toBytes(content);
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  const length = TypedArrayPrototypeGetByteLength(bytes);
  // A view of a part of its buffer: there is more in it than the body.
  return ArrayBufferPrototypeGetByteLength(buffer) === length
    ? buffer
    : TypedArrayPrototypeGetBuffer(copyOfView(bytes));
}

/**
 * Collects the chunks of a stream; is its own read request. The bytes are converted before they
 * resolve a promise: an object would be asked for its `then`. Past `most` bytes the stream is given
 * up, and undefined is converted.
 */
export class Collector {
  #resolvers = PromiseWithResolvers();
  #convert;
  #most;
  #chunks = [];
  #total = 0;
  #reader;
  #isReading = false;
  #again = false;

  constructor(stream, convert, most = Infinity) {
    this.#reader = acquireDefaultReader(stream);
    this.#convert = convert;
    this.#most = most;
  }

  /** @returns {Promise<any>} */
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

  chunkSteps(chunk) {
    if (!isUint8Array(chunk)) {
      this.#resolvers.reject(new TypeError('Received a chunk that is not a Uint8Array'));
      return;
    }
    this.#total += TypedArrayPrototypeGetByteLength(chunk);
    if (this.#total > this.#most) {
      this.#chunks = [];
      markHandled(this.#reader.cancel(undefined));
      this.#resolve(undefined);
      return;
    }
    ArrayPrototypePush(this.#chunks, chunk);
    this.#read();
  }

  closeSteps() {
    this.#resolve(concatenate(this.#chunks, this.#total));
  }

  #resolve(bytes) {
    try {
      this.#resolvers.resolve(this.#convert(bytes));
    } catch (error) {
      this.#resolvers.reject(error);
    }
  }

  errorSteps(error) {
    this.#resolvers.reject(error);
  }
}

export function concatenate(chunks, total) {
  const bytes = new Uint8ArrayConstructor(total);
  let place = 0;
  for (let i = 0; i < chunks.length; i++) {
    TypedArrayPrototypeSet(bytes, chunks[i], place);
    place += TypedArrayPrototypeGetByteLength(chunks[i]);
  }
  return bytes;
}

async function readToEnd(incoming, convert) {
  const chunks = [];
  let total = 0;
  for (;;) {
    const chunk = await incoming.read();
    if (chunk === null) {
      return convert(chunks.length === 1 ? chunks[0] : concatenate(chunks, total));
    }
    ArrayPrototypePush(chunks, chunk);
    total += TypedArrayPrototypeGetByteLength(chunk);
  }
}

/**
 * @template T
 * @param {import('./body.js').Body | null} body
 * @param {(content: string | Uint8Array) => T} convert
 * @returns {Promise<T>}
 */
export function consumeBody(body, convert) {
  if (body === null) return convertNow('', convert);
  if (body.isUnusable) {
    return PromiseReject(new TypeError('Body is unusable: it has been read already or is locked'));
  }
  if (body.isAborted) return PromiseReject(body.abortReason);
  if (body.source !== null) {
    const content = typeof body.source === 'string' ? body.source : body.takeBytes();
    body.markUsed();
    return convertNow(content, convert);
  }
  if (body.incoming !== null) {
    body.markUsed();
    return readToEnd(body.incoming, convert);
  }
  return new Collector(body.stream, convert).start();
}

function convertNow(content, convert) {
  try {
    return PromiseResolve(convert(content));
  } catch (error) {
    return PromiseReject(error);
  }
}

/**
 * https://fetch.spec.whatwg.org/#dom-body-textstream
 * @param {import('./body.js').Body | null} body
 */
export function textStreamOfBody(body) {
  if (body === null) return textStreams.textStreamOf(undefined);
  if (body.isUnusable) {
    throw new TypeError('Body is unusable: it has been read already or is locked');
  }
  return textStreams.textStreamOf(body.stream);
}
