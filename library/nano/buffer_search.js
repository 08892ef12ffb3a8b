// Comparing Buffers, and finding bytes in them.

const { check, invalidArgType } = require('nano:errors');

const tagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;
const isBytes = (value) =>
  ArrayBuffer.isView(value) && Reflect.apply(tagOf, value, []) === 'Uint8Array';

function checkBytes(value, name) {
  if (!isBytes(value)) throw invalidArgType(name, ['Buffer', 'Uint8Array'], value);
}

/** -1, 0 or 1. */
function order(a, b) {
  const count = Math.min(a.length, b.length);
  for (let i = 0; i < count; i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

function compare(target, targetFrom, targetTo, sourceFrom, sourceTo) {
  checkBytes(target, 'target');
  const [targetStart = 0, targetEnd = target.length] = [targetFrom, targetTo];
  const [sourceStart = 0, sourceEnd = this.length] = [sourceFrom, sourceTo];
  check.integer(targetStart, 'targetStart', 0);
  check.integer(targetEnd, 'targetEnd', 0, target.length);
  check.integer(sourceStart, 'sourceStart', 0);
  check.integer(sourceEnd, 'sourceEnd', 0, this.length);
  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  const part = (bytes, from, to) => Uint8Array.prototype.subarray.call(bytes, from, to);
  return order(part(this, sourceStart, sourceEnd), part(target, targetStart, targetEnd));
}

/** Where to begin, as Node.js has it; -1 where nothing can be found. */
function startOf(length, offset, wanted, forward) {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return forward || wanted === 0 ? 0 : -1;
  }
  if (offset + wanted <= length) return offset;
  if (wanted === 0) return length;
  return forward ? -1 : length - 1;
}

/** @param {Uint8Array} bytes @param {Uint8Array} wanted @param {number} unit bytes of a character */
function findBytes(bytes, wanted, offset, forward, unit) {
  let at = startOf(bytes.length, offset, wanted.length, forward);
  if (wanted.length === 0) return at;
  if (
    at < 0 ||
    wanted.length > bytes.length ||
    (unit === 2 && (bytes.length < 2 || wanted.length < 2))
  )
    return -1;
  at = Math.min(at, bytes.length - wanted.length);
  if (forward && startOf(bytes.length, offset, wanted.length, true) > at) return -1;
  at -= at % unit;
  const { indexOf, lastIndexOf } = Uint8Array.prototype;
  const find = forward ? indexOf : lastIndexOf;
  while (at >= 0 && at + wanted.length <= bytes.length) {
    at = find.call(bytes, wanted[0], at);
    if (at === -1) return -1;
    if (at % unit === 0 && wanted.every((byte, index) => bytes[at + index] === byte)) return at;
    at += forward ? 1 : -1;
  }
  return -1;
}

/** @param {(text: string, encoding: any) => Uint8Array} toBytes */
function searcher(forward, toBytes) {
  return function (value, byteOffset, encoding) {
    if (!ArrayBuffer.isView(this)) {
      throw invalidArgType('buffer', ['Buffer', 'TypedArray', 'DataView'], this);
    }
    let given = encoding;
    let offset = byteOffset;
    if (typeof offset === 'string') [given, offset] = [offset, undefined];
    offset = Math.min(Math.max(+offset, -0x80000000), 0x7fffffff);
    if (Number.isNaN(offset)) offset = forward ? 0 : this.length;
    offset = Math.trunc(offset);
    if (typeof value === 'number') return findBytes(this, Uint8Array.of(value), offset, forward, 1);
    const isWide = /^(ucs-?2|utf-?16le)$/i.test(`${given}`);
    if (typeof value === 'string')
      return findBytes(this, toBytes(value, given), offset, forward, isWide ? 2 : 1);
    if (!isBytes(value))
      throw invalidArgType('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
    return findBytes(this, value, offset, forward, isWide ? 2 : 1);
  };
}

module.exports = { isBytes, checkBytes, order, compare, searcher };
