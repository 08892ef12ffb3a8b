// @ts-check
// Crypto (Web Cryptography 10): random values, and the way to the rest, which runs when it is asked
// for.

import { defineLazyProperty, fillRandom, randomUUID } from 'nano:ops';
import defer * as digestStream from './crypto/digest_stream.js';
import defer * as subtleCrypto from './crypto/subtle.js';
import { DOMException } from './dom_exception.js';
import defer * as quota from './quota_exceeded_error.js';
import {
  ArrayBufferIsView,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetSymbolToStringTag,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
} from './webidl.js';

const kPrivate = { __proto__: null };

/** The most bytes one call of getRandomValues gives (Web Cryptography 10.1.1). */
const kMaxBytes = 65536;

const kIntegerArrays = {
  __proto__: null,
  Int8Array: true,
  Uint8Array: true,
  Uint8ClampedArray: true,
  Int16Array: true,
  Uint16Array: true,
  Int32Array: true,
  Uint32Array: true,
  BigInt64Array: true,
  BigUint64Array: true,
};

export class Crypto {
  #isCrypto = true;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
  }

  get subtle() {
    if (!(#isCrypto in this)) illegalInvocation();
    return subtleCrypto.subtle;
  }

  getRandomValues(array) {
    if (!(#isCrypto in this)) illegalInvocation();
    const context = "Failed to execute 'getRandomValues' on 'Crypto'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (!ArrayBufferIsView(array)) {
      throw new TypeError(`${context}: parameter 1 is not of type 'ArrayBufferView'.`);
    }
    const type = TypedArrayPrototypeGetSymbolToStringTag(array);
    if (type === undefined || !kIntegerArrays[type]) {
      const message = `${context}: The provided ArrayBufferView is not of an integer type.`;
      throw new DOMException(message, 'TypeMismatchError');
    }
    const length = TypedArrayPrototypeGetByteLength(array);
    if (length > kMaxBytes) {
      const message =
        `${context}: The ArrayBufferView's byte length (${length}) exceeds the number of bytes ` +
        `of entropy available via this API (${kMaxBytes}).`;
      throw new quota.QuotaExceededError(message);
    }
    if (length > 0) fillRandom(array);
    return array;
  }

  randomUUID() {
    if (!(#isCrypto in this)) illegalInvocation();
    return randomUUID();
  }

  static {
    defineInterface(Crypto, (value) => #isCrypto in value);
  }
}
// Of Workers.
defineLazyProperty(Crypto.prototype, 'DigestStream', () => digestStream.DigestStream, false);

export const crypto = new Crypto(kPrivate);
