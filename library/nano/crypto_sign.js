// Signatures, RSA's encryption, and agreeing on a secret.

const { check, invalidArgType, invalidArgValue, notAvailable, withCode } = require('nano:errors');
const { toBytes, giveBytes, later, failed, digestName } = require('nano:crypto_data');
const { joinSignature, splitSignature } = require('nano:der');
const { KeyObject, isKeyObject, kCurveOf, privateKeyOf, publicKeyOf } = require('nano:crypto_keys');

const { keys } = nano.crypto;
const kPkcs1 = 1;
const kNoPadding = 3;
const kOaep = 4;
const kPss = 6;
const kSaltDigest = -1;
const kSaltAuto = -2;

/** The host's numbers of the digests that sign. */
const kDigests = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512'];
const kDigestBytes = [16, 20, 32, 48, 64, 32, 48, 64];
const kFieldBytes = { __proto__: null, 'P-256': 32, 'P-384': 48, 'P-521': 66 };

function digestNumber(name) {
  check.string(name, 'algorithm');
  const number = kDigests.indexOf(digestName(name));
  if (number === -1) throw withCode(Error, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
  return number;
}

/** undefined for the padding of PKCS #1 v1.5. */
function saltBytes(options, hash, key, isSigning) {
  const padding = options.padding ?? kPkcs1;
  if (padding === kPkcs1) return undefined;
  if (padding !== kPss) throw invalidArgValue('options.padding', padding);
  const length = options.saltLength ?? kSaltAuto;
  if (length === kSaltDigest) return kDigestBytes[hash];
  if (length !== kSaltAuto) return length;
  const largest = Math.ceil((key.bits() - 1) / 8) - kDigestBytes[hash] - 2;
  // To verify, any length is to fit, and the host is told one: the usual two are tried.
  return isSigning ? largest : [kDigestBytes[hash], largest];
}

const optionsOf = (key) =>
  typeof key === 'object' && key !== null && !isKeyObject(key) && !ArrayBuffer.isView(key)
    ? key
    : {};
const isEdwards = ({ kind }) => kind === 'Ed25519' || kind === 'Ed448';

function signBytes(algorithm, data, given) {
  const key = privateKeyOf(given);
  const options = optionsOf(given);
  let signature;
  if (isEdwards(key)) {
    signature = key.signEdwards(data);
  } else {
    const hash = digestNumber(algorithm ?? 'sha256');
    if (key.kind === 'RSA') {
      signature = key.signRsa(hash, saltBytes(options, hash, key, true), data);
    } else {
      const joined = key.signEcdsa(hash, data);
      const isPlain = options.dsaEncoding === 'ieee-p1363';
      signature = joined === undefined || isPlain ? joined : splitSignature(joined);
    }
  }
  if (signature === undefined) throw failed('Signing');
  return signature;
}

function verifyBytes(algorithm, data, given, signature) {
  const key = publicKeyOf(given);
  const options = optionsOf(given);
  if (isEdwards(key)) return key.verifyEdwards(signature, data) === true;
  const hash = digestNumber(algorithm ?? 'sha256');
  if (key.kind === 'RSA') {
    const salts = saltBytes(options, hash, key, false);
    return (Array.isArray(salts) ? salts : [salts]).some(
      (salt) => key.verifyRsa(hash, salt, signature, data) === true,
    );
  }
  const isPlain = options.dsaEncoding === 'ieee-p1363';
  const joined = isPlain ? signature : joinSignature(signature, kFieldBytes[key.kind]);
  return joined !== undefined && key.verifyEcdsa(hash, joined, data) === true;
}

/** Collects what is signed: the host hashes it in one go. */
class Collector {
  #algorithm;
  #parts = [];

  constructor(algorithm) {
    digestNumber(algorithm);
    this.#algorithm = algorithm;
  }

  get algorithm() {
    return this.#algorithm;
  }

  update(data, encoding) {
    this.#parts.push(Buffer.from(toBytes(data, 'data', encoding)));
    return this;
  }

  write(data, encoding) {
    this.update(data, typeof encoding === 'string' ? encoding : undefined);
    return true;
  }

  end(data, encoding) {
    if (data !== undefined) this.write(data, encoding);
    return this;
  }

  all() {
    return Buffer.concat(this.#parts);
  }
}

class Sign extends Collector {
  sign(key, encoding) {
    if (!key) throw withCode(Error, 'ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign');
    return giveBytes(signBytes(this.algorithm, this.all(), key), encoding);
  }
}

class Verify extends Collector {
  verify(key, signature, encoding) {
    return verifyBytes(this.algorithm, this.all(), key, toBytes(signature, 'signature', encoding));
  }
}

function sign(algorithm, data, key, callback) {
  const work = () => giveBytes(signBytes(algorithm, toBytes(data, 'data'), key));
  if (callback === undefined) return work();
  return void later(() => [work()], callback);
}

function verify(algorithm, data, key, signature, callback) {
  const work = () =>
    verifyBytes(algorithm, toBytes(data, 'data'), key, toBytes(signature, 'signature'));
  if (callback === undefined) return work();
  return void later(() => [work()], callback);
}

function oaep(encrypts, given, data) {
  const key = encrypts ? publicKeyOf(given) : privateKeyOf(given);
  const options = optionsOf(given);
  const padding = options.padding ?? kOaep;
  if (padding === kPkcs1 || padding === kNoPadding)
    throw notAvailable('node:crypto: this padding', 'encrypt with RSA_PKCS1_OAEP_PADDING');
  if (padding !== kOaep) throw invalidArgValue('options.padding', padding);
  const label =
    options.oaepLabel === undefined
      ? new Uint8Array(0)
      : toBytes(options.oaepLabel, 'options.oaepLabel');
  const result = key.oaep(
    encrypts,
    digestNumber(options.oaepHash ?? 'sha1'),
    label,
    toBytes(data, 'buffer', options.encoding),
  );
  if (result === undefined)
    throw withCode(
      Error,
      'ERR_OSSL_RSA_OAEP_DECODING_ERROR',
      `error:02000079:rsa routines::oaep ${encrypts ? 'encoding' : 'decoding'} error`,
    );
  return giveBytes(result);
}

function diffieHellman({ privateKey, publicKey }) {
  for (const [name, key] of Object.entries({ privateKey, publicKey })) {
    if (!isKeyObject(key)) throw invalidArgType(`options.${name}`, 'KeyObject', key);
  }
  const secret = privateKeyOf(privateKey).agree(KeyObject.keyOf(publicKey));
  if (secret === undefined)
    throw withCode(
      Error,
      'ERR_CRYPTO_INCOMPATIBLE_KEY',
      'Incompatible key types for Diffie-Hellman',
    );
  return giveBytes(secret);
}

const point = (bytes, encoding) => giveBytes(bytes, encoding);

class ECDH {
  #curve;
  #key;

  constructor(name) {
    check.string(name, 'curve');
    this.#curve = kCurveOf[name];
    if (this.#curve === undefined)
      throw withCode(TypeError, 'ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');
  }

  #own() {
    if (this.#key === undefined)
      throw withCode(
        Error,
        'ERR_CRYPTO_ECDH_INVALID_KEY',
        'There is no key yet: call generateKeys()',
      );
    return this.#key;
  }

  generateKeys(encoding) {
    this.#key = keys.generateOnCurve(this.#curve);
    return this.getPublicKey(encoding);
  }

  getPublicKey(encoding) {
    return point(this.#own().point(), encoding);
  }

  getPrivateKey(encoding) {
    return point(this.#own().secret(), encoding);
  }

  computeSecret(other, inputEncoding, outputEncoding) {
    const theirs = keys.fromPoint(
      this.#curve,
      toBytes(other, 'otherPublicKey', inputEncoding),
      new Uint8Array(0),
    );
    const secret = theirs === undefined ? undefined : this.#own().agree(theirs);
    if (secret === undefined)
      throw withCode(
        Error,
        'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY',
        'Public key is not valid for specified curve',
      );
    return giveBytes(secret, outputEncoding);
  }

  setPrivateKey() {
    throw notAvailable(
      'node:crypto: ECDH.setPrivateKey',
      'import the key with createPrivateKey() and use diffieHellman()',
    );
  }
}

const { callable } = require('nano:callable');

module.exports = {
  Sign: callable(Sign),
  Verify: callable(Verify),
  sign,
  verify,
  createSign: (algorithm) => new Sign(algorithm),
  createVerify: (algorithm) => new Verify(algorithm),
  publicEncrypt: (key, data) => oaep(true, key, data),
  privateDecrypt: (key, data) => oaep(false, key, data),
  diffieHellman,
  ECDH,
  createECDH: (name) => new ECDH(name),
  getCurves: () => ['prime256v1', 'secp384r1', 'secp521r1'],
};
