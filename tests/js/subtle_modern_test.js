// @ts-check
// crypto.subtle: the algorithms of https://wicg.github.io/webcrypto-modern-algos/, by every format.

import { ok, rejects, same, test } from './harness.js';

const subtle = /** @type {any} */ (crypto.subtle);
const utf8 = (text) => new TextEncoder().encode(text);
const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const count = (from, to) => Uint8Array.from({ length: to - from }, (_, i) => from + i);

test('ML-KEM gives both sides one secret', async () => {
  const usages = ['encapsulateKey', 'encapsulateBits', 'decapsulateKey', 'decapsulateBits'];
  for (const [name, size] of [['ML-KEM-512', 768], ['ML-KEM-768', 1088], ['ML-KEM-1024', 1568]]) {
    const pair = await subtle.generateKey(name, false, usages);
    same(pair.publicKey.usages, usages.slice(0, 2));
    same(pair.privateKey.usages, usages.slice(2));
    const { sharedKey, ciphertext } = await subtle.encapsulateBits(name, pair.publicKey);
    same([sharedKey.byteLength, ciphertext.byteLength], [32, size]);
    same(hex(await subtle.decapsulateBits(name, pair.privateKey, ciphertext)), hex(sharedKey));
    // What was not sealed for this key gives another secret, and no error: nobody learns which.
    new Uint8Array(ciphertext)[9] ^= 1;
    const other = await subtle.decapsulateBits(name, pair.privateKey, ciphertext);
    same(other.byteLength, 32);
    ok(hex(other) !== hex(sharedKey));

    const aes = { name: 'AES-GCM', length: 256 };
    const sealed = await subtle.encapsulateKey(name, pair.publicKey, aes, true, ['encrypt']);
    const box = sealed.ciphertext;
    const key = await subtle.decapsulateKey(name, pair.privateKey, box, aes, true, ['decrypt']);
    same(key.algorithm, aes);
    same(hex(await subtle.exportKey('raw', key)), hex(await subtle.exportKey('raw', sealed.sharedKey)));
  }
});

test('ML-DSA signs for a context, and for no other', async () => {
  for (const [name, size] of [['ML-DSA-44', 2420], ['ML-DSA-65', 3309], ['ML-DSA-87', 4627]]) {
    const { publicKey, privateKey } = await subtle.generateKey(name, false, ['sign', 'verify']);
    const data = utf8('a message');
    const plain = await subtle.sign(name, privateKey, data);
    same(plain.byteLength, size);
    same(await subtle.verify(name, publicKey, plain, data), true);
    same(await subtle.verify(name, publicKey, plain, utf8('another')), false);
    same(await subtle.verify(name, publicKey, plain.slice(1), data), false);
    const context = new Uint8Array(255);
    const bound = await subtle.sign({ name, context }, privateKey, data);
    same(await subtle.verify({ name, context }, publicKey, bound, data), true);
    same(await subtle.verify(name, publicKey, bound, data), false);
  }
});

test('Ed448 signs for a context too', async () => {
  const name = 'Ed448';
  const { publicKey, privateKey } = await subtle.generateKey(name, false, ['sign', 'verify']);
  const context = utf8('for this');
  const signature = await subtle.sign({ name, context }, privateKey, utf8('m'));
  same(await subtle.verify({ name, context }, publicKey, signature, utf8('m')), true);
  same(await subtle.verify(name, publicKey, signature, utf8('m')), false);
  const tooLong = { name, context: new Uint8Array(256) };
  await rejects('OperationError', subtle.sign(tooLong, privateKey, context));
});

