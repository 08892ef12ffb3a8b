// @ts-check
// HMAC (Web Cryptography 31).

import { hmacSign, hmacVerify } from 'nano:ops';
import { TypeErrorConstructor as TypeError } from '../primordials.js';
import { lengthOfBytes } from './bytes.js';
import { badData, made, operationFailed } from './failure.js';
import { blockBits, hashNumber, jwkNameFor, toKeyHash } from './hashes.js';
import { checkUsages } from './key.js';
import { optionalInteger, requiredMember } from './members.js';
import { exportSecret, generateSecret, makeSecret, secretFormat, secretOf } from './secret.js';

const kHmacUsages = ['sign', 'verify'];

const hmacParams = (members, context) => ({
  __proto__: null,
  hash: toKeyHash(requiredMember(members, 'hash', context), context),
  length: optionalInteger(members, 'length', context, 'unsigned long'),
});

const algorithmOf = (hash, length) => ({ __proto__: null, name: 'HMAC', hash, length });
const jwkName = (hash) => jwkNameFor('HS', hash);

/** How long a new key is. */
function lengthOf({ hash, length }) {
  const bits = length ?? blockBits(hash);
  return bits === 0 ? operationFailed('An HMAC key has at least one bit') : bits;
}

export const hmac = {
  __proto__: null,
  params: {
    __proto__: null,
    generateKey: hmacParams,
    importKey: hmacParams,
    getKeyLength: hmacParams,
    sign: null,
    verify: null,
  },
  checks: { __proto__: null, generateKey: lengthOf },

  generateKey(params, extractable, usages) {
    checkUsages(usages, kHmacUsages);
    const length = lengthOf(params);
    return generateSecret(algorithmOf(params.hash, length), length, extractable, usages);
  },

  importKey(format, keyData, params, extractable, usages) {
    checkUsages(usages, kHmacUsages);
    const bytes = secretOf(secretFormat(format, true), keyData, 'sig', extractable, usages);
    if (format === 'jwk' && keyData.alg !== undefined && keyData.alg !== jwkName(params.hash)) {
      badData(`The JSON Web Key's 'alg' is not '${jwkName(params.hash)}'`);
    }
    const bits = lengthOfBytes(bytes) * 8;
    const length = params.length ?? bits;
    if (bits === 0 || length > bits || length <= bits - 8) {
      badData('The length is not that of the HMAC key');
    }
    return makeSecret(algorithmOf(params.hash, length), bytes, extractable, usages);
  },

  exportKey: (format, facts) =>
    exportSecret(secretFormat(format, true), facts, jwkName(facts.algorithm.hash)),

  getKeyLength(params) {
    if (params.length === 0) throw new TypeError('The length of an HMAC key is not 0');
    return params.length ?? blockBits(params.hash);
  },

  sign: (params, facts, data) =>
    made(hmacSign(facts.handle, hashNumber(facts.algorithm.hash), data)),

  verify: (params, facts, signature, data) =>
    made(hmacVerify(facts.handle, [hashNumber(facts.algorithm.hash), signature], data)),
};
