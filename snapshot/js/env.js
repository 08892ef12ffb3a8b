// @ts-check
// `env`, the second argument of a handler: the app's variables and bindings.

import { makeFetcher } from './fetcher.js';
import { JSONParse, ObjectDefineProperty } from './primordials.js';

// Kinds, as worker/app_source.h numbers them; 0 is a text.
const kJson = 1;
const kService = 2;

function valueOf(name, kind, text) {
  if (kind === kJson) return JSONParse(text);
  return kind === kService ? makeFetcher(name) : text;
}

/** What the app has, for who imports it: `cloudflare:workers`. @type {object} */
let envOfApp = {};
export const importedEnv = () => envOfApp;

/**
 * Each app version has one, shared by its requests: an ordinary object, as on Workers. Names are
 * defined, not assigned, so that one called __proto__ is a variable like any other.
 * @param {Array<any>} flat [name, kind, text, ...]
 * @returns {object}
 */
export function makeEnv(flat) {
  const env = {};
  for (let i = 0; i + 2 < flat.length; i += 3) {
    ObjectDefineProperty(env, flat[i], {
      __proto__: null,
      configurable: true,
      enumerable: true,
      value: valueOf(flat[i], flat[i + 1], flat[i + 2]),
      writable: true,
    });
  }
  envOfApp = env;
  return env;
}
