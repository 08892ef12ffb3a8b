// @ts-check
// What a byte source is given to work with: its controller, and the reader's own view to write to.
// https://streams.spec.whatwg.org/#rbs-controller-class

import {
  ArrayBufferPrototypeGetByteLength,
  TypeErrorConstructor,
  TypedArrayPrototypeGetBuffer,
  Uint8ArrayConstructor,
} from '../primordials.js';
import {
  bufferOfView,
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
  toUnsignedLongLong,
} from '../webidl.js';
import { byteLengthOfView, isDetached, toArrayBufferView } from './views.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

/**
 * The tenant's controller of the core.
 * @param {import('./readable_byte_core.js').ByteControllerCore} core
 */
export function byteControllerOf(core) {
  // @ts-ignore The constructor is illegal for tenants.
  return (core.wrapper ??= new ReadableByteStreamController(kInternal, core));
}

/**
 * ReadableByteStreamControllerGetBYOBRequest.
 * @param {import('./readable_byte_core.js').ByteControllerCore} core
 * @returns {ReadableStreamBYOBRequest | null}
 */
export function byobRequestOf(core) {
  if (core.byobRequest === null && core.pending.length > 0) {
    const first = core.pending.peek();
    const start = first.byteOffset + first.bytesFilled;
    const room = first.byteLength - first.bytesFilled;
    const view = new Uint8ArrayConstructor(first.buffer, start, room);
    // @ts-ignore The constructor is illegal for tenants.
    const request = new ReadableStreamBYOBRequest(kInternal, core, view);
    core.invalidateByobRequest = invalidateByobRequest;
    core.byobRequest = request;
  }
  return core.byobRequest;
}

/** @type {(request: ReadableStreamBYOBRequest) => Uint8Array} */
let viewOfByobRequest;

/** Takes the view away from the source. @type {(request: ReadableStreamBYOBRequest) => void} */
let invalidateByobRequest;
/** @type {(value: object) => boolean} */
let isController;
/** @type {(value: object) => boolean} */
let isByobRequest;

export class ReadableByteStreamController {
  /** @type {import('./readable_byte_core.js').ByteControllerCore} */
  #core;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#core = arguments[1];
  }

  get byobRequest() {
    if (!(#core in this)) illegalInvocation();
    return byobRequestOf(this.#core);
  }

  get desiredSize() {
    if (!(#core in this)) illegalInvocation();
    return this.#core.desiredSize;
  }

  close() {
    if (!(#core in this)) illegalInvocation();
    if (!this.#core.canCloseOrEnqueue) {
      throw new TypeError('The stream is not in a state that permits close');
    }
    this.#core.close();
  }

  enqueue(chunk) {
    if (!(#core in this)) illegalInvocation();
    const context = "Failed to execute 'enqueue' on 'ReadableByteStreamController'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const view = toArrayBufferView(chunk, context);
    if (byteLengthOfView(view) === 0) throw new TypeError('The chunk has a byteLength of 0');
    if (ArrayBufferPrototypeGetByteLength(bufferOfView(view)) === 0) {
      throw new TypeError("The chunk's buffer has a byteLength of 0");
    }
    if (!this.#core.canCloseOrEnqueue) {
      throw new TypeError('The stream is not in a state that permits enqueue');
    }
    this.#core.enqueue(view);
  }

  error(e = undefined) {
    if (!(#core in this)) illegalInvocation();
    this.#core.error(e);
  }

  static {
    isController = (value) => #core in value;
  }
}
defineInterface(ReadableByteStreamController, isController);

export class ReadableStreamBYOBRequest {
  /** @type {import('./readable_byte_core.js').ByteControllerCore | undefined} */
  #core;
  /** @type {Uint8Array | null} */
  #view;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#core = arguments[1];
    this.#view = arguments[2];
  }

  get view() {
    if (!(#core in this)) illegalInvocation();
    return this.#view;
  }

  respond(bytesWritten) {
    if (!(#core in this)) illegalInvocation();
    const context = "Failed to execute 'respond' on 'ReadableStreamBYOBRequest'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const count = toUnsignedLongLong(bytesWritten, context, 'enforceRange');
    const core = this.#core;
    if (core === undefined) throw new TypeError('This BYOB request has been invalidated');
    if (isDetached(TypedArrayPrototypeGetBuffer(this.#view))) {
      throw new TypeError('The BYOB request has a detached buffer');
    }
    core.respond(count);
  }

  respondWithNewView(view) {
    if (!(#core in this)) illegalInvocation();
    const context = "Failed to execute 'respondWithNewView' on 'ReadableStreamBYOBRequest'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const newView = toArrayBufferView(view, context);
    const core = this.#core;
    if (core === undefined) throw new TypeError('This BYOB request has been invalidated');
    if (isDetached(bufferOfView(newView))) throw new TypeError('The view has a detached buffer');
    core.respondWithNewView(newView);
  }

  static {
    isByobRequest = (value) => #core in value;
    viewOfByobRequest = (request) => /** @type {Uint8Array} */ (request.#view);
    invalidateByobRequest = (request) => {
      request.#core = undefined;
      request.#view = null;
    };
  }
}
defineInterface(ReadableStreamBYOBRequest, isByobRequest);

export { viewOfByobRequest };
