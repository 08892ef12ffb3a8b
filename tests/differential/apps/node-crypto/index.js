// node:crypto: answers that are the same in each run.

import crypto from 'node:crypto';

import { attemptEach, attempts, caseApp } from '../../case_app.js';

const kKey = Buffer.alloc(32, 1);
const kIv = Buffer.alloc(16, 2);

export default caseApp({
  hashes: () =>
    attemptEach(['md5', 'sha1', 'sha256', 'SHA512', 'sha3-256', 'ripemd160', 'none'], (name) =>
      crypto.createHash(name).update('abc').digest('hex'),
    ),
  hash: () =>
    attempts({
      updates: () =>
        crypto.createHash('sha256').update('a').update(Buffer.from('b')).digest('base64url'),
      copy: () => {
        const one = crypto.createHash('sha1').update('a');
        const two = one.copy();
        return [one.digest('hex'), two.update('b').digest('hex')];
      },
      twice: () => {
        const one = crypto.createHash('sha1');
        one.digest();
        one.digest();
      },
      oneShot: () => crypto.hash('sha256', 'abc'),
      list: () => crypto.getHashes().includes('sha256'),
    }),
  hmac: () =>
    attempts({
      text: () => crypto.createHmac('sha256', 'key').update('data').digest('hex'),
      buffer: () => crypto.createHmac('md5', Buffer.from('k')).update('d').digest(),
      keyObject: () =>
        crypto
          .createHmac('sha1', crypto.createSecretKey(Buffer.from('k')))
          .update('d')
          .digest('hex'),
    }),
  ciphers: () =>
    attempts({
      cbc: () => {
        const one = crypto.createCipheriv('aes-256-cbc', kKey, kIv);
        return one.update('text', 'utf8', 'hex') + one.final('hex');
      },
      back: () => {
        const one = crypto.createDecipheriv('aes-256-cbc', kKey, kIv);
        return one.update('f4bd1e0c8b7e5d5d', 'hex', 'utf8') + one.final('utf8');
      },
      gcm: () => {
        const one = crypto.createCipheriv('aes-256-gcm', kKey, kIv.subarray(0, 12));
        one.setAAD(Buffer.from('aad'));
        const text = one.update('text', 'utf8', 'hex') + one.final('hex');
        return [text, one.getAuthTag()];
      },
      gcmForged: () => {
        const one = crypto.createDecipheriv('aes-256-gcm', kKey, kIv.subarray(0, 12));
        one.setAuthTag(Buffer.alloc(16));
        one.update('00', 'hex');
        one.final();
      },
      unknown: () => crypto.createCipheriv('none', kKey, kIv),
    }),
  derive: () =>
    attempts({
      pbkdf2: () => crypto.pbkdf2Sync('p', 'salt', 1000, 16, 'sha256'),
      scrypt: () => crypto.scryptSync('p', 'salt', 16, { N: 1024 }),
      hkdf: () => crypto.hkdfSync('sha256', 'key', 'salt', 'info', 16),
      called: () =>
        new Promise((resolve) =>
          crypto.pbkdf2('p', 's', 1, 8, 'sha1', (error, key) => resolve([error, key])),
        ),
    }),
  random: () =>
    attempts({
      bytes: () => crypto.randomBytes(8).length,
      int: () => {
        const one = crypto.randomInt(10);
        return one >= 0 && one < 10;
      },
      uuid: () => crypto.randomUUID().length,
      fill: () => crypto.randomFillSync(Buffer.alloc(4)).length,
      called: () =>
        new Promise((resolve) =>
          crypto.randomBytes(4, (error, bytes) => resolve([error, bytes.length])),
        ),
    }),
  equal: () =>
    attempts({
      same: () => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')),
      length: () => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')),
    }),
  keys: () =>
    attempts({
      secret: () => {
        const one = crypto.createSecretKey(Buffer.from('abc'));
        return [
          one.type,
          one.symmetricKeySize,
          one.export().toString(),
          Object.keys(JSON.parse(JSON.stringify(one.export({ format: 'jwk' })))).sort(),
        ];
      },
      ed25519: () => {
        const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
        const made = crypto.sign(null, Buffer.from('x'), privateKey);
        return [
          made.length,
          crypto.verify(null, Buffer.from('x'), publicKey, made),
          publicKey.asymmetricKeyType,
        ];
      },
      ec: () => {
        const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const made = crypto.createSign('sha256').update('x').sign(privateKey);
        return [
          crypto.createVerify('sha256').update('x').verify(publicKey, made),
          publicKey.export({ type: 'spki', format: 'pem' }).split('\n')[0],
        ];
      },
      diffie: () => {
        const [one, two] = [crypto.createECDH('prime256v1'), crypto.createECDH('prime256v1')];
        const [a, b] = [one.generateKeys(), two.generateKeys()];
        return one.computeSecret(b).equals(two.computeSecret(a));
      },
    }),
  web: () => [
    crypto.webcrypto === globalThis.crypto,
    crypto.subtle === globalThis.crypto.subtle,
    typeof crypto.getRandomValues,
  ],
});
