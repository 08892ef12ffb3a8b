// @ts-check
// `env`, the second argument of a handler: the app's variables and bindings.

import { defineValue } from './data_property.js';
import defer * as fetchers from './fetcher.js';
import { JSONParse } from './primordials.js';

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

/** What the app's env was made of: [name, kind, text, ...], also for `process.env`. */
let given = [];

/** An ordinary object with what `valueOf` makes of each; undefined is left out. */
function objectOfGiven(valueOf) {
  const object = {};
  for (let i = 0; i + 2 < given.length; i += 3) {
    const value = valueOf(given[i], given[i + 1], given[i + 2]);
    if (value !== undefined) defineValue(object, given[i], value);
  }
  return object;
}

/** A new object with the app's texts, and its JSON as text: what `process.env` has on Workers. */
export function environment() {
  return objectOfGiven((name, kind, text) => (kind === kService ? undefined : text));
}

/**
 * Each app version has one, shared by its requests: an ordinary object, as on Workers.
 * @param {Array<any>} flat [name, kind, text, ...]
 * @returns {object}
 */
export function makeEnv(flat) {
  given = flat;
  envOfApp = objectOfGiven(valueOf);
  return envOfApp;
}
