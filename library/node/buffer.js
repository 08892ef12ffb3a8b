// node:buffer: the package `buffer`, with texts by the host's own coders and what Node.js has had
// since.

const { Buffer, kMaxLength, INSPECT_MAX_BYTES } = require('../node_modules/buffer/index.js');
const { check, invalidArgType, outOfRange, withCode } = require('nano:errors');
const {
  isAscii,
  isUtf8,
  textOf,
  writeText,
  lengthOfText,
  encodingName,
} = require('nano:buffer_text');

const { prototype } = Buffer;
const plain = {
  byteLength: Buffer.byteLength,
  from: Buffer.from,
  toString: prototype.toString,
  write: prototype.write,
  fill: prototype.fill,
  indexOf: prototype.indexOf,
  lastIndexOf: prototype.lastIndexOf,
};

/** A Buffer over bytes that nobody else has. @param {Uint8Array} bytes */
function wrap(bytes) {
  return Object.setPrototypeOf(bytes, prototype);
}

function unknownEncoding(encoding) {
  return withCode(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
}

function fromString(text, encoding) {
  const name = encodingName(encoding === undefined || encoding === '' ? 'utf8' : encoding);
  if (name === undefined) throw unknownEncoding(encoding);
  if (name === 'utf8') return wrap(new TextEncoder().encode(text));
  const bytes = new Uint8Array(lengthOfText(text, name));
  const written = writeText(bytes, text, name);
  return wrap(written === bytes.length ? bytes : bytes.subarray(0, written));
}

const statics = {
  isEncoding: (encoding) => typeof encoding === 'string' && encodingName(encoding) !== undefined,
  from(value, second, third) {
    if (typeof value === 'string') return fromString(value, second);
    return plain.from.call(Buffer, value, second, third);
  },
  byteLength(value, encoding) {
    if (typeof value !== 'string') {
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
      throw invalidArgType('string', ['string', 'Buffer', 'ArrayBuffer'], value);
    }
    return lengthOfText(value, encodingName(encoding) ?? 'utf8');
  },
  copyBytesFrom(view, offset = 0, length = view.length - offset) {
    if (!ArrayBuffer.isView(view)) throw invalidArgType('view', ['TypedArray'], view);
    const part = view.subarray(offset, offset + length);
    return wrap(new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice());
  },
  of: (...items) => wrap(Uint8Array.of(...items)),
};

const methods = {
  toString(encoding, start, end) {
    const from = start === undefined ? 0 : Math.max(Math.trunc(start) || 0, 0);
    const to = end === undefined ? this.length : Math.min(Math.trunc(end) || 0, this.length);
    if (to <= from) return '';
    const name = encodingName(encoding === undefined ? 'utf8' : encoding);
    if (name === undefined) throw unknownEncoding(encoding);
    const isWhole = from === 0 && to === this.length;
    return textOf(isWhole ? this : Uint8Array.prototype.subarray.call(this, from, to), name);
  },
  write(text, offset, length, encoding) {
    if (typeof text !== 'string') throw invalidArgType('argument', 'string', text);
    let from = offset;
    let room = length;
    let given = encoding;
    if (typeof offset === 'string') [from, room, given] = [0, undefined, offset];
    else if (typeof length === 'string') [room, given] = [undefined, length];
    from = from === undefined ? 0 : from;
    if (from < 0 || from > this.length)
      throw outOfRange('offset', `>= 0 && <= ${this.length}`, from);
    const most = this.length - from;
    room = room === undefined ? most : Math.min(Math.max(room, 0), most);
    const name = encodingName(given === undefined ? 'utf8' : given);
    if (name === undefined) throw unknownEncoding(given);
    return writeText(Uint8Array.prototype.subarray.call(this, from, from + room), text, name);
  },
  fill(value, offset, end, encoding) {
    let given = encoding;
    if (typeof offset === 'string') given = offset;
    else if (typeof end === 'string') given = end;
    if (typeof value !== 'string' || value.length === 0)
      return plain.fill.call(this, value, offset, end, encoding);
    const bytes = fromString(value, given);
    if (bytes.length === 0)
      throw withCode(
        TypeError,
        'ERR_INVALID_ARG_VALUE',
        `The argument 'value' is invalid. Received '${value}'`,
      );
    return plain.fill.call(
      this,
      bytes,
      typeof offset === 'string' ? 0 : offset,
      typeof end === 'string' ? undefined : end,
    );
  },
  indexOf(value, offset, encoding) {
    return search(plain.indexOf, this, value, offset, encoding);
  },
  lastIndexOf(value, offset, encoding) {
    return search(plain.lastIndexOf, this, value, offset, encoding);
  },
  includes(value, offset, encoding) {
    return this.indexOf(value, offset, encoding) !== -1;
  },
  asciiSlice: slicer('ascii'),
  base64Slice: slicer('base64'),
  base64urlSlice: slicer('base64url'),
  hexSlice: slicer('hex'),
  latin1Slice: slicer('latin1'),
  ucs2Slice: slicer('utf16le'),
  utf8Slice: slicer('utf8'),
  asciiWrite: writer('ascii'),
  base64Write: writer('base64'),
  base64urlWrite: writer('base64url'),
  hexWrite: writer('hex'),
  latin1Write: writer('latin1'),
  ucs2Write: writer('utf16le'),
  utf8Write: writer('utf8'),
};

function slicer(name) {
  return function slice(start, end) {
    return methods.toString.call(this, name, start, end);
  };
}

function writer(name) {
  return function write(text, offset, length) {
    return methods.write.call(this, text, offset, length, name);
  };
}

function search(find, buffer, value, offset, encoding) {
  let from = offset;
  let given = encoding;
  if (typeof offset === 'string') [from, given] = [undefined, offset];
  return find.call(buffer, typeof value === 'string' ? fromString(value, given) : value, from);
}

function define(target, members, enumerable) {
  for (const name of Object.keys(members)) {
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable,
      value: members[name],
      writable: true,
    });
  }
}
define(Buffer, statics, true);
define(prototype, methods, false);
Buffer.poolSize = 8192;
// The bundler had to call it something else.
Object.defineProperty(Buffer, 'name', { configurable: true, value: 'Buffer' });
// Uint8Array's own methods make another of their receiver's class.
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });
class FastBuffer extends Uint8Array {}
FastBuffer.prototype.constructor = Buffer;
Object.setPrototypeOf(FastBuffer.prototype, prototype);
for (const name of ['readUintLE', 'readUintBE'])
  prototype[name] ??= prototype[name.replace('Uint', 'UInt')];

