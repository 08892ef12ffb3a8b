// Keys from passwords and keys: pbkdf2, scrypt, hkdf.

const { check, withCode } = require('nano:errors');
const { toBytes, giveBytes, later, digestName, failed } = require('nano:crypto_data');

const { crypto } = nano;
const kMostBytes = 2 ** 31 - 1;

function invalidDigest(name) {
  return withCode(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
}

/** Those that keys are derived by. */
const kDigests = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512'];

function keyDigest(name) {
  check.string(name, 'digest');
  const known = digestName(name);
  if (!kDigests.includes(known)) throw invalidDigest(name);
  return known;
}

function pbkdf2Sync(password, salt, iterations, length, digest) {
  const name = keyDigest(digest);
  const [secret, saltBytes] = [toBytes(password, 'password'), toBytes(salt, 'salt')];
  check.integer(iterations, 'iterations', 1, kMostBytes);
  check.integer(length, 'keylen', 0, kMostBytes);
  const key =
    length === 0 ? new Uint8Array(0) : crypto.pbkdf2(name, secret, saltBytes, iterations, length);
  if (key === undefined) throw failed('PBKDF2');
  return giveBytes(key);
}

function pbkdf2(password, salt, iterations, length, digest, callback) {
  check.function(callback, 'callback');
  keyDigest(digest);
  later(() => [pbkdf2Sync(password, salt, iterations, length, digest)], callback);
}

const kDefaultMaxMemory = 32 * 1024 * 1024;

function scryptSync(password, salt, length, options = {}) {
  const [secret, saltBytes] = [toBytes(password, 'password'), toBytes(salt, 'salt')];
  check.integer(length, 'keylen', 0, kMostBytes);
  const cost = options.N ?? options.cost ?? 16384;
  const blockSize = options.r ?? options.blockSize ?? 8;
  const parallel = options.p ?? options.parallelization ?? 1;
  const maxMemory = options.maxmem ?? kDefaultMaxMemory;
  check.integer(cost, 'N', 0, 0xffffffff);
  check.integer(blockSize, 'r', 0, 0xffffffff);
  check.integer(parallel, 'p', 0, 0xffffffff);
  const isPower = cost > 1 && Number.isInteger(Math.log2(cost));
  if (!isPower || blockSize < 1 || parallel < 1 || 128 * cost * blockSize > maxMemory) {
    const reason = isPower ? ': memory limit exceeded' : '';
    throw withCode(
      RangeError,
      'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
      `Invalid scrypt params${reason}`,
    );
  }
  if (length === 0) return Buffer.alloc(0);
  const key = crypto.scrypt(secret, saltBytes, cost, blockSize, parallel, length);
  if (key === undefined)
    throw withCode(
      RangeError,
      'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
      'Invalid scrypt params: they do not fit into the memory of the app',
    );
  return giveBytes(key);
}

function scrypt(password, salt, length, options, callback) {
  const done = typeof options === 'function' ? options : callback;
  check.function(done, 'callback');
  later(
    () => [scryptSync(password, salt, length, typeof options === 'function' ? {} : options)],
    done,
  );
}

function hkdfSync(digest, key, salt, info, length) {
  const { isKeyObject, secretOf } = require('nano:crypto_keys');
  const name = keyDigest(digest);
  const secret = isKeyObject(key) ? secretOf(key, 'ikm') : toBytes(key, 'ikm');
  check.integer(length, 'length', 0, kMostBytes);
  if (length === 0) return new ArrayBuffer(0);
  const made = crypto.hkdf(name, secret, toBytes(salt, 'salt'), toBytes(info, 'info'), length);
  if (made === undefined)
    throw withCode(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
  return made.buffer;
}

function hkdf(digest, key, salt, info, length, callback) {
  check.function(callback, 'callback');
  keyDigest(digest);
  later(() => [hkdfSync(digest, key, salt, info, length)], callback);
}

module.exports = { pbkdf2, pbkdf2Sync, scrypt, scryptSync, hkdf, hkdfSync };
