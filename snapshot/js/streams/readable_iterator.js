// @ts-check
// `for await` over a stream, https://streams.spec.whatwg.org/#rs-asynciterator and Web IDL's
// default asynchronous iterator objects.

import {
  AsyncIteratorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  SymbolToStringTag,
  TypeErrorConstructor,
} from '../primordials.js';
import { thenFollow } from './promises.js';
import { acquireDefaultReader } from './readable_core.js';

const kEndOfIteration = { __proto__: null };

class NextRequest {
  #resolvers = PromiseWithResolvers();
  #reader;

  constructor(reader) {
    this.#reader = reader;
  }

  get promise() {
    return this.#resolvers.promise;
  }

  chunkSteps(chunk) {
    this.#resolvers.resolve(chunk);
  }

  closeSteps() {
    this.#reader.release();
    this.#resolvers.resolve(kEndOfIteration);
  }

  errorSteps(error) {
    this.#reader.release();
    this.#resolvers.reject(error);
  }
}

class StreamIterator {
  #reader;
  #preventCancel;
  #ongoing = undefined;
  #isFinished = false;

  constructor(stream, preventCancel) {
    this.#reader = acquireDefaultReader(stream);
    this.#preventCancel = preventCancel;
  }

  next() {
    if (typeof this !== 'object' || this === null || !(#reader in this)) return illegalReceiver();
    const steps = () => this.#nextSteps();
    const ongoing = this.#ongoing;
    this.#ongoing = ongoing === undefined ? steps() : thenFollow(ongoing, steps, steps);
    return this.#ongoing;
  }

  return(value) {
    if (typeof this !== 'object' || this === null || !(#reader in this)) return illegalReceiver();
    const steps = () => this.#returnSteps(value);
    const ongoing = this.#ongoing;
    this.#ongoing = ongoing === undefined ? steps() : thenFollow(ongoing, steps, steps);
    return PromisePrototypeThen(this.#ongoing, () => ({ value, done: true }));
  }

  #nextSteps() {
    if (this.#isFinished) return PromiseResolve({ value: undefined, done: true });
    const request = new NextRequest(this.#reader);
    this.#reader.read(request);
    return PromisePrototypeThen(
      request.promise,
      (value) => {
        this.#ongoing = undefined;
        if (value !== kEndOfIteration) return { value, done: false };
        this.#isFinished = true;
        return { value: undefined, done: true };
      },
      (reason) => {
        this.#ongoing = undefined;
        this.#isFinished = true;
        throw reason;
      },
    );
  }

  #returnSteps(value) {
    if (this.#isFinished) return PromiseResolve({ value, done: true });
    this.#isFinished = true;
    const result = this.#preventCancel ? PromiseResolve(undefined) : this.#reader.cancel(value);
    this.#reader.release();
    return result;
  }
}

const illegalReceiver = () => PromiseReject(new TypeErrorConstructor('Illegal invocation'));

const prototype = StreamIterator.prototype;
ObjectSetPrototypeOf(prototype, AsyncIteratorPrototype);
// The class is ours alone: `constructor` is what AsyncIteratorPrototype has.
delete (/** @type {any} */ (prototype).constructor);
ObjectDefineProperty(prototype, 'next', { __proto__: null, enumerable: true });
ObjectDefineProperty(prototype, 'return', { __proto__: null, enumerable: true });
ObjectDefineProperty(prototype, SymbolToStringTag, {
  __proto__: null,
  configurable: true,
  value: 'ReadableStream AsyncIterator',
});

/**
 * @param {import('./readable_core.js').ReadableCore} stream @param {boolean} preventCancel
 * @returns {AsyncIterator<any>}
 */
export function iterateReadable(stream, preventCancel) {
  return /** @type {any} */ (new StreamIterator(stream, preventCancel));
}
