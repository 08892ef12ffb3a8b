// @ts-check
// Stubs that have come with a message, and who disposes of them.

import { ObjectDefineProperty, SymbolDispose } from '../primordials.js';
import { isObject, isPlatformObject } from '../webidl.js';
import { targetOf } from './handles.js';

/** @param {any} object @param {PropertyKey} key @param {any} value */
export function defineHidden(object, key, value) {
  const flags = { __proto__: null, configurable: true, enumerable: false, writable: true };
  ObjectDefineProperty(object, key, { __proto__: null, ...flags, value });
}

/** @param {any[]} stubs */
export function disposeStubs(stubs) {
  for (let i = 0; i < stubs.length; i++) targetOf(stubs[i])?.dispose();
}

/**
 * A result is disposed of with all stubs in it; one that is a stub has its own way.
 * @param {any} value @param {any[]} stubs @returns {any} the value
 */
export function withDispose(value, stubs) {
  const isPlain = isObject(value) && !isPlatformObject(value) && targetOf(value) === undefined;
  if (isPlain) defineHidden(value, SymbolDispose, () => disposeStubs(stubs));
  return value;
}
