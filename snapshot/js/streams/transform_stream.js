// @ts-check
// TransformStream, https://streams.spec.whatwg.org/#ts

import {
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  RangeErrorConstructor,
  ReflectApply,
  TypeErrorConstructor,
} from '../primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  toCallback,
  toDictionary,
} from '../webidl.js';
import { callForPromise } from './promises.js';
import { readableStreamOf } from './readable_stream.js';
import { extractHighWaterMark, toStrategy } from './strategies.js';
import { TransformCore } from './transform_core.js';
import { writableStreamOf } from './writable_stream.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };
/** Before a core of another kind, for what extends the class here. @type {any} */
export const kOwnCore = { __proto__: null };

const optionalCallback = (value, context) =>
  value === undefined ? undefined : toCallback(value, context);

/** A tenant's transformer. */
class UserTransformer {
  #object;
  #cancel;
  #flush;
  #start;
  #transform;

  /** @param {any} object null for none @param {string} context */
  constructor(object, context) {
    this.#object = object;
    const members = toDictionary(object, context, 'Transformer');
    this.#cancel = optionalCallback(members.cancel, context);
    this.#flush = optionalCallback(members.flush, context);
    const readableType = members.readableType;
    this.#start = optionalCallback(members.start, context);
    this.#transform = optionalCallback(members.transform, context);
    const writableType = members.writableType;
    if (readableType !== undefined || writableType !== undefined) {
      throw new RangeErrorConstructor(`${context}: Invalid type is specified`);
    }
  }

  start(core) {
    return this.#start === undefined
      ? undefined
      : ReflectApply(this.#start, this.#object, [controllerOf(core)]);
  }

  transform(chunk, core) {
    if (this.#transform !== undefined) {
      return callForPromise(this.#transform, this.#object, [chunk, controllerOf(core)]);
    }
    try {
      core.enqueue(chunk);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromiseResolve(undefined);
  }

  flush(core) {
    return this.#flush === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#flush, this.#object, [controllerOf(core)]);
  }

  cancel(reason) {
    return this.#cancel === undefined
      ? PromiseResolve(undefined)
      : callForPromise(this.#cancel, this.#object, [reason]);
  }
}

/** @type {(value: object) => boolean} */
let isTransformStream;

export class TransformStream {
  /** @type {TransformCore} */
  #core;

  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    if (transformer === kOwnCore) {
      this.#core = /** @type {any} */ (writableStrategy);
      return;
    }
    const context = "Failed to construct 'TransformStream'";
    if (transformer !== undefined && !isObject(transformer)) {
      throw new TypeError(`${context}: The transformer is not an object.`);
    }
    const writable = toStrategy(writableStrategy, context);
    const readable = toStrategy(readableStrategy, context);
    const user = new UserTransformer(transformer ?? null, context);
    const readableMark = extractHighWaterMark(readable, 0);
    const writableMark = extractHighWaterMark(writable, 1);
    const started = PromiseWithResolvers();
    this.#core = new TransformCore(
      user,
      started.promise,
      { highWaterMark: writableMark, size: writable.size },
      { highWaterMark: readableMark, size: readable.size },
    );
    started.resolve(user.start(this.#core));
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
    isTransformStream = (value) => #core in value;
  }
}
defineInterface(TransformStream, isTransformStream);

/** @type {(value: object) => boolean} */
let isController;

/** The core's controller for the tenant. @param {TransformCore} core */
function controllerOf(core) {
  // @ts-ignore The constructor is illegal for tenants.
  return (core.wrapper ??= new TransformStreamDefaultController(kInternal, core));
}

export class TransformStreamDefaultController {
  /** @type {TransformCore} */
  #core;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#core = arguments[1];
  }

  get desiredSize() {
    if (!(#core in this)) illegalInvocation();
    return this.#core.readable.controller.desiredSize;
  }

  enqueue(chunk = undefined) {
    if (!(#core in this)) illegalInvocation();
    this.#core.enqueue(chunk);
  }

  error(reason = undefined) {
    if (!(#core in this)) illegalInvocation();
    this.#core.error(reason);
  }

  terminate() {
    if (!(#core in this)) illegalInvocation();
    this.#core.terminate();
  }

  static {
    isController = (value) => #core in value;
  }
}
defineInterface(TransformStreamDefaultController, isController);
