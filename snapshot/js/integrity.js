// @ts-check
// Subresource integrity, https://w3c.github.io/webappsec-subresource-integrity/

import { bytesToBase64, sha2 } from 'nano:ops';
import {
  ArrayPrototypePush,
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
} from './primordials.js';

/** An algorithm and a digest; options that may follow have no meaning yet. */
const kItem = /^sha(256|384|512)-([^?]*)/i;

/** The digests of the strongest algorithm that is named; bits is 0 where none is. */
function strongest(metadata) {
  const word = /[^\t\n\f\r ]+/g;
  let bits = 0;
  let digests = [];
  for (;;) {
    const found = RegExpPrototypeExec(word, metadata);
    if (found === null) return { bits, digests };
    const item = RegExpPrototypeExec(kItem, found[0]);
    if (item === null) continue;
    const itemBits = +item[1];
    if (itemBits < bits) continue;
    if (itemBits > bits) digests = [];
    bits = itemBits;
    ArrayPrototypePush(digests, item[2]);
  }
}

const kMinus = 0x2d;
const kUnderscore = 0x5f;

/** In the usual alphabet and without padding: both alphabets are in use. */
function normalize(base64) {
  let text = '';
  for (let i = 0; i < base64.length && base64[i] !== '='; i++) {
    const code = StringPrototypeCharCodeAt(base64, i);
    if (code === kMinus) text += '+';
    else if (code === kUnderscore) text += '/';
    else text += base64[i];
  }
  return text;
}

/**
 * Whether the bytes are those that the metadata stands for, or it names no digest that is known.
 * @param {string} metadata the `integrity` of a request @param {Uint8Array} bytes
 */
export function matchesIntegrity(metadata, bytes) {
  const { bits, digests } = strongest(metadata);
  if (bits === 0) return true;
  const actual = normalize(bytesToBase64(sha2(bits, bytes)));
  for (let i = 0; i < digests.length; i++) {
    if (normalize(digests[i]) === actual) return true;
  }
  return false;
}
