// @ts-check
// Bodies of requests and responses, https://fetch.spec.whatwg.org/#body-mixin
//
// A body that is there as a whole is never made a stream unless somebody asks for the stream; one
// that comes in from outside is handed on, or read, without one as well.

import { utf8Encode } from 'nano:ops';
import { abortReason, addAbortAlgorithm, isSignalAborted, removeAbortAlgorithm } from './abort.js';
import { bytesOf, isBlob, typeOf } from './blob.js';
import { isFormData } from './form_data.js';
import { serializeForm } from './form_urlencoded.js';
import { IncomingBody } from './incoming_body.js';
import defer * as multipart from './multipart.js';
import {
  ArrayBufferIsView,
  PromisePrototypeThen,
  PromiseResolve,
  SymbolAsyncIterator,
  TypeErrorConstructor,
  TypedArrayPrototypeGetByteLength,
  Uint8ArrayConstructor,
} from './primordials.js';
import { markHandled } from './streams/promises.js';
import defer * as byteCore from './streams/readable_byte_core.js';
import { acquireDefaultReader } from './streams/readable_core.js';
import defer * as iterables from './streams/readable_from.js';
import defer * as pipe from './streams/readable_pipe.js';
import { isReadableStream, readableCoreOf } from './streams/readable_stream.js';
import defer * as tee from './streams/readable_tee.js';
import defer * as transforming from './streams/transform_core.js';
import { copyOfView } from './streams/views.js';
import defer * as cloning from './structured_clone.js';
import { isSearchParams, searchParamsList } from './url_search_params.js';
import { isArrayBuffer, isObject } from './webidl.js';

const TypeError = TypeErrorConstructor;

/** Of a stream, as the host takes it. */
export const kUnknownLength = -1;

export const kTextType = 'text/plain;charset=UTF-8';
const kFormType = 'application/x-www-form-urlencoded;charset=UTF-8';

/** All of a body, in one piece. */
class WholeSource {
  #body;

  /** @param {Body} body */
  constructor(body) {
    this.#body = body;
  }

  pull(controller) {
    this.#body.forgetSignal();
    const bytes = this.#body.takeBytes();
    if (TypedArrayPrototypeGetByteLength(bytes) > 0) controller.enqueue(bytes);
    controller.close();
    if (controller.pending.length > 0) controller.respond(0);
    return PromiseResolve(undefined);
  }

  cancel() {
    return PromiseResolve(undefined);
  }
}

/** A body that is still coming in. */
class IncomingSource {
  #incoming;

  /** @param {IncomingBody} incoming */
  constructor(incoming) {
    this.#incoming = incoming;
  }

  pull(controller) {
    // Who has begun to read hears of a failure without asking for more: one chunk is read ahead.
    controller.highWaterMark = 1;
    return PromisePrototypeThen(this.#incoming.read(), (chunk) => {
      if (chunk !== null && TypedArrayPrototypeGetByteLength(chunk) > 0) {
        controller.enqueue(chunk);
        return;
      }
      controller.close();
      if (controller.pending.length > 0) controller.respond(0);
    });
  }

  cancel() {
    this.#incoming.cancel();
    return PromiseResolve(undefined);
  }
}

export class Body {
  /** All of it, where that is known and nobody has it yet. @type {string | Uint8Array | null} */
  source = null;
  /** Whether another body has the same bytes. */
  isShared = false;
  /** Where it comes from, if that is outside. @type {IncomingBody | null} */
  incoming = null;
  /** Read or given away without a stream. */
  used = false;
  /** The content type it suggests. @type {string | null} */
  type = null;
  /** @type {import('./streams/readable_core.js').ReadableCore | undefined} */
  #stream = undefined;
  /** What may abort a body that is there as a whole. @type {any} */
  #signal = undefined;
  #onAbort = undefined;

  /** What it is read with from now on fails once the signal is aborted. @param {any} signal */
  abortWith(signal) {
    // An empty stream is at its end: nothing is left to fail.
    if (TypedArrayPrototypeGetByteLength(this.source) > 0) this.#signal = signal;
  }

