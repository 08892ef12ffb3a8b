// @ts-check
// Header lists, https://fetch.spec.whatwg.org/#concept-header-list: flat arrays of names in lower
// case and their values, [name, value, name, value, ...], and what may stand in them.

import {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  RegExpPrototypeExec,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  TypeErrorConstructor,
} from './primordials.js';
import { toByteString } from './webidl.js';

/** @typedef {string[]} HeaderList */

// Programs use few names, over and over: what a name came to is remembered.
const kMostKnownNames = 256;
const kLongestKnownName = 64;
const knownNames = new SafeMap();

const kToken = /^[!#$%&'*+\-.^_\x60|~0-9A-Za-z]+$/;
// A line break or NUL has no place in a value, a character above 0xFF is no byte.
const kBadInValue = /[\0\r\n\u0100-\uffff]/;

/**
 * The name in lower case. Throws TypeError where it is none.
 * @param {any} name @param {string} context @returns {string}
 */
export function normalizeName(name, context) {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const text = toByteString(name, context);
  if (RegExpPrototypeExec(kToken, text) === null) {
    throw new TypeErrorConstructor(`${context}: Invalid header name: "${text}".`);
  }
  const lower = StringPrototypeToLowerCase(text);
  if (text.length <= kLongestKnownName && knownNames.size < kMostKnownNames) {
    knownNames.set(text, lower);
  }
  return lower;
}

const isWhitespace = (code) => code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;

function isPlain(text) {
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/**
 * The value without whitespace around it. Throws TypeError where it is none.
 * @param {any} value @param {string} context @returns {string}
 */
export function normalizeValue(value, context) {
  let text = typeof value === 'string' ? value : `${value}`;
  const length = text.length;
  if (length === 0) return text;
  if (
    isWhitespace(StringPrototypeCharCodeAt(text, 0)) ||
    isWhitespace(StringPrototypeCharCodeAt(text, length - 1))
  ) {
    text = trim(text);
  }
  // Most values are short and ASCII; a regular expression has its cost of starting.
  if (length < 64 && isPlain(text)) return text;
  if (RegExpPrototypeExec(kBadInValue, text) !== null) {
    toByteString(text, context);
    throw new TypeErrorConstructor(`${context}: Invalid header value.`);
  }
  return text;
}

function trim(text) {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(StringPrototypeCharCodeAt(text, start))) start++;
  while (end > start && isWhitespace(StringPrototypeCharCodeAt(text, end - 1))) end--;
  return StringPrototypeSlice(text, start, end);
}

/** All values of a name, joined. @param {HeaderList} list @param {string} name in lower case */
export function getHeader(list, name) {
  let result = null;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) result = result === null ? list[i + 1] : `${result}, ${list[i + 1]}`;
  }
  return result;
}

/** @param {HeaderList} list @param {string} name in lower case */
export function hasHeader(list, name) {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) return true;
  }
  return false;
}

/**
 * Sets the first, drops the rest.
 * @param {HeaderList} list @param {string} name in lower case @param {string} value
 */
export function setHeader(list, name, value) {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== name) continue;
    list[i + 1] = value;
    removeFrom(list, name, i + 2);
    return;
  }
  ArrayPrototypePush(list, name, value);
}

/**
 * A list without two names.
 * @param {HeaderList} list @param {string} first @param {string} second @returns {HeaderList}
 */
export function withoutHeaders(list, first, second) {
  const others = [];
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === first || list[i] === second) continue;
    ArrayPrototypePush(others, list[i], list[i + 1]);
  }
  return others;
}

/** @param {HeaderList} list @param {string} name in lower case */
export function deleteHeader(list, name) {
  removeFrom(list, name, 0);
}

function removeFrom(list, name, start) {
  let kept = start;
  for (let i = start; i < list.length; i += 2) {
    if (list[i] === name) continue;
    if (kept !== i) {
      list[kept] = list[i];
      list[kept + 1] = list[i + 1];
    }
    kept += 2;
  }
  if (kept !== list.length) list.length = kept;
}

/**
 * As a request has them on its way: each name once, spelled as the program spells it. Set-Cookie
 * cannot be joined.
 * @param {HeaderList} list @param {string[]} spelled [name, as given, ...]
 * @returns {HeaderList}
 */
export function joinHeaders(list, spelled) {
  const joined = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const before = name === 'set-cookie' ? -1 : placeOf(joined, name);
    if (before < 0) ArrayPrototypePush(joined, name, list[i + 1]);
    else joined[before + 1] += `${name === 'cookie' ? ';' : ','} ${list[i + 1]}`;
  }
  for (let i = 0; i < joined.length; i += 2) {
    const place = placeOf(spelled, joined[i]);
    if (place >= 0) joined[i] = spelled[place + 1];
  }
  return joined;
}

function placeOf(list, name) {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) return i;
  }
  return -1;
}

/** For ops: 'name\0value\0name\0value\0'. @param {HeaderList} list */
export function flattenHeaders(list) {
  const length = list.length;
  if (length === 2) return `${list[0]}\0${list[1]}\0`;
  if (length === 4) return `${list[0]}\0${list[1]}\0${list[2]}\0${list[3]}\0`;
  return length === 0 ? '' : `${ArrayPrototypeJoin(list, '\0')}\0`;
}
