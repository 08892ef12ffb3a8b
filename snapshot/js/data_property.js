// @ts-check
// Properties of objects of ours, defined and not assigned: no setter is asked that a tenant may have put
// on a prototype, and a name like __proto__ is one like any other.

import { ObjectDefineProperty } from './primordials.js';

/**
 * A property as an assignment makes it.
 * @param {any} object @param {PropertyKey} name @param {any} value @param {boolean} [enumerable]
 * @returns the object
 */
export function defineValue(object, name, value, enumerable = true) {
  const flags = { __proto__: null, configurable: true, enumerable, writable: true };
  ObjectDefineProperty(object, name, { __proto__: null, ...flags, value });
  return object;
}
