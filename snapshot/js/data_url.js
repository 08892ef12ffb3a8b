// @ts-check
// data: URLs, https://fetch.spec.whatwg.org/#data-url-processor

import { base64Decode, latin1Decode, latin1Encode } from 'nano:ops';
import { normalizeMimeType } from './mime_type.js';
import {
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeGetBuffer,
} from './primordials.js';
import { cloneBytes } from './streams/views.js';

const kDefaultType = 'text/plain;charset=US-ASCII';
const kScheme = 'data:';
const kBase64 = 'base64';

const kSpace = 0x20;
const kPercent = 0x25;
const kSemicolon = 0x3b;

const isBlank = (code) => code === kSpace || (code >= 0x09 && code <= 0x0d && code !== 0x0b);

function trim(text) {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(StringPrototypeCharCodeAt(text, start))) start++;
  while (end > start && isBlank(StringPrototypeCharCodeAt(text, end - 1))) end--;
  return StringPrototypeSlice(text, start, end);
}

/** What stands before ";base64" at the end; undefined where that does not. */
function beforeBase64(type) {
  let end = type.length - kBase64.length;
  if (end < 0 || StringPrototypeToLowerCase(StringPrototypeSlice(type, end)) !== kBase64) {
    return undefined;
  }
  while (end > 0 && StringPrototypeCharCodeAt(type, end - 1) === kSpace) end--;
  const isMarked = end > 0 && StringPrototypeCharCodeAt(type, end - 1) === kSemicolon;
  return isMarked ? StringPrototypeSlice(type, 0, end - 1) : undefined;
}

/** Of a character code, as a digit; -1 where it is none. */
function hexDigit(code) {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** @param {string} text of ASCII @returns {Uint8Array} */
function percentDecode(text) {
  const bytes = latin1Encode(text);
  const length = text.length;
  let end = 0;
  for (let i = 0; i < length; i++) {
    let byte = bytes[i];
    if (byte === kPercent && i + 2 < length) {
      const high = hexDigit(bytes[i + 1]);
      const low = hexDigit(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    bytes[end++] = byte;
  }
  return end === length ? bytes : cloneBytes(TypedArrayPrototypeGetBuffer(bytes), 0, end);
}

/**
 * @param {string} href a data: URL as the URL standard serialises it, without its fragment
 * @returns {{ type: string, bytes: Uint8Array } | undefined} undefined where it is malformed
 */
export function parseDataUrl(href) {
  const comma = StringPrototypeIndexOf(href, ',', kScheme.length);
  if (comma < 0) return undefined;
  let type = trim(StringPrototypeSlice(href, kScheme.length, comma));
  let bytes = percentDecode(StringPrototypeSlice(href, comma + 1));
  const encodedType = beforeBase64(type);
  if (encodedType !== undefined) {
    type = encodedType;
    const decoded = base64Decode(latin1Decode(bytes));
    if (decoded === undefined) return undefined;
    bytes = latin1Encode(decoded);
  }
  if (StringPrototypeCharCodeAt(type, 0) === kSemicolon) type = `text/plain${type}`;
  return { type: normalizeMimeType(type) ?? kDefaultType, bytes };
}
