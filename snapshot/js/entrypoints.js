// @ts-check
// What of an app answers: the default export, or an entrypoint that a service binding names. The
// plain object of dispatch.js passes by here once, when the app is loaded.

import defer * as late from './rpc/entrypoint.js';

/**
 * What dispatchFetch() calls: the app's default export, or what stands for a class.
 * @param {any} exported @returns {any}
 */
export function makeHandler(exported) {
  return typeof exported === 'function' ? late.handlerOf(exported) : exported;
}

/**
 * A call that is not just the default export's fetch().
 * @param {number} slot @param {object} exports the main module's @param {object} env
 * @param {string} entrypoint among the exports; empty: the default one
 * @param {string} props JSON, or empty: none
 * @param {string} method empty: fetch()
 */
// Its parameters are FetchCall's.
export function dispatchCall(slot, exports, env, entrypoint, props, method) {
  late.dispatchCall({ slot, exports, env, entrypoint, props, method });
}
