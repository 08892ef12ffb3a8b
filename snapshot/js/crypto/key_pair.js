// @ts-check
// What all asymmetric keys have in common. The two halves share one handle: what a half may do is
// JavaScript's to know, and the public one gives out nothing of the other.

import { keyFromPkcs8, keyFromSpki, keyToPkcs8, keyToSpki } from 'nano:ops';
import { defineValue } from '../data_property.js';
import { ArrayPrototypeIncludes } from '../primordials.js';
import { invalidAccess, made, notSupported, readKey } from './failure.js';
import { checkUsages, makeKey, usagesAmong } from './key.js';

/**
 * @typedef {object} PairUsages
 * @property {string[]} public
 * @property {string[]} private
 */

/** Of one half or the other. @param {string[]} usages @param {PairUsages} allowed */
export function checkPairUsages(usages, allowed) {
  for (let i = 0; i < usages.length; i++) {
    if (!ArrayPrototypeIncludes(allowed.public, usages[i])) {
      checkUsages([usages[i]], allowed.private);
    }
  }
}

/**
 * @param {any} algorithm @param {any} handle @param {boolean} extractable
 * @param {string[]} usages @param {PairUsages} allowed
 */
export function makePair(algorithm, handle, extractable, usages, allowed) {
  const publicUsages = usagesAmong(usages, allowed.public);
  const privateUsages = usagesAmong(usages, allowed.private);
  const pair = defineValue(
    {},
    'publicKey',
    makeKey('public', algorithm, handle, true, publicUsages),
  );
  return defineValue(
    pair,
    'privateKey',
    makeKey('private', algorithm, handle, extractable, privateUsages),
  );
}

/** @param {string} format 'spki' or 'pkcs8' @param {any} bytes */
export function handleOfDer(format, bytes) {
  return readKey(format === 'spki' ? keyFromSpki(bytes) : keyFromPkcs8(bytes));
}

/** @param {import('./key.js').KeyFacts} facts @param {'public' | 'private'} type */
export function requireType(facts, type) {
  if (facts.type !== type) invalidAccess(`The key is not ${type}`);
}

/** @param {string} format 'spki' or 'pkcs8' @param {import('./key.js').KeyFacts} facts */
export function derOf(format, facts) {
  requireType(facts, format === 'spki' ? 'public' : 'private');
  return made(format === 'spki' ? keyToSpki(facts.handle) : keyToPkcs8(facts.handle));
}

/** 'raw' is what it was called before. @param {string} format */
export const isRawPublic = (format) => format === 'raw-public' || format === 'raw';

/** @param {string} format @returns {never} */
export const unknownFormat = (format) => notSupported(`Such a key has no format '${format}'`);
