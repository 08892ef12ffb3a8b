// @ts-check
// A readable stream and its reader as the algorithms see them, https://streams.spec.whatwg.org/#rs
// The classes that tenants see wrap these; streams that built-ins make for each other need none.

import { PromiseReject, PromiseResolve, TypeErrorConstructor } from '../primordials.js';
import { Deferred, withoutValue } from './promises.js';
import { Queue } from './queue.js';

const TypeError = TypeErrorConstructor;

/**
 * Who waits for a chunk. A read-into request gets a view at its end, too.
 * @typedef {object} ReadRequest
 * @property {(chunk: any) => void} chunkSteps
 * @property {(chunk?: any) => void} closeSteps
 * @property {(error: any) => void} errorSteps
 */

export class ReadableCore {
  /** @type {'readable' | 'closed' | 'errored'} */
  state = 'readable';
  disturbed = false;
  storedError = undefined;
  /** @type {ReaderCore | undefined} */
  reader = undefined;
  /** The default or byte controller's core. @type {any} */
  controller = undefined;
  /** The tenant's ReadableStream, made when first asked for. @type {any} */
  wrapper = undefined;
  /** The request's or response's body that it is the stream of. @type {any} */
  body = undefined;
  /** All that it gives, while nobody has read it: bytes that nobody changes. @type {any} */
  content = undefined;
  /** The coding of the bytes that it gives. @type {string | undefined} */
  coding = undefined;
  /** How many bytes it gives in all, where that is known. @type {number | undefined} */
  length = undefined;

  get locked() {
    return this.reader !== undefined;
  }

  /** ReadableStreamCancel. @param {any} reason @returns {Promise<undefined>} */
  cancel(reason) {
    this.disturbed = true;
    if (this.state === 'closed') return PromiseResolve(undefined);
    if (this.state === 'errored') return PromiseReject(this.storedError);
    this.close();
    const reader = this.reader;
    if (reader !== undefined && reader.isByob) {
      const requests = reader.requests.takeAll();
      for (let i = 0; i < requests.length; i++) requests[i].closeSteps(undefined);
    }
    return withoutValue(this.controller.cancelSteps(reason));
  }

  /** ReadableStreamClose. */
  close() {
    this.state = 'closed';
    const reader = this.reader;
    if (reader === undefined) return;
    reader.closed.resolve();
    if (reader.isByob) return;
    const requests = reader.requests.takeAll();
    for (let i = 0; i < requests.length; i++) requests[i].closeSteps();
  }

  /** ReadableStreamError. @param {any} error */
  error(error) {
    this.state = 'errored';
    this.storedError = error;
    const reader = this.reader;
    if (reader === undefined) return;
    reader.closed.reject(error);
    reader.failRequests(error);
  }

  get hasDefaultReader() {
    return this.reader !== undefined && !this.reader.isByob;
  }

  get hasByobReader() {
    return this.reader !== undefined && this.reader.isByob;
  }

  /** How many read requests (or read-into requests) wait. */
  get waiting() {
    return this.reader === undefined ? 0 : this.reader.requests.length;
  }

  /** ReadableStreamFulfillRead(Into)Request. @param {any} chunk @param {boolean} done */
  fulfill(chunk, done) {
    const request = /** @type {ReaderCore} */ (this.reader).requests.shift();
    if (done) request.closeSteps(chunk);
    else request.chunkSteps(chunk);
  }
}

export class ReaderCore {
  /** @type {ReadableCore | undefined} */
  stream;
  isByob;
  requests = new Queue();
  closed = new Deferred();

  /** @param {ReadableCore} stream @param {boolean} isByob */
  constructor(stream, isByob) {
    this.stream = stream;
    this.isByob = isByob;
    stream.reader = this;
    if (stream.state === 'closed') this.closed.resolve();
    else if (stream.state === 'errored') this.closed.reject(stream.storedError);
  }

  /** ReadableStreamDefaultReaderRead. @param {ReadRequest} request */
  read(request) {
    const stream = /** @type {ReadableCore} */ (this.stream);
    stream.disturbed = true;
    if (stream.state === 'readable') stream.controller.pullSteps(request);
    else if (stream.state === 'closed') request.closeSteps();
    else request.errorSteps(stream.storedError);
  }

  /**
   * ReadableStreamBYOBReaderRead.
   * @param {ArrayBufferView} view @param {number} min @param {ReadRequest} request
   */
  readInto(view, min, request) {
    const stream = /** @type {ReadableCore} */ (this.stream);
    stream.disturbed = true;
    if (stream.state === 'errored') request.errorSteps(stream.storedError);
    else stream.controller.pullInto(view, min, request);
  }

  /** ReadableStreamReaderGenericCancel. @param {any} reason */
  cancel(reason) {
    return /** @type {ReadableCore} */ (this.stream).cancel(reason);
  }

  /** ReadableStream(Default|BYOB)ReaderRelease. */
  release() {
    const stream = /** @type {ReadableCore} */ (this.stream);
    if (stream.state !== 'readable') this.closed = new Deferred();
    this.closed.reject(new TypeError('The reader was released'));
    stream.controller.releaseSteps();
    stream.reader = undefined;
    this.stream = undefined;
    this.failRequests(new TypeError('The reader was released'));
  }

  /** @param {any} error */
  failRequests(error) {
    if (this.requests.length === 0) return;
    const requests = this.requests.takeAll();
    for (let i = 0; i < requests.length; i++) requests[i].errorSteps(error);
  }
}

/** @param {ReadableCore} stream */
export function acquireDefaultReader(stream) {
  if (stream.reader !== undefined) throw new TypeError('The ReadableStream is locked to a reader');
  return new ReaderCore(stream, false);
}

/** @param {ReadableCore} stream */
export function acquireByobReader(stream) {
  if (stream.reader !== undefined) throw new TypeError('The ReadableStream is locked to a reader');
  if (!stream.controller.isByteController) {
    throw new TypeError('A BYOB reader needs a ReadableStream with a byte source');
  }
  return new ReaderCore(stream, true);
}
