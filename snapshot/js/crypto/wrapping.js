// @ts-check
// A key as the bytes that are wrapped, and back.

import { TypedArrayPrototypeSet, Uint8ArrayConstructor as Uint8Array } from '../primordials.js';
import { bytesOfBuffer, lengthOfBytes } from './bytes.js';
import { jwkBytes, parseJwk } from './jwk.js';

const kSpace = 0x20;
const kUnit = 8;

/**
 * @param {string} format @param {any} exported bytes or a JsonWebKey
 * @param {string} wrapper the algorithm. AES-KW takes whole units only: JSON may end in spaces.
 */
export function exportedBytes(format, exported, wrapper) {
  if (format !== 'jwk') return exported;
  const text = jwkBytes(exported);
  const size = lengthOfBytes(text);
  const rest = size % kUnit;
  if (wrapper !== 'AES-KW' || rest === 0) return text;
  const whole = size + kUnit - rest;
  const padded = new Uint8Array(whole);
  for (let i = size; i < whole; i++) padded[i] = kSpace;
  TypedArrayPrototypeSet(padded, text);
  return padded;
}

/** @param {string} format @param {ArrayBuffer} bytes @param {string} context */
export function importedData(format, bytes, context) {
  return format === 'jwk' ? parseJwk(bytes, context) : bytesOfBuffer(bytes);
}
