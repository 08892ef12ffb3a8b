// @ts-check
// What the operations of SubtleCrypto are made of.

import { defineValue } from '../data_property.js';
import { ArrayPrototypeIncludes, TypeErrorConstructor as TypeError } from '../primordials.js';
import { toBufferSource, toEnum } from '../webidl.js';
import { algorithmFor, algorithmNamed, normalize } from './algorithms.js';
import { bytesOfBuffer } from './bytes.js';
import { badUsage, invalidAccess, notSupported } from './failure.js';
import { factsOf, isCryptoKey } from './key.js';

const kFormats = [
  'raw-public',
  'raw-private',
  'raw-seed',
  'raw-secret',
  'raw',
  'spki',
  'pkcs8',
  'jwk',
];

export const contextOf = (name) => `Failed to execute '${name}' on 'SubtleCrypto'`;

/** @returns {import('./key.js').KeyFacts} */
export function toKey(value, context, index) {
  if (!isCryptoKey(value)) {
    throw new TypeError(`${context}: parameter ${index} is not of type 'CryptoKey'.`);
  }
  return factsOf(value);
}

export const toFormat = (value, context) => toEnum(value, kFormats, context, 'KeyFormat');

/** @param {import('./key.js').KeyFacts} facts @param {string} name @param {string} usage */
export function requireUse(facts, name, usage) {
  if (facts.algorithm.name !== name) {
    invalidAccess(`The key is for ${facts.algorithm.name}, not for ${name}`);
  }
  if (!ArrayPrototypeIncludes(facts.usages, usage)) {
    invalidAccess(`The key may not be used for '${usage}'`);
  }
}

/** What makes a key may not make one that nobody can use. */
export function requireUsages(key) {
  const { type, usages } = factsOf(key);
  if (type !== 'public' && usages.length === 0) badUsage('The key would have no usage');
  return key;
}

export function importParsed(format, keyData, params, extractable, usages) {
  const algorithm = algorithmNamed(params.name);
  return requireUsages(algorithm.importKey(format, keyData, params, extractable, usages));
}

export function exportFacts(format, facts) {
  const { exportKey } = algorithmNamed(facts.algorithm.name);
  if (exportKey === undefined) {
    notSupported(`A key for ${facts.algorithm.name} cannot be exported`);
  }
  if (!facts.extractable) invalidAccess('The key is not extractable');
  return exportKey(format, facts);
}

/** encrypt and decrypt. @param {'encrypt' | 'decrypt'} usage */
export function crypt(usage, algorithm, key, data) {
  const context = contextOf(usage);
  const facts = toKey(key, context, 2);
  toBufferSource(data, context);
  const params = normalize(usage, algorithm, context);
  requireUse(facts, params.name, usage);
  return algorithmNamed(params.name)[usage](params, facts, data);
}

export function derive(params, facts, length) {
  return algorithmNamed(params.name).deriveBits(params, facts, length);
}

/** wrapKey and unwrapKey, by that operation of the algorithm or, without it, by another. */
export function wrapping(usage, otherwise, algorithm, context) {
  const named = algorithmFor(algorithm, context);
  const operation = named?.params[usage] === undefined ? otherwise : usage;
  const params = normalize(operation, algorithm, context);
  return { params, run: algorithmNamed(params.name)[operation] };
}

/** The params, and the facts of a key that may be used so. */
function keyForKem(operation, usage, algorithm, key, context) {
  const params = normalize(operation, algorithm, context);
  requireUse(key, params.name, usage);
  return algorithmNamed(params.name);
}

/**
 * encapsulateBits and encapsulateKey: `use` makes of the secret what is given out.
 * @param {string} usage @param {(secret: ArrayBuffer) => any} use
 */
export function sealed(usage, algorithm, facts, context, use) {
  const both = keyForKem('encapsulate', usage, algorithm, facts, context).encapsulate(facts);
  return defineValue(defineValue({}, 'ciphertext', both[1]), 'sharedKey', use(both[0]));
}

/** The secret of decapsulateBits and decapsulateKey. @param {string} usage @param {any} ciphertext */
export function opened(usage, algorithm, facts, context, ciphertext) {
  const named = keyForKem('decapsulate', usage, algorithm, facts, context);
  return named.decapsulate(facts, ciphertext);
}

/** A secret as a key. @param {ArrayBuffer} secret @param {any} params @param {string[]} usages */
export const keyOfSecret = (secret, params, extractable, usages) =>
  importParsed('raw-secret', bytesOfBuffer(secret), params, extractable, usages);
