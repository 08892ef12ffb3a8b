// node:crypto: hashes, random values, keys from passwords, ciphers.

import { builtinModule, ok, rejects, same, sleep, test, throws } from './harness.js';

const crypto = builtinModule('node:crypto');
const { promisify } = builtinModule('node:util');

test('digests by name, in pieces, copied, and as streams', async () => {
  same(crypto.createHash('md5').update('a').digest('hex'), '0cc175b9c0f1b6a831c399e269772661');
  const hash = crypto.createHash('SHA256').update('a');
  const copy = hash.copy();
  same(hash.update(Buffer.from('b')).digest('hex'), crypto.hash('sha256', 'ab'));
  same(copy.digest('base64'), 'ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=');
  throws(Error, () => hash.update('c'), 'Digest already called');
  throws(Error, () => crypto.createHash('sha999'), 'Digest method not supported');
  same(crypto.createHash('RSA-SHA512').update('').digest('hex').slice(0, 8), 'cf83e135');
  const heads = [
    'sha1',
    'sha224',
    'sha384',
    'sha512-256',
    'sha3-256',
    'ripemd160',
    'blake2b512',
    'blake2s256',
  ];
  same(
    heads.map((name) => crypto.hash(name, 'abc').slice(0, 8)),
    [
      ...[
        'a9993e36',
        '23097d22',
        'cb00753f',
        '53048e26',
        '3a985da7',
        '8eb208f7',
        'ba80a53f',
        '508c5e8c',
      ],
    ],
  );
  const { Readable } = builtinModule('node:stream');
  const piped = Readable.from(['a', 'b']).pipe(crypto.createHash('sha256'));
  same((await piped.toArray())[0].toString('hex'), crypto.hash('sha256', 'ab'));
  ok(crypto.getHashes().includes('sha256'));
});

test('HMAC, with keys of any length', () => {
  const hmac = (name, key) => crypto.createHmac(name, key).update('data').digest('base64');
  same(hmac('sha1', 'key'), 'EEFSxb/coHvGM+69RhmfAlXJ9J0=');
  same(hmac('sha3-256', 'key'), 'sQKomZ7HZnaC0TwlDbdcH+iGMryAfZFey3WZN1wqOTo=');
  same(
    crypto.createHmac('sha256', 'k'.repeat(200)).update('x').digest('hex'),
    'a34abd1b081e75091b5f15447fb45ea6a1a7d624c190b880750d5d0f52ca715e',
  );
  same(hmac('sha1', crypto.createSecretKey('key', 'utf8')), hmac('sha1', Buffer.from('key')));
  throws(TypeError, () => crypto.createHmac('sha256'), 'must be');
  throws(Error, () => crypto.createHmac('nope', 'k'), 'Invalid digest');
});

test('random values', async () => {
  same(crypto.randomBytes(100000).length, 100000);
  same((await promisify(crypto.randomBytes)(5)).length, 5);
  ok(!crypto.randomBytes(16).equals(crypto.randomBytes(16)));
  for (let i = 0; i < 50; i++) ok([3, 4].includes(crypto.randomInt(3, 5)));
  throws(RangeError, () => crypto.randomInt(5, 5));
  throws(RangeError, () => crypto.randomBytes(-1));
  const part = crypto.randomFillSync(Buffer.alloc(8), 4);
  same([...part.subarray(0, 4)], [0, 0, 0, 0]);
  ok(/^[0-9a-f-]{36}$/.test(crypto.randomUUID()));
  ok(crypto.webcrypto === globalThis.crypto && crypto.subtle === globalThis.crypto.subtle);
});

test('keys from passwords', async () => {
  same(
    crypto.pbkdf2Sync('p', 's', 1000, 16, 'sha256').toString('hex'),
    '07f5f5e23e40846c35c4c7bbc8244ee2',
  );
  same((await promisify(crypto.pbkdf2)('p', 's', 1, 20, 'sha1')).length, 20);
  same(
    crypto.scryptSync('password', 'NaCl', 32).toString('hex'),
    'a8430d7e581f9ca03c952df506ac66c757899d67a21d71c0f1900bd778ac1d14',
  );
  same((await promisify(crypto.scrypt)('p', 's', 8, { N: 2, r: 1, p: 1 })).length, 8);
  same(
    Buffer.from(crypto.hkdfSync('sha512', 'key', 'salt', 'info', 16)).toString('hex'),
    '24156e2c35525baaf3d0fbb92b734c80',
  );
  throws(TypeError, () => crypto.pbkdf2Sync('p', 's', 1, 8, 'nope'), 'Invalid digest: nope');
  throws(RangeError, () => crypto.pbkdf2Sync('p', 's', 0, 8, 'sha1'));
  throws(RangeError, () => crypto.scryptSync('p', 's', 8, { N: 3 }), 'Invalid scrypt params');
  throws(RangeError, () => crypto.scryptSync('p', 's', 8, { N: 2 ** 20 }), 'memory limit exceeded');
});

