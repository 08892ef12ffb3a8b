// @ts-check
// Ciphers that authenticate: AES-GCM (Web Cryptography 29), AES-OCB and ChaCha20-Poly1305
// (https://wicg.github.io/webcrypto-modern-algos/).

import { aeadCrypt } from 'nano:ops';
import { Uint8ArrayConstructor as Uint8Array } from '../primordials.js';
import { aesFamily, cipher, kCipherUsages } from './aes.js';
import { lengthOfBytes } from './bytes.js';
import { badData, operationFailed } from './failure.js';
import { checkUsages } from './key.js';
import { bytesMember, optionalBytes, optionalInteger } from './members.js';
import { exportSecret, generateSecret, makeSecret, secretFormat, secretOf } from './secret.js';

/** Of the op. */
const kGcm = 0;
const kOcb = 1;
const kChaCha = 2;

const aeadParams = (members, context) => ({
  __proto__: null,
  additionalData: optionalBytes(members, 'additionalData', context) ?? new Uint8Array(0),
  iv: bytesMember(members, 'iv', context),
  tagLength: optionalInteger(members, 'tagLength', context, 'octet') ?? 128,
});

/** @param {number} number of the op @param {(params: any) => void} check @param {any} [algorithm] */
function aead(number, check, algorithm) {
  const crypt = (direction, params, facts, data) => {
    const { additionalData, iv, tagLength } = params;
    return aeadCrypt(facts.handle, [number, direction, iv, additionalData, tagLength / 8], data);
  };
  return cipher(aeadParams, check, crypt, algorithm);
}

const isGcmTag = (bits) =>
  bits === 32 || bits === 64 || (bits >= 96 && bits <= 128 && bits % 8 === 0);

export const aesGcm = aead(kGcm, ({ tagLength }) => {
  if (!isGcmTag(tagLength)) {
    operationFailed('The tag of AES-GCM has 32, 64, 96, 104, 112, 120 or 128 bits');
  }
});

function checkOcb({ iv, tagLength }) {
  const size = lengthOfBytes(iv);
  if (size === 0 || size > 15) operationFailed('The iv of AES-OCB has 1 to 15 bytes');
  if (tagLength !== 64 && tagLength !== 96 && tagLength !== 128) {
    operationFailed('The tag of AES-OCB has 64, 96 or 128 bits');
  }
}

export const aesOcb = aead(kOcb, checkOcb, aesFamily(kCipherUsages, false));

const kChaChaBits = 256;
const kChaChaName = 'ChaCha20-Poly1305';

const chaChaKeys = {
  __proto__: null,
  params: { __proto__: null, generateKey: null, importKey: null, getKeyLength: null },
  checks: { __proto__: null },

  generateKey(params, extractable, usages) {
    checkUsages(usages, kCipherUsages);
    return generateSecret({ __proto__: null, name: kChaChaName }, kChaChaBits, extractable, usages);
  },

  importKey(format, keyData, params, extractable, usages) {
    checkUsages(usages, kCipherUsages);
    const bytes = secretOf(secretFormat(format, false), keyData, 'enc', extractable, usages);
    if (lengthOfBytes(bytes) * 8 !== kChaChaBits) badData(`A key of ${kChaChaName} has 256 bits`);
    if (format === 'jwk' && keyData.alg !== undefined && keyData.alg !== 'C20P') {
      badData("The JSON Web Key's 'alg' is not 'C20P'");
    }
    return makeSecret({ __proto__: null, name: kChaChaName }, bytes, extractable, usages);
  },

  exportKey: (format, facts) => exportSecret(secretFormat(format, false), facts, 'C20P'),

  getKeyLength: () => kChaChaBits,
};

function checkChaCha({ iv, tagLength }) {
  if (lengthOfBytes(iv) !== 12) operationFailed(`The iv of ${kChaChaName} has 12 bytes`);
  if (tagLength !== 128) operationFailed(`The tag of ${kChaChaName} has 128 bits`);
}

export const chaCha20Poly1305 = aead(kChaCha, checkChaCha, chaChaKeys);
