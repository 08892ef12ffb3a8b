// @ts-check
// What the newer algorithms of crypto.subtle refuse, and by which error: every op among wrong values,
// keys that do not fit, sizes that nobody needs.

import { ok, rejects, same, test } from './harness.js';

const subtle = /** @type {any} */ (crypto.subtle);
const kem = (usages = ['encapsulateKey', 'encapsulateBits', 'decapsulateKey', 'decapsulateBits']) =>
  subtle.generateKey('ML-KEM-512', true, usages);
const aes = { name: 'AES-GCM', length: 256 };
const kArgon2 = { name: 'Argon2id', nonce: new Uint8Array(8), memory: 8, passes: 1, parallelism: 1 };
const argon2Key = () =>
  subtle.importKey('raw-secret', new Uint8Array(8), 'Argon2id', false, ['deriveBits']);

/** Values of every kind, some of which go away or throw. */
function values() {
  const gone = new Uint8Array(64);
  gone.buffer.transfer();
  const fail = () => {
    throw new RangeError('mine');
  };
  const thrower = new Proxy({}, { get: fail });
  return [
    undefined, null, true, 0, -1, NaN, 2 ** 32, 1n, '', 'x', Symbol('s'), {}, [], () => {},
    new ArrayBuffer(0), new ArrayBuffer(8, { maxByteLength: 16 }), gone, gone.buffer,
    new Uint8Array(0), new Uint8Array(1), new Uint8Array(1 << 20), new DataView(new ArrayBuffer(32)),
    new Float64Array(4), thrower, { name: 'ML-KEM-512' }, { name: thrower }, crypto, subtle,
  ];
}

const kAllowed = [
  'TypeError', 'RangeError', 'DataError', 'NotSupportedError', 'InvalidAccessError', 'OperationError',
  'SyntaxError',
];

test('every operation answers every value with a promise, and with errors of the standard', async () => {
  const pair = await kem();
  const dsa = await subtle.generateKey('ML-DSA-44', false, ['sign', 'verify']);
  const ocb = await subtle.generateKey({ name: 'AES-OCB', length: 128 }, true, ['encrypt', 'decrypt']);
  const mac = await subtle.generateKey('KMAC128', true, ['sign', 'verify']);
  const secret = await argon2Key();
  const calls = (value) => [
    ['encapsulateBits', [value, pair.publicKey]],
    ['encapsulateBits', ['ML-KEM-512', value]],
    ['encapsulateKey', ['ML-KEM-512', pair.publicKey, value, true, ['encrypt']]],
    ['encapsulateKey', ['ML-KEM-512', pair.publicKey, aes, value, value]],
    ['decapsulateBits', ['ML-KEM-512', pair.privateKey, value]],
    ['decapsulateKey', ['ML-KEM-512', pair.privateKey, value, aes, true, ['encrypt']]],
    ['importKey', ['raw-seed', value, 'ML-KEM-512', true, ['decapsulateBits']]],
    ['importKey', ['raw-public', value, 'ML-DSA-87', true, ['verify']]],
    ['importKey', ['pkcs8', value, 'ML-DSA-65', true, ['sign']]],
    ['importKey', ['spki', value, 'ML-KEM-768', true, []]],
    ['importKey', ['jwk', value, 'ML-KEM-768', true, []]],
    ['importKey', ['raw-secret', value, 'ChaCha20-Poly1305', true, ['encrypt']]],
    ['importKey', [value, new Uint8Array(32), 'AES-OCB', true, ['encrypt']]],
    ['sign', [{ name: 'ML-DSA-44', context: value }, dsa.privateKey, new Uint8Array(3)]],
    ['verify', ['ML-DSA-44', dsa.publicKey, value, new Uint8Array(3)]],
    ['sign', [{ name: 'KMAC128', outputLength: value }, mac, new Uint8Array(3)]],
    ['sign', [{ name: 'KMAC128', outputLength: 8, customization: value }, mac, new Uint8Array(3)]],
    ['digest', [{ name: 'cSHAKE128', outputLength: value }, new Uint8Array(3)]],
    ['digest', [{ name: 'cSHAKE128', outputLength: 8, functionName: value }, new Uint8Array(3)]],
    ['encrypt', [{ name: 'AES-OCB', iv: value }, ocb, new Uint8Array(3)]],
    ['encrypt', [{ name: 'AES-OCB', iv: new Uint8Array(12), tagLength: value }, ocb, new Uint8Array(3)]],
    ['decrypt', [{ name: 'AES-OCB', iv: new Uint8Array(12), additionalData: value }, ocb, value]],
    ...['nonce', 'memory', 'passes', 'parallelism', 'secretValue', 'associatedData', 'version'].map(
      (name) => ['deriveBits', [{ ...kArgon2, [name]: value }, secret, 32]],
    ),
    ['deriveBits', [kArgon2, secret, value]],
    ['getPublicKey', [value, value]],
    ['exportKey', [value, pair.publicKey]],
  ];
  for (const value of values()) {
    for (const [name, args] of calls(value)) {
      const promise = subtle[name](...args);
      ok(promise instanceof Promise);
      try {
        await promise;
      } catch (error) {
        ok(kAllowed.includes(error.name), `${name} ${typeof value}: ${error}`);
      }
    }
  }
});

