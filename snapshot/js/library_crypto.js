// @ts-check
// What node:crypto of nano.library is made of: digests, ciphers and keys behind private fields, so
// that no handle and no op gets out. What is wrong gives undefined; the library makes Node's errors.

import {
  cipherAdditional,
  cipherEnd,
  cipherFacts,
  cipherPadding,
  cipherSetTag,
  cipherStart,
  cipherTag,
  cipherUpdate,
  digestCopy,
  digestFinish,
  digestStartNamed,
  digestUpdate,
  equalInConstantTime,
  hkdf,
  pbkdf2,
  scrypt,
  secretFrom,
} from 'nano:ops';
import { hashNumber } from './crypto/hashes.js';
import { asymmetricKeys, checkBytes, checkNumber } from './library_keys.js';
import { ObjectFreeze, Uint8ArrayConstructor as Uint8Array } from './primordials.js';

const bytesOf = (buffer) => (buffer === undefined ? undefined : new Uint8Array(buffer));

class Digest {
  #handle;

  constructor(handle) {
    this.#handle = handle;
  }

  update(bytes) {
    return this.#handle !== undefined && digestUpdate(this.#handle, bytes);
  }

  /** The result, once. */
  finish() {
    const handle = this.#handle;
    this.#handle = undefined;
    return handle === undefined ? undefined : bytesOf(digestFinish(handle));
  }

  copy() {
    return this.#handle === undefined ? undefined : new Digest(digestCopy(this.#handle));
  }
}

class Cipher {
  #handle;
  #ended = false;
  #encrypts;

  constructor(handle, encrypts) {
    this.#handle = handle;
    this.#encrypts = encrypts;
  }

  update(bytes) {
    return this.#ended ? undefined : cipherUpdate(this.#handle, bytes);
  }

  addAuthenticated(bytes) {
    return !this.#ended && cipherAdditional(this.#handle, bytes);
  }

  setPadding(pads) {
    if (!this.#ended) cipherPadding(this.#handle, !!pads);
  }

  setTag(tag) {
    return !this.#ended && !this.#encrypts && cipherSetTag(this.#handle, tag);
  }

  end() {
    if (this.#ended) return undefined;
    this.#ended = true;
    return bytesOf(cipherEnd(this.#handle));
  }

  /** After the end of what was encrypted. */
  tag(size) {
    return this.#ended && this.#encrypts ? bytesOf(cipherTag(this.#handle, size)) : undefined;
  }
}

/** WebCrypto's names of the digests that keys are derived by. */
const kWebNames = {
  __proto__: null,
  md5: 'MD5',
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
};

/** The number of a digest; undefined where keys know none of this name. @param {any} name */
export function digestNumber(name) {
  const known = typeof name === 'string' ? kWebNames[name] : undefined;
  return known === undefined ? undefined : hashNumber(known);
}

/** Calls `derive` with the number of a digest and a secret; undefined where either is not possible. */
function derived(name, secret, derive) {
  const hash = digestNumber(name);
  const handle = hash === undefined ? undefined : secretFrom(secret);
  return handle === undefined ? undefined : bytesOf(derive(handle, hash));
}

export const libraryCrypto = ObjectFreeze({
  __proto__: null,
  digest(name) {
    const handle = digestStartNamed(name);
    return handle === undefined ? undefined : new Digest(handle);
  },
  /** { keyBytes, ivBytes, blockBytes, isAuthenticated } */
  cipherFacts(name) {
    const facts = cipherFacts(name);
    if (facts === undefined) return undefined;
    const { 0: keyBytes, 1: ivBytes, 2: blockBytes, 3: isAuthenticated } = facts;
    return { keyBytes, ivBytes, blockBytes, isAuthenticated };
  },
  cipher(name, encrypts, key, iv) {
    const handle = cipherStart(name, !!encrypts, key, iv);
    return handle === undefined ? undefined : new Cipher(handle, !!encrypts);
  },
  equal: (a, b) => equalInConstantTime(a, b),
  pbkdf2(name, password, salt, iterations, length) {
    const numbers = [checkNumber(iterations), checkNumber(length)];
    checkBytes(salt);
    return derived(name, password, (secret, hash) =>
      pbkdf2(secret, [hash, salt, numbers[0], numbers[1]]),
    );
  },
  hkdf(name, secret, salt, info, length) {
    const options = [0, checkBytes(salt), checkBytes(info), checkNumber(length)];
    return derived(name, secret, (key, hash) => {
      options[0] = hash;
      return hkdf(key, options);
    });
  },
  scrypt(password, salt, cost, blockSize, parallel, length) {
    const options = [
      checkNumber(cost),
      checkNumber(blockSize),
      checkNumber(parallel),
      checkNumber(length),
    ];
    return bytesOf(scrypt(password, salt, options));
  },
  keys: asymmetricKeys,
});
