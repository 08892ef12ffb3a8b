// @ts-check
// AES-CBC, AES-CTR, AES-GCM, AES-KW (Web Cryptography 27 to 30).

import { cbcDecrypt, cbcEncrypt, ctrCrypt, gcmCrypt, wrapCrypt } from 'nano:ops';
import { StringPrototypeSlice, Uint8ArrayConstructor as Uint8Array } from '../primordials.js';
import { badData, made, operationFailed } from './failure.js';
import { checkUsages } from './key.js';
import { bytesMember, integerMember, optionalBytes, optionalInteger } from './members.js';
import { exportSecret, generateSecret, makeSecret, secretOf } from './secret.js';

const isLength = (bits) => bits === 128 || bits === 192 || bits === 256;
const lengthMember = (members, context) => ({
  __proto__: null,
  length: integerMember(members, 'length', context, 'unsigned short'),
});

/** What the four have in common. @param {string[]} allowed */
function family(allowed) {
  return {
    __proto__: null,
    params: { __proto__: null, generateKey: lengthMember, importKey: null, getKeyLength: lengthMember },

    generateKey(params, extractable, usages) {
      checkUsages(usages, allowed);
      const { name, length } = params;
      if (!isLength(length)) operationFailed('An AES key has 128, 192 or 256 bits');
      return generateSecret({ __proto__: null, name, length }, length, extractable, usages);
    },

    importKey(format, keyData, params, extractable, usages) {
      checkUsages(usages, allowed);
      const bytes = secretOf(format, keyData, 'enc', extractable, usages);
      const { name } = params;
      const length = bytes.length * 8;
      if (!isLength(length)) badData('An AES key has 128, 192 or 256 bits');
      if (format === 'jwk' && keyData.alg !== undefined && keyData.alg !== jwkName(name, length)) {
        badData(`The JSON Web Key's 'alg' is not '${jwkName(name, length)}'`);
      }
      return makeSecret({ __proto__: null, name, length }, bytes, extractable, usages);
    },

    exportKey(format, facts) {
      const { name, length } = facts.algorithm;
      return exportSecret(format, facts, jwkName(name, length));
    },

    getKeyLength(params) {
      if (!isLength(params.length)) operationFailed('An AES key has 128, 192 or 256 bits');
      return params.length;
    },
  };
}

/** A128CBC and so on. @param {string} name @param {number} length */
const jwkName = (name, length) => `A${length}${StringPrototypeSlice(name, 4)}`;

const kCipherUsages = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];

function cipher(readParams, encrypt, decrypt) {
  const algorithm = /** @type {any} */ (family(kCipherUsages));
  algorithm.params.encrypt = algorithm.params.decrypt = readParams;
  algorithm.encrypt = encrypt;
  algorithm.decrypt = decrypt;
  return algorithm;
}

const ivParams = (members, context) => ({
  __proto__: null,
  iv: bytesMember(members, 'iv', context),
});

function checkIv(params) {
  if (params.iv.length !== 16) operationFailed('The iv of AES-CBC has 16 bytes');
}

export const aesCbc = cipher(
  ivParams,
  (params, facts, data) => {
    checkIv(params);
    return made(cbcEncrypt(facts.handle, params.iv, data));
  },
  (params, facts, data) => {
    checkIv(params);
    return made(cbcDecrypt(facts.handle, params.iv, data));
  },
);

const counterParams = (members, context) => ({
  __proto__: null,
  counter: bytesMember(members, 'counter', context),
  length: integerMember(members, 'length', context, 'octet'),
});

function ctr(params, facts, data) {
  if (params.counter.length !== 16) operationFailed('The counter of AES-CTR has 16 bytes');
  if (params.length === 0 || params.length > 128) {
    operationFailed('1 to 128 bits of the counter of AES-CTR are counted');
  }
  return made(ctrCrypt(facts.handle, [params.counter, params.length], data));
}

export const aesCtr = cipher(counterParams, ctr, ctr);

const gcmParams = (members, context) => ({
  __proto__: null,
  additionalData: optionalBytes(members, 'additionalData', context) ?? new Uint8Array(0),
  iv: bytesMember(members, 'iv', context),
  tagLength: optionalInteger(members, 'tagLength', context, 'octet') ?? 128,
});

const isTagLength = (bits) => bits === 32 || bits === 64 || (bits >= 96 && bits <= 128);

function gcm(encrypts, params, facts, data) {
  const { additionalData, iv, tagLength } = params;
  if (!isTagLength(tagLength) || tagLength % 8 !== 0) {
    operationFailed('The tag of AES-GCM has 32, 64, 96, 104, 112, 120 or 128 bits');
  }
  return made(gcmCrypt(facts.handle, [encrypts, iv, additionalData, tagLength / 8], data));
}

export const aesGcm = cipher(
  gcmParams,
  (params, facts, data) => gcm(1, params, facts, data),
  (params, facts, data) => gcm(0, params, facts, data),
);

export const aesKw = {
  __proto__: null,
  .../** @type {any} */ (family(['wrapKey', 'unwrapKey'])),
  wrapKey: (params, facts, data) => made(wrapCrypt(facts.handle, 1, data)),
  unwrapKey: (params, facts, data) => made(wrapCrypt(facts.handle, 0, data)),
};
aesKw.params.wrapKey = aesKw.params.unwrapKey = null;
