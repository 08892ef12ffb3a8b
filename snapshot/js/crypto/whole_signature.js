// @ts-check
// Signatures over a message as a whole, some with a context: Ed25519, Ed448, ML-DSA.

import { wholeSign, wholeVerify } from 'nano:ops';
import { Uint8ArrayConstructor as Uint8Array } from '../primordials.js';
import { lengthOfBytes } from './bytes.js';
import { made, operationFailed } from './failure.js';
import { requireType } from './key_pair.js';
import { optionalBytes } from './members.js';

const kMaxContext = 255;

/** Ed448Params, ContextParams. */
export const contextParams = (members, where) => ({
  __proto__: null,
  context: optionalBytes(members, 'context', where),
});

function contextOf({ context }) {
  if (context === undefined) return new Uint8Array(0);
  return lengthOfBytes(context) > kMaxContext
    ? operationFailed(`A context has at most ${kMaxContext} bytes`)
    : context;
}

/** @param {any} algorithm that gets them @param {Function | null} readParams */
export function addSignature(algorithm, readParams) {
  algorithm.params.sign = algorithm.params.verify = readParams;
  algorithm.checks = { __proto__: null, sign: contextOf, verify: contextOf };
  algorithm.sign = (params, facts, data) => {
    requireType(facts, 'private');
    return made(wholeSign(facts.handle, contextOf(params), data));
  };
  algorithm.verify = (params, facts, signed, data) => {
    requireType(facts, 'public');
    return made(wholeVerify(facts.handle, [contextOf(params), signed], data));
  };
  return algorithm;
}
