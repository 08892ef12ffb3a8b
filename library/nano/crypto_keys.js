// KeyObject and what makes one: PEM, DER, JWK, and new keys.

const { check, invalidArgType, invalidArgValue, withCode } = require('nano:errors');
const { toBytes, giveBytes, later, failed } = require('nano:crypto_data');
const der = require('nano:der');

const { keys } = nano.crypto;

/** Node's names of curves. */
const kCurveNames = {
  __proto__: null,
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};
const kCurveOf = {
  __proto__: null,
  ...{ 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521' },
  ...{ prime256v1: 'P-256', secp256r1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' },
};
const isNist = (kind) => kCurveNames[kind] !== undefined;
const typeOf = (key) =>
  key.kind === 'RSA' ? 'rsa' : isNist(key.kind) ? 'ec' : key.kind.toLowerCase();
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const fromBase64url = (text, name) => {
  if (typeof text !== 'string')
    throw withCode(TypeError, 'ERR_CRYPTO_INVALID_JWK', `Invalid JWK data: ${name}`);
  return Buffer.from(text, 'base64url');
};

const kToken = Symbol('KeyObject');

class KeyObject {
  static {
    // The bundler had to call it something else.
    Object.defineProperty(this, 'name', { configurable: true, value: 'KeyObject' });
  }

  #type;
  /** A key of the host's, or the bytes of a secret. */
  #key;

  constructor(token, type, key) {
    if (token !== kToken)
      throw withCode(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#type = type;
    this.#key = key;
  }

  static from() {
    throw withCode(
      Error,
      'ERR_METHOD_NOT_IMPLEMENTED',
      'KeyObject.from is not available on nano: export the CryptoKey and import it here',
    );
  }

  static isOne(value) {
    return typeof value === 'object' && value !== null && #key in value;
  }

  /** @param {KeyObject} object */
  static keyOf(object) {
    return object.#key;
  }

  get type() {
    return this.#type;
  }

  get symmetricKeySize() {
    return this.#type === 'secret' ? this.#key.length : undefined;
  }

  get asymmetricKeyType() {
    return this.#type === 'secret' ? undefined : typeOf(this.#key);
  }

  get asymmetricKeyDetails() {
    if (this.#type === 'secret') return undefined;
    const { kind } = this.#key;
    if (isNist(kind)) return { namedCurve: kCurveNames[kind] };
    if (kind !== 'RSA') return {};
    const [, exponent] = this.#key.numbers();
    return {
      modulusLength: this.#key.bits(),
      publicExponent: exponent.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n),
    };
  }

  equals(other) {
    if (!KeyObject.isOne(other)) throw invalidArgType('otherKeyObject', 'KeyObject', other);
    if (this.#type !== other.#type) return false;
    const bytes = (object) =>
      object.#type === 'secret'
        ? object.#key
        : object.#type === 'private'
          ? object.#key.pkcs8()
          : object.#key.spki();
    return nano.crypto.equal(bytes(this), bytes(other));
  }

  export(options = {}) {
    if (this.#type === 'secret') {
      if (options.format === 'jwk') return { kty: 'oct', k: base64url(this.#key) };
      return Buffer.from(this.#key);
    }
    if (options.format === 'jwk') return exportJwk(this.#key, this.#type === 'private');
    return exportEncoded(this.#key, this.#type, options);
  }

  get [Symbol.toStringTag]() {
    return 'KeyObject';
  }
}

const secretObject = (bytes) => new KeyObject(kToken, 'secret', bytes);
const publicObject = (key) => new KeyObject(kToken, 'public', key);
const privateObject = (key) => new KeyObject(kToken, 'private', key);

function exportJwk(key, isPrivate) {
  if (key.kind === 'RSA') {
    const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];
    const jwk = { kty: 'RSA' };
    key.numbers().forEach((number, index) => (jwk[names[index]] = base64url(number)));
    return jwk;
  }
  const point = key.point();
  const jwk = { kty: isNist(key.kind) ? 'EC' : 'OKP', crv: key.kind };
  const size = (point.length - 1) / 2;
  if (isNist(key.kind))
    Object.assign(jwk, {
      x: base64url(point.subarray(1, 1 + size)),
      y: base64url(point.subarray(1 + size)),
    });
  else jwk.x = base64url(point);
  if (isPrivate) jwk.d = base64url(key.secret());
  return jwk;
}

function exportEncoded(key, type, { format, type: encoding, cipher }) {
  if (cipher !== undefined)
    throw withCode(
      Error,
      'ERR_METHOD_NOT_IMPLEMENTED',
      'Keys are not encrypted on nano: leave out `cipher`',
    );
  if (format !== 'pem' && format !== 'der') throw invalidArgValue('options.format', format);
  const [label, bytes] = encoded(key, type, encoding);
  return format === 'der' ? giveBytes(bytes) : der.writePem(label, bytes);
}

function encoded(key, type, encoding) {
  if (type === 'public') {
    if (encoding === 'pkcs1' && key.kind === 'RSA')
      return ['RSA PUBLIC KEY', der.insideOfSpki(key.spki())];
    if (encoding === 'spki') return ['PUBLIC KEY', key.spki()];
    throw invalidArgValue('options.type', encoding);
  }
  if (encoding === 'pkcs8') return ['PRIVATE KEY', key.pkcs8()];
  if (encoding === 'pkcs1' && key.kind === 'RSA')
    return ['RSA PRIVATE KEY', der.insideOfPkcs8(key.pkcs8())];
  if (encoding === 'sec1' && isNist(key.kind))
    return ['EC PRIVATE KEY', der.ecPrivateOfPkcs8(key.pkcs8())];
  throw invalidArgValue('options.type', encoding);
}

const unreadable = (what) =>
  withCode(Error, 'ERR_OSSL_UNSUPPORTED', `error:1E08010C:DECODER routines::unsupported (${what})`);

/** A key by PEM's label, or by what DER is said to be. */
const kReaders = {
  __proto__: null,
  'PUBLIC KEY': (bytes) => keys.fromSpki(bytes),
  'RSA PUBLIC KEY': (bytes) => keys.fromSpki(der.rsaPublicToSpki(bytes)),
  CERTIFICATE: (bytes) => keys.fromSpki(der.spkiOfCertificate(bytes) ?? new Uint8Array(0)),
  'PRIVATE KEY': (bytes) => keys.fromPkcs8(bytes),
  'RSA PRIVATE KEY': (bytes) => keys.fromPkcs8(der.rsaPrivateToPkcs8(bytes)),
  'EC PRIVATE KEY': (bytes) => keys.fromPkcs8(der.ecPrivateToPkcs8(bytes) ?? new Uint8Array(0)),
};
const kDerLabels = {
  __proto__: null,
  public: { __proto__: null, spki: 'PUBLIC KEY', pkcs1: 'RSA PUBLIC KEY' },
  private: {
    __proto__: null,
    pkcs8: 'PRIVATE KEY',
    pkcs1: 'RSA PRIVATE KEY',
    sec1: 'EC PRIVATE KEY',
  },
};

function readEncoded(data, { format = 'pem', type, encoding, passphrase }, wanted) {
  const bytes = toBytes(data, 'key', encoding);
  if (format === 'der') {
    const label =
      kDerLabels[wanted][type] ?? (wanted === 'public' ? kDerLabels.private[type] : undefined);
    if (label === undefined) throw invalidArgValue('options.type', type);
    return kReaders[label](bytes) ?? refuseKey('a key of this kind');
  }
  const pem = der.readPem(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
  );
  if (pem === undefined || kReaders[pem.label] === undefined) {
    if (/ENCRYPTED/.test(pem?.label ?? '')) throw encrypted(passphrase);
    throw unreadable('no PEM of a key');
  }
  if (/ENCRYPTED/.test(pem.headers)) throw encrypted(passphrase);
  return kReaders[pem.label](pem.der) ?? refuseKey(pem.label);
}

const encrypted = () =>
  unreadable(
    'encrypted keys cannot be read on nano: decrypt the key before it is given to the app',
  );

function refuseKey(what) {
  throw unreadable(
    `${what}: RSA of 1024 to 8192 bits, P-256, P-384, P-521, Ed25519, Ed448, X25519, X448`,
  );
}

function fromJwk(jwk, wanted) {
  check.object(jwk, 'key.key');
  const isPrivate = wanted !== 'public' && jwk.d !== undefined;
  if (wanted === 'private' && !isPrivate)
    throw withCode(TypeError, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK data: d');
  const part = (name) => fromBase64url(jwk[name], name);
  const secret = isPrivate ? part('d') : new Uint8Array(0);
  let key;
  if (jwk.kty === 'RSA') {
    key = keys.fromRsaNumbers(
      (isPrivate ? ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] : ['n', 'e']).map(part),
    );
  } else if (jwk.kty === 'EC') {
    key = keys.fromPoint(jwk.crv, Buffer.concat([Buffer.from([4]), part('x'), part('y')]), secret);
  } else if (jwk.kty === 'OKP') {
    key = keys.fromRaw(jwk.crv, isPrivate, isPrivate ? secret : part('x'));
  }
  if (key === undefined) throw withCode(TypeError, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK data');
  return key;
}

const isOptions = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !ArrayBuffer.isView(value) &&
  !(value instanceof ArrayBuffer) &&
  !KeyObject.isOne(value);

/** A private key of the host's, from whatever Node.js takes. */
function privateKeyOf(input) {
  const options = isOptions(input) ? input : { key: input };
  const { key } = options;
  if (KeyObject.isOne(key)) {
    if (key.type !== 'private')
      throw withCode(
        TypeError,
        'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
        `Invalid key object type ${key.type}, expected private.`,
      );
    return KeyObject.keyOf(key);
  }
  if (options.format === 'jwk') return fromJwk(key, 'private');
  const read = readEncoded(key, options, 'private');
  return read.isPrivate ? read : refuseKey('a public key');
}

/** The same of a public one; a private one has its public half. */
function publicKeyOf(input) {
  const options = isOptions(input) ? input : { key: input };
  const { key } = options;
  if (KeyObject.isOne(key)) {
    if (key.type === 'secret')
      throw withCode(
        TypeError,
        'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
        'Invalid key object type secret, expected private or public.',
      );
    return KeyObject.keyOf(key);
  }
  if (options.format === 'jwk') return fromJwk(key, 'public');
  return readEncoded(key, options, 'public');
}

const publicHalf = (key) => (key.isPrivate ? key.publicKey() : key);

function secretOf(object, name) {
  if (object.type !== 'secret')
    throw withCode(
      TypeError,
      'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
      `Invalid key object type ${object.type}, expected secret. (${name})`,
    );
  return KeyObject.keyOf(object);
}

function makePair(type, options = {}) {
  check.string(type, 'type');
  let key;
  if (type === 'rsa' || type === 'rsa-pss') {
    check.integer(options.modulusLength, 'options.modulusLength', 0, 0xffffffff);
    key = keys.generateRsa(options.modulusLength, options.publicExponent ?? 0x10001);
    if (key === undefined)
      throw withCode(RangeError, 'ERR_OUT_OF_RANGE', 'RSA keys of 1024 to 4096 bits can be made');
  } else {
    const curves = {
      __proto__: null,
      ed25519: 'Ed25519',
      x25519: 'X25519',
      ed448: 'Ed448',
      x448: 'X448',
      ec: kCurveOf[options.namedCurve],
    };
    if (curves[type] === undefined)
      throw invalidArgValue(
        type === 'ec' ? 'options.namedCurve' : 'type',
        type === 'ec' ? options.namedCurve : type,
      );
    key =
      keys.generateOnCurve(curves[type]) ??
      (() => {
        throw failed('Making a key');
      })();
  }
  const give = (object, encoding) => (encoding === undefined ? object : object.export(encoding));
  return {
    publicKey: give(publicObject(key.publicKey()), options.publicKeyEncoding),
    privateKey: give(privateObject(key), options.privateKeyEncoding),
  };
}

function generateKeyPair(type, options, callback) {
  const done = typeof options === 'function' ? options : callback;
  check.function(done, 'callback');
  later(() => Object.values(makePair(type, typeof options === 'function' ? {} : options)), done);
}
generateKeyPair[Symbol.for('nodejs.util.promisify.custom')] = async (type, options) =>
  makePair(type, options);

function generateKeySync(type, { length } = {}) {
  check.integer(length, 'options.length', 8, 2 ** 23);
  if (type !== 'hmac' && type !== 'aes') throw invalidArgValue('type', type);
  return secretObject(require('nano:crypto_random').randomBytes(length >> 3));
}

module.exports = {
  KeyObject,
  isKeyObject: KeyObject.isOne,
  secretOf,
  privateKeyOf,
  publicKeyOf,
  kCurveOf,
  createSecretKey: (key, encoding) => secretObject(Buffer.from(toBytes(key, 'key', encoding))),
  createPrivateKey: (input) => privateObject(privateKeyOf(input)),
  createPublicKey: (input) => publicObject(publicHalf(publicKeyOf(input))),
  generateKeyPair,
  generateKeyPairSync: makePair,
  generateKeySync,
  generateKey: (type, options, callback) => later(() => [generateKeySync(type, options)], callback),
};
