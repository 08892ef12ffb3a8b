// @ts-check
// How long a cache keeps a response. Like Workers, and unlike browsers, by what its headers say
// (https://developers.cloudflare.com/workers/runtime-apis/cache/#headers).

import { getHeader, hasHeader } from '../header_list.js';
import {
  DateConstructor,
  DatePrototypeGetTime,
  MathMax,
  MathMin,
  NumberParseInt,
  RegExpPrototypeExec,
  SafeMap,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} from '../primordials.js';

const kSecond = 1000;
const kMinute = 60 * kSecond;
const kLongest = 365 * 24 * 60 * kMinute;

/** Whoever says nothing gets what Cloudflare has for the status; for others its shortest time. */
function defaultTime(status) {
  if (status === 200 || status === 301) return 120 * kMinute;
  return status === 302 || status === 303 ? 20 * kMinute : 3 * kMinute;
}

/** The directives by their names in lower case; '' without a value. @returns {any} */
function parseCacheControl(text) {
  const directives = new SafeMap();
  const directive = /([^\s,="]+)(?:\s*=\s*("[^"]*"|[^\s,]*))?/g;
  for (;;) {
    const found = RegExpPrototypeExec(directive, text);
    if (found === null) return directives;
    const value = found[2] ?? '';
    const isQuoted = value.length > 1 && value[0] === '"';
    directives.set(
      StringPrototypeToLowerCase(found[1]),
      isQuoted ? StringPrototypeSlice(value, 1, -1) : value,
    );
  }
}

/** What is no number of seconds counts as over. @param {string} text */
function toTime(text) {
  if (RegExpPrototypeExec(/^\d+$/, text) === null) return 0;
  return MathMin(NumberParseInt(text, 10) * kSecond, kLongest);
}

/** NaN where it is no date of HTTP. @param {string} text */
export function parseDate(text) {
  const isDate = RegExpPrototypeExec(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/, text) !== null;
  return isDate ? DatePrototypeGetTime(new DateConstructor(text)) : NaN;
}

/**
 * @param {number} status @param {import('../header_list.js').HeaderList} headers
 * @param {number} now in milliseconds since 1970
 * @returns {{ time: number, withoutCookies: boolean }} milliseconds, 0 for one that may not be
 *   kept; and whether it is kept without its Set-Cookie
 */
export function freshnessOf(status, headers, now) {
  const directives = parseCacheControl(getHeader(headers, 'cache-control') ?? '');
  const shareable = directives.get('private');
  const withoutCookies =
    shareable !== undefined && StringPrototypeToLowerCase(shareable) === 'set-cookie';
  const isRefused =
    directives.has('no-store') ||
    directives.get('no-cache') === '' ||
    (shareable !== undefined && !withoutCookies) ||
    (hasHeader(headers, 'set-cookie') && !withoutCookies);
  if (isRefused) return { time: 0, withoutCookies };
  const seconds = directives.get('s-maxage') ?? directives.get('max-age');
  if (seconds !== undefined) {
    const age = toTime(getHeader(headers, 'age') ?? '');
    return { time: MathMax(toTime(seconds) - age, 0), withoutCookies };
  }
  const expires = getHeader(headers, 'expires');
  if (expires === null) return { time: defaultTime(status), withoutCookies };
  const left = parseDate(expires) - now;
  return { time: left > 0 ? MathMin(left, kLongest) : 0, withoutCookies };
}
