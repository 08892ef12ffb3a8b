// @ts-check
// The digests: their numbers are snapshot/crypto/hash.cc's.

import { digestOf } from 'nano:ops';
import { StringPrototypeToUpperCase } from '../primordials.js';
import { isObject, toDOMString } from '../webidl.js';
import { made, notSupported } from './failure.js';
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

/**
 * Those that go with a key: the block in bits, how JWK ends their names. SHA-3 is in no name of a
 * JWK, and nobody says how long its HMAC keys are.
 */
const kKeyHashes = {
  __proto__: null,
  'SHA-1': { __proto__: null, block: 512, jwk: '1' },
  'SHA-256': { __proto__: null, block: 512, jwk: '256' },
  'SHA-384': { __proto__: null, block: 1024, jwk: '384' },
  'SHA-512': { __proto__: null, block: 1024, jwk: '512' },
  'SHA3-256': { __proto__: null },
  'SHA3-384': { __proto__: null },
  'SHA3-512': { __proto__: null },
};

const nameOf = (value, context) =>
  toDOMString(isObject(value) ? requiredMember(value, 'name', context) : value);

/** All of them, as algorithms. */
export const plainDigest = {
  __proto__: null,
  params: { __proto__: null, digest: null },
  digest: ({ name }, data) => made(digestOf(kHashes[name], data)),
};

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
export const blockBits = (name) =>
  kKeyHashes[name].block ?? notSupported(`A key for ${name} needs a length`);
/**
 * What JWK calls an algorithm with that hash; undefined where it has no name.
 * @param {string} start @param {string} name of the hash @returns {string | undefined}
 */
export function jwkNameFor(start, name) {
  const { jwk } = kKeyHashes[name];
  return jwk === undefined ? undefined : start + jwk;
}

/** Upper case of ASCII letters: no other character becomes one. @param {string} text */
export function asciiUpper(text) {
  let upper = '';
  for (let i = 0; i < text.length; i++) {
    upper += text[i] >= 'a' && text[i] <= 'z' ? StringPrototypeToUpperCase(text[i]) : text[i];
  }
  return upper;
}
