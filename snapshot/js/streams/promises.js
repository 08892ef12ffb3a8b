// @ts-check
// Promises as the Streams Standard uses them: reactions through the captured `then`, and promises
// that nobody may be looking at.

import { markAsHandled } from 'nano:ops';
import {
  PromiseConstructor,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  ReflectApply,
} from '../primordials.js';
import { isObject } from '../webidl.js';

const returnUndefined = () => undefined;

/**
 * Web IDL's "a promise resolved with": a promise among the values is followed, never returned,
 * which takes the two further microtasks that the standard's order of events counts on.
 * @param {any} value @returns {Promise<any>}
 */
export function resolvedWith(value) {
  return isObject(value)
    ? new PromiseConstructor((resolve) => resolve(value))
    : PromiseResolve(value);
}

/**
 * The same of a promise of ours, without the look at its `then`, which a tenant may have replaced.
 * @param {Promise<any>} promise @returns {Promise<any>}
 */
export function following(promise) {
  return new PromiseConstructor((resolve, reject) => {
    runInMicrotask(() => PromisePrototypeThen(promise, resolve, reject));
  });
}

/**
 * Calls what the user gave for an operation that returns a promise.
 * @param {Function} callback @param {any} self @param {any[]} args @returns {Promise<any>}
 */
export function callForPromise(callback, self, args) {
  let result;
  try {
    result = ReflectApply(callback, self, args);
  } catch (error) {
    return PromiseReject(error);
  }
  return resolvedWith(result);
}

/** Sets [[PromiseIsHandled]]. @template T @param {Promise<T>} promise @returns {Promise<T>} */
export function markHandled(promise) {
  markAsHandled(promise);
  return promise;
}

/** The promise, with undefined as its value. @param {Promise<any>} promise */
export function withoutValue(promise) {
  return PromisePrototypeThen(promise, returnUndefined);
}

/** @param {() => any} steps what they return is dropped, not followed */
export function runInMicrotask(steps) {
  PromisePrototypeThen(PromiseResolve(undefined), () => {
    steps();
  });
}

/**
 * What `then` gives where `steps` return a promise, without the language's look at the `then` of
 * that promise, which a tenant may have replaced. It takes as many microtasks.
 * @param {Promise<any>} promise
 * @param {(value: any) => Promise<any>} onFulfilled
 * @param {(reason: any) => Promise<any>} [onRejected] without it a rejection is passed on
 * @returns {Promise<any>}
 */
export function thenFollow(promise, onFulfilled, onRejected) {
  const { promise: result, resolve, reject } = PromiseWithResolvers();
  const follow = (steps) => (settled) => {
    let next;
    try {
      next = steps(settled);
    } catch (error) {
      reject(error);
      return;
    }
    runInMicrotask(() => PromisePrototypeThen(next, resolve, reject));
  };
  const rejected = onRejected === undefined ? reject : follow(onRejected);
  PromisePrototypeThen(promise, follow(onFulfilled), rejected);
  return result;
}

/**
 * Fulfils when both have, rejects when one does.
 * @param {Promise<any>} first @param {Promise<any>} second
 */
export function waitForBoth(first, second) {
  return new PromiseConstructor((resolve, reject) => {
    let missing = 2;
    const onFulfilled = () => {
      if (--missing === 0) resolve(undefined);
    };
    PromisePrototypeThen(first, onFulfilled, reject);
    PromisePrototypeThen(second, onFulfilled, reject);
  });
}

const kPending = 0;
const kFulfilled = 1;
const kRejected = 2;

// The promises behind `closed` and `ready`: made when first looked at, which nobody can tell from
// one that was there from the start, since a rejection of theirs always counts as handled.
export class Deferred {
  #state = kPending;
  #reason = undefined;
  #promise = undefined;
  #resolvers = undefined;

  get isPending() {
    return this.#state === kPending;
  }

  /** @returns {Promise<undefined>} */
  get promise() {
    if (this.#promise !== undefined) return this.#promise;
    if (this.#state === kPending) {
      this.#resolvers = PromiseWithResolvers();
      this.#promise = this.#resolvers.promise;
    } else if (this.#state === kFulfilled) {
      this.#promise = PromiseResolve(undefined);
    } else {
      this.#promise = markHandled(PromiseReject(this.#reason));
    }
    return this.#promise;
  }

  resolve() {
    if (this.#state !== kPending) return;
    this.#state = kFulfilled;
    this.#resolvers?.resolve(undefined);
    this.#resolvers = undefined;
  }

  /** @param {any} reason */
  reject(reason) {
    if (this.#state !== kPending) return;
    this.#state = kRejected;
    this.#reason = reason;
    if (this.#resolvers === undefined) return;
    markHandled(this.#promise);
    this.#resolvers.reject(reason);
    this.#resolvers = undefined;
  }
}

export function fulfilledDeferred() {
  const deferred = new Deferred();
  deferred.resolve();
  return deferred;
}

/** @param {any} reason */
export function rejectedDeferred(reason) {
  const deferred = new Deferred();
  deferred.reject(reason);
  return deferred;
}
