// @ts-check
// What a request asks of a cache, and whether an entry is what it asks for,
// https://w3c.github.io/ServiceWorker/#request-matches-cached-item-algorithm

import { parseFetchUrl } from '../fetch_url.js';
import { getHeader } from '../header_list.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  RegExpPrototypeExec,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} from '../primordials.js';
import { isRequest, partsOf, Request } from '../request.js';
import { toDictionary } from '../webidl.js';

/**
 * @typedef {object} Key what of a request counts
 * @property {string} url as it was given
 * @property {string} href without its fragment
 * @property {boolean} isHttp
 * @property {string} method
 * @property {import('../header_list.js').HeaderList} headers the request's own
 */

/** @typedef {{ ignoreMethod: boolean, ignoreSearch: boolean, ignoreVary: boolean }} Options */

/** @type {Options} */
export const kExactly = { ignoreMethod: false, ignoreSearch: false, ignoreVary: false };

/** A Request, of a RequestInfo. @param {any} input @returns {Request} */
export function toRequest(input) {
  return isRequest(input) ? input : new Request(`${input}`);
}

/** @param {any} input a RequestInfo @returns {Key} */
export function toKey(input) {
  const { url, method, headers } = partsOf(toRequest(input));
  const { href, isHttp } = /** @type {any} */ (parseFetchUrl(url));
  return { url, href, isHttp, method, headers };
}

/** @param {any} value @param {string} context @returns {Options} */
export function toQueryOptions(value, context) {
  const members = toDictionary(value, context, 'CacheQueryOptions');
  const ignoreMethod = !!members.ignoreMethod;
  const ignoreSearch = !!members.ignoreSearch;
  return { ignoreMethod, ignoreSearch, ignoreVary: !!members.ignoreVary };
}

/** The names of a Vary field, in lower case. @param {string | null} text @returns {string[]} */
function parseVary(text) {
  const names = [];
  if (text === null) return names;
  const word = /[^\s,]+/g;
  for (;;) {
    const found = RegExpPrototypeExec(word, text);
    if (found === null) return names;
    ArrayPrototypePush(names, StringPrototypeToLowerCase(found[0]));
  }
  return names;
}

/** @param {import('../header_list.js').HeaderList} headers a response's */
export const varyOf = (headers) => parseVary(getHeader(headers, 'vary'));

/** Whether no request can be said to ask for it. @param {string[]} vary */
export const variesOnAll = (vary) => ArrayPrototypeIncludes(vary, '*');

function withoutQuery(href) {
  const question = StringPrototypeIndexOf(href, '?');
  return question < 0 ? href : StringPrototypeSlice(href, 0, question);
}

/**
 * @param {Key} key @param {{ key: Key, vary: string[] }} entry @param {Options} options
 * @returns {boolean}
 */
export function matches(key, entry, options) {
  if (key.method !== 'GET' && !options.ignoreMethod) return false;
  if (key.href !== entry.key.href) {
    if (!options.ignoreSearch) return false;
    if (withoutQuery(key.href) !== withoutQuery(entry.key.href)) return false;
  }
  if (options.ignoreVary) return true;
  for (let i = 0; i < entry.vary.length; i++) {
    const name = entry.vary[i];
    if (getHeader(key.headers, name) !== getHeader(entry.key.headers, name)) return false;
  }
  return true;
}
