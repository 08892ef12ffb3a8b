// @ts-check
// The table of algorithms, and "normalize an algorithm" (Web Cryptography 18.4).
//
// Each has, by operation, what it does and in `params` how the members of its dictionary are read:
// a function, or null where there are none. What is not in `params` is not supported. `checks` are
// what the operation looks at first, without doing it. A file of algorithms runs when one of them is
// named.

import { isObject, toDOMString } from '../webidl.js';
import defer * as aead from './aead.js';
import defer * as aes from './aes.js';
import defer * as ec from './ec.js';
import defer * as edwards from './edwards.js';
import { notSupported } from './failure.js';
import { asciiUpper, plainDigest } from './hashes.js';
import defer * as mac from './hmac.js';
import defer * as kdf from './kdf.js';
import defer * as keccak from './keccak.js';
import defer * as lattice from './lattice.js';
import { requiredMember } from './members.js';
import defer * as rsa from './rsa.js';

const kNamed = {
  __proto__: null,
  'AES-CBC': () => aes.aesCbc,
  'AES-CTR': () => aes.aesCtr,
  'AES-GCM': () => aead.aesGcm,
  'AES-KW': () => aes.aesKw,
  'AES-OCB': () => aead.aesOcb,
  Argon2d: () => kdf.argon2d,
  Argon2i: () => kdf.argon2i,
  Argon2id: () => kdf.argon2id,
  'ChaCha20-Poly1305': () => aead.chaCha20Poly1305,
  ECDH: () => ec.ecdh,
  ECDSA: () => ec.ecdsa,
  Ed25519: () => edwards.ed25519,
  Ed448: () => edwards.ed448,
  HKDF: () => kdf.hkdf,
  HMAC: () => mac.hmac,
  KMAC128: () => keccak.kmac128,
  KMAC256: () => keccak.kmac256,
  MD5: () => plainDigest,
  'ML-DSA-44': () => lattice.mlDsa44,
  'ML-DSA-65': () => lattice.mlDsa65,
  'ML-DSA-87': () => lattice.mlDsa87,
  'ML-KEM-512': () => lattice.mlKem512,
  'ML-KEM-768': () => lattice.mlKem768,
  'ML-KEM-1024': () => lattice.mlKem1024,
  PBKDF2: () => kdf.pbkdf2,
  'RSA-OAEP': () => rsa.rsaOaep,
  'RSA-PSS': () => rsa.rsaPss,
  'RSASSA-PKCS1-v1_5': () => rsa.rsaPkcs1,
  'SHA-1': () => plainDigest,
  'SHA-256': () => plainDigest,
  'SHA-384': () => plainDigest,
  'SHA-512': () => plainDigest,
  'SHA3-256': () => plainDigest,
  'SHA3-384': () => plainDigest,
  'SHA3-512': () => plainDigest,
  X25519: () => edwards.x25519,
  X448: () => edwards.x448,
  cSHAKE128: () => keccak.cshake128,
  cSHAKE256: () => keccak.cshake256,
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

/** The algorithm that is meant; undefined where there is none. @param {any} value */
export function algorithmFor(value, context) {
  const given = toDOMString(isObject(value) ? requiredMember(value, 'name', context) : value);
  const name = kNames[asciiUpper(given)];
  return name === undefined ? undefined : kNamed[name]();
}
