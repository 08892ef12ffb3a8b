// @ts-check
// application/x-www-form-urlencoded (URL standard 5): the text form of URLSearchParams.

import { utf8Decode, utf8Encode } from 'nano:ops';
import {
  ArrayPrototypePush,
  DecodeURIComponent,
  EncodeURIComponent,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSubarray,
} from './primordials.js';

const kPercentSign = 0x25;

/**
 * @param {string} text a scalar value string, without '?'
 * @returns {string[]} [name, value, name, value, ...]
 */
export function parseForm(text) {
  const list = [];
  let from = 0;
  while (from < text.length) {
    let end = StringPrototypeIndexOf(text, '&', from);
    if (end === -1) end = text.length;
    if (end > from) {
      let equals = StringPrototypeIndexOf(text, '=', from);
      if (equals === -1 || equals > end) equals = end;
      const name = decodePart(StringPrototypeSlice(text, from, equals));
      const value = equals < end ? decodePart(StringPrototypeSlice(text, equals + 1, end)) : '';
      ArrayPrototypePush(list, name, value);
    }
    from = end + 1;
  }
  return list;
}

function decodePart(part) {
  if (StringPrototypeIndexOf(part, '+') !== -1) part = plusesToSpaces(part);
  if (StringPrototypeIndexOf(part, '%') === -1) return part;
  try {
    return DecodeURIComponent(part);
  } catch {
    // A stray % or bytes that are not UTF-8: they are kept or replaced one by one.
    return utf8Decode(percentDecode(utf8Encode(part)), false, true);
  }
}

function plusesToSpaces(text) {
  let result = '';
  let from = 0;
  for (let i = StringPrototypeIndexOf(text, '+'); i !== -1;) {
    result += `${StringPrototypeSlice(text, from, i)} `;
    from = i + 1;
    i = StringPrototypeIndexOf(text, '+', from);
  }
  return result + StringPrototypeSlice(text, from);
}

function hexValue(byte) {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function percentDecode(bytes) {
  const length = TypedArrayPrototypeGetLength(bytes);
  let written = 0;
  for (let i = 0; i < length; i++) {
    let byte = bytes[i];
    if (byte === kPercentSign && i + 2 < length) {
      const high = hexValue(bytes[i + 1]);
      const low = hexValue(bytes[i + 2]);
      if (high !== -1 && low !== -1) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    bytes[written++] = byte;
  }
  return TypedArrayPrototypeSubarray(bytes, 0, written);
}

/** @param {string[]} list [name, value, ...] of scalar value strings */
export function serializeForm(list) {
  let text = '';
  for (let i = 0; i < list.length; i += 2) {
    if (i > 0) text += '&';
    text += `${encodePart(list[i])}=${encodePart(list[i + 1])}`;
  }
  return text;
}

/** ASCII letters and digits and * - . _ stand for themselves. */
function isPlain(code) {
  if (code >= 0x61 && code <= 0x7a) return true;
  if (code >= 0x30 && code <= 0x39) return true;
  if (code >= 0x41 && code <= 0x5a) return true;
  return code === 0x2d || code === 0x2e || code === 0x5f || code === 0x2a;
}

/** What encodeURIComponent leaves alone and this format does not. */
function escapeOf(code) {
  switch (code) {
    case 0x20:
      return '+';
    case 0x21:
      return '%21';
    case 0x27:
      return '%27';
    case 0x28:
      return '%28';
    case 0x29:
      return '%29';
    case 0x7e:
      return '%7E';
    default:
      return undefined;
  }
}

function encodePart(text) {
  let result = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (isPlain(code)) continue;
    result += StringPrototypeSlice(text, from, i);
    const escape = escapeOf(code);
    if (escape !== undefined) {
      result += escape;
    } else {
      const start = i;
      if (code >= 0xd800 && code <= 0xdbff) i++; // The pair's second half.
      result += EncodeURIComponent(StringPrototypeSlice(text, start, i + 1));
    }
    from = i + 1;
  }
  return from === 0 ? text : result + StringPrototypeSlice(text, from);
}
