// jsonwebtoken: CommonJS over node:crypto, Buffer and streams.

import jwt from 'jsonwebtoken';

const kSecret = 'a secret of the test';
const kKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2
OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r
1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G
-----END PRIVATE KEY-----`;
const kPublicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----`;

const attempt = (run) => {
  try {
    return run();
  } catch ({ name, message }) {
    return { name, message };
  }
};

export default {
  async fetch() {
    const token = jwt.sign({ sub: 'anna', iat: 1_700_000_000 }, kSecret, { algorithm: 'HS384' });
    const signed = attempt(() => jwt.sign({ iat: 1 }, kKey, { algorithm: 'ES256' }));
    return Response.json({
      token,
      decoded: jwt.decode(token, { complete: true }),
      verified: attempt(() => jwt.verify(token, kSecret)),
      forged: attempt(() => jwt.verify(`${token}x`, kSecret)),
      expired: attempt(() => jwt.verify(jwt.sign({ exp: 1000 }, kSecret), kSecret)),
      es256: typeof signed === 'string' ? attempt(() => jwt.verify(signed, kPublicKey)) : signed,
      none: attempt(() => jwt.verify(jwt.sign({}, null, { algorithm: 'none' }), kSecret)),
      called: await new Promise((resolve) =>
        jwt.sign({ iat: 1 }, kSecret, (_, made) => resolve(made)),
      ),
    });
  },
};
