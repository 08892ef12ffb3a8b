// @ts-check
// WritableStream and WritableStreamDefaultWriter, https://streams.spec.whatwg.org/#ws-class

import {
  PromiseReject,
  PromiseResolve,
  RangeErrorConstructor,
  ReflectApply,
  TypeErrorConstructor,
} from '../primordials.js';
import {
  defineInterface,
  illegalInvocation,
  isObject,
  toCallback,
  toDictionary,
  tooFewArguments,
} from '../webidl.js';
import { callForPromise } from './promises.js';
import { extractHighWaterMark, toStrategy } from './strategies.js';
import { WritableControllerCore } from './writable_controller.js';
import { acquireWriter, WritableCore } from './writable_core.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

const illegalReceiver = () => PromiseReject(new TypeError('Illegal invocation'));
const optionalCallback = (value, context) =>
  value === undefined ? undefined : toCallback(value, context);

/** A tenant's underlying sink. */
class UserSink {
  #object;
  #abort;
  #close;
  #start;
  #write;

  /** @param {any} object null for none @param {string} context */
  constructor(object, context) {
    this.#object = object;
    const members = toDictionary(object, context, 'UnderlyingSink');
    this.#abort = optionalCallback(members.abort, context);
    this.#close = optionalCallback(members.close, context);
    this.#start = optionalCallback(members.start, context);
    const type = members.type;
    this.#write = optionalCallback(members.write, context);
    if (type !== undefined) {
      throw new RangeErrorConstructor(`${context}: Invalid type is specified`);
    }
  }

  start(controller) {
    return this.#start === undefined
      ? undefined
      : ReflectApply(this.#start, this.#object, [controller.wrapper]);
  }

  write(chunk, controller) {
    return this.#write === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#write, this.#object, [chunk, controller.wrapper]);
  }

  close() {
    return this.#close === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#close, this.#object, []);
  }

  abort(reason) {
    return this.#abort === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#abort, this.#object, [reason]);
  }
}

/** @type {(value: any) => boolean} */
let isWritableStream;
/** What is behind the class. @type {(stream: WritableStream) => WritableCore} */
let writableCoreOf;

/** The core's WritableStream. @param {WritableCore} core @returns {WritableStream} */
export function writableStreamOf(core) {
  return (core.wrapper ??= new WritableStream(/** @type {any} */ (kInternal), core));
}

export class WritableStream {
  /** @type {WritableCore} */
  #core;

  constructor(underlyingSink = undefined, strategy = undefined) {
    if (underlyingSink === kInternal) {
      this.#core = /** @type {any} */ (strategy);
      return;
    }
    const context = "Failed to construct 'WritableStream'";
    if (underlyingSink !== undefined && !isObject(underlyingSink)) {
      throw new TypeError(`${context}: The underlying sink is not an object.`);
    }
    const chosen = toStrategy(strategy, context);
    const sink = new UserSink(underlyingSink ?? null, context);
    const highWaterMark = extractHighWaterMark(chosen, 1);
    this.#core = new WritableCore();
    this.#core.wrapper = this;
    const controller = new WritableControllerCore(this.#core, sink, highWaterMark, chosen.size);
    controller.begin(sink.start(controller));
  }

  get locked() {
    if (!(#core in this)) illegalInvocation();
    return this.#core.locked;
  }

  abort(reason = undefined) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    if (this.#core.locked) return PromiseReject(new TypeError('Cannot abort a locked stream'));
    return this.#core.abort(reason);
  }

  close() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    const core = this.#core;
    if (core.locked) return PromiseReject(new TypeError('Cannot close a locked stream'));
    if (core.closeQueuedOrInFlight) {
      return PromiseReject(new TypeError('Cannot close a stream that is closing'));
    }
    return core.close();
  }

  getWriter() {
    if (!(#core in this)) illegalInvocation();
    return new WritableStreamDefaultWriter(this);
  }

  static {
    isWritableStream = (value) => isObject(value) && #core in value;
    writableCoreOf = (stream) => stream.#core;
  }
}
defineInterface(WritableStream, isWritableStream);

/** @type {(value: object) => boolean} */
let isWriter;

const released = (action) => new TypeError(`Cannot ${action} a stream using a released writer`);

export class WritableStreamDefaultWriter {
  /** @type {import('./writable_core.js').WriterCore} */
  #core;

  constructor(stream) {
    const context = "Failed to construct 'WritableStreamDefaultWriter'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (!isWritableStream(stream)) {
      throw new TypeError(`${context}: parameter 1 is not of type 'WritableStream'.`);
    }
    this.#core = acquireWriter(writableCoreOf(stream));
  }

  get closed() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    return this.#core.closed.promise;
  }

  get desiredSize() {
    if (!(#core in this)) illegalInvocation();
    if (this.#core.stream === undefined) throw released('get the desiredSize of');
    return this.#core.desiredSize;
  }

  get ready() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    return this.#core.ready.promise;
  }

  abort(reason = undefined) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    const stream = this.#core.stream;
    return stream === undefined ? PromiseReject(released('abort')) : stream.abort(reason);
  }

  close() {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    const stream = this.#core.stream;
    if (stream === undefined) return PromiseReject(released('close'));
    if (stream.closeQueuedOrInFlight) {
      return PromiseReject(new TypeError('Cannot close a stream that is closing'));
    }
    return stream.close();
  }

  releaseLock() {
    if (!(#core in this)) illegalInvocation();
    if (this.#core.stream !== undefined) this.#core.release();
  }

  write(chunk = undefined) {
    if (!isObject(this) || !(#core in this)) return illegalReceiver();
    if (this.#core.stream === undefined) return PromiseReject(released('write to'));
    return this.#core.write(chunk);
  }

  static {
    isWriter = (value) => #core in value;
  }
}
defineInterface(WritableStreamDefaultWriter, isWriter);

export { isWritableStream, writableCoreOf };
