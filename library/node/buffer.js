// node:buffer.

const { check, invalidArgType, outOfRange, withCode } = require('nano:errors');
const { numberMethods, outOfBounds } = require('nano:buffer_numbers');
const { isBytes, checkBytes, order, compare, searcher } = require('nano:buffer_search');
const { makeFill } = require('nano:buffer_fill');
const text = require('nano:buffer_text');

const { encodingName, textOf, writeText, lengthOfText } = text;
const kMaxLength = Number.MAX_SAFE_INTEGER;
const kMaxStringLength = 0x1fffffe8;
let inspectMaxBytes = 50;

class FastBuffer extends Uint8Array {}
const { prototype } = FastBuffer;

/** @deprecated use Buffer.alloc() or Buffer.from() */
function Buffer(value, encodingOrOffset, length) {
  if (typeof value !== 'number') return Buffer.from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === 'string') throw invalidArgType('string', 'string', value);
  return Buffer.alloc(value);
}
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });
Object.defineProperty(prototype, 'constructor', {
  configurable: true,
  value: Buffer,
  writable: true,
});
Buffer.prototype = prototype;

const isAnyBuffer = (value) => /^(Shared)?ArrayBuffer$/.test(nano.kindOf(value));

/** A Buffer over bytes that nobody else has. @param {Uint8Array} bytes */
const wrap = (bytes) => new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function knownEncoding(encoding) {
  const name = encodingName(encoding);
  if (name === undefined)
    throw withCode(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  return name;
}

function fromString(value, encoding) {
  const name = typeof encoding !== 'string' || encoding === '' ? 'utf8' : knownEncoding(encoding);
  if (name === 'utf8') return wrap(new TextEncoder().encode(value));
  const bytes = new FastBuffer(lengthOfText(value, name));
  const written = writeText(bytes, value, name);
  return written === bytes.length ? bytes : bytes.subarray(0, written);
}

function fromArrayBuffer(buffer, byteOffset, length) {
  const offset = +byteOffset || 0;
  const most = buffer.byteLength - offset;
  if (most < 0) throw outOfBounds('offset');
  if (length === undefined) return new FastBuffer(buffer, offset);
  const wanted = +length > 0 ? +length : 0;
  if (wanted > most) throw outOfBounds('length');
  return new FastBuffer(buffer, offset, wanted);
}

function fromObject(value) {
  if (value.length !== undefined || isAnyBuffer(value.buffer)) {
    return typeof value.length === 'number' ? FastBuffer.from(value) : new FastBuffer();
  }
  return value.type === 'Buffer' && Array.isArray(value.data)
    ? FastBuffer.from(value.data)
    : undefined;
}

function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);
  if (typeof value === 'object' && value !== null) {
    if (isAnyBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const plain = value.valueOf?.();
    const isOther = plain !== null && plain !== undefined && plain !== value;
    if (isOther && (typeof plain === 'string' || typeof plain === 'object'))
      return from(plain, encodingOrOffset, length);
    const made = fromObject(value);
    if (made !== undefined) return made;
    const primitive =
      typeof value[Symbol.toPrimitive] === 'function'
        ? value[Symbol.toPrimitive]('string')
        : undefined;
    if (typeof primitive === 'string') return fromString(primitive, encodingOrOffset);
  }
  throw invalidArgType(
    'first argument',
    ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'],
    value,
  );
}

const fillBytes = makeFill(fromString, knownEncoding);

function alloc(size, fill, encoding) {
  check.number(size, 'size', 0, kMaxLength);
  const buffer = new FastBuffer(size);
  return fill === undefined || fill === 0 || size === 0
    ? buffer
    : fillBytes(buffer, fill, 0, size, encoding);
}

/** Not zeroed by Node.js; here it always is. */
function allocUnsafe(size) {
  check.number(size, 'size', 0, kMaxLength);
  return new FastBuffer(size);
}

const lengthGetter = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'length',
).get;
/** Whatever an object says of itself. */
const lengthOf = (bytes) => Reflect.apply(lengthGetter, bytes, []);

function concat(list, length) {
  if (!Array.isArray(list)) throw invalidArgType('list', 'Array', list);
  if (list.length === 0) return new FastBuffer();
  if (length !== undefined) check.integer(length, 'length', 0);
  list.forEach((one, index) => checkBytes(one, `list[${index}]`));
  const size = length ?? list.reduce((sum, one) => sum + lengthOf(one), 0);
  const all = new FastBuffer(size);
  let at = 0;
  for (const one of list) {
    const part = Uint8Array.prototype.subarray.call(one, 0, Math.min(lengthOf(one), size - at));
    Uint8Array.prototype.set.call(all, part, at);
    at += part.length;
  }
  return all;
}

