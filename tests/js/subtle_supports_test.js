// @ts-check
// SubtleCrypto.supports(): what would be done, and never an error.

import { ok, same, test, throws } from './harness.js';

const supports = (...args) => /** @type {any} */ (SubtleCrypto).supports(...args);
const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new Uint8Array(0) };
const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-1', salt: new Uint8Array(0), iterations: 1 };
const argon2 = { name: 'Argon2id', nonce: new Uint8Array(8), memory: 8, passes: 1, parallelism: 1 };
const rsa = (modulusLength, e) => ({
  name: 'RSA-PSS',
  hash: 'SHA-1',
  modulusLength,
  publicExponent: new Uint8Array(e),
});

test('supports() says what would be done', () => {
  const yes = [
    ['digest', 'sha-1'],
    ['digest', { name: 'cSHAKE128', outputLength: 256 }],
    ['generateKey', { name: 'AES-OCB', length: 192 }],
    ['generateKey', rsa(2048, [1, 0, 1])],
    ['generateKey', 'KMAC256'],
    ['encrypt', { name: 'ChaCha20-Poly1305', iv: new Uint8Array(12) }],
    ['sign', 'ML-DSA-44'],
    ['sign', { name: 'Ed448', context: new Uint8Array(255) }],
    ['deriveBits', hkdf, 256],
    ['deriveBits', pbkdf2, 8],
    ['deriveBits', argon2, 32],
    ['deriveKey', hkdf, { name: 'AES-GCM', length: 256 }],
    ['exportKey', 'AES-GCM'],
    ['getPublicKey', 'ML-KEM-768'],
    ['wrapKey', 'AES-KW', 'AES-GCM'],
    ['unwrapKey', { name: 'AES-CBC', iv: new Uint8Array(16) }, 'AES-GCM'],
    ['encapsulateBits', 'ML-KEM-512'],
    ['encapsulateKey', 'ML-KEM-512', 'AES-GCM'],
    ['decapsulateKey', 'ML-KEM-1024', { name: 'HMAC', hash: 'SHA-256' }],
  ];
  for (const args of yes) same(supports(...args), true, JSON.stringify(args));
});

test('supports() says what would not', () => {
  const no = [
    ['', 'AES-GCM'],
    ['toString', 'AES-GCM'],
    ['__proto__', 'AES-GCM'],
    ['digest', 'SHA-2'],
    ['digest', 'cSHAKE128'],
    ['digest', { name: 'cSHAKE128', outputLength: 9 }],
    ['generateKey', { name: 'AES-OCB', length: 100 }],
    ['generateKey', rsa(512, [1, 0, 1])],
    ['generateKey', rsa(2048, [2])],
    ['generateKey', { name: 'ECDSA', namedCurve: 'P-1' }],
    ['generateKey', { name: 'HMAC', hash: 'SHA3-256' }],
    ['importKey', { name: 'ECDSA', namedCurve: 'P-1' }],
    ['encrypt', { name: 'ChaCha20-Poly1305', iv: new Uint8Array(16) }],
    ['encrypt', { name: 'AES-OCB', iv: new Uint8Array(16) }],
    ['encrypt', 'HMAC'],
    ['sign', { name: 'ML-DSA-44', context: new Uint8Array(256) }],
    ['deriveBits', hkdf, 9],
    ['deriveBits', hkdf],
    ['deriveBits', hkdf, 'AES-GCM'],
    ['deriveBits', { ...pbkdf2, iterations: 0 }, 8],
    ['deriveBits', { ...argon2, memory: 7 }, 32],
    ['deriveBits', { ...argon2, version: 0x10 }, 32],
    ['deriveKey', hkdf, 'SHA-1'],
    ['exportKey', 'HKDF'],
    ['getPublicKey', 'HMAC'],
    ['wrapKey', 'AES-KW'],
    ['wrapKey', 'AES-KW', 'HKDF'],
    ['encapsulateBits', 'ECDH'],
    ['encapsulateKey', 'ML-KEM-512'],
    ['encapsulateKey', 'ML-KEM-512', { name: 'HMAC', hash: 'SHA-256', length: 8 }],
    ['decapsulateBits', 'constructor'],
  ];
  for (const args of no) same(supports(...args), false, JSON.stringify(args));
});

test('no error comes out of what an algorithm is described by', () => {
  const getter = {
    get name() {
      throw new Error('mine');
    },
  };
  same(supports('sign', getter), false);
  same(supports('wrapKey', 'AES-KW', getter), false);
  throws(TypeError, () => supports('sign'));
  throws(TypeError, () => supports(Symbol(), 'AES-GCM'));
  ok(!('supports' in crypto.subtle));
});
