// @ts-check
// AES-CBC, AES-CTR, AES-KW (Web Cryptography 27, 28, 30), and what AES-GCM and AES-OCB have of them.

import { cbcDecrypt, cbcEncrypt, ctrCrypt, wrapCrypt } from 'nano:ops';
import { StringPrototypeSlice } from '../primordials.js';
import { lengthOfBytes } from './bytes.js';
import { badData, made, operationFailed } from './failure.js';
import { checkUsages } from './key.js';
import { bytesMember, integerMember } from './members.js';
import { exportSecret, generateSecret, makeSecret, secretFormat, secretOf } from './secret.js';

const isLength = (bits) => bits === 128 || bits === 192 || bits === 256;
const lengthMember = (members, context) => ({
  __proto__: null,
  length: integerMember(members, 'length', context, 'unsigned short'),
});

function checkLength({ length }) {
  if (!isLength(length)) operationFailed('An AES key has 128, 192 or 256 bits');
  return length;
}

/**
 * What they have in common.
 * @param {string[]} allowed @param {boolean} takesRaw whether keys are 'raw' as well as 'raw-secret'
 */
export function aesFamily(allowed, takesRaw = true) {
  return {
    __proto__: null,
    checks: { __proto__: null, generateKey: checkLength },
    params: {
      __proto__: null,
      generateKey: lengthMember,
      importKey: null,
      getKeyLength: lengthMember,
    },

    generateKey(params, extractable, usages) {
      checkUsages(usages, allowed);
      const { name } = params;
      const length = checkLength(params);
      return generateSecret({ __proto__: null, name, length }, length, extractable, usages);
    },

    importKey(format, keyData, params, extractable, usages) {
      checkUsages(usages, allowed);
      const bytes = secretOf(secretFormat(format, takesRaw), keyData, 'enc', extractable, usages);
      const { name } = params;
      const length = lengthOfBytes(bytes) * 8;
      if (!isLength(length)) badData('An AES key has 128, 192 or 256 bits');
      if (format === 'jwk' && keyData.alg !== undefined && keyData.alg !== jwkName(name, length)) {
        badData(`The JSON Web Key's 'alg' is not '${jwkName(name, length)}'`);
      }
      return makeSecret({ __proto__: null, name, length }, bytes, extractable, usages);
    },

    exportKey(format, facts) {
      const { name, length } = facts.algorithm;
      return exportSecret(secretFormat(format, takesRaw), facts, jwkName(name, length));
    },

    getKeyLength: checkLength,
  };
}

/** A128CBC and so on. @param {string} name @param {number} length */
const jwkName = (name, length) => `A${length}${StringPrototypeSlice(name, 4)}`;

/**
 * One that encrypts data. `check` is what its parameters have to pass first.
 * @param {any} readParams @param {(params: any) => void} check
 * @param {(direction: 0 | 1, params: any, facts: any, data: any) => any} crypt
 * @param {any} [algorithm] that gets it
 */
export function cipher(readParams, check, crypt, algorithm = aesFamily(kCipherUsages)) {
  algorithm.params.encrypt = algorithm.params.decrypt = readParams;
  algorithm.checks.encrypt = algorithm.checks.decrypt = check;
  algorithm.encrypt = (params, facts, data) => {
    check(params);
    return made(crypt(1, params, facts, data));
  };
  algorithm.decrypt = (params, facts, data) => {
    check(params);
    return made(crypt(0, params, facts, data));
  };
  return algorithm;
}

export const kCipherUsages = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];

const ivParams = (members, context) => ({
  __proto__: null,
  iv: bytesMember(members, 'iv', context),
});

function checkIv(params) {
  if (lengthOfBytes(params.iv) !== 16) operationFailed('The iv of AES-CBC has 16 bytes');
}

export const aesCbc = cipher(ivParams, checkIv, (direction, params, facts, data) => {
  const run = direction === 1 ? cbcEncrypt : cbcDecrypt;
  return run(facts.handle, params.iv, data);
});

const counterParams = (members, context) => ({
  __proto__: null,
  counter: bytesMember(members, 'counter', context),
  length: integerMember(members, 'length', context, 'octet'),
});

function checkCounter(params) {
  if (lengthOfBytes(params.counter) !== 16) operationFailed('The counter of AES-CTR has 16 bytes');
  if (params.length === 0 || params.length > 128) {
    operationFailed('1 to 128 bits of the counter of AES-CTR are counted');
  }
}

export const aesCtr = cipher(counterParams, checkCounter, (_, params, facts, data) =>
  ctrCrypt(facts.handle, [params.counter, params.length], data),
);

export const aesKw = {
  __proto__: null,
  .../** @type {any} */ (aesFamily(['wrapKey', 'unwrapKey'])),
  wrapKey: (params, facts, data) => made(wrapCrypt(facts.handle, 1, data)),
  unwrapKey: (params, facts, data) => made(wrapCrypt(facts.handle, 0, data)),
};
aesKw.params.wrapKey = aesKw.params.unwrapKey = null;
