// @ts-check
// cSHAKE and KMAC (https://wicg.github.io/webcrypto-modern-algos/).

import { cshakeOf, equalInConstantTime, kmacSign } from 'nano:ops';
import {
  TypeErrorConstructor as TypeError,
  Uint8ArrayConstructor as Uint8Array,
} from '../primordials.js';
import { lengthOfBytes } from './bytes.js';
import { badData, made, operationFailed } from './failure.js';
import { checkUsages } from './key.js';
import { optionalBytes, optionalInteger } from './members.js';
import { exportSecret, generateSecret, makeSecret, secretFormat, secretOf } from './secret.js';

/** In bits. The draft called it `length` before. */
function outputLength(members, context) {
  const bits =
    optionalInteger(members, 'outputLength', context, 'unsigned long') ??
    optionalInteger(members, 'length', context, 'unsigned long');
  if (bits === undefined) throw new TypeError(`${context}: member outputLength is required.`);
  return bits;
}

function checkOutput(params) {
  if (params.outputLength % 8 !== 0) operationFailed('The output length is a multiple of 8 bits');
}

/** @param {number} bits of security */
function cshake(bits) {
  return {
    __proto__: null,
    params: {
      __proto__: null,
      digest: (members, context) => ({
        __proto__: null,
        customization: optionalBytes(members, 'customization', context) ?? new Uint8Array(0),
        functionName: optionalBytes(members, 'functionName', context) ?? new Uint8Array(0),
        outputLength: outputLength(members, context),
      }),
    },
    checks: { __proto__: null, digest: checkOutput },

    digest(params, data) {
      checkOutput(params);
      const { customization, functionName } = params;
      const options = [bits, params.outputLength / 8, functionName, customization];
      return made(cshakeOf(options, data));
    },
  };
}

export const cshake128 = cshake(128);
export const cshake256 = cshake(256);

const kMacUsages = ['sign', 'verify'];
const keyParams = (members, context) => ({
  __proto__: null,
  length: optionalInteger(members, 'length', context, 'unsigned long'),
});
const macParams = (members, context) => ({
  __proto__: null,
  customization: optionalBytes(members, 'customization', context) ?? new Uint8Array(0),
  outputLength: outputLength(members, context),
});

/** @param {number} bits of security, and of a key that nobody said a length of */
function kmac(bits) {
  const algorithmOf = (length) => ({ __proto__: null, name: `KMAC${bits}`, length });
  const jwkName = `K${bits}`;
  const lengthOf = ({ length }) => length ?? bits;
  const sign = (params, facts, data) => {
    checkOutput(params);
    const options = [bits, params.outputLength / 8, params.customization];
    return made(kmacSign(facts.handle, options, data));
  };
  return {
    __proto__: null,
    params: {
      __proto__: null,
      generateKey: keyParams,
      importKey: keyParams,
      getKeyLength: keyParams,
      sign: macParams,
      verify: macParams,
    },
    checks: { __proto__: null, sign: checkOutput, verify: checkOutput },

    generateKey(params, extractable, usages) {
      checkUsages(usages, kMacUsages);
      const length = lengthOf(params);
      return generateSecret(algorithmOf(length), length, extractable, usages);
    },

    importKey(format, keyData, params, extractable, usages) {
      checkUsages(usages, kMacUsages);
      const bytes = secretOf(secretFormat(format, false), keyData, 'sig', extractable, usages);
      if (format === 'jwk' && keyData.alg !== undefined && keyData.alg !== jwkName) {
        badData(`The JSON Web Key's 'alg' is not '${jwkName}'`);
      }
      const most = lengthOfBytes(bytes) * 8;
      const length = params.length ?? most;
      if (length > most || length <= most - 8) {
        badData('The length is not that of the KMAC key');
      }
      return makeSecret(algorithmOf(length), bytes, extractable, usages);
    },

    exportKey: (format, facts) => exportSecret(secretFormat(format, false), facts, jwkName),

    getKeyLength: lengthOf,

    sign,

    verify: (params, facts, signature, data) =>
      equalInConstantTime(sign(params, facts, data), signature),
  };
}

export const kmac128 = kmac(128);
export const kmac256 = kmac(256);