function byteLength(value, encoding) {
  if (typeof value === 'string')
    return lengthOfText(value, (encoding ? encodingName(encoding) : undefined) ?? 'utf8');
  if (ArrayBuffer.isView(value) || isAnyBuffer(value)) return value.byteLength;
  throw invalidArgType('string', ['string', 'Buffer', 'ArrayBuffer'], value);
}

function copyBytesFrom(view, offset = 0, length = undefined) {
  if (!ArrayBuffer.isView(view) || view instanceof DataView)
    throw invalidArgType('view', 'TypedArray', view);
  check.integer(offset, 'offset', 0);
  if (length !== undefined) check.integer(length, 'length', 0);
  const part = view.subarray(offset, length === undefined ? view.length : offset + length);
  return wrap(
    new Uint8Array(part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength)),
  );
}

const statics = {
  poolSize: 8192,
  from,
  of: (...items) => FastBuffer.of(...items),
  alloc,
  allocUnsafe,
  allocUnsafeSlow: (size) => allocUnsafe(size),
  copyBytesFrom,
  isBuffer: (value) => value instanceof Buffer,
  isEncoding: (encoding) =>
    typeof encoding === 'string' && encoding.length > 0 && encodingName(encoding) !== undefined,
  byteLength,
  concat,
  compare(a, b) {
    checkBytes(a, 'buf1');
    checkBytes(b, 'buf2');
    return order(a, b);
  },
};
Object.assign(Buffer, statics);

function toIndex(value, fallback) {
  const number = +value;
  return Number.isNaN(number) ? fallback : Math.trunc(number);
}

function copy(target, targetStart, sourceStart, sourceEnd) {
  checkBytes(this, 'source');
  if (!ArrayBuffer.isView(target)) throw invalidArgType('target', ['Buffer', 'Uint8Array'], target);
  const to = targetStart === undefined ? 0 : toIndex(targetStart, 0);
  if (to < 0) throw outOfRange('targetStart', '>= 0', to);
  const start = sourceStart === undefined ? 0 : toIndex(sourceStart, 0);
  if (start < 0 || start > this.length)
    throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, start);
  const end = sourceEnd === undefined ? this.length : toIndex(sourceEnd, 0);
  if (end < 0) throw outOfRange('sourceEnd', '>= 0', end);
  if (to >= target.byteLength || start >= end) return 0;
  const room = new Uint8Array(target.buffer, target.byteOffset + to, target.byteLength - to);
  const part = Uint8Array.prototype.subarray.call(
    this,
    start,
    Math.min(end, start + room.length, this.length),
  );
  room.set(part);
  return part.length;
}

function toString(encoding, start, end) {
  if (arguments.length === 0) return textOf(this, 'utf8');
  const from_ = start === undefined || !(start > 0) ? 0 : Math.trunc(start);
  const to = end === undefined || end > this.length ? this.length : Math.trunc(end) || 0;
  if (from_ >= this.length || to <= from_) return '';
  const name = encoding === undefined ? 'utf8' : knownEncoding(encoding);
  return textOf(Uint8Array.prototype.subarray.call(this, from_, to), name);
}

function write(value, offset, length, encoding) {
  let [from_, room, given] = [offset, length, encoding];
  if (offset === undefined) [from_, room] = [0, this.length];
  else if (length === undefined && typeof offset === 'string')
    [from_, room, given] = [0, this.length, offset];
  else {
    check.integer(offset, 'offset', 0, this.length);
    if (typeof length === 'string') [room, given] = [undefined, length];
    else if (length !== undefined) check.integer(length, 'length', 0, this.length);
    room = Math.min(room ?? this.length, this.length - offset);
  }
  check.string(value, 'argument');
  const name = given ? knownEncoding(given) : 'utf8';
  return writeText(Uint8Array.prototype.subarray.call(this, from_, from_ + room), value, name);
}

function swapper(size) {
  return function () {
    if (this.length % size !== 0)
      throw withCode(
        RangeError,
        'ERR_INVALID_BUFFER_SIZE',
        `Buffer size must be a multiple of ${size * 8}-bits`,
      );
    for (let at = 0; at < this.length; at += size)
      Uint8Array.prototype.subarray.call(this, at, at + size).reverse();
    return this;
  };
}

