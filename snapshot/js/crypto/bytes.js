// @ts-check
// Bytes that the user hands in, and strings of bytes in a JWK.

import { base64Decode, bytesToBase64, latin1Encode } from 'nano:ops';
import {
  ArrayBufferPrototypeGetByteLength,
  StringPrototypeCharCodeAt,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor as Uint8Array,
} from '../primordials.js';
import { copyOfSource } from '../streams/views.js';
import { toBufferSource } from '../webidl.js';

/** "Get a copy of the bytes held by". @param {any} value @param {string} context */
export function copyBytes(value, context) {
  return /** @type {Uint8Array} */ (copyOfSource(toBufferSource(value, context)));
}

/** The bytes of an ArrayBuffer of ours. @param {ArrayBuffer} buffer */
export const bytesOfBuffer = (buffer) => new Uint8Array(buffer);

/** @param {Uint8Array} bytes */
export const lengthOfBytes = (bytes) => TypedArrayPrototypeGetByteLength(bytes);

/** @param {ArrayBuffer} buffer */
export const lengthOfBuffer = (buffer) => ArrayBufferPrototypeGetByteLength(buffer);

/** The first bits, the rest of the last byte zero. @param {ArrayBuffer} buffer @param {number} bits */
export function firstBits(buffer, bits) {
  const size = (bits + 7) >>> 3;
  const bytes = new Uint8Array(size);
  TypedArrayPrototypeSet(bytes, new Uint8Array(buffer, 0, size));
  const rest = bits & 7;
  if (rest !== 0) bytes[size - 1] &= 0xff << (8 - rest);
  return bytes;
}

/** base64url without padding (RFC 7515). @param {ArrayBuffer | Uint8Array} bytes */
export function toBase64Url(bytes) {
  const base64 = bytesToBase64(bytes);
  let text = '';
  for (let i = 0; i < base64.length && base64[i] !== '='; i++) {
    if (base64[i] === '+') text += '-';
    else if (base64[i] === '/') text += '_';
    else text += base64[i];
  }
  return text;
}

const kPlus = 0x2b;
const kSlash = 0x2f;
const kEquals = 0x3d;
const kSpace = 0x20;

/** undefined when it is not base64url. @param {string} text @returns {Uint8Array | undefined} */
export function fromBase64Url(text) {
  let base64 = '';
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code === kPlus || code === kSlash || code === kEquals || code <= kSpace) return undefined;
    if (text[i] === '-') base64 += '+';
    else if (text[i] === '_') base64 += '/';
    else base64 += text[i];
  }
  const decoded = base64Decode(base64);
  return decoded === undefined ? undefined : latin1Encode(decoded);
}
