// @ts-check
// Asymmetric keys for node:crypto of nano.library. A key is what `crypto.subtle` takes: RSA of 1024
// to 8192 bits, P-256, P-384, P-521, and the four curves of Edwards and Montgomery.

import {
  curveFromRaw,
  curveGenerate,
  curveRaw,
  ecdsaSign,
  ecdsaVerify,
  ecFromPoint,
  ecPoint,
  ecSecret,
  keyFromPkcs8,
  keyFromSpki,
  keyIsConsistent,
  keyKind,
  keyToPkcs8,
  keyToSpki,
  rsaBits,
  rsaFromNumbers,
  rsaGenerate,
  rsaNumbers,
  rsaOaep,
  rsaSign,
  rsaVerify,
  sharedSecret,
  wholeSign,
  wholeVerify,
} from 'nano:ops';
import { kCurves } from './crypto/curves.js';
import {
  ArrayPrototypePush,
  NumberIsInteger,
  ObjectFreeze,
  RangeErrorConstructor as RangeError,
  TypeErrorConstructor as TypeError,
  TypedArrayPrototypeGetByteLength,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import { isBufferSource } from './webidl.js';

const bytesOf = (buffer) => (buffer === undefined ? undefined : new Uint8Array(buffer));
const isNist = (name) => name === 'P-256' || name === 'P-384' || name === 'P-521';
/** keyKind() has the other curves in OpenSSL's letters. */
const kCurveNames = {
  __proto__: null,
  ED25519: 'Ed25519',
  X25519: 'X25519',
  ED448: 'Ed448',
  X448: 'X448',
};
/** The numbers that the ops have for digests: 0 to 7. */
const kDigests = 8;
/** In place of a salt's length: PKCS #1 v1.5. */
const kNoSalt = 0xffffffff;
/** What Ed448 could sign for. */
const kNoContext = new Uint8Array(0);
const kRsaNumbers = 8;
const kRsaPublicNumbers = 2;

function checkDigest(number) {
  if (!NumberIsInteger(number) || number < 0 || number >= kDigests) {
    throw new RangeError('There is no such digest');
  }
  return number;
}

/** For lists that ops take as they are. @param {any} value @returns {number} */
export function checkNumber(value) {
  if (!NumberIsInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError('This is no number of 32 bits');
  }
  return value;
}

/** @param {any} value */
export function checkBytes(value) {
  if (!isBufferSource(value)) throw new TypeError('This is no ArrayBuffer or view of one');
  return value;
}

class AsymmetricKey {
  #handle;
  #isPrivate;
  /** 'RSA', or the curve's name. */
  #kind;

  constructor(handle, isPrivate, kind) {
    this.#handle = handle;
    this.#isPrivate = isPrivate;
    this.#kind = kind;
  }

  get kind() {
    return this.#kind;
  }

  get isPrivate() {
    return this.#isPrivate;
  }

  /** The public half. */
  publicKey() {
    return fromHandle(keyFromSpki(keyToSpki(this.#handle)), false);
  }

  spki() {
    return bytesOf(keyToSpki(this.#handle));
  }

  pkcs8() {
    return this.#isPrivate ? bytesOf(keyToPkcs8(this.#handle)) : undefined;
  }

  /** Of RSA, as a JWK has them: n, e and, of a private one, d, p, q, dp, dq, qi. */
  numbers() {
    const numbers = this.#kind === 'RSA' ? rsaNumbers(this.#handle, this.#isPrivate) : undefined;
    if (numbers === undefined) return undefined;
    const list = [];
    for (let i = 0; i < numbers.length; i++) ArrayPrototypePush(list, bytesOf(numbers[i]));
    return list;
  }

  bits() {
    return this.#kind === 'RSA' ? rsaBits(this.#handle) : 0;
  }

  /** 4, x, y of NIST's curves; the bytes of the others. */
  point() {
    if (isNist(this.#kind)) return bytesOf(ecPoint(this.#handle, kCurves[this.#kind].number));
    return this.#kind === 'RSA' ? undefined : bytesOf(curveRaw(this.#handle, false));
  }

  secret() {
    if (!this.#isPrivate || this.#kind === 'RSA') return undefined;
    if (isNist(this.#kind)) return bytesOf(ecSecret(this.#handle, kCurves[this.#kind].number));
    return bytesOf(curveRaw(this.#handle, true));
  }

  /** @param {number | undefined} salt bytes of PSS's; none: PKCS #1 v1.5 */
  signRsa(hash, salt, data) {
    if (this.#kind !== 'RSA' || !this.#isPrivate) return undefined;
    const options = [checkDigest(hash), salt === undefined ? kNoSalt : checkNumber(salt)];
    return bytesOf(rsaSign(this.#handle, options, data));
  }

  verifyRsa(hash, salt, signature, data) {
    if (this.#kind !== 'RSA') return undefined;
    const padding = salt === undefined ? kNoSalt : checkNumber(salt);
    return rsaVerify(this.#handle, [checkDigest(hash), padding, checkBytes(signature)], data);
  }

  /** r and s, one after the other. */
  signEcdsa(hash, data) {
    if (!isNist(this.#kind) || !this.#isPrivate) return undefined;
    return bytesOf(ecdsaSign(this.#handle, checkDigest(hash), data));
  }

  verifyEcdsa(hash, signature, data) {
    if (!isNist(this.#kind)) return undefined;
    return ecdsaVerify(this.#handle, [checkDigest(hash), checkBytes(signature)], data);
  }

  signEdwards(data) {
    if ((this.#kind !== 'Ed25519' && this.#kind !== 'Ed448') || !this.#isPrivate) return undefined;
    return bytesOf(wholeSign(this.#handle, kNoContext, data));
  }

  verifyEdwards(signature, data) {
    if (this.#kind !== 'Ed25519' && this.#kind !== 'Ed448') return undefined;
    return wholeVerify(this.#handle, [kNoContext, checkBytes(signature)], data);
  }

  oaep(encrypts, hash, label, data) {
    if (this.#kind !== 'RSA' || (!encrypts && !this.#isPrivate)) return undefined;
    const options = [encrypts ? 1 : 0, checkDigest(hash), checkBytes(label)];
    return bytesOf(rsaOaep(this.#handle, options, data));
  }

  /** What both can calculate, each with his private key and the other's public one. */
  agree(other) {
    if (!(#handle in other)) throw new TypeError('This is no key');
    if (this.#kind !== other.#kind || this.#kind === 'RSA' || !this.#isPrivate) return undefined;
    if (this.#kind === 'Ed25519' || this.#kind === 'Ed448') return undefined;
    return bytesOf(sharedSecret(this.#handle, other.#handle));
  }
}

/** The key of a handle; undefined where it is none that is used here. */
function fromHandle(handle, isPrivate) {
  if (handle === undefined) return undefined;
  const found = keyKind(handle);
  const kind = kCurveNames[found] ?? found;
  if (kind === 'RSA') {
    if (rsaBits(handle) === 0) return undefined;
  } else if (isNist(kind)) {
    if (!keyIsConsistent(handle, isPrivate)) return undefined;
  } else if (kCurveNames[found] === undefined) {
    return undefined;
  }
  return new AsymmetricKey(handle, isPrivate, kind);
}

export const asymmetricKeys = ObjectFreeze({
  __proto__: null,
  fromSpki: (der) => fromHandle(keyFromSpki(der), false),
  fromPkcs8: (der) => fromHandle(keyFromPkcs8(der), true),
  /** Two numbers are a public key, eight a private one. @param {any[]} numbers */
  fromRsaNumbers(numbers) {
    const count = numbers.length === kRsaNumbers ? kRsaNumbers : kRsaPublicNumbers;
    const list = [];
    for (let i = 0; i < count; i++) ArrayPrototypePush(list, checkBytes(numbers[i]));
    const isPrivate = count === kRsaNumbers;
    return fromHandle(rsaFromNumbers(list, isPrivate), isPrivate);
  },
  /** Of NIST's curves. @param {any} secret no bytes: a public key */
  fromPoint(name, point, secret) {
    if (!isNist(name)) return undefined;
    const options = [kCurves[name].number, checkBytes(point), checkBytes(secret)];
    const isPrivate = TypedArrayPrototypeGetByteLength(new Uint8Array(secret)) > 0;
    return fromHandle(ecFromPoint(options), isPrivate);
  },
  /** Of the other curves. */
  fromRaw(name, isPrivate, bytes) {
    const curve = typeof name === 'string' ? kCurves[name] : undefined;
    if (curve === undefined || curve.kind === undefined) return undefined;
    return fromHandle(curveFromRaw(curve.number, !!isPrivate, bytes), !!isPrivate);
  },
  generateRsa: (bits, exponent) =>
    fromHandle(rsaGenerate(checkNumber(bits), checkNumber(exponent)), true),
  generateOnCurve(name) {
    const curve = typeof name === 'string' ? kCurves[name] : undefined;
    return curve === undefined ? undefined : fromHandle(curveGenerate(curve.number), true);
  },
});
