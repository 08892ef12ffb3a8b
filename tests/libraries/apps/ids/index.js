// nanoid and @noble/hashes: random names, and hashes without WebCrypto.

import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256, sha3_256 } from '@noble/hashes/sha3.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { customAlphabet, nanoid } from 'nanoid';

const text = utf8ToBytes('hällo');

export default {
  fetch() {
    const ids = new Set(Array.from({ length: 500 }, () => nanoid()));
    const hashes = { sha256, sha512, keccak_256, sha3_256, blake3 };
    return Response.json({
      ids: [ids.size, [...ids].every((id) => /^[\w-]{21}$/.test(id))],
      custom: /^[ab]{5}$/.test(customAlphabet('ab', 5)()),
      hashes: Object.fromEntries(
        Object.entries(hashes).map(([name, hash]) => [name, bytesToHex(hash(text))]),
      ),
      hmac: bytesToHex(hmac(sha256, utf8ToBytes('key'), text)),
      scrypt: bytesToHex(scrypt('password', 'salt', { N: 2 ** 8, r: 8, p: 1, dkLen: 32 })),
    });
  },
};
