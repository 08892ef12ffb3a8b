// node:crypto: keys in every form, signatures, agreeing on a secret.

import { builtinModule, ok, same, test, throws } from './harness.js';

const crypto = builtinModule('node:crypto');
const message = Buffer.from('message');

const makeRsa = () => crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });

test('RSA keys go out and come back in every form', () => {
  const { publicKey, privateKey } = makeRsa();
  same(
    [publicKey.type, privateKey.type, privateKey.asymmetricKeyType],
    ['public', 'private', 'rsa'],
  );
  same(publicKey.asymmetricKeyDetails, { modulusLength: 1024, publicExponent: 65537n });
  for (const type of ['pkcs1', 'pkcs8']) {
    const pem = privateKey.export({ type, format: 'pem' });
    ok(crypto.createPrivateKey(pem).equals(privateKey), type);
    const der = privateKey.export({ type, format: 'der' });
    ok(crypto.createPrivateKey({ key: der, format: 'der', type }).equals(privateKey), type);
  }
  for (const type of ['pkcs1', 'spki']) {
    const pem = publicKey.export({ type, format: 'pem' });
    ok(crypto.createPublicKey(pem).equals(publicKey), type);
  }
  ok(crypto.createPublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).equals(publicKey));
  ok(crypto.createPublicKey(privateKey).equals(publicKey));
  const jwk = privateKey.export({ format: 'jwk' });
  same([jwk.kty, jwk.e], ['RSA', 'AQAB']);
  ok(crypto.createPrivateKey({ key: jwk, format: 'jwk' }).equals(privateKey));
  ok(crypto.createPublicKey({ key: jwk, format: 'jwk' }).equals(publicKey));
});

test('EC keys do as well', () => {
  for (const namedCurve of ['prime256v1', 'P-384', 'secp521r1']) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve });
    for (const type of ['sec1', 'pkcs8']) {
      ok(
        crypto.createPrivateKey(privateKey.export({ type, format: 'pem' })).equals(privateKey),
        type,
      );
    }
    const jwk = privateKey.export({ format: 'jwk' });
    ok(crypto.createPrivateKey({ key: jwk, format: 'jwk' }).equals(privateKey));
    ok(crypto.createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).equals(publicKey));
    const { d, ...open } = jwk;
    ok(d.length > 40 && crypto.createPublicKey({ key: open, format: 'jwk' }).equals(publicKey));
  }
});

test('RSA signs with both paddings', () => {
  const { publicKey, privateKey } = makeRsa();
  const signed = crypto
    .createSign('RSA-SHA256')
    .update('mess')
    .update('age')
    .sign(privateKey, 'base64');
  ok(crypto.createVerify('SHA256').update(message).verify(publicKey, signed, 'base64'));
  ok(!crypto.createVerify('SHA256').update('other').verify(publicKey, signed, 'base64'));
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = crypto.constants;
  const pss = crypto.sign('sha256', message, { key: privateKey, padding, saltLength });
  ok(crypto.verify('sha256', message, { key: publicKey, padding, saltLength }, pss));
  ok(crypto.verify('sha256', message, { key: publicKey, padding }, pss));
  ok(!crypto.verify('sha256', message, publicKey, pss));
});

test('ECDSA signatures come as DER, or as r and s', () => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = crypto.sign('sha256', message, privateKey);
  same(signed[0], 0x30);
  ok(crypto.verify('sha256', message, publicKey, signed));
  const plain = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  const joined = crypto.sign('sha256', message, plain);
  same(joined.length, 64);
  ok(crypto.verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, joined));
  ok(!crypto.verify('sha256', message, publicKey, Buffer.from('no DER')));
});

test('Ed25519 signs without a digest', () => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const signed = crypto.sign(null, message, privateKey);
  same(signed.length, 64);
  ok(
    crypto.verify(null, message, publicKey, signed) &&
      !crypto.verify(null, Buffer.from('x'), publicKey, signed),
  );
  same(
    [publicKey.asymmetricKeyType, privateKey.export({ format: 'jwk' }).crv],
    ['ed25519', 'Ed25519'],
  );
});

test('both ends agree on a secret', () => {
  const a = crypto.createECDH('prime256v1');
  const b = crypto.createECDH('prime256v1');
  a.generateKeys();
  const open = b.generateKeys('hex');
  same(a.computeSecret(open, 'hex', 'hex'), b.computeSecret(a.getPublicKey(), null, 'hex'));
  const x = crypto.generateKeyPairSync('x25519');
  const y = crypto.generateKeyPairSync('x25519');
  const secret = crypto.diffieHellman({ privateKey: x.privateKey, publicKey: y.publicKey });
  ok(secret.equals(crypto.diffieHellman({ privateKey: y.privateKey, publicKey: x.publicKey })));
});

test('RSA encrypts with OAEP', () => {
  const { publicKey, privateKey } = makeRsa();
  same(
    crypto.privateDecrypt(privateKey, crypto.publicEncrypt(publicKey, message)).toString(),
    'message',
  );
  const options = { oaepHash: 'sha256', oaepLabel: Buffer.from('l') };
  const secret = crypto.publicEncrypt({ key: publicKey, ...options }, message);
  same(crypto.privateDecrypt({ key: privateKey, ...options }, secret).toString(), 'message');
  throws(Error, () => crypto.privateDecrypt(privateKey, secret));
});

test('the key of a certificate can be used', () => {
  const certificate = `-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIUer7bmEIa8mDHyBGyof8EB2M+J3MwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjgxMDM1MjhaGA8yMTI2MTEwNDEwMzUyOFow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABD6Iwleq7OZB
zwEZMJfIShzpDvTIF5WZLJlurNxMiW0usQYThQ61AUtqIKd8gXWI79420u2cbEWS
K71GHqKn7Q6jUzBRMB0GA1UdDgQWBBRk16MjQ9RDoGttrPJgeHPz0XEw+TAfBgNV
HSMEGDAWgBRk16MjQ9RDoGttrPJgeHPz0XEw+TAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCID5D+VmhNR6ezzUDNQDmzPbtJ1jgPZi1G7kv5xRPh73y
AiBVT9OEzSmhU7PbSW8Qk3gMkDw2ZK1qBe5H8I/fx2jeTQ==
-----END CERTIFICATE-----`;
  same(crypto.createPublicKey(certificate).asymmetricKeyDetails, { namedCurve: 'prime256v1' });
});

test('what is no key is refused', () => {
  throws(Error, () =>
    crypto.createPrivateKey('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
  );
  throws(Error, () => crypto.createPublicKey('nothing'));
  throws(TypeError, () =>
    crypto.createPrivateKey({ key: { kty: 'EC', crv: 'P-256' }, format: 'jwk' }),
  );
  throws(TypeError, () =>
    crypto.createSign('sha256').update('x').sign(crypto.createSecretKey(message)),
  );
  throws(TypeError, () => new crypto.KeyObject());
  same(crypto.createSecretKey(message).export().toString(), 'message');
});
