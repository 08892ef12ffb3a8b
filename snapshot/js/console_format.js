// @ts-check
// The arguments of console.log as one text: Formatter of the Console standard (2.2).

import { inspect } from './inspect.js';
import { dataProperty } from './inspect_names.js';
import { formatBigInt, formatNumber, formatPrimitive } from './inspect_text.js';
import {
  FunctionPrototypeToString,
  JSONStringify,
  NumberConstructor as Number,
  NumberParseFloat,
  NumberParseInt,
  ReflectApply,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} from './primordials.js';

/** Text that is longer is cut: the log line is far shorter. */
const kLongestText = 16384;

const kPercent = 0x25;
/** %o shows more of an object than %O. */
const kDeep = 4;

/** @param {any[]} args */
export function formatArguments(args) {
  if (args.length === 0) return '';
  let text = typeof args[0] === 'string' ? args[0] : inspect(args[0]);
  let next = 1;
  if (typeof args[0] === 'string' && args.length > 1) {
    if (StringPrototypeIndexOf(text, '%') !== -1) {
      const cursor = { next: 1 };
      text = substitute(text, args, cursor);
      next = cursor.next;
    }
  }
  for (; next < args.length && text.length < kLongestText; next++) {
    const value = args[next];
    text += ` ${typeof value === 'string' ? value : inspect(value)}`;
  }
  return text;
}

/** Replaces the % specifiers of `format`, each by the next argument while there are any. */
function substitute(format, args, cursor) {
  let text = '';
  let from = 0;
  let place = StringPrototypeIndexOf(format, '%');
  while (place !== -1 && place + 1 < format.length && text.length < kLongestText) {
    const specifier = StringPrototypeCharCodeAt(format, place + 1);
    let replacement;
    if (specifier === kPercent) replacement = '%';
    else if (cursor.next < args.length) replacement = convert(specifier, args[cursor.next]);
    if (replacement !== undefined) {
      text += StringPrototypeSlice(format, from, place) + replacement;
      from = place + 2;
      if (specifier !== kPercent) cursor.next++;
    }
    const skip = replacement === undefined ? 1 : 2;
    place = StringPrototypeIndexOf(format, '%', place + skip);
  }
  return text + StringPrototypeSlice(format, from);
}

/** The argument in the specifier's form; undefined for an unknown specifier. */
function convert(specifier, value) {
  switch (specifier) {
    case 0x73: // s
      return toText(value);
    case 0x64: // d
      return toNumberText(value, Number);
    case 0x69: // i
      return toNumberText(value, NumberParseInt);
    case 0x66: // f
      return toNumberText(typeof value === 'bigint' ? Number(value) : value, NumberParseFloat);
    case 0x6f: // o
      return inspect(value, kDeep);
    case 0x4f: // O
      return inspect(value);
    case 0x6a: // j, which Node.js has
      return toJsonText(value);
    case 0x63: // c: styles have no place in a log.
      return '';
    default:
      return undefined;
  }
}

function toNumberText(value, parse) {
  if (typeof value === 'bigint') return formatBigInt(value);
  // An object's valueOf is the tenant's, and console must not throw.
  if (typeof value === 'symbol' || typeof value === 'object') return 'NaN';
  return formatNumber(parse(value));
}

function toJsonText(value) {
  try {
    return `${JSONStringify(value)}`;
  } catch {
    // Most of the time that is what is wrong; console must not throw.
    return '[Circular]';
  }
}

function toText(value) {
  switch (typeof value) {
    case 'string':
      return value;
    case 'function':
      return customText(value) ?? FunctionPrototypeToString(value);
    case 'object':
      return (value === null ? undefined : customText(value)) ?? inspect(value, 0);
    default:
      return formatPrimitive(value, 0, kLongestText);
  }
}

/** What the toString of the user's class says; undefined where there is none of his. */
function customText(value) {
  const toString = dataProperty(value, 'toString');
  if (typeof toString !== 'function') return undefined;
  if (StringPrototypeEndsWith(FunctionPrototypeToString(toString), '{ [native code] }')) {
    return undefined;
  }
  try {
    const text = ReflectApply(toString, value, []);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
