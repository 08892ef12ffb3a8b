// @ts-check
// How console prints strings, keys and other primitives: as JavaScript would read them back.

import {
  BigIntPrototypeToString,
  NumberPrototypeToString,
  ObjectIs,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypePadStart,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeToUpperCase,
  SymbolPrototypeToString,
} from './primordials.js';

const kShortEscapes = {
  __proto__: null,
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\x0B',
  12: '\\f',
  13: '\\r',
  92: '\\\\',
};

/** The quote that needs no escape, ' first. */
function chooseQuote(text) {
  if (!StringPrototypeIncludes(text, "'")) return "'";
  if (!StringPrototypeIncludes(text, '"')) return '"';
  if (!StringPrototypeIncludes(text, '`') && !StringPrototypeIncludes(text, '${')) return '`';
  return "'";
}

const hex = (code) => StringPrototypeToUpperCase(NumberPrototypeToString(code, 16));

/** The escape of one code unit, or undefined where it stands for itself. */
function escapeOf(text, i, code, quoteCode) {
  if (code === quoteCode) return `\\${text[i]}`;
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
    return kShortEscapes[code] ?? `\\x${StringPrototypePadStart(hex(code), 2, '0')}`;
  }
  if (code === 92) return '\\\\';
  if (code < 0xd800 || code > 0xdfff) return undefined;
  if (code <= 0xdbff && i + 1 < text.length) {
    const next = StringPrototypeCharCodeAt(text, i + 1);
    if (next >= 0xdc00 && next <= 0xdfff) return undefined;
  }
  if (code >= 0xdc00 && i > 0) {
    const previous = StringPrototypeCharCodeAt(text, i - 1);
    if (previous >= 0xd800 && previous <= 0xdbff) return undefined;
  }
  return `\\u${NumberPrototypeToString(code, 16)}`;
}

/** @param {string} text */
export function quote(text) {
  const mark = chooseQuote(text);
  const quoteCode = StringPrototypeCharCodeAt(mark, 0);
  let result = mark;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const escape = escapeOf(text, i, StringPrototypeCharCodeAt(text, i), quoteCode);
    if (escape === undefined) continue;
    result += StringPrototypeSlice(text, from, i) + escape;
    from = i + 1;
  }
  return result + StringPrototypeSlice(text, from) + mark;
}

const isLetter = (code) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

function isPlainKey(key) {
  if (key.length === 0 || !isLetter(StringPrototypeCharCodeAt(key, 0))) return false;
  for (let i = 1; i < key.length; i++) {
    const code = StringPrototypeCharCodeAt(key, i);
    if (!isLetter(code) && !(code >= 48 && code <= 57)) return false;
  }
  return true;
}

/** A property's name as it stands before the colon. @param {string | symbol} key */
export function formatKey(key) {
  if (typeof key === 'symbol') return formatSymbol(key);
  if (key === '__proto__') return "['__proto__']";
  return isPlainKey(key) ? key : quote(key);
}

/** @param {symbol} symbol */
export function formatSymbol(symbol) {
  return SymbolPrototypeToString(symbol);
}

/** @param {number} number */
export function formatNumber(number) {
  return ObjectIs(number, -0) ? '-0' : `${number}`;
}

/** @param {bigint} number */
export function formatBigInt(number) {
  return `${BigIntPrototypeToString(number)}n`;
}

/** The text's lines, each with its line feed. */
function splitLines(text) {
  const lines = [];
  let from = 0;
  for (;;) {
    const end = StringPrototypeIndexOf(text, '\n', from);
    if (end === -1 || end === text.length - 1) break;
    lines[lines.length] = StringPrototypeSlice(text, from, end + 1);
    from = end + 1;
  }
  lines[lines.length] = StringPrototypeSlice(text, from);
  return lines;
}

const kLongestString = 10000;
/** Shorter strings are never broken at their line feeds. */
const kUnbroken = 16;

/**
 * A string inside another value.
 * @param {string} text
 * @param {number} indentation of the line it stands on @param {number} breakLength
 */
export function formatString(text, indentation, breakLength) {
  let trailer = '';
  if (text.length > kLongestString) {
    const rest = text.length - kLongestString;
    text = StringPrototypeSlice(text, 0, kLongestString);
    trailer = `... ${rest} more character${rest > 1 ? 's' : ''}`;
  }
  if (text.length <= kUnbroken || text.length <= breakLength - indentation - 4) {
    return quote(text) + trailer;
  }
  const lines = splitLines(text);
  const separator = ` +\n${StringPrototypeRepeat(' ', indentation + 2)}`;
  let result = quote(lines[0]);
  for (let i = 1; i < lines.length; i++) result += separator + quote(lines[i]);
  return result + trailer;
}

/** Any value that is not an object. */
export function formatPrimitive(value, indentation, breakLength) {
  switch (typeof value) {
    case 'string':
      return formatString(value, indentation, breakLength);
    case 'number':
      return formatNumber(value);
    case 'bigint':
      return formatBigInt(value);
    case 'symbol':
      return formatSymbol(value);
    default:
      return `${value}`;
  }
}
