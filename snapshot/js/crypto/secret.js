// @ts-check
// What all secret keys have in common: made of random bytes, raw, or a JWK of type 'oct'.

import { secretBytes, secretFrom, secretFromRandom } from 'nano:ops';
import { MathCeil } from '../primordials.js';
import { bytesOfBuffer, toBase64Url } from './bytes.js';
import { made, notSupported, readKey } from './failure.js';
import { beginJwk, checkJwk, jwkMember } from './jwk.js';
import { define, makeKey } from './key.js';

const kTooLong = 'The key is too long';

/** @param {any} algorithm @param {number} bits @param {boolean} extractable @param {string[]} usages */
export function generateSecret(algorithm, bits, extractable, usages) {
  const handle = made(secretFromRandom(MathCeil(bits / 8)), kTooLong);
  return makeKey('secret', algorithm, handle, extractable, usages);
}

/**
 * The bytes of a key that comes in.
 * @param {string} format @param {any} keyData bytes or a JsonWebKey @param {string} use
 * @param {boolean} extractable @param {string[]} usages
 * @returns {Uint8Array}
 */
export function secretOf(format, keyData, use, extractable, usages) {
  if (format === 'raw') return keyData;
  if (format !== 'jwk') notSupported(`Such a key cannot be imported as '${format}'`);
  checkJwk(keyData, 'oct', use, extractable, usages);
  return jwkMember(keyData, 'k');
}

/** @param {any} algorithm @param {any} bytes @param {boolean} extractable @param {string[]} usages */
export function makeSecret(algorithm, bytes, extractable, usages) {
  return makeKey('secret', algorithm, readKey(secretFrom(bytes), kTooLong), extractable, usages);
}

/** @param {string} format @param {import('./key.js').KeyFacts} facts @param {string} jwkName */
export function exportSecret(format, facts, jwkName) {
  const bytes = secretBytes(facts.handle);
  if (format === 'raw') return bytes;
  if (format !== 'jwk') notSupported(`Such a key cannot be exported as '${format}'`);
  const jwk = define(beginJwk(facts, 'oct'), 'k', toBase64Url(bytesOfBuffer(bytes)));
  return define(jwk, 'alg', jwkName);
}
