// @ts-check
// CryptoKey (Web Cryptography 13): what a key is for, and the handle of what it is.

import { defineValue } from '../data_property.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor as Uint8Array,
} from '../primordials.js';
import { inspectAs } from '../inspect_interfaces.js';
import { addCloneable } from '../structured_clone.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  toEnum,
  toSequence,
} from '../webidl.js';
import { lengthOfBytes } from './bytes.js';
import { badUsage } from './failure.js';

const kPrivate = { __proto__: null };

/** In the order in which `usages` has them. */
const kUsages = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'deriveKey',
  'deriveBits',
  'wrapKey',
  'unwrapKey',
  'encapsulateKey',
  'encapsulateBits',
  'decapsulateKey',
  'decapsulateBits',
];

/**
 * @typedef {object} KeyFacts
 * @property {'secret' | 'private' | 'public'} type
 * @property {boolean} extractable
 * @property {any} algorithm ours: name, and by algorithm hash (a name), length, modulusLength,
 *   publicExponent, namedCurve
 * @property {string[]} usages
 * @property {any} handle of the key store
 */

function algorithmObject(algorithm) {
  const object = defineValue({}, 'name', algorithm.name);
  const { length, modulusLength, publicExponent, hash, namedCurve } = algorithm;
  if (modulusLength !== undefined) defineValue(object, 'modulusLength', modulusLength);
  if (publicExponent !== undefined) {
    const copy = new Uint8Array(lengthOfBytes(publicExponent));
    TypedArrayPrototypeSet(copy, publicExponent);
    defineValue(object, 'publicExponent', copy);
  }
  if (hash !== undefined) defineValue(object, 'hash', defineValue({}, 'name', hash));
  if (length !== undefined) defineValue(object, 'length', length);
  if (namedCurve !== undefined) defineValue(object, 'namedCurve', namedCurve);
  return object;
}

/** @param {string[]} usages */
function usagesArray(usages) {
  const list = [];
  for (let i = 0; i < usages.length; i++) ArrayPrototypePush(list, usages[i]);
  return list;
}

/** @type {(value: any) => boolean} */
let isCryptoKey;
/** @type {(key: any) => KeyFacts} */
let factsOf;

export class CryptoKey {
  /** @type {KeyFacts} */
  #facts;
  // What the user sees, made when it is looked at: it may be written to.
  #algorithm = undefined;
  #usages = undefined;

  constructor(key = undefined, facts = undefined) {
    if (key !== kPrivate) illegalConstructor();
    this.#facts = /** @type {any} */ (facts);
  }

  get type() {
    if (!(#facts in this)) illegalInvocation();
    return this.#facts.type;
  }

  get extractable() {
    if (!(#facts in this)) illegalInvocation();
    return this.#facts.extractable;
  }

  get algorithm() {
    if (!(#facts in this)) illegalInvocation();
    return (this.#algorithm ??= algorithmObject(this.#facts.algorithm));
  }

  get usages() {
    if (!(#facts in this)) illegalInvocation();
    return (this.#usages ??= usagesArray(this.#facts.usages));
  }

  static {
    isCryptoKey = (value) => isObject(value) && #facts in value;
    factsOf = (key) => key.#facts;
  }
}
defineInterface(CryptoKey, isCryptoKey);
addCloneable(isCryptoKey, (key) => new CryptoKey(kPrivate, factsOf(key)));
inspectAs(isCryptoKey, (key) => {
  const { type, extractable, algorithm, usages } = factsOf(key);
  const fields = ['type', type, 'extractable', extractable];
  ArrayPrototypePush(fields, 'algorithm', algorithmObject(algorithm));
  ArrayPrototypePush(fields, 'usages', usagesArray(usages));
  return fields;
});

/**
 * @param {'secret' | 'private' | 'public'} type @param {any} algorithm @param {any} handle
 * @param {boolean} extractable @param {string[]} usages
 */
export function makeKey(type, algorithm, handle, extractable, usages) {
  return new CryptoKey(kPrivate, {
    __proto__: null,
    type,
    extractable,
    algorithm,
    usages,
    handle,
  });
}

/** sequence<KeyUsage>, without repetitions. @param {any} value @param {string} context */
export function toUsages(value, context) {
  const given = toSequence(value, context, (item, where) =>
    toEnum(item, kUsages, where, 'KeyUsage'),
  );
  return usagesAmong(given, kUsages);
}

/** @param {string[]} usages @param {string[]} allowed @returns {string[]} */
export function usagesAmong(usages, allowed) {
  const list = [];
  for (let i = 0; i < allowed.length; i++) {
    if (ArrayPrototypeIncludes(usages, allowed[i])) ArrayPrototypePush(list, allowed[i]);
  }
  return list;
}

/** @param {string[]} usages @param {string[]} allowed */
export function checkUsages(usages, allowed) {
  for (let i = 0; i < usages.length; i++) {
    if (!ArrayPrototypeIncludes(allowed, usages[i])) {
      badUsage(`Such a key cannot be used for '${usages[i]}'`);
    }
  }
}

export { factsOf, isCryptoKey };
