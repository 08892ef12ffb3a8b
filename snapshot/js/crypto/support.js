// @ts-check
// SubtleCrypto.supports() (https://wicg.github.io/webcrypto-modern-algos/): whether an operation would
// be done, as far as its parameters say. Nothing is done, and no error comes out.

import { isObject, toDOMString, toUnsignedLong } from '../webidl.js';
import { algorithmFor, algorithmNamed, normalize } from './algorithms.js';

/** How long the secret of every ML-KEM is. */
const kSharedBits = 256;

/** Its params, or an error of whatever kind. */
function checked(operation, algorithm, length = null) {
  const params = normalize(operation, algorithm, '');
  const check = algorithmNamed(params.name).checks?.[operation];
  if (check !== undefined) check(params, length);
  return params;
}

function isPossible(steps) {
  try {
    return steps() !== false;
  } catch {
    return false;
  }
}

const can = (operation, algorithm, length) =>
  isPossible(() => checked(operation, algorithm, length));

/** Whether keys are given out. */
const exports = (algorithm) =>
  isPossible(() => algorithmFor(algorithm, '').exportKey !== undefined);

function lengthOfKey(algorithm) {
  const params = normalize('getKeyLength', algorithm, '');
  return algorithmNamed(params.name).getKeyLength(params);
}

const takesSecret = (algorithm) =>
  isPossible(() => {
    const { length } = checked('importKey', algorithm);
    return length === undefined || (length > kSharedBits - 8 && length <= kSharedBits);
  });

/** By operation; `more` is a length or an algorithm. Those that are not here are each their own. */
const kOperations = {
  __proto__: null,
  deriveBits: (algorithm, more) => !isAlgorithm(more) && can('deriveBits', algorithm, more),
  deriveKey: (algorithm, more) =>
    can('importKey', more) &&
    isPossible(() => checked('deriveBits', algorithm, lengthOfKey(more)) !== undefined),
  exportKey: (algorithm) => exports(algorithm),
  getPublicKey: (algorithm) =>
    isPossible(() => algorithmFor(algorithm, '').publicUsages !== undefined),
  wrapKey: (algorithm, more) =>
    (can('wrapKey', algorithm) || can('encrypt', algorithm)) && exports(more),
  unwrapKey: (algorithm, more) =>
    (can('unwrapKey', algorithm) || can('decrypt', algorithm)) && can('importKey', more),
  encapsulateBits: (algorithm) => can('encapsulate', algorithm),
  encapsulateKey: (algorithm, more) => can('encapsulate', algorithm) && takesSecret(more),
  decapsulateBits: (algorithm) => can('decapsulate', algorithm),
  decapsulateKey: (algorithm, more) => can('decapsulate', algorithm) && takesSecret(more),
};
const kOwnOperations = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'digest',
  'generateKey',
  'importKey',
];
for (let i = 0; i < kOwnOperations.length; i++) {
  const name = kOwnOperations[i];
  kOperations[name] = (algorithm) => can(name, algorithm);
}

const isAlgorithm = (value) => typeof value === 'string' || isObject(value);

/** @param {any} operation @param {any} algorithm @param {any} more @param {string} context */
export function supports(operation, algorithm, more, context) {
  const name = toDOMString(operation);
  const given = isObject(algorithm) ? algorithm : toDOMString(algorithm);
  const third = more === null || isAlgorithm(more) ? more : toUnsignedLong(more, context);
  return kOperations[name] !== undefined && kOperations[name](given, third);
}
