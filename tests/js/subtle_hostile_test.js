// @ts-check
// What crypto.subtle refuses, and by which error: keys that are used for something else, data that is
// no key, buffers that go away, getters that throw, sizes that nobody needs.

import { ok, rejects, same, test, throws } from './harness.js';

const { subtle } = crypto;
const anySubtle = /** @type {any} */ (subtle);
const kHmac = { name: 'HMAC', hash: 'SHA-256' };
const hmacKey = (usages = ['sign', 'verify'], extractable = false) =>
  subtle.importKey('raw', new Uint8Array(32), kHmac, extractable, /** @type {any} */ (usages));
const secret = (name, usages = ['deriveBits'], size = 8) =>
  subtle.importKey('raw', new Uint8Array(size), name, false, /** @type {any} */ (usages));

test('a key gives out what it is for and nothing else', async () => {
  const key = await hmacKey();
  ok(key instanceof CryptoKey);
  same(Reflect.ownKeys(key), []);
  same([key.type, key.extractable], ['secret', false]);
  same(key.algorithm, { name: 'HMAC', hash: { name: 'SHA-256' }, length: 256 });
  ok(key.algorithm === key.algorithm && key.usages === key.usages);
  // Written to what is shown: the key stays what it is.
  /** @type {any} */ (key).usages.length = 0;
  /** @type {any} */ (key).algorithm.name = 'AES-GCM';
  same((await subtle.sign('HMAC', key, new Uint8Array(1))).byteLength, 32);
  await rejects('InvalidAccessError', subtle.exportKey('raw', key));
  throws(TypeError, () => new CryptoKey());
  throws(TypeError, () => Object.create(CryptoKey.prototype).type);
  throws(TypeError, () => new SubtleCrypto());
});

test('a key is cloned, alone or inside of a value, and the clone works', async () => {
  const key = await hmacKey();
  const copy = structuredClone(key);
  ok(copy !== key && copy instanceof CryptoKey);
  same(await subtle.sign('HMAC', copy, new Uint8Array(1)), await subtle.sign('HMAC', key, new Uint8Array(1)));
  const inside = structuredClone({ key }).key;
  ok(inside !== key && inside instanceof CryptoKey && !inside.extractable);
  same((await subtle.sign('HMAC', inside, new Uint8Array(1))).byteLength, 32);
});

test('operations reject where they are called wrongly, and never throw', async () => {
  const wrong = [
    () => anySubtle.digest(),
    () => anySubtle.digest.call({}, 'SHA-1', new Uint8Array(1)),
    () => anySubtle.digest('SHA-1', 'text'),
    () => anySubtle.digest('SHA-1', new ArrayBuffer(1, { maxByteLength: 2 })),
    () => anySubtle.sign('HMAC', {}, new Uint8Array(1)),
    () => anySubtle.importKey('raw', {}, kHmac, false, ['sign']),
    () => anySubtle.importKey('jwk', new Uint8Array(1), kHmac, false, ['sign']),
    () => anySubtle.importKey('der', new Uint8Array(1), kHmac, false, ['sign']),
    () => anySubtle.importKey('raw', new Uint8Array(1), kHmac, false, ['sing']),
    () => anySubtle.importKey('raw', new Uint8Array(1), kHmac, false, 5),
    () => anySubtle.importKey('raw', new Uint8Array(1), { name: 'HMAC' }, false, ['sign']),
    () => anySubtle.generateKey({ ...kHmac, length: -1 }, false, ['sign']),
    () => anySubtle.generateKey({ name: 'AES-GCM', length: Symbol() }, false, ['encrypt']),
    () => anySubtle.generateKey({}, false, ['sign']),
  ];
  for (const call of wrong) await rejects(TypeError, call(), String(undefined).slice(9));
  const mine = new RangeError('mine');
  const getter = {
    get name() {
      throw mine;
    },
  };
  await rejects(mine, anySubtle.digest(getter, new Uint8Array(1)));
  await rejects(mine, anySubtle.generateKey({ name: 'HMAC', hash: getter }, false, ['sign']));
});

test('unknown algorithms are NotSupportedError', async () => {
  for (const name of ['MD4', 'toString', '__proto__', '', 'SHA-256\u0000']) {
    await rejects('NotSupportedError', subtle.digest(name, new Uint8Array(1)));
  }
  await rejects('NotSupportedError', anySubtle.generateKey('constructor', false, ['sign']));
  await rejects('NotSupportedError', anySubtle.sign(null, await hmacKey(), new Uint8Array(1)));
  await rejects(
    'NotSupportedError',
    subtle.importKey('raw', new Uint8Array(8), { name: 'HMAC', hash: 'MD5' }, false, ['sign']),
  );
});

