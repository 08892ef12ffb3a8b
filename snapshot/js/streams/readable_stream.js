// @ts-check
// ReadableStream, https://streams.spec.whatwg.org/#rs-class

import { isAbortSignal } from '../abort.js';
import {
  ObjectDefineProperty,
  PromiseReject,
  PromiseResolve,
  RangeErrorConstructor,
  ReflectApply,
  SymbolAsyncIterator,
  TypeErrorConstructor,
} from '../primordials.js';
import {
  defineInterface,
  illegalInvocation,
  isObject,
  toCallback,
  toDictionary,
  toEnum,
  tooFewArguments,
  toUnsignedLongLong,
} from '../webidl.js';
import { callForPromise, markHandled } from './promises.js';
import defer * as byteController from './readable_byte_controller.js';
import defer * as byteCore from './readable_byte_core.js';
import { ReadableCore } from './readable_core.js';
import { DefaultControllerCore } from './readable_default_controller.js';
import defer * as iterables from './readable_from.js';
import defer * as iterator from './readable_iterator.js';
import defer * as pipe from './readable_pipe.js';
import {
  connectReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamDefaultReader,
} from './readable_readers.js';
import defer * as tee from './readable_tee.js';
import { extractHighWaterMark, toStrategy } from './strategies.js';
import defer * as writables from './writable_stream.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

/** A tenant's underlying source. */
class UserSource {
  #object;
  #start;
  #pull;
  #cancel;
  autoAllocateChunkSize;
  type;

  /** @param {any} object null for none @param {string} context */
  constructor(object, context) {
    this.#object = object;
    const members = toDictionary(object, context, 'UnderlyingSource');
    const size = members.autoAllocateChunkSize;
    if (size !== undefined) {
      this.autoAllocateChunkSize = toUnsignedLongLong(size, context, 'enforceRange');
    }
    this.#cancel = optionalCallback(members.cancel, context);
    this.#pull = optionalCallback(members.pull, context);
    this.#start = optionalCallback(members.start, context);
    const type = members.type;
    if (type !== undefined) this.type = toEnum(type, ['bytes'], context, 'ReadableStreamType');
  }

  start(controller) {
    return this.#start === undefined
      ? undefined
      : ReflectApply(this.#start, this.#object, [wrapperOf(controller)]);
  }

  pull(controller) {
    return this.#pull === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#pull, this.#object, [wrapperOf(controller)]);
  }

  cancel(reason) {
    return this.#cancel === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#cancel, this.#object, [reason]);
  }
}

const optionalCallback = (value, context) =>
  value === undefined ? undefined : toCallback(value, context);

const wrapperOf = (controller) =>
  controller.isByteController ? byteController.byteControllerOf(controller) : controller.wrapper;

/** @returns {byteCore.ByteControllerCore | DefaultControllerCore} */
function makeController(core, source, strategy) {
  if (source.type === undefined) {
    const highWaterMark = extractHighWaterMark(strategy, 1);
    return new DefaultControllerCore(core, source, highWaterMark, strategy.size);
  }
  if (strategy.hasSize) {
    throw new RangeErrorConstructor('The strategy for a byte stream cannot have a size function');
  }
  const highWaterMark = extractHighWaterMark(strategy, 0);
  if (source.autoAllocateChunkSize === 0) {
    throw new TypeError('autoAllocateChunkSize must be greater than 0');
  }
  return new byteCore.ByteControllerCore(core, source, highWaterMark, source.autoAllocateChunkSize);
}

/** @type {(value: any) => boolean} */
let isReadableStream;
/** What is behind the class. @type {(stream: ReadableStream) => ReadableCore} */
let readableCoreOf;

/** The core's ReadableStream. @param {ReadableCore} core @returns {ReadableStream} */
export function readableStreamOf(core) {
  return (core.wrapper ??= new ReadableStream(/** @type {any} */ (kInternal), core));
}

/** StreamPipeOptions, read in the order of their names. */
function toPipeOptions(value, context) {
  const members = toDictionary(value, context, 'StreamPipeOptions');
  const preventAbort = !!members.preventAbort;
  const preventCancel = !!members.preventCancel;
  const preventClose = !!members.preventClose;
  const signal = members.signal;
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw new TypeError(`${context}: member signal is not of type 'AbortSignal'.`);
  }
  return { preventAbort, preventCancel, preventClose, signal };
}

function toWritable(value, context) {
  if (!writables.isWritableStream(value)) throw new TypeError(`${context}: not a WritableStream.`);
  return writables.writableCoreOf(value);
}

