// @ts-check
// Web IDL's pair iterators: entries, keys, values, forEach and @@iterator of an interface that is
// iterable<K, V> (URLSearchParams, Headers, FormData).

import { defineValue } from './data_property.js';
import {
  IteratorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  ReflectApply,
  SymbolToStringTag,
} from './primordials.js';
import { defineIteratorAlias, illegalInvocation, toCallback, tooFewArguments } from './webidl.js';

/** @typedef {'entries' | 'keys' | 'values'} Kind */

/**
 * Adds the five members to the interface; call it before defineInterface.
 * @param {Function} interfaceClass
 * @param {(target: any) => boolean} isInstance the brand check
 * @param {(target: any, index: number) => [any, any] | undefined} pairAt the pair at an index of
 *   the list as it is now, a new array; undefined past the end
 */
export function defineIterable(interfaceClass, isInstance, pairAt) {
  const name = interfaceClass.name;
  const makeIterator = makeIteratorClass(name, pairAt);
  const checked = (target) => (isInstance(target) ? target : illegalInvocation());
  const methods = {
    entries() {
      return makeIterator(checked(this), 'entries');
    },
    keys() {
      return makeIterator(checked(this), 'keys');
    },
    values() {
      return makeIterator(checked(this), 'values');
    },
    forEach(callback, thisArgument = undefined) {
      checked(this);
      const context = `Failed to execute 'forEach' on '${name}'`;
      if (arguments.length < 1) tooFewArguments(1, 0, context);
      toCallback(callback, `${context}: parameter 1`);
      let pair;
      for (let i = 0; (pair = pairAt(this, i)) !== undefined; i++) {
        ReflectApply(callback, thisArgument, [pair[1], pair[0], this]);
      }
    },
  };
  defineValue(interfaceClass.prototype, 'entries', methods.entries);
  defineValue(interfaceClass.prototype, 'keys', methods.keys);
  defineValue(interfaceClass.prototype, 'values', methods.values);
  defineValue(interfaceClass.prototype, 'forEach', methods.forEach);
  defineIteratorAlias(interfaceClass, 'entries');
}

/** One iterator prototype for each interface, as Web IDL has it. */
function makeIteratorClass(name, pairAt) {
  class PairIterator {
    #target;
    #kind;
    #index = 0;

    constructor(target, kind) {
      this.#target = target;
      this.#kind = kind;
    }

    next() {
      if (!(#index in this)) illegalInvocation();
      const pair = pairAt(this.#target, this.#index);
      if (pair === undefined) return { value: undefined, done: true };
      this.#index++;
      const kind = this.#kind;
      const value = kind === 'entries' ? pair : kind === 'keys' ? pair[0] : pair[1];
      return { value, done: false };
    }
  }

  const prototype = PairIterator.prototype;
  ObjectSetPrototypeOf(prototype, IteratorPrototype);
  // The class is ours alone: `constructor` is what IteratorPrototype has.
  delete (/** @type {any} */ (prototype).constructor);
  defineValue(prototype, 'next', prototype.next);
  ObjectDefineProperty(prototype, SymbolToStringTag, {
    __proto__: null,
    configurable: true,
    value: `${name} Iterator`,
  });
  return (target, kind) => new PairIterator(target, kind);
}