test('a key is used for what it was made for only', async () => {
  const data = new Uint8Array(16);
  await rejects('InvalidAccessError', subtle.sign('HMAC', await hmacKey(['verify']), data));
  await rejects('InvalidAccessError', subtle.sign('Ed25519', await hmacKey(), data));
  const iv = new Uint8Array(16);
  const cbc = await subtle.importKey('raw', data, 'AES-CBC', false, ['encrypt']);
  await rejects('InvalidAccessError', subtle.encrypt({ name: 'AES-GCM', iv }, cbc, data));
  await rejects('InvalidAccessError', subtle.decrypt({ name: 'AES-CBC', iv }, cbc, data));
  await rejects('SyntaxError', hmacKey(['encrypt']));
  await rejects('SyntaxError', hmacKey([]));
  await rejects('SyntaxError', subtle.importKey('raw', data, 'HKDF', true, ['deriveBits']));
  const ec = { name: 'ECDH', namedCurve: 'P-256' };
  const pair = /** @type {any} */ (await subtle.generateKey(ec, false, ['deriveBits']));
  const other = /** @type {any} */ (
    await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-384' }, false, ['deriveBits'])
  );
  const derive = (key, mine = pair.privateKey) =>
    subtle.deriveBits({ name: 'ECDH', public: key }, mine, 8);
  await rejects('InvalidAccessError', derive(other.publicKey));
  await rejects('InvalidAccessError', derive(pair.privateKey));
  await rejects('InvalidAccessError', derive(pair.publicKey, pair.publicKey));
  await rejects('InvalidAccessError', subtle.exportKey('pkcs8', pair.publicKey));
  await rejects('InvalidAccessError', subtle.exportKey('pkcs8', pair.privateKey));
});

test('the public half gives out nothing of the private one', async () => {
  const pair = /** @type {any} */ (
    await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  );
  const jwk = /** @type {any} */ (await subtle.exportKey('jwk', pair.publicKey));
  same(jwk.d, undefined);
  await rejects('InvalidAccessError', subtle.exportKey('jwk', pair.privateKey));
  await rejects('InvalidAccessError', subtle.exportKey('spki', pair.privateKey));
  await rejects('InvalidAccessError', subtle.exportKey('pkcs8', pair.publicKey));
});

test('what is no key is DataError', async () => {
  const junk = [new Uint8Array(0), new Uint8Array(100), crypto.getRandomValues(new Uint8Array(64))];
  const large = new Uint8Array(1 << 20).fill(0x30);
  for (const data of [...junk, large]) {
    for (const format of /** @type {any[]} */ (['spki', 'pkcs8'])) {
      const usages = [format === 'spki' ? 'verify' : 'sign'];
      for (const algorithm of [
        { name: 'RSA-PSS', hash: 'SHA-1' },
        { name: 'ECDSA', namedCurve: 'P-256' },
        { name: 'Ed25519' },
      ]) {
        await rejects(
          'DataError',
          subtle.importKey(format, data, /** @type {any} */ (algorithm), true, /** @type {any} */ (usages)),
        );
      }
    }
    const ec = { name: 'ECDSA', namedCurve: 'P-256' };
    await rejects('DataError', subtle.importKey('raw', data, ec, true, ['verify']));
  }
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
  const offCurve = new Uint8Array(65).fill(1);
  offCurve[0] = 4;
  await rejects('DataError', subtle.importKey('raw', offCurve, ecdsa, true, ['verify']));
  await rejects('DataError', subtle.importKey('raw', new Uint8Array([0]), ecdsa, true, ['verify']));
});

test('keys of algorithms that nobody asked for are not decoded', async () => {
  // A DSA key of p = 23, q = 11, g = 4 and x = 3, and one whose p alone has 7000 bytes: OpenSSL would work
  // out the public half of the latter for seconds.
  const name = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
  const element = (type, content) =>
    content.length < 128
      ? [type, content.length, ...content]
      : [type, 0x82, content.length >> 8, content.length & 255, ...content];
  const dsa = (p, x) => {
    const numbers = element(0x30, [...element(2, p), 2, 1, 11, 2, 1, 4]);
    const algorithm = element(0x30, [...name, ...numbers]);
    return new Uint8Array(element(0x30, [2, 1, 0, ...algorithm, ...element(4, element(2, x))]));
  };
  const large = [0, ...new Uint8Array(7000).fill(255)];
  for (const data of [dsa([23], [3]), dsa(large, [3]), dsa(large, large)]) {
    for (const algorithm of [
      { name: 'RSA-PSS', hash: 'SHA-256' },
      { name: 'ECDSA', namedCurve: 'P-256' },
      { name: 'Ed25519' },
    ]) {
      await rejects('DataError', subtle.importKey('pkcs8', data, algorithm, false, ['sign']));
    }
  }
});

