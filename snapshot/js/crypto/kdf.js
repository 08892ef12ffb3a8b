// @ts-check
// HKDF and PBKDF2 (Web Cryptography 32, 33).

import { hkdf as hkdfOp, pbkdf2 as pbkdf2Op } from 'nano:ops';
import { ArrayBufferConstructor as ArrayBuffer } from '../primordials.js';
import { badUsage, made, notSupported, operationFailed } from './failure.js';
import { hashNumber, toKeyHash } from './hashes.js';
import { checkUsages } from './key.js';
import { bytesMember, integerMember, requiredMember } from './members.js';
import { makeSecret } from './secret.js';

/** What the two have in common: a key is any bytes, of which nobody gets to see anything. */
function family(deriveBits, derive) {
  return {
    __proto__: null,
    params: { __proto__: null, importKey: null, deriveBits, getKeyLength: null },

    importKey(format, keyData, params, extractable, usages) {
      if (format !== 'raw') notSupported(`Such a key cannot be imported as '${format}'`);
      checkUsages(usages, ['deriveKey', 'deriveBits']);
      if (extractable) badUsage('Such a key cannot be extractable');
      return makeSecret({ __proto__: null, name: params.name }, keyData, false, usages);
    },

    getKeyLength: () => null,

    deriveBits(params, facts, length) {
      if (length === null || length % 8 !== 0) {
        operationFailed('The length is needed, in bits, and a multiple of 8');
      }
      return length === 0 ? new ArrayBuffer(0) : derive(params, facts, length / 8);
    },
  };
}

export const hkdf = family(
  (members, context) => ({
    __proto__: null,
    hash: toKeyHash(requiredMember(members, 'hash', context), context),
    info: bytesMember(members, 'info', context),
    salt: bytesMember(members, 'salt', context),
  }),
  ({ hash, info, salt }, facts, size) =>
    made(hkdfOp(facts.handle, [hashNumber(hash), salt, info, size])),
);

export const pbkdf2 = family(
  (members, context) => ({
    __proto__: null,
    hash: toKeyHash(requiredMember(members, 'hash', context), context),
    iterations: integerMember(members, 'iterations', context, 'unsigned long'),
    salt: bytesMember(members, 'salt', context),
  }),
  ({ hash, iterations, salt }, facts, size) => {
    if (iterations === 0) operationFailed('PBKDF2 takes at least one iteration');
    return made(pbkdf2Op(facts.handle, [hashNumber(hash), salt, iterations, size]));
  },
);