export class ReadableStream {
  /** @type {ReadableCore} */
  #core;

  constructor(underlyingSource = undefined, strategy = undefined) {
    if (underlyingSource === kInternal) {
      this.#core = /** @type {any} */ (strategy);
      return;
    }
    const context = "Failed to construct 'ReadableStream'";
    if (underlyingSource !== undefined && !isObject(underlyingSource)) {
      throw new TypeError(`${context}: The underlying source is not an object.`);
    }
    const chosen = toStrategy(strategy, context);
    const source = new UserSource(underlyingSource ?? null, context);
    this.#core = new ReadableCore();
    this.#core.wrapper = this;
    const controller = makeController(this.#core, source, chosen);
    controller.begin(source.start(controller));
  }

  static from(asyncIterable) {
    const context = "Failed to execute 'from' on 'ReadableStream'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return readableStreamOf(iterables.readableFrom(asyncIterable, context));
  }

  get locked() {
    if (!(#core in this)) illegalInvocation();
    return this.#core.locked;
  }

  cancel(reason = undefined) {
    if (!isReadableStream(this)) return PromiseReject(new TypeError('Illegal invocation'));
    if (this.#core.locked) return PromiseReject(new TypeError('Cannot cancel a locked stream'));
    return this.#core.cancel(reason);
  }

  getReader(options = undefined) {
    if (!(#core in this)) illegalInvocation();
    const context = "Failed to execute 'getReader' on 'ReadableStream'";
    const mode = toDictionary(options, context, 'ReadableStreamGetReaderOptions').mode;
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    toEnum(mode, ['byob'], context, 'ReadableStreamReaderMode');
    return new ReadableStreamBYOBReader(this);
  }

  pipeThrough(transform, options = undefined) {
    if (!(#core in this)) illegalInvocation();
    const context = "Failed to execute 'pipeThrough' on 'ReadableStream'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const pair = toDictionary(transform, context, 'ReadableWritablePair');
    const readable = pair.readable;
    if (!isReadableStream(readable)) {
      throw new TypeError(`${context}: member readable is not a ReadableStream.`);
    }
    const writable = toWritable(pair.writable, `${context}: member writable is`);
    const chosen = toPipeOptions(options, context);
    if (this.#core.locked) throw new TypeError(`${context}: Cannot pipe a locked stream.`);
    if (writable.locked) throw new TypeError(`${context}: Cannot pipe to a locked stream.`);
    markHandled(pipe.pipeReadable(this.#core, writable, chosen));
    return readable;
  }

  pipeTo(destination, options = undefined) {
    if (!isReadableStream(this)) return PromiseReject(new TypeError('Illegal invocation'));
    let writable;
    let chosen;
    try {
      const context = "Failed to execute 'pipeTo' on 'ReadableStream'";
      if (arguments.length < 1) tooFewArguments(1, 0, context);
      writable = toWritable(destination, `${context}: parameter 1 is`);
      chosen = toPipeOptions(options, context);
      if (this.#core.locked) throw new TypeError(`${context}: Cannot pipe a locked stream.`);
      if (writable.locked) throw new TypeError(`${context}: Cannot pipe to a locked stream.`);
    } catch (error) {
      return PromiseReject(error);
    }
    return pipe.pipeReadable(this.#core, writable, chosen);
  }

  tee() {
    if (!(#core in this)) illegalInvocation();
    const branches = tee.teeReadable(this.#core);
    return [readableStreamOf(branches[0]), readableStreamOf(branches[1])];
  }

  values(options = undefined) {
    if (!(#core in this)) illegalInvocation();
    const context = "Failed to execute 'values' on 'ReadableStream'";
    const members = toDictionary(options, context, 'ReadableStreamIteratorOptions');
    return iterator.iterateReadable(this.#core, !!members.preventCancel);
  }

  static {
    isReadableStream = (value) => isObject(value) && #core in value;
    readableCoreOf = (stream) => stream.#core;
    connectReadableStream((value, context) => {
      if (isReadableStream(value)) return value.#core;
      throw new TypeError(`${context}: parameter 1 is not of type 'ReadableStream'.`);
    });
  }
}
ObjectDefineProperty(ReadableStream.prototype, SymbolAsyncIterator, {
  __proto__: null,
  configurable: true,
  writable: true,
  value: ReadableStream.prototype.values,
});
defineInterface(ReadableStream, isReadableStream);

export { isReadableStream, readableCoreOf };
