// @ts-check
// SubtleCrypto (Web Cryptography 14, https://wicg.github.io/webcrypto-modern-algos/). All of it is
// done at once, within the call: the promises are settled when they are given out.

import { equalInConstantTime } from 'nano:ops';
import { PromiseReject, TypeErrorConstructor as TypeError } from '../primordials.js';
import { resolvedWith } from '../streams/promises.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isBufferSource,
  isObject,
  toBufferSource,
  tooFewArguments,
  toUnsignedLong,
} from '../webidl.js';
import { algorithmNamed, normalize } from './algorithms.js';
import { copyBytes, lengthOfBytes } from './bytes.js';
import { invalidAccess, notSupported } from './failure.js';
import { toJwk } from './jwk.js';
import { checkUsages, isCryptoKey, makeKey, toUsages } from './key.js';
import {
  contextOf,
  crypt,
  derive,
  exportFacts,
  importParsed,
  keyOfSecret,
  opened,
  requireUsages,
  requireUse,
  sealed,
  toFormat,
  toKey,
  wrapping,
} from './operations.js';
import defer * as support from './support.js';
import { exportedBytes, importedData } from './wrapping.js';

const kPrivate = { __proto__: null };

/** A promise of what `steps` return, as every operation here gives one. */
function settled(steps) {
  let result;
  try {
    result = steps();
  } catch (error) {
    return PromiseReject(error);
  }
  return resolvedWith(result);
}

