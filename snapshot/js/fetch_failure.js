// @ts-check
// Why a fetch() failed, and whether it would fail again.

import { SafeWeakSet, TypeErrorConstructor } from './primordials.js';

/** Errors that asking again would not change: nobody was asked, or a redirect led nowhere. */
const lasting = new SafeWeakSet();

/** @param {string} reason @returns {TypeError} */
export const failure = (reason) => new TypeErrorConstructor(`fetch failed: ${reason}`);

/** One that asking again would not change. @param {string} reason */
export function lastingFailure(reason) {
  return markLasting(failure(reason));
}

/** @template {object} T @param {T} error @returns {T} */
export function markLasting(error) {
  lasting.add(error);
  return error;
}

/** @param {any} error what a fetch() was rejected with */
export function isLasting(error) {
  return lasting.has(error);
}
