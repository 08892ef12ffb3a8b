// @ts-check
// crypto.subtle: what the algorithms give (vectors of the RFCs and of NIST), by every format.

import { ok, rejects, same, test, throws } from './harness.js';

const { subtle } = crypto;
const utf8 = (text) => new TextEncoder().encode(text);
const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

// RFC 7748, section 6.1.
const kAlicePublic = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
const kBobSecret = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';

test('digest gives the digests of FIPS 180-4, and MD5', async () => {
  const abc = utf8('abc');
  same(hex(await subtle.digest('MD5', abc)), '900150983cd24fb0d6963f7d28e17f72');
  same(hex(await subtle.digest('sha-1', abc)), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  same(
    hex(await subtle.digest({ name: 'SHA-256' }, abc.buffer)),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  same(hex(await subtle.digest('SHA-384', abc)).slice(0, 16), 'cb00753f45a35e8b');
  same(hex(await subtle.digest('SHA-512', new DataView(abc.buffer))).slice(0, 16), 'ddaf35a193617aba');
  same(hex(await subtle.digest('MD5', new Uint8Array(0))), 'd41d8cd98f00b204e9800998ecf8427e');
});

test('HMAC gives what RFC 4231 has, and verifies it', async () => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await subtle.importKey('raw', utf8('Jefe'), algorithm, true, ['verify', 'sign']);
  const data = utf8('what do ya want for nothing?');
  const signature = await subtle.sign('HMAC', key, data);
  same(hex(signature), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  same(await subtle.verify('HMAC', key, signature, data), true);
  new Uint8Array(signature)[31] ^= 1;
  same(await subtle.verify('HMAC', key, signature, data), false);
  same(await subtle.verify('HMAC', key, new Uint8Array(31), data), false);
  same(key.algorithm, { name: 'HMAC', hash: { name: 'SHA-256' }, length: 32 });
  same(key.usages, ['sign', 'verify']);
  same(await subtle.exportKey('jwk', key), {
    kty: 'oct',
    key_ops: ['sign', 'verify'],
    ext: true,
    k: 'SmVmZQ',
    alg: 'HS256',
  });
});

test('AES-CBC, AES-CTR and AES-KW give what NIST and RFC 3394 have', async () => {
  const raw = bytes('2b7e151628aed2a6abf7158809cf4f3c');
  const text = bytes('6bc1bee22e409f96e93d7e117393172a');
  const iv = bytes('000102030405060708090a0b0c0d0e0f');
  const cbc = await subtle.importKey('raw', raw, 'AES-CBC', false, ['encrypt', 'decrypt']);
  const inCbc = await subtle.encrypt({ name: 'AES-CBC', iv }, cbc, text);
  same(hex(inCbc), '7649abac8119b246cee98e9b12e9197d8964e0b149c10b7b682e6e39aaeb731c');
  same(hex(await subtle.decrypt({ name: 'AES-CBC', iv }, cbc, inCbc)), hex(text));

  const counter = bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
  const ctr = await subtle.importKey('raw', raw, 'AES-CTR', false, ['encrypt', 'decrypt']);
  const inCtr = await subtle.encrypt({ name: 'AES-CTR', counter, length: 64 }, ctr, text);
  same(hex(inCtr), '874d6191b620e3261bef6864990db6ce');

  const kek = await subtle.importKey('raw', iv, 'AES-KW', false, ['wrapKey', 'unwrapKey']);
  const data = bytes('00112233445566778899aabbccddeeff');
  const key = await subtle.importKey('raw', data, 'AES-GCM', true, ['encrypt']);
  const wrapped = await subtle.wrapKey('raw', key, kek, 'AES-KW');
  same(hex(wrapped), '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5');
  const back = await subtle.unwrapKey('raw', wrapped, kek, 'AES-KW', 'AES-GCM', true, ['decrypt']);
  same(hex(await subtle.exportKey('raw', back)), hex(data));
});

test("AES-CTR counts modulo its counter's length", async () => {
  const key = await subtle.generateKey({ name: 'AES-CTR', length: 256 }, false, ['encrypt']);
  const crypt = async (counter, length, size) =>
    hex(await subtle.encrypt({ name: 'AES-CTR', counter, length }, key, new Uint8Array(size)));
  for (const length of [1, 7, 8, 9, 63, 64, 65, 71, 72, 127, 128]) {
    const last = new Uint8Array(16).fill(0xff);
    const first = new Uint8Array(16).fill(0xff);
    for (let i = 0; i < length; i++) first[15 - (i >> 3)] &= ~(1 << (i & 7));
    const both = await crypt(last, length, 32);
    same(both, (await crypt(last, length, 16)) + (await crypt(first, length, 16)), `${length}`);
  }
  await rejects('OperationError', crypt(new Uint8Array(16), 1, 33));
});

test('AES-GCM authenticates, and refuses what was changed', async () => {
  // Test case 4 of the GCM specification.
  const raw = bytes('feffe9928665731c6d6a8f9467308308');
  const text = bytes(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525' +
      'b16aedf5aa0de657ba637b39',
  );
  const iv = bytes('cafebabefacedbaddecaf888');
  const additionalData = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const params = { name: 'AES-GCM', iv, additionalData };
  const sealed = await subtle.encrypt(params, key, text);
  same(hex(sealed).slice(-32), '5bc94fbc3221a5db94fae95ae7121a47');
  same(hex(await subtle.decrypt(params, key, sealed)), hex(text));
  new Uint8Array(sealed)[0] ^= 1;
  await rejects('OperationError', subtle.decrypt(params, key, sealed));
  await rejects('OperationError', subtle.decrypt(params, key, new Uint8Array(15)));
  await rejects('OperationError', subtle.encrypt({ ...params, tagLength: 33 }, key, text));
});

test('HKDF and PBKDF2 give what RFC 5869 and RFC 6070 have', async () => {
  const secret = await subtle.importKey('raw', new Uint8Array(22).fill(11), 'HKDF', false, [
    'deriveBits',
  ]);
  const info = bytes('f0f1f2f3f4f5f6f7f8f9');
  const salt = bytes('000102030405060708090a0b0c');
  const made = await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, secret, 336);
  same(hex(made).slice(0, 32), '3cb25f25faacd57a90434f64d0362f2a');
  const password = await subtle.importKey('raw', utf8('passwordPASSWORDpassword'), 'PBKDF2', false, [
    'deriveBits',
    'deriveKey',
  ]);
  const params = {
    name: 'PBKDF2',
    hash: 'SHA-1',
    salt: utf8('saltSALTsaltSALTsaltSALTsaltSALTsalt'),
    iterations: 4096,
  };
  const derived = await subtle.deriveBits(params, password, 200);
  same(hex(derived), '3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038');
  const key = await subtle.deriveKey(params, password, { name: 'AES-CBC', length: 128 }, true, [
    'encrypt',
  ]);
  same(hex(await subtle.exportKey('raw', key)), hex(derived).slice(0, 32));
  await rejects('OperationError', subtle.deriveBits({ ...params, iterations: 0 }, password, 8));
});

test('Ed25519 and X25519 give what RFC 8032 and RFC 7748 have', async () => {
  const pkcs8 = (oid, secret) => bytes(`302e020100300506032b65${oid}04220420${secret}`);
  const secret = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const key = await subtle.importKey('pkcs8', pkcs8('70', secret), 'Ed25519', true, ['sign']);
  const signature = await subtle.sign('Ed25519', key, new Uint8Array(0));
  same(hex(signature).slice(0, 32), 'e5564300c360ac729086e2cc806e828a');
  const jwk = /** @type {any} */ (await subtle.exportKey('jwk', key));
  same([jwk.kty, jwk.crv, jwk.x], ['OKP', 'Ed25519', '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo']);
  const bob = await subtle.importKey('pkcs8', pkcs8('6e', kBobSecret), 'X25519', false, [
    'deriveBits',
  ]);
  const alice = await subtle.importKey('raw', bytes(kAlicePublic), 'X25519', true, []);
  const shared = await subtle.deriveBits({ name: 'X25519', public: alice }, bob, 256);
  same(hex(shared), '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
});

for (const [name, extra] of /** @type {[string, any][]} */ ([
  ['ECDSA', { namedCurve: 'P-256' }],
  ['ECDSA', { namedCurve: 'P-384' }],
  ['ECDSA', { namedCurve: 'P-521' }],
  ['Ed25519', {}],
  ['RSA-PSS', { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }],
  [
    'RSASSA-PKCS1-v1_5',
    { modulusLength: 1024, publicExponent: new Uint8Array([3]), hash: 'SHA-512' },
  ],
])) {
  test(`${name} ${extra.namedCurve ?? ''} signs by keys that came back from every format`, async () => {
    const algorithm = { name, ...extra };
    const use = { name, hash: 'SHA-384', saltLength: 20 };
    const pair = /** @type {any} */ (await subtle.generateKey(algorithm, true, ['sign', 'verify']));
    const data = utf8('a message');
    const privates = [pair.privateKey];
    const publics = [pair.publicKey];
    for (const format of /** @type {any[]} */ (['jwk', 'pkcs8'])) {
      const out = await subtle.exportKey(format, pair.privateKey);
      privates.push(await subtle.importKey(format, /** @type {any} */ (out), algorithm, true, ['sign']));
    }
    for (const format of /** @type {any[]} */ (['jwk', 'spki'])) {
      const out = await subtle.exportKey(format, pair.publicKey);
      publics.push(await subtle.importKey(format, /** @type {any} */ (out), algorithm, true, ['verify']));
    }
    for (const secret of privates) {
      const signature = await subtle.sign(use, secret, data);
      for (const open of publics) {
        same(await subtle.verify(use, open, signature, data), true);
        same(await subtle.verify(use, open, signature, utf8('another')), false);
        same(await subtle.verify(use, open, new Uint8Array(3), data), false);
      }
    }
    same(pair.publicKey.extractable, true);
    same([pair.privateKey.type, pair.publicKey.type], ['private', 'public']);
    same([pair.privateKey.usages, pair.publicKey.usages], [['sign'], ['verify']]);
  });
}

test('RSA-OAEP opens what it sealed, with the label that it was sealed with', async () => {
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-1',
  };
  const { publicKey, privateKey } = /** @type {any} */ (
    await subtle.generateKey(algorithm, false, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'])
  );
  const sealed = await subtle.encrypt({ name: 'RSA-OAEP', label: utf8('l') }, publicKey, utf8('x'));
  same(hex(await subtle.decrypt({ name: 'RSA-OAEP', label: utf8('l') }, privateKey, sealed)), '78');
  await rejects('OperationError', subtle.decrypt({ name: 'RSA-OAEP' }, privateKey, sealed));
  await rejects('OperationError', subtle.encrypt({ name: 'RSA-OAEP' }, publicKey, new Uint8Array(300)));
  const aes = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  const wrapped = await subtle.wrapKey('raw', /** @type {any} */ (aes), publicKey, 'RSA-OAEP');
  const back = await subtle.unwrapKey('raw', wrapped, privateKey, 'RSA-OAEP', 'AES-GCM', true, [
    'encrypt',
  ]);
  same(back.algorithm, { name: 'AES-GCM', length: 256 });
});

test('ECDH and X25519 give both sides the same', async () => {
  for (const name of ['P-256', 'P-384', 'P-521', 'X25519']) {
    const algorithm = name === 'X25519' ? { name } : { name: 'ECDH', namedCurve: name };
    const make = async () =>
      /** @type {any} */ (await subtle.generateKey(/** @type {any} */ (algorithm), true, ['deriveBits']));
    const [a, b] = [await make(), await make()];
    const derive = (mine, other) =>
      subtle.deriveBits({ name: algorithm.name, public: other.publicKey }, mine.privateKey);
    const secret = await derive(a, b);
    same(hex(await derive(b, a)), hex(secret), name);
    const some = await subtle.deriveBits(
      { name: algorithm.name, public: b.publicKey },
      a.privateKey,
      13,
    );
    same(new Uint8Array(some)[1] & 7, 0);
  }
});

test('DigestStream digests what is written to it', async () => {
  const stream = new /** @type {any} */ (crypto).DigestStream('SHA-256');
  const writer = stream.getWriter();
  await writer.write(utf8('a'));
  await writer.write('b');
  await writer.write(utf8('c').buffer);
  await writer.close();
  same(
    hex(await stream.digest),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  same(stream.bytesWritten, 3n);
  const bad = new /** @type {any} */ (crypto).DigestStream('MD5');
  await rejects(TypeError, bad.getWriter().write(5));
  await rejects(TypeError, bad.digest);
  const left = new /** @type {any} */ (crypto).DigestStream('MD5');
  const over = new Error('over');
  await left.abort(over);
  await rejects(over, left.digest);
  throws('NotSupportedError', () => new /** @type {any} */ (crypto).DigestStream('MD4'));
});

test('timingSafeEqual compares bytes', () => {
  const { timingSafeEqual } = /** @type {any} */ (subtle);
  const equal = (a, b) => timingSafeEqual.call(subtle, a, b);
  same(equal(utf8('abc'), utf8('abc')), true);
  same(equal(utf8('abc').buffer, new DataView(utf8('abd').buffer)), false);
  same(equal(new Uint8Array(0), new Uint8Array(0)), true);
  throws(TypeError, () => equal(utf8('abc'), utf8('ab')));
  throws(TypeError, () => equal('abc', 'abc'));
  throws(TypeError, () => timingSafeEqual.call({}, utf8('a'), utf8('a')));
});
