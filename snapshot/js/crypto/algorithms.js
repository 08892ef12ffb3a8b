// @ts-check
// The table of algorithms, and "normalize an algorithm" (Web Cryptography 18.4).
//
// Each has, by operation, what it does and in `params` how the members of its dictionary are read:
// a function, or null where there are none. What is not in `params` is not supported. A file of
// algorithms runs when one of them is named.

import { isObject, toDOMString } from '../webidl.js';
import defer * as aes from './aes.js';
import defer * as ec from './ec.js';
import defer * as edwards from './edwards.js';
import { notSupported } from './failure.js';
import { asciiUpper } from './hashes.js';
import defer * as mac from './hmac.js';
import defer * as kdf from './kdf.js';
import { requiredMember } from './members.js';
import defer * as rsa from './rsa.js';

const kNamed = {
  __proto__: null,
  'AES-CBC': () => aes.aesCbc,
  'AES-CTR': () => aes.aesCtr,
  'AES-GCM': () => aes.aesGcm,
  'AES-KW': () => aes.aesKw,
  ECDH: () => ec.ecdh,
  ECDSA: () => ec.ecdsa,
  Ed25519: () => edwards.ed25519,
  Ed448: () => edwards.ed448,
  HKDF: () => kdf.hkdf,
  HMAC: () => mac.hmac,
  PBKDF2: () => kdf.pbkdf2,
  'RSA-OAEP': () => rsa.rsaOaep,
  'RSA-PSS': () => rsa.rsaPss,
  'RSASSA-PKCS1-v1_5': () => rsa.rsaPkcs1,
  X25519: () => edwards.x25519,
  X448: () => edwards.x448,
};

/** By name in upper case, the name as it is written. */
const kNames = { __proto__: null };
for (const name in kNamed) kNames[asciiUpper(name)] = name;

const kNoMembers = { __proto__: null };

/** @param {string} name of a key's algorithm */
export const algorithmNamed = (name) => kNamed[name]();

/**
 * @param {string} operation @param {any} value an AlgorithmIdentifier @param {string} context
 * @returns {any} the algorithm's name and the members of its dictionary
 */
export function normalize(operation, value, context) {
  const members = isObject(value) ? value : kNoMembers;
  const given = toDOMString(isObject(value) ? requiredMember(value, 'name', context) : value);
  const name = kNames[asciiUpper(given)];
  const readers = name === undefined ? kNoMembers : kNamed[name]().params;
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
  return name !== undefined && kNamed[name]().params[operation] !== undefined;
}