export class SubtleCrypto {
  #isSubtle = true;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
  }

  static #require(value) {
    if (!isObject(value) || !(#isSubtle in value)) illegalInvocation();
  }

  /** The receiver, the number of arguments, then the operation. */
  static #run(receiver, name, given, required, steps) {
    return settled(() => {
      SubtleCrypto.#require(receiver);
      const context = contextOf(name);
      if (given < required) tooFewArguments(required, given, context);
      return steps(context);
    });
  }

  encrypt(algorithm, key, data) {
    return SubtleCrypto.#run(this, 'encrypt', arguments.length, 3, () =>
      crypt('encrypt', algorithm, key, data),
    );
  }

  decrypt(algorithm, key, data) {
    return SubtleCrypto.#run(this, 'decrypt', arguments.length, 3, () =>
      crypt('decrypt', algorithm, key, data),
    );
  }

  sign(algorithm, key, data) {
    return SubtleCrypto.#run(this, 'sign', arguments.length, 3, (context) => {
      const facts = toKey(key, context, 2);
      toBufferSource(data, context);
      const params = normalize('sign', algorithm, context);
      requireUse(facts, params.name, 'sign');
      return algorithmNamed(params.name).sign(params, facts, data);
    });
  }

  verify(algorithm, key, signature, data) {
    return SubtleCrypto.#run(this, 'verify', arguments.length, 4, (context) => {
      const facts = toKey(key, context, 2);
      toBufferSource(signature, context);
      toBufferSource(data, context);
      const params = normalize('verify', algorithm, context);
      requireUse(facts, params.name, 'verify');
      return algorithmNamed(params.name).verify(params, facts, signature, data);
    });
  }

  digest(algorithm, data) {
    return SubtleCrypto.#run(this, 'digest', arguments.length, 2, (context) => {
      toBufferSource(data, context);
      const params = normalize('digest', algorithm, context);
      return algorithmNamed(params.name).digest(params, data);
    });
  }

  generateKey(algorithm, extractable, keyUsages) {
    return SubtleCrypto.#run(this, 'generateKey', arguments.length, 3, (context) => {
      const usages = toUsages(keyUsages, context);
      const params = normalize('generateKey', algorithm, context);
      const made = algorithmNamed(params.name).generateKey(params, !!extractable, usages);
      requireUsages(isCryptoKey(made) ? made : made.privateKey);
      return made;
    });
  }

  deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
    return SubtleCrypto.#run(this, 'deriveKey', arguments.length, 5, (context) => {
      const facts = toKey(baseKey, context, 2);
      const usages = toUsages(keyUsages, context);
      const params = normalize('deriveBits', algorithm, context);
      const importParams = normalize('importKey', derivedKeyType, context);
      const lengthParams = normalize('getKeyLength', derivedKeyType, context);
      requireUse(facts, params.name, 'deriveKey');
      const length = algorithmNamed(lengthParams.name).getKeyLength(lengthParams);
      return keyOfSecret(derive(params, facts, length), importParams, !!extractable, usages);
    });
  }

  deriveBits(algorithm, baseKey, length = null) {
    return SubtleCrypto.#run(this, 'deriveBits', arguments.length, 2, (context) => {
      const facts = toKey(baseKey, context, 2);
      const bits = length === null ? null : toUnsignedLong(length, context);
      const params = normalize('deriveBits', algorithm, context);
      requireUse(facts, params.name, 'deriveBits');
      return derive(params, facts, bits);
    });
  }

  importKey(format, keyData, algorithm, extractable, keyUsages) {
    return SubtleCrypto.#run(this, 'importKey', arguments.length, 5, (context) => {
      const known = toFormat(format, context);
      const isBytes = isBufferSource(keyData);
      const jwk = isBytes ? undefined : toJwk(keyData, context);
      const usages = toUsages(keyUsages, context);
      const params = normalize('importKey', algorithm, context);
      if (isBytes === (known === 'jwk')) {
        throw new TypeError(`${context}: The key data is not what the format '${known}' has.`);
      }
      const data = isBytes ? copyBytes(keyData, context) : jwk;
      return importParsed(known, data, params, !!extractable, usages);
    });
  }

  exportKey(format, key) {
    return SubtleCrypto.#run(this, 'exportKey', arguments.length, 2, (context) => {
      const known = toFormat(format, context);
      return exportFacts(known, toKey(key, context, 2));
    });
  }

  wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    return SubtleCrypto.#run(this, 'wrapKey', arguments.length, 4, (context) => {
      const known = toFormat(format, context);
      const facts = toKey(key, context, 2);
      const wrapper = toKey(wrappingKey, context, 3);
      const { params, run } = wrapping('wrapKey', 'encrypt', wrapAlgorithm, context);
      requireUse(wrapper, params.name, 'wrapKey');
      const bytes = exportedBytes(known, exportFacts(known, facts), params.name);
      return run(params, wrapper, bytes);
    });
  }

  unwrapKey(
    format,
    wrappedKey,
    unwrappingKey,
    unwrapAlgorithm,
    unwrappedKeyAlgorithm,
    extractable,
    keyUsages,
  ) {
    return SubtleCrypto.#run(this, 'unwrapKey', arguments.length, 7, (context) => {
      const known = toFormat(format, context);
      toBufferSource(wrappedKey, context);
      const wrapper = toKey(unwrappingKey, context, 3);
      const usages = toUsages(keyUsages, context);
      const { params, run } = wrapping('unwrapKey', 'decrypt', unwrapAlgorithm, context);
      const keyParams = normalize('importKey', unwrappedKeyAlgorithm, context);
      requireUse(wrapper, params.name, 'unwrapKey');
      const data = importedData(known, run(params, wrapper, wrappedKey), context);
      return importParsed(known, data, keyParams, !!extractable, usages);
    });
  }

  encapsulateBits(algorithm, key) {
    return SubtleCrypto.#run(this, 'encapsulateBits', arguments.length, 2, (context) => {
      const facts = toKey(key, context, 2);
      return sealed('encapsulateBits', algorithm, facts, context, (secret) => secret);
    });
  }

  encapsulateKey(algorithm, key, sharedKeyAlgorithm, extractable, keyUsages) {
    return SubtleCrypto.#run(this, 'encapsulateKey', arguments.length, 5, (context) => {
      const facts = toKey(key, context, 2);
      const usages = toUsages(keyUsages, context);
      const params = normalize('importKey', sharedKeyAlgorithm, context);
      return sealed('encapsulateKey', algorithm, facts, context, (secret) =>
        keyOfSecret(secret, params, !!extractable, usages),
      );
    });
  }

  decapsulateBits(algorithm, key, ciphertext) {
    return SubtleCrypto.#run(this, 'decapsulateBits', arguments.length, 3, (context) => {
      const facts = toKey(key, context, 2);
      toBufferSource(ciphertext, context);
      return opened('decapsulateBits', algorithm, facts, context, ciphertext);
    });
  }

  decapsulateKey(algorithm, key, ciphertext, sharedKeyAlgorithm, extractable, keyUsages) {
    return SubtleCrypto.#run(this, 'decapsulateKey', arguments.length, 6, (context) => {
      const facts = toKey(key, context, 2);
      toBufferSource(ciphertext, context);
      const usages = toUsages(keyUsages, context);
      const params = normalize('importKey', sharedKeyAlgorithm, context);
      const secret = opened('decapsulateKey', algorithm, facts, context, ciphertext);
      return keyOfSecret(secret, params, !!extractable, usages);
    });
  }

  /** @param {any} operation @param {any} algorithm @param {any} [more] a length or an algorithm */
  static supports(operation, algorithm, more = null) {
    const context = contextOf('supports');
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    return support.supports(operation, algorithm, more, context);
  }

  getPublicKey(key, keyUsages) {
    return SubtleCrypto.#run(this, 'getPublicKey', arguments.length, 2, (context) => {
      const { type, algorithm, handle } = toKey(key, context, 1);
      const usages = toUsages(keyUsages, context);
      const { publicUsages } = algorithmNamed(algorithm.name);
      if (publicUsages === undefined) notSupported('The key has no public half');
      if (type !== 'private') invalidAccess('The key is not private');
      checkUsages(usages, publicUsages);
      return makeKey('public', algorithm, handle, true, usages);
    });
  }

  // Of Workers: at once, and not about keys.
  timingSafeEqual(a, b) {
    SubtleCrypto.#require(this);
    const context = contextOf('timingSafeEqual');
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const first = copyBytes(a, context);
    const second = copyBytes(b, context);
    if (lengthOfBytes(first) !== lengthOfBytes(second)) {
      throw new TypeError(`${context}: The two are not equally long.`);
    }
    return equalInConstantTime(first, second);
  }

  static {
    defineInterface(SubtleCrypto, (value) => isObject(value) && #isSubtle in value);
  }
}

export const subtle = new SubtleCrypto(kPrivate);