for (const [name, publicUsage, privateUsage, size] of [
  ['ML-KEM-512', 'encapsulateBits', 'decapsulateBits', 64],
  ['ML-KEM-768', 'encapsulateBits', 'decapsulateBits', 64],
  ['ML-KEM-1024', 'encapsulateBits', 'decapsulateBits', 64],
  ['ML-DSA-44', 'verify', 'sign', 32],
  ['ML-DSA-65', 'verify', 'sign', 32],
  ['ML-DSA-87', 'verify', 'sign', 32],
]) {
  test(`a key of ${name} is its seed in every format`, async () => {
    const seed = count(0, size);
    const key = await subtle.importKey('raw-seed', seed, name, true, [privateUsage]);
    same([key.type, key.algorithm, key.usages], ['private', { name }, [privateUsage]]);
    same(hex(await subtle.exportKey('raw-seed', key)), hex(seed));
    const pkcs8 = await subtle.exportKey('pkcs8', key);
    same(hex(pkcs8).slice(-2 * size - 4), (size === 64 ? '8040' : '8020') + hex(seed));
    const jwk = await subtle.exportKey('jwk', key);
    same([jwk.kty, jwk.alg, jwk.key_ops, jwk.ext], ['AKP', name, [privateUsage], true]);
    for (const [format, data] of [['pkcs8', pkcs8], ['jwk', jwk]]) {
      const back = await subtle.importKey(format, data, name, true, [privateUsage]);
      same(hex(await subtle.exportKey('raw-seed', back)), hex(seed), format);
    }
    const open = await subtle.getPublicKey(key, [publicUsage]);
    const raw = await subtle.exportKey('raw-public', open);
    const spki = await subtle.exportKey('spki', open);
    const publicJwk = await subtle.exportKey('jwk', open);
    same([publicJwk.pub, publicJwk.priv], [jwk.pub, undefined]);
    for (const [format, data] of [['raw-public', raw], ['spki', spki], ['jwk', publicJwk]]) {
      const back = await subtle.importKey(format, data, name, true, [publicUsage]);
      same(back.type, 'public');
      same(hex(await subtle.exportKey('raw-public', back)), hex(raw), format);
    }
  });
}

test('AES-OCB gives what RFC 7253 has', async () => {
  const key = await subtle.importKey('raw-secret', count(0, 16), 'AES-OCB', true, ['encrypt', 'decrypt']);
  same(key.algorithm, { name: 'AES-OCB', length: 128 });
  const iv = bytes('bbaa99887766554433221104');
  const data = count(0, 16);
  const params = { name: 'AES-OCB', iv, additionalData: data };
  const sealed = await subtle.encrypt(params, key, data);
  same(hex(sealed), '571d535b60b277188be5147170a9a22c3ad7a4ff3835b8c5701c1ccec8fc3358');
  same(hex(await subtle.decrypt(params, key, sealed)), hex(data));
  const long = crypto.getRandomValues(new Uint8Array(5003));
  for (const tagLength of [64, 96, 128]) {
    const some = { ...params, tagLength };
    const out = await subtle.encrypt(some, key, long);
    same(out.byteLength, long.length + tagLength / 8);
    same(hex(await subtle.decrypt(some, key, out)), hex(long));
    new Uint8Array(out)[5000] ^= 1;
    await rejects('OperationError', subtle.decrypt(some, key, out));
  }
  same((await subtle.exportKey('jwk', key)).alg, 'A128OCB');
});

test('ChaCha20-Poly1305 gives what RFC 8439 has', async () => {
  const name = 'ChaCha20-Poly1305';
  const raw = count(0x80, 0xa0);
  const key = await subtle.importKey('raw-secret', raw, name, true, ['encrypt', 'decrypt']);
  const params = {
    name,
    iv: bytes('070000004041424344454647'),
    additionalData: bytes('50515253c0c1c2c3c4c5c6c7'),
  };
  const text = utf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
      'sunscreen would be it.',
  );
  const sealed = await subtle.encrypt(params, key, text);
  same(hex(sealed).slice(0, 32), 'd31a8d34648e60db7b86afbc53ef7ec2');
  same(hex(sealed).slice(-32), '1ae10b594f09e26a7e902ecbd0600691');
  same(hex(await subtle.decrypt(params, key, sealed)), hex(text));
  const jwk = await subtle.exportKey('jwk', key);
  same([jwk.kty, jwk.alg], ['oct', 'C20P']);
  const back = await subtle.importKey('jwk', jwk, name, false, ['decrypt']);
  same(hex(await subtle.decrypt(params, back, sealed)), hex(text));
  // Keys are wrapped with it as well.
  const wrapper = await subtle.generateKey(name, false, ['wrapKey', 'unwrapKey']);
  const wrapped = await subtle.wrapKey('raw-secret', key, wrapper, params);
  const again = await subtle.unwrapKey('raw-secret', wrapped, wrapper, params, name, true, ['encrypt']);
  same(hex(await subtle.exportKey('raw-secret', again)), hex(raw));
});

