// @ts-check
// `env`, the second argument of a handler: the app's variables and bindings.

import defer * as fetchers from './fetcher.js';
import { JSONParse, ObjectDefineProperty } from './primordials.js';

// Kinds, as worker/app_source.h numbers them; 0 is a text.
const kJson = 1;
const kService = 2;

function valueOf(name, kind, text) {
  if (kind === kJson) return JSONParse(text);
  return kind === kService ? fetchers.makeFetcher(name) : text;
}

/** What the app has, for who imports it: `cloudflare:workers`. @type {object} */
let envOfApp = {};
export const importedEnv = () => envOfApp;

/** What the app's env was made of, for `process.env`. */
let given = [];

/** A new object with the app's texts, and its JSON as text: what `process.env` has on Workers. */
export function environment() {
  const texts = {};
  for (let i = 0; i + 2 < given.length; i += 3) {
    if (given[i + 1] !== kService) define(texts, given[i], given[i + 2]);
  }
  return texts;
}

/** Defined, not assigned, so that a name like __proto__ is one like any other. */
function define(object, name, value) {
  ObjectDefineProperty(object, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    value,
    writable: true,
  });
}

/**
 * Each app version has one, shared by its requests: an ordinary object, as on Workers.
 * @param {Array<any>} flat [name, kind, text, ...]
 * @returns {object}
 */
export function makeEnv(flat) {
  given = flat;
  const env = {};
  for (let i = 0; i + 2 < flat.length; i += 3) {
    define(env, flat[i], valueOf(flat[i], flat[i + 1], flat[i + 2]));
  }
  envOfApp = env;
  return env;
}
