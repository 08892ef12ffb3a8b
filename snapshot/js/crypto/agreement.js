// @ts-check
// A secret out of one's own private key and the other's public one: ECDH, X25519, X448.

import { sharedSecret } from 'nano:ops';
import { TypedArrayPrototypeGetBuffer, TypeErrorConstructor as TypeError } from '../primordials.js';
import { firstBits, lengthOfBuffer } from './bytes.js';
import { invalidAccess, made, operationFailed } from './failure.js';
import { factsOf, isCryptoKey } from './key.js';
import { requireType } from './key_pair.js';
import { requiredMember } from './members.js';

/** EcdhKeyDeriveParams. */
export function agreementParams(members, context) {
  const other = requiredMember(members, 'public', context);
  if (!isCryptoKey(other)) {
    throw new TypeError(`${context}: member public is not of type 'CryptoKey'.`);
  }
  return { __proto__: null, public: factsOf(other) };
}

/** @param {any} params @param {import('./key.js').KeyFacts} facts @param {number | null} length */
export function deriveShared(params, facts, length) {
  const other = params.public;
  requireType(facts, 'private');
  requireType(other, 'public');
  const { name, namedCurve } = facts.algorithm;
  if (other.algorithm.name !== name || other.algorithm.namedCurve !== namedCurve) {
    invalidAccess('The two keys are not of one kind');
  }
  const secret = made(sharedSecret(facts.handle, other.handle));
  if (length === null) return secret;
  if (length > lengthOfBuffer(secret) * 8) operationFailed('The secret is shorter than that');
  return TypedArrayPrototypeGetBuffer(firstBits(secret, length));
}
