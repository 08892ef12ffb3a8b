// node:string_decoder: texts out of bytes that come in pieces, which may end within a character.

const { encodingName, textOf } = require('nano:buffer_text');
const { invalidArgType, withCode } = require('nano:errors');

/** How many bytes at the end are the beginning of a character. */
function openUtf8(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    if (byte >= 0xf5 || size <= back) return 0;
    return isPossible(bytes.subarray(bytes.length - back)) ? back : 0;
  }
  return 0;
}

/** Whether the second byte fits to the first: where it does not, no character will come of them. */
function isPossible(start) {
  if (start.length < 2) return true;
  const [first, second] = start;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second < 0x90;
}

/** A pair of surrogates is four bytes. */
function openUtf16(bytes) {
  const odd = bytes.length % 2;
  const whole = bytes.length - odd;
  const isHigh = whole > 0 && (bytes[whole - 1] & 0xfc) === 0xd8;
  return isHigh ? 2 + odd : odd;
}

const openBase64 = (bytes) => bytes.length % 3;

const kOpen = {
  __proto__: null,
  utf8: openUtf8,
  utf16le: openUtf16,
  base64: openBase64,
  base64url: openBase64,
};

const kWhole = { __proto__: null, utf16le: 4, base64: 3, base64url: 3 };

function toBytes(chunk) {
  if (ArrayBuffer.isView(chunk))
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw invalidArgType('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
}

function StringDecoder(encoding) {
  const name = encodingName(encoding ?? 'utf8');
  if (name === undefined)
    throw withCode(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  this.encoding = name;
  this.lastChar = Buffer.alloc(4);
  this.lastNeed = 0;
  this.lastTotal = 0;
}

/** Keeps what is open. @param {StringDecoder} decoder @param {Uint8Array} open */
function keep(decoder, open) {
  decoder.lastChar.set(open);
  decoder.lastTotal = open.length;
  decoder.lastNeed = open.length === 0 ? 0 : neededFor(decoder.encoding, open);
}

function neededFor(name, open) {
  if (name !== 'utf8')
    return kWhole[name] === 4 && open.length < 2 ? 2 - open.length : kWhole[name] - open.length;
  const size = open[0] >= 0xf0 ? 4 : open[0] >= 0xe0 ? 3 : 2;
  return size - open.length;
}

StringDecoder.prototype.write = function write(chunk) {
  if (typeof chunk === 'string') return chunk;
  const given = toBytes(chunk);
  const find = kOpen[this.encoding];
  if (find === undefined) return textOf(given, this.encoding);
  const bytes = new Uint8Array(this.lastTotal + given.length);
  bytes.set(this.lastChar.subarray(0, this.lastTotal));
  bytes.set(given, this.lastTotal);
  const open = find(bytes);
  keep(this, bytes.subarray(bytes.length - open));
  return textOf(bytes.subarray(0, bytes.length - open), this.encoding);
};

StringDecoder.prototype.end = function end(chunk) {
  const text = chunk === undefined ? '' : this.write(chunk);
  const open = this.lastChar.slice(0, this.lastTotal);
  keep(this, open.subarray(0, 0));
  return text + (open.length === 0 ? '' : textOf(open, this.encoding));
};

StringDecoder.prototype.text = function text(chunk, offset) {
  keep(this, this.lastChar.subarray(0, 0));
  return this.write(chunk.slice(offset));
};

module.exports = { StringDecoder };
