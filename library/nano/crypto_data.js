// What functions of node:crypto take for bytes, and how they give them.

const { invalidArgType, withCode } = require('nano:errors');

/** @param {any} value @param {string} name @param {any} [encoding] of a string */
function toBytes(value, name, encoding) {
  if (typeof value === 'string') return Buffer.from(value, isText(encoding) ? encoding : 'utf8');
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw invalidArgType(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}

/** As Node's, which has no encoding for this one. */
const isText = (encoding) => encoding !== undefined && encoding !== null && encoding !== 'buffer';

/** A Buffer over bytes that nobody else has, or their text. */
function giveBytes(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isText(encoding) ? buffer.toString(encoding) : buffer;
}

/** Calls back later with what `work` gives or throws. */
function later(work, callback) {
  let error = null;
  let values = [];
  try {
    values = work();
  } catch (thrown) {
    error = thrown;
  }
  setImmediate(() => (error === null ? callback(null, ...values) : callback(error)));
}

const failed = (what) => withCode(Error, 'ERR_CRYPTO_OPERATION_FAILED', `${what} failed`);

/** Digests by every name that Node.js takes for them. */
function digestName(name) {
  const lower = name.toLowerCase().replace(/^rsa-(?=sha|md|ripemd)/, '');
  const plain = lower.replace(/^sha-(?=\d)/, 'sha').replace(/^sha512\//, 'sha512-');
  if (plain === 'rmd160' || plain === 'ripemd') return 'ripemd160';
  return plain.replace(/^sha3-?(?=\d{3}$)/, 'sha3-');
}

module.exports = { toBytes, giveBytes, isText, later, failed, digestName };