test('ciphers take their data in pieces', async () => {
  const key = Buffer.alloc(16, 1);
  const iv = Buffer.alloc(16, 2);
  const encrypt = crypto.createCipheriv('aes-128-cbc', key, iv);
  const text =
    encrypt.update('hello world, ', 'utf8', 'hex') +
    encrypt.update('this is long', 'utf8', 'hex') +
    encrypt.final('hex');
  same(text, '71db388103a663f908aa2453634abde5da65b1de0dccaf39b3ca25acbdc36437');
  const decrypt = crypto.createDecipheriv('AES-128-CBC', key, iv);
  same(decrypt.update(text, 'hex', 'utf8') + decrypt.final('utf8'), 'hello world, this is long');
  const ctr = crypto.createCipheriv('aes-128-ctr', key, iv);
  same(ctr.update('abc').length + ctr.final().length, 3);
  const plain = crypto.createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  same(plain.update(text, 'hex').length + plain.final().length, 32);
  const broken = crypto.createDecipheriv('aes-128-cbc', key, Buffer.alloc(16));
  broken.update(text.slice(0, 30), 'hex');
  throws(Error, () => broken.final());
});

test('authenticated ciphers say when data was changed', () => {
  const key = Buffer.alloc(32, 1);
  const iv = Buffer.alloc(12, 2);
  for (const name of ['aes-256-gcm', 'chacha20-poly1305']) {
    const options = { authTagLength: 16 };
    const encrypt = crypto
      .createCipheriv(name, key, iv, options)
      .setAAD(Buffer.from('aad'), { plaintextLength: 5 });
    const text = Buffer.concat([encrypt.update('hello'), encrypt.final()]);
    const tag = encrypt.getAuthTag();
    const open = (aad) => {
      const decrypt = crypto.createDecipheriv(name, key, iv, options);
      decrypt.setAuthTag(tag);
      decrypt.setAAD(Buffer.from(aad), { plaintextLength: 5 });
      return decrypt.update(text, null, 'utf8') + decrypt.final('utf8');
    };
    same(open('aad'), 'hello');
    throws(Error, () => open('bad'), 'unable to authenticate data');
  }
  same(crypto.createCipheriv('aes-256-gcm', key, iv).update('hello', 'utf8', 'hex'), '6fb3a52525');
});

test('what a cipher is made with is checked', () => {
  throws(Error, () => crypto.createCipheriv('aes-128-xyz', 'k', 'i'), 'Unknown cipher');
  throws(
    RangeError,
    () => crypto.createCipheriv('aes-128-cbc', 'short', Buffer.alloc(16)),
    'Invalid key length',
  );
  throws(
    TypeError,
    () => crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), 'short'),
    'Invalid initialization vector',
  );
  same(crypto.getCipherInfo('aes-256-gcm').keyLength, 32);
  ok(crypto.getCiphers().includes('aes-256-cbc'));
});

test('secrets are compared in constant time', () => {
  ok(crypto.timingSafeEqual(Buffer.from('ab'), Buffer.from('ab')));
  ok(!crypto.timingSafeEqual(Buffer.from('ab'), Buffer.from('ac')));
  throws(
    RangeError,
    () => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')),
    'same byte length',
  );
});

test('callbacks come later, with an error first', async () => {
  let came = false;
  crypto.pbkdf2('p', 's', 1, 8, 'sha1', (error, key) => {
    came = error === null && key.length === 8;
  });
  same(came, false);
  await sleep(1);
  same(came, true);
  await rejects(RangeError, promisify(crypto.scrypt)('p', 's', 8, { N: 3 }));
});

test('an authenticating decipher takes nothing without its whole tag', () => {
  const key = new Uint8Array(32);
  const iv = new Uint8Array(12);
  for (const name of ['aes-256-gcm', 'chacha20-poly1305']) {
    const cipher = crypto.createCipheriv(name, key, iv);
    const text = Buffer.concat([cipher.update('secret'), cipher.final()]);
    const tag = cipher.getAuthTag();
    const none = crypto.createDecipheriv(name, key, iv);
    none.update(text);
    throws(Error, () => none.final());
    const guarded = crypto.createDecipheriv(name, key, iv, { authTagLength: 16 });
    throws(TypeError, () => guarded.setAuthTag(tag.subarray(0, 4)));
    const whole = crypto.createDecipheriv(name, key, iv, { authTagLength: 16 });
    whole.setAuthTag(tag);
    same(Buffer.concat([whole.update(text), whole.final()]).toString(), 'secret');
  }
  throws(TypeError, () =>
    crypto.createDecipheriv('chacha20-poly1305', key, iv).setAuthTag(new Uint8Array(12)),
  );
});
