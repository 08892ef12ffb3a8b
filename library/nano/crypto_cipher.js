// createCipheriv and createDecipheriv.

const { check, invalidArgType, withCode } = require('nano:errors');
const { toBytes, giveBytes } = require('nano:crypto_data');
const { LazyTransform } = require('nano:lazy_transform');

const { crypto } = nano;
const kTagBytes = 16;
const kAlgorithms = ['cbc', 'ctr', 'ecb', 'gcm'].flatMap((mode) =>
  [128, 192, 256].map((bits) => `aes-${bits}-${mode}`),
);
kAlgorithms.push('chacha20-poly1305');

function canonical(name) {
  const lower = name.toLowerCase();
  const id = /^id-(aes\d{3})-gcm$/.exec(lower);
  if (id !== null) return `${id[1].replace('aes', 'aes-')}-gcm`;
  return /^aes\d{3}$/.test(lower) ? `${lower.replace('aes', 'aes-')}-cbc` : lower;
}

function factsOf(name) {
  check.string(name, 'cipher');
  const facts = crypto.cipherFacts(canonical(name));
  if (facts === undefined) {
    throw withCode(
      Error,
      'ERR_CRYPTO_UNKNOWN_CIPHER',
      `Unknown cipher: ${name} (there are ${kAlgorithms.join(', ')})`,
    );
  }
  return facts;
}

/** Of a tag that is checked where nothing says how long it is. */
const kTagLengths = [4, 8, 12, 13, 14, 15, 16];
/** Its tags have 16 bytes where nothing else is said. */
const canonicalIsChacha = (name) => canonical(name) === 'chacha20-poly1305';
const unauthentic = () => new Error('Unsupported state or unable to authenticate data');

class CipherBase extends LazyTransform {
  #cipher;
  #facts;
  #ended = false;
  #encrypts;
  #tag;
  #isTagKnown = false;
  #tagBytes;
  #length = 0;

  constructor(encrypts, name, key, iv, options) {
    super(options);
    this.#facts = factsOf(name);
    this.#encrypts = encrypts;
    this.#tagBytes = options?.authTagLength ?? (canonicalIsChacha(name) ? kTagBytes : undefined);
    const { isKeyObject, secretOf } = require('nano:crypto_keys');
    const secret = isKeyObject(key) ? secretOf(key, 'key') : toBytes(key, 'key');
    if (iv === undefined)
      throw invalidArgType('iv', ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], iv);
    const start = iv === null ? new Uint8Array(0) : toBytes(iv, 'iv');
    if (secret.length !== this.#facts.keyBytes)
      throw withCode(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
    this.#cipher = crypto.cipher(canonical(name), encrypts, secret, start);
    if (this.#cipher === undefined)
      throw withCode(TypeError, 'ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector');
  }

  #open(what) {
    if (this.#ended)
      throw withCode(Error, 'ERR_CRYPTO_INVALID_STATE', `Invalid state for operation ${what}`);
  }

  #applyTag() {
    if (this.#tag === undefined || this.#encrypts) return;
    if (!this.#cipher.setTag(this.#tag)) throw unauthentic();
    this.#tag = undefined;
    this.#isTagKnown = true;
  }

  update(data, inputEncoding, outputEncoding) {
    this.#open('update');
    this.#applyTag();
    const given = toBytes(data, 'data', inputEncoding);
    this.#length += given.length;
    const bytes = this.#cipher.update(given);
    if (bytes === undefined)
      throw withCode(Error, 'ERR_CRYPTO_INVALID_STATE', 'Trying to add data in unsupported state');
    return giveBytes(bytes, outputEncoding);
  }

  final(outputEncoding) {
    this.#open('final');
    this.#applyTag();
    this.#ended = true;
    // OpenSSL alone would take what nobody has vouched for.
    if (this.#facts.isAuthenticated && !this.#encrypts && !this.#isTagKnown) throw unauthentic();
    const bytes = this.#cipher.end();
    if (bytes !== undefined) return giveBytes(bytes, outputEncoding);
    if (this.#facts.isAuthenticated) throw unauthentic();
    if (this.#encrypts || this.#length % this.#facts.blockBytes !== 0) {
      const message = 'error:1C80006B:Provider routines::wrong final block length';
      throw withCode(Error, 'ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH', message);
    }
    throw withCode(Error, 'ERR_OSSL_BAD_DECRYPT', 'error:1C800064:Provider routines::bad decrypt');
  }

  setAutoPadding(pads = true) {
    this.#open('setAutoPadding');
    this.#cipher.setPadding(pads);
    return this;
  }

  setAAD(data) {
    this.#open('setAAD');
    if (!this.#facts.isAuthenticated || !this.#cipher.addAuthenticated(toBytes(data, 'buffer'))) {
      throw withCode(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation setAAD');
    }
    return this;
  }

  getAuthTag() {
    const tag =
      this.#encrypts && this.#ended && this.#facts.isAuthenticated
        ? this.#cipher.tag(this.#tagBytes ?? kTagBytes)
        : undefined;
    if (tag === undefined)
      throw withCode(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation getAuthTag');
    return giveBytes(tag);
  }

  setAuthTag(tag, encoding) {
    this.#open('setAuthTag');
    const bytes = toBytes(tag, 'tag', encoding);
    if (this.#encrypts || !this.#facts.isAuthenticated)
      throw withCode(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation setAuthTag');
    const lengths = this.#tagBytes === undefined ? kTagLengths : [this.#tagBytes];
    if (!lengths.includes(bytes.length)) {
      throw withCode(
        TypeError,
        'ERR_CRYPTO_INVALID_AUTH_TAG',
        `Invalid authentication tag length: ${bytes.length}`,
      );
    }
    this.#tag = bytes;
    return this;
  }

  _transform(chunk, encoding, done) {
    this.push(this.update(chunk, encoding));
    done();
  }

  _flush(done) {
    try {
      this.push(this.final());
      done();
    } catch (error) {
      done(error);
    }
  }
}

class Cipheriv extends CipherBase {
  constructor(name, key, iv, options) {
    super(true, name, key, iv, options);
  }
}

class Decipheriv extends CipherBase {
  constructor(name, key, iv, options) {
    super(false, name, key, iv, options);
  }
}

function getCipherInfo(name, { keyLength, ivLength } = {}) {
  const facts = typeof name === 'string' ? crypto.cipherFacts(canonical(name)) : undefined;
  if (facts === undefined) return undefined;
  const { keyBytes, ivBytes, blockBytes, isAuthenticated } = facts;
  if (keyLength !== undefined && keyLength !== keyBytes) return undefined;
  if (ivLength !== undefined && ivLength !== ivBytes && !isAuthenticated) return undefined;
  const mode = /-(cbc|ctr|ecb|gcm)$/.exec(canonical(name))?.[1] ?? 'stream';
  const info = { mode, name: canonical(name), keyLength: keyBytes, ivLength: ivLength ?? ivBytes };
  return blockBytes > 1 ? { ...info, blockSize: blockBytes } : info;
}

const { callable } = require('nano:callable');

module.exports = {
  Cipheriv: callable(Cipheriv),
  Decipheriv: callable(Decipheriv),
  createCipheriv: (...args) => new Cipheriv(...args),
  createDecipheriv: (...args) => new Decipheriv(...args),
  getCiphers: () => [...kAlgorithms],
  getCipherInfo,
};
