// @ts-check
// The headers that fetch() sends: what a program may not say, and what is said for it.

import { getHeader, hasHeader } from './header_list.js';
import {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  RegExpPrototypeExec,
  SafeSet,
  safeSetOf,
  StringPrototypeToLowerCase,
} from './primordials.js';
import { refererFor } from './referrer.js';
import { kNoReferrer } from './request_init.js';

/** Of the connection and of its framing: whoever makes the connection says them. */
const kNotSent = safeSetOf([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Of a body that a redirect has dropped (https://fetch.spec.whatwg.org/#request-body-header-name). */
const kOfBody = safeSetOf([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
]);
/** What was meant for one origin. The standard has the first; browsers keep the others themselves. */
const kOfOrigin = safeSetOf(['authorization', 'cookie', 'proxy-authorization']);

/** Many servers refuse requests that do not say whose they are. */
const kUserAgent = 'nano';

function without(list, names) {
  const kept = [];
  for (let i = 0; i < list.length; i += 2) {
    if (!names.has(list[i])) ArrayPrototypePush(kept, list[i], list[i + 1]);
  }
  return kept;
}

/** The names that a Connection field lists belong to the connection too (RFC 9110 7.6.1). */
function namedByConnection(list) {
  const names = new SafeSet();
  const connection = getHeader(list, 'connection');
  if (connection === null) return names;
  const word = /[^\t ,]+/g;
  for (;;) {
    const found = RegExpPrototypeExec(word, connection);
    if (found === null) return names;
    names.add(StringPrototypeToLowerCase(found[0]));
  }
}

/**
 * Without what a program may not say of a connection that is made for it, be it for a WebSocket.
 * @param {readonly string[]} given names in lower case @returns {string[]} a list of its own
 */
export function withoutConnectionFields(given) {
  const list = without(given, kNotSent);
  const named = namedByConnection(given);
  return named.size > 0 ? without(list, named) : list;
}

/**
 * @param {string[]} given @param {string} cache the request's cache mode
 * @returns {string[]} a list of its own
 */
export function headersToSend(given, cache) {
  const list = withoutConnectionFields(given);
  if (!hasHeader(list, 'accept')) ArrayPrototypePush(list, 'accept', '*/*');
  if (!hasHeader(list, 'accept-language')) ArrayPrototypePush(list, 'accept-language', '*');
  if (!hasHeader(list, 'user-agent')) ArrayPrototypePush(list, 'user-agent', kUserAgent);
  if (!hasHeader(list, 'accept-encoding')) {
    // A part of something encoded could not be decoded.
    const codings = hasHeader(list, 'range') ? 'identity' : 'gzip, br';
    ArrayPrototypePush(list, 'accept-encoding', codings);
  }
  addCacheMode(list, cache);
  return list;
}

/** There is no cache here; there may be some on the way. */
function addCacheMode(list, cache) {
  if (cache === 'no-cache') {
    if (!hasHeader(list, 'cache-control')) ArrayPrototypePush(list, 'cache-control', 'max-age=0');
  } else if (cache === 'no-store' || cache === 'reload') {
    if (!hasHeader(list, 'pragma')) ArrayPrototypePush(list, 'pragma', 'no-cache');
    if (!hasHeader(list, 'cache-control')) ArrayPrototypePush(list, 'cache-control', 'no-cache');
  }
}

/**
 * With the Referer that `referrer` and `referrerPolicy` make, unless the program says one itself.
 * @param {string[]} list @param {import('./request_init.js').RequestDetails} details
 * @param {import('./fetch_url.js').FetchUrl} url where it goes
 * @returns {string[]}
 */
export function withReferrer(list, details, url) {
  const { referrer, referrerPolicy } = details;
  if (referrer === '' || referrer === kNoReferrer || hasHeader(list, 'referer')) return list;
  const referer = refererFor(referrer, referrerPolicy, url);
  if (referer === undefined) return list;
  const longer = ArrayPrototypeSlice(list);
  ArrayPrototypePush(longer, 'referer', referer);
  return longer;
}

/** After a redirect that has dropped the body. @param {string[]} list @returns {string[]} */
export function withoutBodyHeaders(list) {
  return without(list, kOfBody);
}

/** After a redirect to another origin. @param {string[]} list @returns {string[]} */
export function withoutOriginHeaders(list) {
  return without(list, kOfOrigin);
}
