// crypto: answers that are the same in each run.

import { attempt, attemptEach, attempts, caseApp } from '../../case_app.js';

const { subtle } = crypto;
const kMethods =
  'encrypt decrypt sign verify digest generateKey deriveKey deriveBits importKey exportKey wrapKey unwrapKey timingSafeEqual'.split(
    ' ',
  );
const text = (value) => new TextEncoder().encode(value);
const raw = (algorithm, usages, bytes = new Uint8Array(32).fill(1), extractable = true) =>
  subtle.importKey('raw', bytes, algorithm, extractable, usages);
const jwkEc = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
};
/** Members that are there and undefined are as good as none. */
const defined = (jwk) => JSON.parse(JSON.stringify(jwk));
const facts = ({ type, extractable, algorithm, usages }) => ({
  type,
  extractable,
  algorithm,
  usages,
});

export default caseApp({
  digest: () =>
    attemptEach(
      [
        'SHA-1',
        'sha-256',
        'SHA-384',
        'SHA-512',
        'MD5',
        { name: 'SHA-256' },
        'SHA-224',
        'SHA3-256',
        'none',
      ],
      (name) => subtle.digest(name, text('abc')),
    ),
  digestInput: () =>
    attempts({
      string: () => subtle.digest('SHA-1', 'abc'),
      buffer: () => subtle.digest('SHA-1', new ArrayBuffer(0)),
      none: () => subtle.digest('SHA-1'),
    }),
  hmac: async () =>
    attempts({
      sign: async () =>
        subtle.sign('HMAC', await raw({ name: 'HMAC', hash: 'SHA-256' }, ['sign']), text('data')),
      verify: async () => {
        const key = await raw({ name: 'HMAC', hash: 'SHA-512' }, ['sign', 'verify']);
        return subtle.verify('HMAC', key, await subtle.sign('HMAC', key, text('a')), text('a'));
      },
      length: async () => facts(await raw({ name: 'HMAC', hash: 'SHA-256' }, ['sign'])),
      usage: async () =>
        subtle.verify(
          'HMAC',
          await raw({ name: 'HMAC', hash: 'SHA-256' }, ['sign']),
          new Uint8Array(32),
          text('a'),
        ),
    }),
  aes: async () =>
    attempts({
      gcm: async () =>
        subtle.encrypt(
          { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: text('x') },
          await raw('AES-GCM', ['encrypt']),
          text('data'),
        ),
      gcmTag: async () =>
        subtle.encrypt(
          { name: 'AES-GCM', iv: new Uint8Array(12), tagLength: 96 },
          await raw('AES-GCM', ['encrypt']),
          text('data'),
        ),
      cbc: async () =>
        subtle.encrypt(
          { name: 'AES-CBC', iv: new Uint8Array(16) },
          await raw('AES-CBC', ['encrypt']),
          text('data'),
        ),
      ctr: async () =>
        subtle.encrypt(
          { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 },
          await raw('AES-CTR', ['encrypt']),
          text('data'),
        ),
      kw: async () =>
        subtle.wrapKey(
          'raw',
          await raw('AES-GCM', ['encrypt'], new Uint8Array(16)),
          await raw('AES-KW', ['wrapKey']),
          'AES-KW',
        ),
      broken: async () =>
        subtle.decrypt(
          { name: 'AES-GCM', iv: new Uint8Array(12) },
          await raw('AES-GCM', ['decrypt']),
          new Uint8Array(20),
        ),
      badIv: async () =>
        subtle.encrypt(
          { name: 'AES-CBC', iv: new Uint8Array(5) },
          await raw('AES-CBC', ['encrypt']),
          text('data'),
        ),
      badKey: () => raw('AES-GCM', ['encrypt'], new Uint8Array(5)),
      noUsage: () => raw('AES-GCM', []),
      wrongUsage: () => raw('AES-GCM', ['sign']),
      facts: async () => facts(await raw('aes-gcm', ['decrypt', 'encrypt'])),
      exportJwk: async () =>
        defined(await subtle.exportKey('jwk', await raw('AES-GCM', ['encrypt']))),
      notExtractable: async () =>
        subtle.exportKey('raw', await raw('AES-GCM', ['encrypt'], undefined, false)),
    }),
  derive: async () =>
    attempts({
      pbkdf2: async () =>
        subtle.deriveBits(
          { name: 'PBKDF2', hash: 'SHA-256', salt: text('salt'), iterations: 1000 },
          await raw('PBKDF2', ['deriveBits'], text('password'), false),
          256,
        ),
      hkdf: async () =>
        subtle.deriveBits(
          { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: text('i') },
          await raw('HKDF', ['deriveBits'], text('x'), false),
          256,
        ),
      key: async () =>
        subtle.exportKey(
          'raw',
          await subtle.deriveKey(
            { name: 'HKDF', hash: 'SHA-1', salt: new Uint8Array(4), info: new Uint8Array(0) },
            await raw('HKDF', ['deriveKey'], text('x'), false),
            { name: 'AES-GCM', length: 128 },
            true,
            ['encrypt'],
          ),
        ),
      nullLength: async () =>
        subtle.deriveBits(
          { name: 'PBKDF2', hash: 'SHA-256', salt: text('salt'), iterations: 1 },
          await raw('PBKDF2', ['deriveBits'], text('p'), false),
          null,
        ),
      odd: async () =>
        subtle.deriveBits(
          { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: text('') },
          await raw('HKDF', ['deriveBits'], text('x'), false),
          7,
        ),
      zeroIterations: async () =>
        subtle.deriveBits(
          { name: 'PBKDF2', hash: 'SHA-256', salt: text('salt'), iterations: 0 },
          await raw('PBKDF2', ['deriveBits'], text('p'), false),
          8,
        ),
    }),
  ec: async () =>
    attempts({
      importJwk: async () =>
        facts(
          await subtle.importKey('jwk', jwkEc, { name: 'ECDSA', namedCurve: 'P-256' }, true, [
            'sign',
          ]),
        ),
      spki: async () => {
        const { d, ...open } = jwkEc;
        return subtle.exportKey(
          'spki',
          await subtle.importKey('jwk', open, { name: 'ECDSA', namedCurve: 'P-256' }, true, [
            'verify',
          ]),
        );
      },
      raw: async () => {
        const { d, ...open } = jwkEc;
        return subtle.exportKey(
          'raw',
          await subtle.importKey('jwk', open, { name: 'ECDSA', namedCurve: 'P-256' }, true, [
            'verify',
          ]),
        );
      },
      pkcs8: async () =>
        subtle.exportKey(
          'pkcs8',
          await subtle.importKey('jwk', jwkEc, { name: 'ECDSA', namedCurve: 'P-256' }, true, [
            'sign',
          ]),
        ),
      wrongCurve: () =>
        subtle.importKey('jwk', jwkEc, { name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign']),
      signature: async () => {
        const { privateKey, publicKey } = await subtle.generateKey(
          { name: 'ECDSA', namedCurve: 'P-384' },
          false,
          ['sign', 'verify'],
        );
        const made = await subtle.sign({ name: 'ECDSA', hash: 'SHA-384' }, privateKey, text('a'));
        return [
          made.byteLength,
          await subtle.verify({ name: 'ECDSA', hash: 'SHA-384' }, publicKey, made, text('a')),
          facts(privateKey),
          facts(publicKey),
        ];
      },
      ed25519: async () => {
        const { privateKey, publicKey } = await subtle.generateKey('Ed25519', true, [
          'sign',
          'verify',
        ]);
        const made = await subtle.sign('Ed25519', privateKey, text('a'));
        return [
          made.byteLength,
          await subtle.verify('Ed25519', publicKey, made, text('a')),
          Object.keys(defined(await subtle.exportKey('jwk', privateKey))).sort(),
        ];
      },
      x25519: async () => {
        const one = await subtle.generateKey('X25519', false, ['deriveBits']);
        const two = await subtle.generateKey({ name: 'X25519' }, false, ['deriveBits']);
        const bits = (a, b) =>
          subtle.deriveBits({ name: 'X25519', public: b.publicKey }, a.privateKey, 256);
        const [left, right] = [await bits(one, two), await bits(two, one)];
        return [left.byteLength, new Uint8Array(left).join() === new Uint8Array(right).join()];
      },
      nodeEd: () =>
        subtle
          .generateKey({ name: 'NODE-ED25519', namedCurve: 'NODE-ED25519' }, false, [
            'sign',
            'verify',
          ])
          .then(({ privateKey }) => privateKey.algorithm.name),
    }),
  rsa: async () =>
    attempts({
      sign: async () => {
        const { privateKey, publicKey } = await subtle.generateKey(
          {
            name: 'RSASSA-PKCS1-v1_5',
            modulusLength: 2048,
            publicExponent: new Uint8Array([1, 0, 1]),
            hash: 'SHA-256',
          },
          true,
          ['sign', 'verify'],
        );
        const made = await subtle.sign('RSASSA-PKCS1-v1_5', privateKey, text('a'));
        return [
          made.byteLength,
          await subtle.verify('RSASSA-PKCS1-v1_5', publicKey, made, text('a')),
          facts(publicKey),
          Object.keys(defined(await subtle.exportKey('jwk', publicKey))).sort(),
        ];
      },
      oaep: async () => {
        const { privateKey, publicKey } = await subtle.generateKey(
          {
            name: 'RSA-OAEP',
            modulusLength: 2048,
            publicExponent: new Uint8Array([1, 0, 1]),
            hash: 'SHA-1',
          },
          false,
          ['encrypt', 'decrypt'],
        );
        return subtle.decrypt(
          'RSA-OAEP',
          privateKey,
          await subtle.encrypt('RSA-OAEP', publicKey, text('secret')),
        );
      },
      small: () =>
        subtle.generateKey(
          {
            name: 'RSA-PSS',
            modulusLength: 256,
            publicExponent: new Uint8Array([1, 0, 1]),
            hash: 'SHA-1',
          },
          false,
          ['sign'],
        ),
      badExponent: () =>
        subtle.generateKey(
          {
            name: 'RSA-PSS',
            modulusLength: 2048,
            publicExponent: new Uint8Array([4]),
            hash: 'SHA-1',
          },
          false,
          ['sign'],
        ),
    }),
  random: () =>
    attempts({
      uuid: () =>
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(
          crypto.randomUUID(),
        ),
      same: () => {
        const bytes = new Uint8Array(8);
        return crypto.getRandomValues(bytes) === bytes;
      },
      float: () => crypto.getRandomValues(new Float32Array(1)),
      big: () => crypto.getRandomValues(new BigInt64Array(1)).length,
      large: () => crypto.getRandomValues(new Uint8Array(65537)),
      buffer: () => crypto.getRandomValues(new ArrayBuffer(1)),
      dataView: () => crypto.getRandomValues(new DataView(new ArrayBuffer(1))),
    }),
  equal: () =>
    attempts({
      same: () => subtle.timingSafeEqual(text('abc'), text('abc')),
      other: () => subtle.timingSafeEqual(text('abc'), text('abd')),
      length: () => subtle.timingSafeEqual(text('ab'), text('abc')),
      string: () => subtle.timingSafeEqual('a', 'a'),
      mixed: () => subtle.timingSafeEqual(text('a').buffer, text('a')),
    }),
  digestStream: () =>
    attempts({
      sha: async () => {
        const one = new crypto.DigestStream('SHA-256');
        await new Blob(['abc']).stream().pipeTo(one);
        return one.digest;
      },
      md5: async () => {
        const one = new crypto.DigestStream('MD5');
        const writer = one.getWriter();
        await writer.write(text('abc'));
        await writer.close();
        return one.digest;
      },
      count: async () => {
        const one = new crypto.DigestStream('SHA-1');
        const writer = one.getWriter();
        await writer.write(text('abc'));
        await writer.close();
        return one.bytesWritten;
      },
      unknown: () => new crypto.DigestStream('none'),
      string: async () => {
        const one = new crypto.DigestStream('SHA-1');
        const writer = one.getWriter();
        await writer.write('abc');
        await writer.close();
        return one.digest;
      },
      wrong: async () => {
        const one = new crypto.DigestStream('SHA-1');
        return one.getWriter().write(1);
      },
      instance: () => new crypto.DigestStream('SHA-1') instanceof WritableStream,
    }),
  unknown: () =>
    attempts({
      algorithm: () => subtle.generateKey('none', false, ['sign']),
      format: () => subtle.importKey('none', text('a'), 'HKDF', false, []),
      usage: () => subtle.importKey('raw', text('a'), 'HKDF', false, ['none']),
      jwkBytes: () => subtle.importKey('jwk', text('a'), 'AES-GCM', false, ['encrypt']),
      extractableKdf: () => subtle.importKey('raw', text('a'), 'HKDF', true, ['deriveBits']),
    }),
  shape: () => ({
    subtle: String(subtle),
    crypto: String(crypto),
    methods: kMethods.map((name) => typeof subtle[name]),
    own: ['subtle', 'getRandomValues', 'randomUUID', 'DigestStream'].map(
      (name) => typeof crypto[name],
    ),
  }),
});
