// @ts-check
// IdentityTransformStream and FixedLengthStream, of Workers: bytes as they are, with a byte stream on
// the readable side. A write is done when a reader has asked for it.

import { copyBytes } from '../crypto/bytes.js';
import {
  NumberConstructor,
  NumberMAX_SAFE_INTEGER,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  TypeErrorConstructor as TypeError,
  ReflectConstruct,
  TypedArrayPrototypeGetByteLength,
} from '../primordials.js';
import { defineInterface, isBufferSource, tooFewArguments, toUnsignedLongLong } from '../webidl.js';
import { thenFollow } from './promises.js';
import { createReadableBytes } from './readable_byte_core.js';
import { kOwnCore, TransformStream } from './transform_stream.js';
import { createWritable } from './writable_controller.js';

class IdentityCore {
  readable;
  writable;
  /** Bytes to come; undefined where nobody has said how many. @type {number | undefined} */
  #left;
  /** Resolved while a reader waits. */
  #wanted = PromiseWithResolvers();
  /** Of the reader's pull. @type {any} */
  #given = undefined;
  #isOver = false;

  /** @param {number | undefined} length */
  constructor(length) {
    this.#left = length;
    this.readable = createReadableBytes({
      pull: () => this.#pull(),
      cancel: (reason) => this.#cancel(reason),
    });
    this.readable.length = length;
    const sink = {
      write: (chunk) => this.#write(chunk),
      close: () => this.#close(),
      abort: (reason) => this.#abort(reason),
    };
    this.writable = createWritable(sink, PromiseResolve(undefined));
  }

  #pull() {
    this.#given = PromiseWithResolvers();
    this.#wanted.resolve(undefined);
    return this.#given.promise;
  }

  #write(chunk) {
    if (!isBufferSource(chunk)) return this.#fail('A chunk of an IdentityTransformStream is bytes');
    const bytes = copyBytes(chunk, 'IdentityTransformStream');
    const length = TypedArrayPrototypeGetByteLength(bytes);
    if (length === 0) return PromiseResolve(undefined);
    if (this.#left !== undefined) {
      if (length > this.#left)
        return this.#fail('More bytes than the FixedLengthStream is to have');
      this.#left -= length;
    }
    return thenFollow(this.#wanted.promise, () => {
      if (this.#isOver) return PromiseResolve(undefined);
      this.#wanted = PromiseWithResolvers();
      this.readable.controller.enqueue(bytes);
      this.#given.resolve(undefined);
      return PromiseResolve(undefined);
    });
  }

  #close() {
    if (this.#left !== undefined && this.#left > 0) {
      return this.#fail('Fewer bytes than the FixedLengthStream is to have');
    }
    const controller = this.readable.controller;
    this.#end();
    controller.close();
    if (controller.pending.length > 0) controller.respond(0);
    return PromiseResolve(undefined);
  }

  #abort(reason) {
    this.readable.controller.error(reason);
    this.#end();
    return PromiseResolve(undefined);
  }

  #cancel(reason) {
    this.#end();
    this.writable.controller.errorIfNeeded(reason);
    return PromiseResolve(undefined);
  }

  #fail(message) {
    const error = new TypeError(message);
    this.#abort(error);
    return PromiseReject(error);
  }

  /** Nobody waits any more. */
  #end() {
    this.#isOver = true;
    this.#wanted.resolve(undefined);
    this.#given?.resolve(undefined);
  }
}

/** Not by super(): the parent is a tenant's to choose, and would be told the key. */
const make = (length, target) =>
  ReflectConstruct(TransformStream, [kOwnCore, new IdentityCore(length)], target);

export class IdentityTransformStream extends TransformStream {
  // @ts-ignore There is no super().
  constructor() {
    return make(undefined, new.target);
  }
}
defineInterface(IdentityTransformStream);

/** @param {any} value @param {string} context */
function toLength(value, context) {
  if (typeof value !== 'bigint') return toUnsignedLongLong(value, context, 'enforceRange');
  if (value < 0n || value > NumberMAX_SAFE_INTEGER) {
    throw new TypeError(`${context}: The length is out of range`);
  }
  return NumberConstructor(value);
}

export class FixedLengthStream extends IdentityTransformStream {
  // @ts-ignore There is no super().
  constructor(expectedLength) {
    const context = "Failed to construct 'FixedLengthStream'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return make(toLength(expectedLength, context), new.target);
  }
}
defineInterface(FixedLengthStream);
