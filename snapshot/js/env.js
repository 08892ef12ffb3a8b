// @ts-check
// `env`, the second argument of a handler: the app's variables and, later, its bindings.

import { JSONParse, ObjectDefineProperty } from './primordials.js';

const kIsJson = 1;

/**
 * Each app version has one, shared by its requests: an ordinary object, as on Workers. Names are
 * defined, not assigned, so that one called __proto__ is a variable like any other.
 * @param {Array<string | number>} flat [name, 1 if the text is JSON and else 0, text, ...]
 * @returns {object}
 */
export function makeEnv(flat) {
  const env = {};
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const text = /** @type {string} */ (flat[i + 2]);
    ObjectDefineProperty(env, /** @type {string} */ (flat[i]), {
      __proto__: null,
      configurable: true,
      enumerable: true,
      value: flat[i + 1] === kIsJson ? JSONParse(text) : text,
      writable: true,
    });
  }
  return env;
}
