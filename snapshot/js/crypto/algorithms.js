// @ts-check
// The table of algorithms, and "normalize an algorithm" (Web Cryptography 18.4).
//
// Each has, by operation, what it does and in `params` how the members of its dictionary are read:
// a function, or null where there are none. What is not in `params` is not supported.

import { isObject, toDOMString } from '../webidl.js';
import { aesCbc, aesCtr, aesGcm, aesKw } from './aes.js';
import { ecdh, ecdsa } from './ec.js';
import { ed25519, ed448, x25519, x448 } from './edwards.js';
import { notSupported } from './failure.js';
import { asciiUpper } from './hashes.js';
import { hmac } from './hmac.js';
import { hkdf, pbkdf2 } from './kdf.js';
import { requiredMember } from './members.js';
import { rsaOaep, rsaPkcs1, rsaPss } from './rsa.js';

const kNamed = {
  __proto__: null,
  'AES-CBC': aesCbc,
  'AES-CTR': aesCtr,
  'AES-GCM': aesGcm,
  'AES-KW': aesKw,
  ECDH: ecdh,
  ECDSA: ecdsa,
  Ed25519: ed25519,
  Ed448: ed448,
  HKDF: hkdf,
  HMAC: hmac,
  PBKDF2: pbkdf2,
  'RSA-OAEP': rsaOaep,
  'RSA-PSS': rsaPss,
  'RSASSA-PKCS1-v1_5': rsaPkcs1,
  X25519: x25519,
  X448: x448,
};

/** By name in upper case, the name as it is written. */
const kNames = { __proto__: null };
for (const name in kNamed) kNames[asciiUpper(name)] = name;

const kNoMembers = { __proto__: null };

/** @param {string} name of a key's algorithm */
export const algorithmNamed = (name) => kNamed[name];

/**
 * @param {string} operation @param {any} value an AlgorithmIdentifier @param {string} context
 * @returns {any} the algorithm's name and the members of its dictionary
 */
export function normalize(operation, value, context) {
  const members = isObject(value) ? value : kNoMembers;
  const given = toDOMString(isObject(value) ? requiredMember(value, 'name', context) : value);
  const name = kNames[asciiUpper(given)];
  const readers = name === undefined ? kNoMembers : kNamed[name].params;
  const read = readers[operation];
  if (read === undefined) {
    notSupported(`${context}: '${given}' is not supported`);
  }
  const params = read === null ? { __proto__: null } : read(members, context);
  params.name = name;
  return params;
}

/** Whether an algorithm that is given can do that. @param {string} operation @param {any} value */
export function isNamedFor(operation, value, context) {
  const given = toDOMString(isObject(value) ? requiredMember(value, 'name', context) : value);
  const name = kNames[asciiUpper(given)];
  return name !== undefined && kNamed[name].params[operation] !== undefined;
}