test('a key of ML-KEM is used for what it was made for only', async () => {
  const pair = await kem(['encapsulateBits', 'decapsulateBits']);
  const sealed = await subtle.encapsulateBits('ML-KEM-512', pair.publicKey);
  const calls = [
    subtle.encapsulateKey('ML-KEM-512', pair.publicKey, aes, true, ['encrypt']),
    subtle.encapsulateBits('ML-KEM-768', pair.publicKey),
    subtle.encapsulateBits('ML-KEM-512', pair.privateKey),
    subtle.decapsulateBits('ML-KEM-512', pair.publicKey, sealed.ciphertext),
    subtle.decapsulateKey('ML-KEM-512', pair.privateKey, sealed.ciphertext, aes, true, ['encrypt']),
    subtle.exportKey('raw-seed', pair.publicKey),
    subtle.exportKey('raw-public', pair.privateKey),
  ];
  for (const call of calls) await rejects('InvalidAccessError', call);
  await rejects('NotSupportedError', subtle.encapsulateBits('ECDH', pair.publicKey));
  await rejects('NotSupportedError', subtle.exportKey('raw', pair.publicKey));
  for (const size of [0, 767, 769, 1 << 20]) {
    const sized = new Uint8Array(size);
    await rejects('OperationError', subtle.decapsulateBits('ML-KEM-512', pair.privateKey, sized));
  }
  const both = await kem();
  // The secret has 256 bits, and the key that it becomes some usage.
  const short = { name: 'HMAC', hash: 'SHA-256', length: 8 };
  await rejects('DataError', subtle.encapsulateKey('ML-KEM-512', both.publicKey, short, true, ['sign']));
  await rejects('SyntaxError', subtle.encapsulateKey('ML-KEM-512', both.publicKey, aes, true, []));
});

test('what is no key of ML-KEM or ML-DSA is DataError', async () => {
  const usages = { 'ML-KEM-512': 'decapsulateBits', 'ML-DSA-44': 'sign' };
  for (const [name, usage] of Object.entries(usages)) {
    const size = name === 'ML-KEM-512' ? 64 : 32;
    const load = (format, data) => subtle.importKey(format, data, name, true, [usage]);
    for (const wrong of [0, 1, size - 1, size + 1, 4096]) {
      await rejects('DataError', load('raw-seed', new Uint8Array(wrong)));
    }
    const key = await load('raw-seed', new Uint8Array(size));
    const jwk = await subtle.exportKey('jwk', key);
    const bad = [
      { kty: 'OKP' },
      { alg: 'ML-KEM-768' },
      { alg: undefined },
      { pub: undefined },
      { priv: 'AA' },
      { pub: jwk.pub.slice(4) },
      { priv: `_${jwk.priv.slice(1)}` },
      { use: usage === 'sign' ? 'enc' : 'sig' },
    ];
    for (const more of bad) await rejects('DataError', load('jwk', { ...jwk, ...more }));
    const der = new Uint8Array(await subtle.exportKey('pkcs8', key));
    for (let i = 0; i < der.length - size; i++) {
      const changed = der.slice();
      changed[i] ^= 0x41;
      await subtle.importKey('pkcs8', changed, name, true, [usage]).then(
        () => ok(false, `byte ${i}`),
        (error) => ok(['DataError', 'NotSupportedError'].includes(error.name), `byte ${i}: ${error}`),
      );
      await rejects('DataError', load('pkcs8', der.slice(0, i)));
    }
  }
});

test('sizes that nobody needs are refused', async () => {
  const shake = (outputLength) => subtle.digest({ name: 'cSHAKE256', outputLength }, new Uint8Array(1));
  await rejects('OperationError', shake(0xfffffff8));
  await rejects('TypeError', shake(2 ** 32));
  same((await shake(8 << 20)).byteLength, 1 << 20);
  const huge = { name: 'KMAC128', length: 0xffffffff };
  await rejects('OperationError', subtle.generateKey(huge, false, ['sign']));
  const key = await argon2Key();
  const derive = (more, length = 32) => subtle.deriveBits({ ...kArgon2, ...more }, key, length);
  // 4 TiB: not within what an app may hold.
  await rejects(RangeError, derive({ memory: 0xffffffff }));
  await rejects('OperationError', derive({}, 2 ** 31));
  await rejects('OperationError', derive({ parallelism: 0xffffffff }));
  await rejects('OperationError', derive({ nonce: new Uint8Array((16 << 20) + 1) }));
  await rejects('OperationError', derive({ nonce: new Uint8Array(7) }));
  const { privateKey } = await subtle.generateKey('ML-DSA-44', false, ['sign']);
  await rejects('OperationError', subtle.sign('ML-DSA-44', privateKey, new Uint8Array((64 << 20) + 1)));
});

test('newer secrets have no older format', async () => {
  for (const [name, usage] of [
    ['ChaCha20-Poly1305', 'encrypt'],
    ['AES-OCB', 'encrypt'],
    ['KMAC128', 'sign'],
    ['Argon2d', 'deriveBits'],
  ]) {
    const load = subtle.importKey('raw', new Uint8Array(32), name, false, [usage]);
    await rejects('NotSupportedError', load);
  }
});
