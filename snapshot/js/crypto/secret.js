// @ts-check
// What all secret keys have in common: made of random bytes, bytes, or a JWK of type 'oct'.

import { secretBytes, secretFrom, secretFromRandom } from 'nano:ops';
import { defineValue } from '../data_property.js';
import { MathCeil } from '../primordials.js';
import { bytesOfBuffer, toBase64Url } from './bytes.js';
import { made, notSupported, readKey } from './failure.js';
import { beginJwk, checkJwk, jwkMember } from './jwk.js';
import { makeKey } from './key.js';

const kTooLong = 'The key is too long';

/** @param {any} algorithm @param {number} bits @param {boolean} extractable @param {string[]} usages */
export function generateSecret(algorithm, bits, extractable, usages) {
  const handle = made(secretFromRandom(MathCeil(bits / 8)), kTooLong);
  return makeKey('secret', algorithm, handle, extractable, usages);
}

/**
 * 'raw' or 'jwk'. Only algorithms that were there before 'raw-secret' know such a key as 'raw'.
 * @param {string} format @param {boolean} takesRaw
 */
export function secretFormat(format, takesRaw) {
  if (format === 'jwk') return format;
  if (format === 'raw-secret' || (takesRaw && format === 'raw')) return 'raw';
  return notSupported(`Such a key has no format '${format}'`);
}

/**
 * The bytes of a key that comes in.
 * @param {string} format from secretFormat() @param {any} keyData bytes or a JsonWebKey @param {string} use
 * @param {boolean} extractable @param {string[]} usages
 * @returns {Uint8Array}
 */
export function secretOf(format, keyData, use, extractable, usages) {
  if (format === 'raw') return keyData;
  checkJwk(keyData, 'oct', use, extractable, usages);
  return jwkMember(keyData, 'k');
}

/** @param {any} algorithm @param {any} bytes @param {boolean} extractable @param {string[]} usages */
export function makeSecret(algorithm, bytes, extractable, usages) {
  return makeKey('secret', algorithm, readKey(secretFrom(bytes), kTooLong), extractable, usages);
}

/**
 * @param {string} format from secretFormat() @param {import('./key.js').KeyFacts} facts
 * @param {string | undefined} jwkName undefined where there is none
 */
export function exportSecret(format, facts, jwkName) {
  const bytes = secretBytes(facts.handle);
  if (format === 'raw') return bytes;
  const jwk = defineValue(beginJwk(facts, 'oct'), 'k', toBase64Url(bytesOfBuffer(bytes)));
  return jwkName === undefined ? jwk : defineValue(jwk, 'alg', jwkName);
}