test('cSHAKE and KMAC give what NIST has', async () => {
  const data = count(0, 4);
  const shake = (name, outputLength, more = {}) => subtle.digest({ name, outputLength, ...more }, data);
  const customization = utf8('Email Signature');
  same(
    hex(await shake('cSHAKE128', 256, { customization })),
    'c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5',
  );
  same(
    hex(await shake('cshake256', 512, { functionName: new Uint8Array(0), customization })).slice(0, 32),
    'd008828e2b80ac9d2218ffee1d070c48',
  );
  same((await shake('cSHAKE128', 0)).byteLength, 0);

  const raw = count(0x40, 0x60);
  const key = await subtle.importKey('raw-secret', raw, 'KMAC128', true, ['sign', 'verify']);
  same(key.algorithm, { name: 'KMAC128', length: 256 });
  const params = { name: 'KMAC128', outputLength: 256 };
  const mac = await subtle.sign(params, key, data);
  same(hex(mac), 'e5780b0d3ea6f7d3a429c5706aa43a00fadbd7d49628839e3187243f456ee14e');
  same(await subtle.verify(params, key, mac, data), true);
  same(await subtle.verify(params, key, mac.slice(1), data), false);
  same(await subtle.verify({ ...params, customization: utf8('x') }, key, mac, data), false);
  same((await subtle.exportKey('jwk', key)).alg, 'K128');
  const none = await subtle.importKey('raw-secret', new Uint8Array(0), 'KMAC128', true, ['sign']);
  same([none.algorithm.length, (await subtle.sign(params, none, data)).byteLength], [0, 32]);
  same((await subtle.generateKey('KMAC256', false, ['sign'])).algorithm.length, 256);
});

test('Argon2 gives what RFC 9106 has', async () => {
  for (const [name, tag] of [
    ['Argon2d', '512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb'],
    ['Argon2i', 'c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8'],
    ['Argon2id', '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659'],
  ]) {
    const password = new Uint8Array(32).fill(1);
    const usages = ['deriveBits', 'deriveKey'];
    const key = await subtle.importKey('raw-secret', password, name, false, usages);
    const params = {
      name,
      nonce: new Uint8Array(16).fill(2),
      memory: 32,
      passes: 3,
      parallelism: 4,
      secretValue: new Uint8Array(8).fill(3),
      associatedData: new Uint8Array(12).fill(4),
    };
    same(hex(await subtle.deriveBits(params, key, 256)), tag);
    const aes = await subtle.deriveKey(params, key, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
    same(hex(await subtle.exportKey('raw', aes)), tag);
  }
});

test('SHA-3 goes with keys as the other digests do', async () => {
  const hmac = { name: 'HMAC', hash: 'SHA3-256' };
  const key = await subtle.importKey('raw-secret', count(0, 32), hmac, true, ['sign']);
  const mac = await subtle.sign('HMAC', key, utf8('Sample message for keylen<blocklen'));
  // The example of NIST.
  same(hex(mac), '4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205');
  const jwk = await subtle.exportKey('jwk', key);
  same([jwk.k !== undefined, 'alg' in jwk], [true, false]);
  const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA3-512' };
  const pair = await subtle.generateKey(ec, false, ['sign', 'verify']);
  const signature = await subtle.sign(ec, pair.privateKey, utf8('x'));
  same(await subtle.verify(ec, pair.publicKey, signature, utf8('x')), true);
});

test('older keys have the newer formats too', async () => {
  const ed = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const ec = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  for (const { publicKey } of [ed, ec]) {
    const raw = await subtle.exportKey('raw-public', publicKey);
    same(hex(raw), hex(await subtle.exportKey('raw', publicKey)));
    const back = await subtle.importKey('raw-public', raw, publicKey.algorithm, true, ['verify']);
    same(back.type, 'public');
  }
  const aes = await subtle.generateKey({ name: 'AES-CBC', length: 128 }, true, ['encrypt']);
  same(hex(await subtle.exportKey('raw-secret', aes)), hex(await subtle.exportKey('raw', aes)));
});
