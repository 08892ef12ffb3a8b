// @ts-check
// SubtleCrypto (Web Cryptography 14). All of it is done at once, within the call: the promises are
// settled when they are given out.

import { digestOf, equalInConstantTime } from 'nano:ops';
import {
  ArrayPrototypeIncludes,
  PromiseReject,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { resolvedWith } from '../streams/promises.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isBufferSource,
  isObject,
  toBufferSource,
  toEnum,
  tooFewArguments,
  toUnsignedLong,
} from '../webidl.js';
import { algorithmNamed, isNamedFor, normalize } from './algorithms.js';
import { copyBytes } from './bytes.js';
import { badUsage, invalidAccess, notSupported } from './failure.js';
import { toDigest } from './hashes.js';
import { toJwk } from './jwk.js';
import { checkUsages, factsOf, isCryptoKey, makeKey, toUsages } from './key.js';
import { exportedBytes, importedData } from './wrapping.js';

const kPrivate = { __proto__: null };
const kFormats = ['raw', 'spki', 'pkcs8', 'jwk'];

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

const contextOf = (name) => `Failed to execute '${name}' on 'SubtleCrypto'`;

/** @returns {import('./key.js').KeyFacts} */
function toKey(value, context, index) {
  if (!isCryptoKey(value)) {
    throw new TypeError(`${context}: parameter ${index} is not of type 'CryptoKey'.`);
  }
  return factsOf(value);
}

const toFormat = (value, context) => toEnum(value, kFormats, context, 'KeyFormat');

/** @param {import('./key.js').KeyFacts} facts @param {string} name @param {string} usage */
function requireUse(facts, name, usage) {
  if (facts.algorithm.name !== name) {
    invalidAccess(`The key is for ${facts.algorithm.name}, not for ${name}`);
  }
  if (!ArrayPrototypeIncludes(facts.usages, usage)) {
    invalidAccess(`The key may not be used for '${usage}'`);
  }
}

/** What makes a key may not make one that nobody can use. */
function requireUsages(key) {
  const { type, usages } = factsOf(key);
  if (type !== 'public' && usages.length === 0) badUsage('The key would have no usage');
  return key;
}

function importParsed(format, keyData, params, extractable, usages) {
  const algorithm = algorithmNamed(params.name);
  return requireUsages(algorithm.importKey(format, keyData, params, extractable, usages));
}

function exportFacts(format, facts) {
  const { exportKey } = algorithmNamed(facts.algorithm.name);
  if (exportKey === undefined) {
    notSupported(`A key for ${facts.algorithm.name} cannot be exported`);
  }
  if (!facts.extractable) invalidAccess('The key is not extractable');
  return exportKey(format, facts);
}

/** encrypt and decrypt. */
function crypt(usage, algorithm, key, data) {
  const context = contextOf(usage);
  const facts = toKey(key, context, 2);
  toBufferSource(data, context);
  const params = normalize(usage, algorithm, context);
  requireUse(facts, params.name, usage);
  return algorithmNamed(params.name)[usage](params, facts, data);
}

function derive(params, facts, length) {
  return algorithmNamed(params.name).deriveBits(params, facts, length);
}

/** wrapKey and unwrapKey, by that operation of the algorithm or, without it, by another. */
function wrapping(usage, otherwise, algorithm, context) {
  const operation = isNamedFor(usage, algorithm, context) ? usage : otherwise;
  const params = normalize(operation, algorithm, context);
  return { params, run: algorithmNamed(params.name)[operation] };
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
      return digestOf(toDigest(algorithm, context), data);
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
      const secret = copyBytes(derive(params, facts, length), context);
      return importParsed('raw', secret, importParams, !!extractable, usages);
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

  // https://wicg.github.io/webcrypto-modern-algos/
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
    if (first.length !== second.length) {
      throw new TypeError(`${context}: The two are not equally long.`);
    }
    return equalInConstantTime(first, second);
  }

  static {
    defineInterface(SubtleCrypto, (value) => isObject(value) && #isSubtle in value);
  }
}

export const subtle = new SubtleCrypto(kPrivate);
