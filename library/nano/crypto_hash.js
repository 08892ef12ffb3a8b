// createHash, createHmac, hash().

const { check, invalidArgType, withCode } = require('nano:errors');
const { toBytes, giveBytes, digestName } = require('nano:crypto_data');
const { callable } = require('nano:callable');
const { LazyTransform } = require('nano:lazy_transform');

const { crypto } = nano;

/** The bytes that HMAC fills a key up to. */
const kBlocks = {
  __proto__: null,
  ...{ sha384: 128, sha512: 128, 'sha512-224': 128, 'sha512-256': 128, blake2b512: 128 },
  ...{ 'sha3-224': 144, 'sha3-256': 136, 'sha3-384': 104, 'sha3-512': 72 },
};
const blockOf = (name) => kBlocks[name] ?? 64;

function startDigest(name) {
  check.string(name, 'algorithm');
  return crypto.digest(digestName(name));
}

function finalized() {
  return withCode(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
}

class Hash extends LazyTransform {
  static {
    // The bundler had to call it something else.
    Object.defineProperty(this, 'name', { configurable: true, value: 'Hash' });
  }

  #digest;
  /** What went out as a stream may be asked for once more. */
  #piped;

  constructor(algorithm, options) {
    super(options);
    this.#digest = algorithm instanceof Hash ? algorithm.#copy() : startDigest(algorithm);
    if (this.#digest === undefined) {
      throw withCode(
        Error,
        'ERR_OSSL_EVP_UNSUPPORTED',
        `Digest method not supported: ${algorithm}`,
      );
    }
  }

  #copy() {
    if (this.#digest === null) throw finalized();
    return this.#digest.copy();
  }

  update(data, encoding) {
    if (this.#digest === null) throw finalized();
    this.#digest.update(toBytes(data, 'data', encoding));
    return this;
  }

  digest(encoding) {
    const piped = this.#piped;
    this.#piped = undefined;
    if (piped !== undefined) return giveBytes(piped, encoding);
    if (this.#digest === null) throw finalized();
    const value = this.#digest.finish();
    this.#digest = null;
    return giveBytes(value, encoding);
  }

  copy(options) {
    return new Hash(this, options);
  }

  _transform(chunk, encoding, done) {
    this.update(chunk, encoding);
    done();
  }

  _flush(done) {
    const value = this.digest();
    this.#piped = value;
    this.push(Buffer.from(value));
    done();
  }
}

class Hmac extends LazyTransform {
  #inner;
  #outer;

  constructor(algorithm, key, options) {
    super(options);
    this.#inner = startDigest(algorithm);
    if (this.#inner === undefined) {
      throw withCode(Error, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
    }
    const name = digestName(algorithm);
    const padded = new Uint8Array(blockOf(name));
    const secret = keyBytes(key, options?.encoding);
    padded.set(secret.length > padded.length ? digestOnce(name, secret) : secret);
    this.#outer = startDigest(name);
    this.#inner.update(padded.map((byte) => byte ^ 0x36));
    this.#outer.update(padded.map((byte) => byte ^ 0x5c));
  }

  update(data, encoding) {
    if (this.#inner === null) throw finalized();
    this.#inner.update(toBytes(data, 'data', encoding));
    return this;
  }

  /** A second time it is empty, as Node's is. */
  digest(encoding) {
    if (this.#inner === null) return giveBytes(new Uint8Array(0), encoding);
    this.#outer.update(this.#inner.finish());
    this.#inner = null;
    return giveBytes(this.#outer.finish(), encoding);
  }

  _transform(chunk, encoding, done) {
    this.update(chunk, encoding);
    done();
  }

  _flush(done) {
    this.push(this.digest());
    done();
  }
}

function keyBytes(key, encoding) {
  const { isKeyObject, secretOf } = require('nano:crypto_keys');
  if (isKeyObject(key)) return secretOf(key, 'key');
  if (key === null || key === undefined)
    throw invalidArgType(
      'key',
      ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject'],
      key,
    );
  return toBytes(key, 'key', encoding);
}

function digestOnce(name, bytes) {
  const digest = startDigest(name);
  if (digest === undefined)
    throw withCode(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
  digest.update(bytes);
  return digest.finish();
}

/** Node's crypto.hash(). */
function hash(algorithm, data, options = 'hex') {
  const encoding = typeof options === 'string' ? options : (options?.outputEncoding ?? 'hex');
  return giveBytes(digestOnce(algorithm, toBytes(data, 'data')), encoding);
}

const kNames =
  'blake2b512 blake2s256 md5 ripemd160 sha1 sha224 sha256 sha3-224 sha3-256 sha3-384 sha3-512 sha384 sha512 sha512-224 sha512-256';

module.exports = {
  Hash: callable(Hash),
  Hmac: callable(Hmac),
  createHash: (algorithm, options) => new Hash(algorithm, options),
  createHmac: (algorithm, key, options) => new Hmac(algorithm, key, options),
  hash,
  digestOnce,
  getHashes: () => [
    'RSA-MD5',
    'RSA-SHA1',
    'RSA-SHA224',
    'RSA-SHA256',
    'RSA-SHA384',
    'RSA-SHA512',
    ...kNames.split(' '),
  ],
};
