// node:crypto. What is not used is not loaded: hashes, keys, ciphers and signatures are modules.

const { withCode } = require('nano:errors');
const { toBytes } = require('nano:crypto_data');
const { crypto: constants } = require('node:constants');
const { stub } = require('nano:stub');
const random = require('nano:crypto_random');

const { crypto } = globalThis;

/** Functions and classes by the module that has them, which is loaded when one is used. */
const kParts = {
  'nano:crypto_hash': 'Hash Hmac createHash createHmac hash getHashes',
  'nano:crypto_keys':
    'KeyObject createSecretKey createPublicKey createPrivateKey generateKeyPair generateKeyPairSync generateKey generateKeySync',
  'nano:crypto_kdf': 'pbkdf2 pbkdf2Sync scrypt scryptSync hkdf hkdfSync',
  'nano:crypto_cipher':
    'Cipheriv Decipheriv createCipheriv createDecipheriv getCiphers getCipherInfo',
  'nano:crypto_sign':
    'Sign Verify sign verify createSign createVerify publicEncrypt privateDecrypt diffieHellman ECDH createECDH getCurves',
};

const kMissing = [
  'Certificate,DiffieHellman,DiffieHellmanGroup,X509Certificate,checkPrime,checkPrimeSync',
  'createDiffieHellman,createDiffieHellmanGroup,decapsulate,encapsulate,generatePrime',
  'generatePrimeSync,getDiffieHellman,privateEncrypt,publicDecrypt,setEngine,argon2,argon2Sync',
].join();

const exported = {
  ...stub('crypto', 'it is not among what this version has of node:crypto', kMissing),
  ...random,
  constants,
  webcrypto: crypto,
  subtle: crypto.subtle,
  getRandomValues: (array) => crypto.getRandomValues(array),
  randomUUID: () => crypto.randomUUID(),
  pseudoRandomBytes: random.randomBytes,
  prng: random.randomBytes,
  rng: random.randomBytes,
  fips: false,
  getFips: () => 0,
  setFips(fips) {
    if (fips)
      throw withCode(Error, 'ERR_CRYPTO_FIPS_UNAVAILABLE', 'FIPS mode is not available on nano');
  },
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 0 }),
  timingSafeEqual(a, b) {
    const [left, right] = [toBytes(a, 'buf1'), toBytes(b, 'buf2')];
    if (left.byteLength !== right.byteLength) {
      throw withCode(
        RangeError,
        'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
        'Input buffers must have the same byte length',
      );
    }
    return nano.crypto.equal(left, right);
  },
};

for (const [part, names] of Object.entries(kParts)) {
  for (const name of names.split(' ')) {
    if (/^[A-Z]/.test(name)) {
      // A class is itself wherever it is used: an import of it loads its module.
      Object.defineProperty(exported, name, {
        configurable: true,
        enumerable: true,
        get: () => require(part)[name],
      });
      continue;
    }
    const { [name]: call } = { [name]: (...args) => require(part)[name](...args) };
    exported[name] = call;
  }
}
exported.generateKeyPair[Symbol.for('nodejs.util.promisify.custom')] = async (...args) =>
  require('nano:crypto_keys').generateKeyPairSync(...args);

module.exports = exported;
