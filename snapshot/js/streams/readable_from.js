// @ts-check
// ReadableStream.from: a stream of what an iterable or async iterable yields,
// https://streams.spec.whatwg.org/#abstract-opdef-readablestreamfromiterable

import {
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ReflectApply,
  SymbolAsyncIterator,
  SymbolIterator,
  TypeErrorConstructor,
} from '../primordials.js';
import { isObject } from '../webidl.js';
import { callForPromise } from './promises.js';
import { createReadable } from './readable_default_controller.js';

const TypeError = TypeErrorConstructor;

/** GetMethod. @returns {Function | undefined} */
function methodOf(object, name) {
  const method = object[name];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== 'function') throw new TypeError("The iterator's method is not a function");
  return method;
}

function openIterator(object, method) {
  const iterator = ReflectApply(method, object, []);
  if (!isObject(iterator)) throw new TypeError('The iterator method must return an object');
  return iterator;
}

function checkResult(result) {
  if (!isObject(result)) throw new TypeError('The iterator result is not an object');
}

/** What the language's %AsyncFromSyncIteratorPrototype% does, for a sync iterator. */
class AsyncFromSyncIterator {
  #iterator;
  #next;

  constructor(iterator) {
    this.#iterator = iterator;
    this.#next = iterator.next;
  }

  next() {
    try {
      const result = ReflectApply(this.#next, this.#iterator, []);
      checkResult(result);
      return this.#unwrap(result, true);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  return(reason) {
    try {
      const method = methodOf(this.#iterator, 'return');
      if (method === undefined) return PromiseResolve({ value: reason, done: true });
      const result = ReflectApply(method, this.#iterator, [reason]);
      checkResult(result);
      return this.#unwrap(result, false);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  /** Waits for the value; where that rejects, the iterator is told. */
  #unwrap(result, closeOnRejection) {
    const done = !!result.done;
    const value = result.value;
    const close = () => {
      if (done || !closeOnRejection) return;
      try {
        const method = methodOf(this.#iterator, 'return');
        if (method !== undefined) ReflectApply(method, this.#iterator, []);
      } catch {
        // The first error is the one to report.
      }
    };
    let promise;
    try {
      promise = PromiseResolve(value);
    } catch (error) {
      close();
      throw error;
    }
    return PromisePrototypeThen(
      promise,
      (settled) => ({ value: settled, done }),
      (error) => {
        close();
        throw error;
      },
    );
  }
}

class IteratorSource {
  #iterator;
  #next;

  constructor(iterator) {
    this.#iterator = iterator;
    this.#next = iterator.next;
  }

  pull(controller) {
    return PromisePrototypeThen(callForPromise(this.#next, this.#iterator, []), (result) => {
      checkResult(result);
      if (result.done) controller.close();
      else controller.enqueue(result.value);
    });
  }

  cancel(reason) {
    let method;
    try {
      method = methodOf(this.#iterator, 'return');
    } catch (error) {
      return PromiseReject(error);
    }
    if (method === undefined) return PromiseResolve(undefined);
    const returned = callForPromise(method, this.#iterator, [reason]);
    return PromisePrototypeThen(returned, checkResult);
  }
}

/** @param {any} iterable @param {string} context */
export function readableFrom(iterable, context) {
  if (!isObject(iterable) && typeof iterable !== 'string') {
    throw new TypeError(`${context}: The value is not an object`);
  }
  let iterator;
  const asyncMethod = methodOf(iterable, SymbolAsyncIterator);
  if (asyncMethod !== undefined) {
    iterator = openIterator(iterable, asyncMethod);
  } else {
    const method = methodOf(iterable, SymbolIterator);
    if (method === undefined) throw new TypeError(`${context}: The object is not iterable`);
    iterator = new AsyncFromSyncIterator(openIterator(iterable, method));
  }
  return createReadable(new IteratorSource(iterator), 0);
}