test('RSA keys of odd shapes are refused', async () => {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const text = (size, fill) =>
    btoa(String.fromCharCode(...new Uint8Array(size).fill(fill)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
  const parts = ['d', 'p', 'q', 'dp', 'dq', 'qi'];
  const jwk = (n, e = 'AQAB') => ({ kty: 'RSA', n, e });
  for (const n of ['', 'AA', text(64, 255), text(1025, 255), text(3000, 255)]) {
    await rejects('DataError', subtle.importKey('jwk', jwk(n), rsa, true, ['verify']));
  }
  await rejects('DataError', subtle.importKey('jwk', { kty: 'RSA', n: text(256, 255) }, rsa, true, ['verify']));
  for (const fill of [0, 1, 2, 255]) {
    const whole = /** @type {any} */ (jwk(text(128, 255)));
    for (const name of parts) whole[name] = text(64, fill);
    await rejects('DataError', subtle.importKey('jwk', whole, rsa, true, ['sign']));
  }
  const generate = (modulusLength, publicExponent) =>
    subtle.generateKey({ ...rsa, modulusLength, publicExponent }, false, ['sign']);
  const e = new Uint8Array([1, 0, 1]);
  for (const bits of [0, 512, 1023, 4097, 16384, 0xffffffff]) {
    await rejects('OperationError', generate(bits, e));
  }
  for (const bad of [[], [0], [1], [2], [4], [255, 255, 255, 255, 255]]) {
    await rejects('OperationError', generate(1024, new Uint8Array(bad)));
  }
  await rejects(TypeError, generate(2048, /** @type {any} */ ([1, 0, 1])));
});

test('signatures with points of small order are none', async () => {
  const one = new Uint8Array(32);
  one[0] = 1;
  const key = await subtle.importKey('raw', one, 'Ed25519', false, ['verify']);
  // The neutral element is its own multiple: this fits to every message.
  const signature = new Uint8Array(64);
  signature[0] = 1;
  same(await subtle.verify('Ed25519', key, signature, new Uint8Array(9)), false);
});

test('JSON Web Keys have to fit', async () => {
  const good = { kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAA' };
  const load = (more) => subtle.importKey('jwk', { ...good, ...more }, 'AES-CBC', true, ['encrypt']);
  same((await load({})).type, 'secret');
  const bad = [
    { kty: 'RSA' },
    { k: 'AA' },
    { k: 'AAAA+AAAAAAAAAAAAAAAAA' },
    { k: undefined },
    { alg: 'A256CBC' },
    { use: 'sig' },
    { key_ops: ['decrypt'] },
    { key_ops: ['encrypt', 'encrypt'] },
    { ext: false },
  ];
  for (const more of bad) await rejects('DataError', load(more));
  await rejects(TypeError, load({ key_ops: 5 }));
});

test('data is as it was when the call was made', async () => {
  const data = new Uint8Array([1, 2, 3]);
  const before = await subtle.digest('SHA-1', data);
  const promise = subtle.digest('SHA-1', data);
  data.fill(9);
  same(await promise, before);
});

test('buffers that go away while parameters are read count as empty', async () => {
  const iv = new Uint8Array(16);
  const data = new Uint8Array(64);
  const key = await subtle.generateKey({ name: 'AES-CBC', length: 128 }, false, ['encrypt']);
  const params = {
    name: 'AES-CBC',
    get iv() {
      data.buffer.transfer();
      return iv;
    },
  };
  same((await subtle.encrypt(params, /** @type {any} */ (key), data)).byteLength, 16);
  iv.buffer.transfer();
  await rejects('OperationError', subtle.encrypt({ name: 'AES-CBC', iv }, /** @type {any} */ (key), iv));
  const gone = new DataView(new ArrayBuffer(8));
  gone.buffer.transfer();
  same((await subtle.digest('MD5', gone)).byteLength, 16);
});

test('sizes that nobody needs are refused', async () => {
  await rejects('OperationError', subtle.generateKey({ ...kHmac, length: 2 ** 32 - 1 }, false, ['sign']));
  await rejects('DataError', secret('PBKDF2', ['deriveBits'], (1 << 20) + 1));
  const hkdf = await secret('HKDF');
  const params = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(1), info: new Uint8Array(1) };
  await rejects('OperationError', subtle.deriveBits(params, hkdf, 2 ** 31));
  await rejects('OperationError', subtle.deriveBits(params, hkdf, 255 * 256 + 8));
  same((await subtle.deriveBits(params, hkdf, 255 * 256)).byteLength, 255 * 32);
  await rejects(
    'OperationError',
    subtle.deriveBits({ ...params, info: new Uint8Array(1 << 20) }, hkdf, 8),
  );
});

test('wrapped keys that are no keys are DataError', async () => {
  const wrapper = /** @type {any} */ (
    await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, [
      'encrypt',
      'wrapKey',
      'unwrapKey',
    ])
  );
  const params = { name: 'AES-GCM', iv: new Uint8Array(12) };
  for (const text of ['', '5', 'null', '{}', '{"kty":5}', '{"kty":"oct","k":{}}', '\uFFFF{']) {
    const sealed = await subtle.encrypt(params, wrapper, new TextEncoder().encode(text));
    await rejects(
      'DataError',
      subtle.unwrapKey('jwk', sealed, wrapper, params, 'AES-CBC', true, ['encrypt']),
    );
  }
  await rejects(
    'OperationError',
    subtle.unwrapKey('jwk', new Uint8Array(40), wrapper, params, 'AES-CBC', true, ['encrypt']),
  );
});