  get isAborted() {
    if (this.#signal !== undefined) return isSignalAborted(this.#signal);
    return this.incoming !== null && this.incoming.isAborted;
  }

  get abortReason() {
    return this.#signal === undefined ? this.incoming?.abortReason : abortReason(this.#signal);
  }

  /** All of it is the reader's. */
  forgetSignal() {
    if (this.#onAbort !== undefined) removeAbortAlgorithm(this.#signal, this.#onAbort);
    this.#signal = this.#onAbort = undefined;
  }

  #tellStream(stream) {
    const signal = this.#signal;
    if (isSignalAborted(signal)) {
      stream.controller.error(abortReason(signal));
      return;
    }
    this.#onAbort = () => stream.controller.error(abortReason(signal));
    addAbortAlgorithm(signal, this.#onAbort);
  }

  /** @returns {import('./streams/readable_core.js').ReadableCore} */
  get stream() {
    if (this.#stream !== undefined) return this.#stream;
    const incoming = this.source === null ? this.incoming : null;
    const stream = byteCore.createReadableBytes(
      incoming === null ? new WholeSource(this) : new IncomingSource(incoming),
    );
    stream.body = this;
    this.#stream = stream;
    if (incoming !== null) incoming.attach(stream.controller);
    if (this.#signal !== undefined && !this.used) this.#tellStream(stream);
    if (this.used) {
      // What was read without the stream has been read.
      stream.disturbed = true;
      stream.close();
      acquireDefaultReader(stream);
    }
    return stream;
  }

  set stream(stream) {
    this.#stream = stream;
  }

  get hasStream() {
    return this.#stream !== undefined;
  }

  get isDisturbed() {
    return this.#stream === undefined ? this.used : this.#stream.disturbed;
  }

  /** The coding of its bytes, where whoever made the stream of them says. */
  get coding() {
    return this.#stream?.coding;
  }

  /** How long it will be, where the stream says. @returns {number} */
  get streamLength() {
    return this.#stream?.length ?? kUnknownLength;
  }

  /** Where it comes from, if it was fetched and nobody has touched it. */
  get fetched() {
    const incoming = this.incoming;
    return incoming !== null && incoming.isFetched ? incoming : null;
  }

  get isUnusable() {
    const stream = this.#stream;
    return stream === undefined ? this.used : stream.disturbed || stream.locked;
  }

  /** Nobody else may read it from now on. */
  markUsed() {
    this.used = true;
    this.forgetSignal();
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.disturbed = true;
    acquireDefaultReader(stream);
  }

  /** Nobody reads it. @param {any} reason */
  cancel(reason) {
    const stream = this.#stream;
    if (stream !== undefined) markHandled(stream.cancel(reason));
    else this.incoming?.cancel();
    this.used = true;
  }

  /** The whole source as bytes that the caller may keep. @returns {Uint8Array} */
  takeBytes() {
    const source = this.source;
    if (typeof source === 'string') return utf8Encode(source);
    if (source === null) return new Uint8ArrayConstructor(0);
    return this.isShared ? copyOfView(source) : source;
  }

  /** Moves what this body, which nobody has read, has to another. @returns {Body} */
  move() {
    // A stream that somebody looked at, but not into, is as good as none.
    const isPlain = this.#stream === undefined || this.source !== null || this.incoming !== null;
    if (!isPlain) return bodyOfStream(proxyOf(this.#stream));
    const moved = new Body();
    moved.source = this.source;
    moved.isShared = this.isShared;
    moved.incoming = this.incoming;
    moved.type = this.type;
    moved.#signal = this.#signal;
    this.markUsed();
    return moved;
  }

  /** What is behind an untouched stream, for another body of it. @param {Body} other */
  takeFrom(other) {
    this.source = other.source;
    this.incoming = other.incoming;
    this.isShared = other.isShared;
    this.#signal = other.#signal;
  }

  /** https://fetch.spec.whatwg.org/#concept-body-clone @returns {Body} */
  clone() {
    // A stream of it that somebody has seen is not read yet, and stays: it makes its own copy.
    if (this.source !== null) {
      const copy = new Body();
      copy.source = this.source;
      copy.type = this.type;
      copy.isShared = this.isShared = typeof this.source !== 'string';
      copy.#signal = this.#signal;
      return copy;
    }
    const type = this.type;
    const branches = tee.teeReadable(this.stream, cloning.structuredClone);
    // The first branch takes this body's place; what the stream came from is the tee's by now.
    this.source = null;
    this.incoming = null;
    this.#stream = branches[0];
    const copy = bodyOfStream(branches[1]);
    copy.type = type;
    return copy;
  }
}

const kIdentity = {
  __proto__: null,
  transform(chunk, core) {
    core.enqueue(chunk);
    return PromiseResolve(undefined);
  },
  flush: () => PromiseResolve(undefined),
  cancel: () => PromiseResolve(undefined),
};

/** "Creating a proxy": the stream's content in a stream of its own. */
function proxyOf(stream) {
  const measure = { highWaterMark: 1, size: undefined };
  const none = { highWaterMark: 0, size: undefined };
  const identity = /** @type {any} */ (kIdentity);
  const transform = new transforming.TransformCore(identity, undefined, measure, none);
  const options = { preventClose: false, preventAbort: false, preventCancel: false };
  markHandled(pipe.pipeReadable(stream, transform.writable, { ...options, signal: undefined }));
  transform.readable.length = stream.length;
  return transform.readable;
}

function bodyOfStream(stream) {
  const body = new Body();
  body.stream = stream;
  return body;
}

/** @param {string | Uint8Array} source @param {string | null} type @returns {Body} */
export function bodyOfSource(source, type) {
  const body = new Body();
  body.source = source;
  body.type = type;
  return body;
}

/** One that has been read, for who handed it on. @returns {Body} */
export function usedBody() {
  const body = new Body();
  body.source = '';
  body.used = true;
  return body;
}

/**
 * That of an incoming request, as the op requestBody has it.
 * @param {number} slot @param {Uint8Array | null | undefined} content @returns {Body | null}
 */
export function incomingBody(slot, content) {
  if (content === undefined) return null;
  const body = new Body();
  body.source = content;
  if (content === null) body.incoming = new IncomingBody(slot, null, false);
  return body;
}

/** That of a fetched response. @param {IncomingBody} incoming @returns {Body} */
export function fetchedBody(incoming) {
  const body = new Body();
  body.incoming = incoming;
  return body;
}

/**
 * https://fetch.spec.whatwg.org/#concept-bodyinit-extract
 * @param {any} object not null or undefined @param {string} context @returns {Body}
 */
export function extractBody(object, context) {
  if (!isObject(object)) return bodyOfSource(toText(object), kTextType);
  if (isReadableStream(object)) return extractStream(readableCoreOf(object), context);
  if (ArrayBufferIsView(object)) return bodyOfSource(copyOfView(object), null);
  if (isArrayBuffer(object)) {
    return bodyOfSource(copyOfView(new Uint8ArrayConstructor(object)), null);
  }
  if (isSearchParams(object)) {
    return bodyOfSource(serializeForm(searchParamsList(object)), kFormType);
  }
  if (isBlob(object)) return bodyOfBlob(object);
  if (isFormData(object)) {
    const { bytes, type } = multipart.encodeMultipart(object);
    return bodyOfSource(bytes, type);
  }
  if (typeof object[SymbolAsyncIterator] === 'function') {
    return bodyOfStream(iterables.readableFrom(object, context));
  }
  return bodyOfSource(toText(object), kTextType);
}

/** The bytes stay the blob's. */
function bodyOfBlob(blob) {
  const body = bodyOfSource(bytesOf(blob), typeOf(blob) === '' ? null : typeOf(blob));
  body.isShared = true;
  return body;
}

// ToString; lone surrogates are replaced where the text becomes bytes.
const toText = (value) => `${value}`;

function extractStream(stream, context) {
  if (stream.disturbed || stream.locked) {
    throw new TypeError(`${context}: Response body object should not be disturbed or locked`);
  }
  const body = new Body();
  body.stream = stream;
  // The stream of another body, and untouched: what is behind it can be taken past it.
  if (stream.body !== undefined) body.takeFrom(stream.body);
  if (stream.content !== undefined) {
    body.source = stream.content;
    body.isShared = true;
  }
  return body;
}