function inspectBuffer() {
  const shown = Array.from(
    Uint8Array.prototype.subarray.call(this, 0, Math.min(inspectMaxBytes, this.length)),
    (byte) => byte.toString(16).padStart(2, '0'),
  );
  const rest = this.length - inspectMaxBytes;
  if (rest > 0) shown.push(`... ${rest} more byte${rest > 1 ? 's' : ''}`);
  return `<${this.constructor.name} ${shown.join(' ')}>`;
}

const methods = {
  ...numberMethods,
  copy,
  toString,
  toLocaleString: toString,
  write,
  compare,
  fill(value, offset, end, encoding) {
    return fillBytes(this, value, offset, end, encoding);
  },
  equals(other) {
    checkBytes(other, 'otherBuffer');
    return this === other || order(this, other) === 0;
  },
  indexOf: searcher(true, fromString),
  lastIndexOf: searcher(false, fromString),
  includes(value, offset, encoding) {
    return prototype.indexOf.call(this, value, offset, encoding) !== -1;
  },
  slice(start, end) {
    return this.subarray(start, end);
  },
  subarray,
  swap16: swapper(2),
  swap32: swapper(4),
  swap64: swapper(8),
  toJSON() {
    return { type: 'Buffer', data: Array.from(this) };
  },
  inspect: inspectBuffer,
  [Symbol.for('nodejs.util.inspect.custom')]: inspectBuffer,
};

function subarray(start, end) {
  const part = Uint8Array.prototype.subarray.call(this, start, end);
  return part instanceof FastBuffer ? part : wrap(part);
}

for (const [name, encoding] of Object.entries({
  ascii: 'ascii',
  base64: 'base64',
  base64url: 'base64url',
  hex: 'hex',
  latin1: 'latin1',
  ucs2: 'utf16le',
  utf8: 'utf8',
})) {
  methods[`${name}Slice`] = function (start, end) {
    return toString.call(this, encoding, start, end);
  };
  methods[`${name}Write`] = function (value, offset = 0, length = this.length - offset) {
    if (offset < 0 || offset > this.length) throw outOfBounds('offset');
    if (length < 0 || length > this.length - offset) throw outOfBounds('length');
    check.string(value, 'argument');
    return writeText(
      Uint8Array.prototype.subarray.call(this, offset, offset + length),
      value,
      encoding,
    );
  };
}

for (const name of Reflect.ownKeys(methods)) {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: typeof name === 'string',
    value: methods[name],
    writable: true,
  });
}
for (const [name, key] of [
  ['parent', 'buffer'],
  ['offset', 'byteOffset'],
]) {
  Object.defineProperty(prototype, name, {
    enumerable: true,
    get() {
      return this instanceof Buffer ? this[key] : undefined;
    },
  });
}

function transcode(source, from_, to) {
  if (!isBytes(source)) throw invalidArgType('source', ['Buffer', 'Uint8Array'], source);
  if (source.length === 0) return new FastBuffer();
  const names = [encodingName(from_), encodingName(to)];
  const known = ['ascii', 'latin1', 'utf8', 'utf16le'];
  if (!names.every((name) => known.includes(name))) {
    const error = withCode(
      Error,
      'U_ILLEGAL_ARGUMENT_ERROR',
      'Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]',
    );
    throw Object.assign(error, { errno: 1 });
  }
  const content = textOf(source, names[0]);
  if (names[1] === 'utf8' || names[1] === 'utf16le') return fromString(content, names[1]);
  const largest = names[1] === 'ascii' ? 0x7f : 0xff;
  return FastBuffer.from(Array.from(content), (one) =>
    one.codePointAt(0) > largest ? 0x3f : one.codePointAt(0),
  );
}

const checked = (question) => (input) => {
  if (!ArrayBuffer.isView(input) && !isAnyBuffer(input))
    throw invalidArgType('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
  if ((input.buffer ?? input).detached)
    throw withCode(
      Error,
      'ERR_INVALID_STATE',
      'Invalid state: Cannot validate on a detached buffer',
    );
  return question(input);
};

function SlowBuffer(length) {
  return allocUnsafe(length);
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
  isUtf8: checked(text.isUtf8),
  isAscii: checked(text.isAscii),
  kMaxLength,
  kStringMaxLength: kMaxStringLength,
  constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kMaxStringLength },
  resolveObjectURL: () => undefined,
  get INSPECT_MAX_BYTES() {
    return inspectMaxBytes;
  },
  set INSPECT_MAX_BYTES(count) {
    check.number(count, 'INSPECT_MAX_BYTES', 0);
    inspectMaxBytes = count;
  },
};
