// @ts-check
// HKDF and PBKDF2 (Web Cryptography 32, 33), Argon2
// (https://wicg.github.io/webcrypto-modern-algos/).

import { argon2 as argon2Op, hkdf as hkdfOp, pbkdf2 as pbkdf2Op } from 'nano:ops';
import {
  ArrayBufferConstructor as ArrayBuffer,
  Uint8ArrayConstructor as Uint8Array,
} from '../primordials.js';
import { lengthOfBytes } from './bytes.js';
import { badUsage, made, notSupported, operationFailed } from './failure.js';
import { hashNumber, toKeyHash } from './hashes.js';
import { checkUsages } from './key.js';
import {
  bytesMember,
  integerMember,
  optionalBytes,
  optionalInteger,
  requiredMember,
} from './members.js';
import { makeSecret, secretFormat } from './secret.js';

/**
 * What they have in common: a key is any bytes, of which nobody gets to see anything.
 * @param {any} readParams @param {(params: any, length: number | null) => void} check
 * @param {(params: any, facts: any, size: number) => any} derive
 * @param {boolean} takesRaw whether keys are 'raw' as well as 'raw-secret'
 */
function family(readParams, check, derive, takesRaw) {
  return {
    __proto__: null,
    params: { __proto__: null, importKey: null, deriveBits: readParams, getKeyLength: null },
    checks: { __proto__: null, deriveBits: check },

    importKey(format, keyData, params, extractable, usages) {
      if (secretFormat(format, takesRaw) !== 'raw') {
        notSupported(`Such a key cannot be imported as '${format}'`);
      }
      checkUsages(usages, ['deriveKey', 'deriveBits']);
      if (extractable) badUsage('Such a key cannot be extractable');
      return makeSecret({ __proto__: null, name: params.name }, keyData, false, usages);
    },

    getKeyLength: () => null,

    deriveBits(params, facts, length) {
      check(params, length);
      return length === 0 ? new ArrayBuffer(0) : made(derive(params, facts, length / 8));
    },
  };
}

function checkBits(params, length) {
  if (length === null || length % 8 !== 0) {
    operationFailed('The length is needed, in bits, and a multiple of 8');
  }
}

export const hkdf = family(
  (members, context) => ({
    __proto__: null,
    hash: toKeyHash(requiredMember(members, 'hash', context), context),
    info: bytesMember(members, 'info', context),
    salt: bytesMember(members, 'salt', context),
  }),
  checkBits,
  ({ hash, info, salt }, facts, size) => hkdfOp(facts.handle, [hashNumber(hash), salt, info, size]),
  true,
);

export const pbkdf2 = family(
  (members, context) => ({
    __proto__: null,
    hash: toKeyHash(requiredMember(members, 'hash', context), context),
    iterations: integerMember(members, 'iterations', context, 'unsigned long'),
    salt: bytesMember(members, 'salt', context),
  }),
  (params, length) => {
    checkBits(params, length);
    if (params.iterations === 0 && length !== 0) {
      operationFailed('PBKDF2 takes at least one iteration');
    }
  },
  ({ hash, iterations, salt }, facts, size) =>
    pbkdf2Op(facts.handle, [hashNumber(hash), salt, iterations, size]),
  true,
);

const kArgon2Version = 0x13;

const argon2Params = (members, context) => ({
  __proto__: null,
  associatedData: optionalBytes(members, 'associatedData', context) ?? new Uint8Array(0),
  memory: integerMember(members, 'memory', context, 'unsigned long'),
  nonce: bytesMember(members, 'nonce', context),
  parallelism: integerMember(members, 'parallelism', context, 'unsigned long'),
  passes: integerMember(members, 'passes', context, 'unsigned long'),
  secretValue: optionalBytes(members, 'secretValue', context) ?? new Uint8Array(0),
  version: optionalInteger(members, 'version', context, 'octet') ?? kArgon2Version,
});

function checkArgon2(params, length) {
  checkBits(params, length);
  if (length < 32) operationFailed('Argon2 gives 32 bits or more');
  const { memory, nonce, parallelism, passes, version } = params;
  if (version !== kArgon2Version) operationFailed('The version of Argon2 is 0x13');
  if (passes === 0) operationFailed('Argon2 takes at least one pass');
  if (parallelism === 0 || parallelism > 0xffffff) {
    operationFailed('Argon2 has 1 to 16777215 lanes');
  }
  if (memory < 8 * parallelism)
    operationFailed('Argon2 takes 8 KiB of memory or more for each lane');
  if (lengthOfBytes(nonce) < 8) operationFailed('The nonce of Argon2 has 8 bytes or more');
}

/** @param {number} kind of the op */
const argon2 = (kind) =>
  family(
    argon2Params,
    checkArgon2,
    ({ associatedData, memory, nonce, parallelism, passes, secretValue }, facts, size) => {
      const options = [kind, nonce, memory, passes, parallelism, secretValue, associatedData, size];
      return argon2Op(facts.handle, options);
    },
    false,
  );

export const argon2d = argon2(0);
export const argon2i = argon2(1);
export const argon2id = argon2(2);
