// jose: tokens signed and encrypted by every family of algorithms, keys in every form.

import * as jose from 'jose';

const encode = (text) => new TextEncoder().encode(text);
const kClaims = { sub: 'anna', n: 1 };

/** Signs with the one half and verifies with the other. */
async function signAndVerify(alg, privateKey, publicKey) {
  const token = await new jose.SignJWT(kClaims)
    .setProtectedHeader({ alg, typ: 'JWT' })
    .setIssuedAt(1_700_000_000)
    .setIssuer('nano')
    .setAudience('test')
    .sign(privateKey);
  const { payload, protectedHeader } = await jose.jwtVerify(token, publicKey, {
    issuer: 'nano',
    audience: 'test',
  });
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  const refused = await jose.jwtVerify(forged, publicKey).catch((error) => error.code);
  return { payload, protectedHeader, refused, length: token.length };
}

async function encryptAndDecrypt(alg, enc, encryptionKey, decryptionKey) {
  const token = await new jose.EncryptJWT(kClaims)
    .setProtectedHeader({ alg, enc })
    .encrypt(encryptionKey);
  const { payload, protectedHeader } = await jose.jwtDecrypt(token, decryptionKey, {
    keyManagementAlgorithms: [alg],
    maxPBES2Count: 5000,
  });
  delete protectedHeader.epk;
  const varying = ['iv', 'tag', 'p2s'].filter((name) => name in protectedHeader);
  for (const name of varying) delete protectedHeader[name];
  return { payload, protectedHeader, varying, parts: token.split('.').length };
}

const routes = {
  '/sign/HS256': () => {
    const key = encode('a secret that is long enough to be one');
    return signAndVerify('HS256', key, key);
  },
  '/token/HS512': () =>
    new jose.SignJWT(kClaims).setProtectedHeader({ alg: 'HS512' }).sign(new Uint8Array(64).fill(7)),
  '/jwk': async () => {
    const { privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
    const jwk = await jose.exportJWK(privateKey);
    const pem = await jose.exportPKCS8(privateKey);
    const again = await jose.importPKCS8(pem, 'ES256', { extractable: true });
    const same = (await jose.exportJWK(again)).d === jwk.d;
    return {
      members: Object.keys(jwk).sort(),
      kty: jwk.kty,
      crv: jwk.crv,
      same,
      pem: pem.split('\n')[0],
    };
  },
  '/thumbprint': () =>
    jose.calculateJwkThumbprint({
      kty: 'RSA',
      e: 'AQAB',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    }),
  '/jwks': async () => {
    const pairs = await Promise.all(
      ['ES256', 'Ed25519'].map((alg) => jose.generateKeyPair(alg, { extractable: true })),
    );
    const keys = await Promise.all(
      pairs.map(async ({ publicKey }, i) => ({
        ...(await jose.exportJWK(publicKey)),
        kid: String(i),
      })),
    );
    const set = jose.createLocalJWKSet({ keys });
    const token = await new jose.SignJWT({})
      .setProtectedHeader({ alg: 'Ed25519', kid: '1' })
      .sign(pairs[1].privateKey);
    const { protectedHeader } = await jose.jwtVerify(token, set);
    return protectedHeader;
  },
  '/expired': async () => {
    const key = encode('a secret that is long enough to be one');
    const token = await new jose.SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(1000)
      .sign(key);
    return jose.jwtVerify(token, key).catch(({ code, claim, reason }) => ({ code, claim, reason }));
  },
  '/general': async () => {
    const pair = await jose.generateKeyPair('ES384');
    const jws = await new jose.GeneralSign(encode('text'))
      .addSignature(pair.privateKey)
      .setProtectedHeader({ alg: 'ES384', b64: true })
      .addSignature(new Uint8Array(32).fill(1))
      .setProtectedHeader({ alg: 'HS256' })
      .sign();
    const { payload } = await jose.generalVerify(jws, pair.publicKey);
    return { text: new TextDecoder().decode(payload), signatures: jws.signatures.length };
  },
  '/compressed': async () => {
    const key = new Uint8Array(32).fill(2);
    const token = await new jose.CompactEncrypt(encode('x'.repeat(1000)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })
      .encrypt(key);
    const { plaintext } = await jose.compactDecrypt(token, key);
    return { length: plaintext.length, short: token.length < 400 };
  },
};

for (const alg of ['ES256', 'ES384', 'ES512', 'Ed25519', 'RS256', 'PS384'])
  routes[`/sign/${alg}`] = async () => {
    const { privateKey, publicKey } = await jose.generateKeyPair(alg);
    return signAndVerify(alg, privateKey, publicKey);
  };
for (const alg of ['ECDH-ES', 'ECDH-ES+A128KW', 'RSA-OAEP-256'])
  routes[`/encrypt/${alg}`] = async () => {
    const { privateKey, publicKey } = await jose.generateKeyPair(alg);
    return encryptAndDecrypt(alg, 'A256GCM', publicKey, privateKey);
  };
for (const [alg, enc, size] of [
  ['dir', 'A256GCM', 32],
  ['dir', 'A128CBC-HS256', 32],
  ['A256KW', 'A256CBC-HS512', 32],
  ['A128GCMKW', 'A128GCM', 16],
  ['PBES2-HS256+A128KW', 'A128GCM', 12],
])
  routes[`/encrypt/${alg}/${enc}`] = () => {
    const key = new Uint8Array(size).fill(9);
    return encryptAndDecrypt(alg, enc, key, key);
  };

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/') return Response.json(Object.keys(routes));
    return Response.json(await routes[pathname]());
  },
};