/** Node.js checks how many bytes a number has, always; the package may be told not to. */
function checkBytes(name, place) {
  const plainMethod = prototype[name];
  prototype[name] = Object.defineProperty(
    function (...args) {
      check.integer(args[place], 'byteLength', 1, 6);
      return Reflect.apply(plainMethod, this, args.slice(0, place + 1));
    },
    'name',
    { configurable: true, value: name },
  );
}
for (const kind of ['UIntLE', 'UIntBE', 'IntLE', 'IntBE', 'UintLE', 'UintBE']) {
  checkBytes(`read${kind}`, 1);
  checkBytes(`write${kind}`, 2);
}

function transcode(source, from, to) {
  if (!ArrayBuffer.isView(source)) throw invalidArgType('source', ['Buffer', 'Uint8Array'], source);
  const names = [encodingName(from), encodingName(to)];
  const known = ['ascii', 'latin1', 'utf8', 'utf16le'];
  if (!names.every((name) => known.includes(name))) {
    throw withCode(
      Error,
      'U_ILLEGAL_ARGUMENT_ERROR',
      'Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]',
    );
  }
  const text = textOf(source, names[0]);
  if (names[1] === 'utf8' || names[1] === 'utf16le') return fromString(text, names[1]);
  const largest = names[1] === 'ascii' ? 0x7f : 0xff;
  return wrap(
    Uint8Array.from(Array.from(text), (one) =>
      one.codePointAt(0) > largest ? 0x3f : one.codePointAt(0),
    ),
  );
}

function SlowBuffer(length) {
  return Buffer.allocUnsafeSlow(length);
}
SlowBuffer.prototype = prototype;

module.exports = {
  Buffer,
  SlowBuffer,
  Blob,
  File,
  atob,
  btoa,
  transcode,
  isUtf8,
  isAscii,
  kMaxLength,
  kStringMaxLength: 0x1fffffe8,
  INSPECT_MAX_BYTES,
  constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 0x1fffffe8 },
  resolveObjectURL: () => undefined,
};
