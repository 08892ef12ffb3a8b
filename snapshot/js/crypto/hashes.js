// @ts-check
// The digests: their numbers are snapshot/crypto/hash.cc's.

import { StringPrototypeToUpperCase } from '../primordials.js';
import { isObject, toDOMString } from '../webidl.js';
import { notSupported } from './failure.js';
import { requiredMember } from './members.js';

const kHashes = {
  __proto__: null,
  MD5: 0,
  'SHA-1': 1,
  'SHA-256': 2,
  'SHA-384': 3,
  'SHA-512': 4,
  'SHA3-256': 5,
  'SHA3-384': 6,
  'SHA3-512': 7,
};

/** Those that go with a key: the block in bits, the result in bits, how JWK ends their names. */
const kKeyHashes = {
  __proto__: null,
  'SHA-1': { __proto__: null, block: 512, jwk: '1' },
  'SHA-256': { __proto__: null, block: 512, jwk: '256' },
  'SHA-384': { __proto__: null, block: 1024, jwk: '384' },
  'SHA-512': { __proto__: null, block: 1024, jwk: '512' },
};

const nameOf = (value, context) =>
  toDOMString(isObject(value) ? requiredMember(value, 'name', context) : value);

/** The number of a digest. @param {any} value an AlgorithmIdentifier @param {string} context */
export function toDigest(value, context) {
  const name = nameOf(value, context);
  return kHashes[asciiUpper(name)] ?? notSupported(`${context}: There is no digest '${name}'`);
}

/** The name of a digest that goes with keys. @param {any} value @param {string} context */
export function toKeyHash(value, context) {
  const name = nameOf(value, context);
  const upper = asciiUpper(name);
  if (kKeyHashes[upper] === undefined) {
    notSupported(`${context}: '${name}' is not supported as a hash`);
  }
  return upper;
}

/** @param {string} name @returns {number} */
export const hashNumber = (name) => kHashes[name];
/** @param {string} name @returns {number} */
export const blockBits = (name) => kKeyHashes[name].block;
/** @param {string} name @returns {string} */
export const jwkEnding = (name) => kKeyHashes[name].jwk;

/** Upper case of ASCII letters: no other character becomes one. @param {string} text */
export function asciiUpper(text) {
  let upper = '';
  for (let i = 0; i < text.length; i++) {
    upper += text[i] >= 'a' && text[i] <= 'z' ? StringPrototypeToUpperCase(text[i]) : text[i];
  }
  return upper;
}
