// Texts as bytes in the encodings that Buffer knows. UTF-8 and base64 are the host's.

const kNames = {
  __proto__: null,
  utf8: 'utf8',
  'utf-8': 'utf8',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  latin1: 'latin1',
  binary: 'latin1',
  ascii: 'ascii',
  base64: 'base64',
  base64url: 'base64url',
  hex: 'hex',
};

/** An encoding's one name, or undefined. @param {any} encoding */
function encodingName(encoding) {
  return kNames[encoding] ?? kNames[`${encoding}`.toLowerCase()];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });
const encoder = new TextEncoder();
/** The longest list of arguments that is safe. */
const kPart = 8192;

function fromUnits(bytes, mask) {
  let text = '';
  for (let from = 0; from < bytes.length; from += kPart) {
    const part = bytes.subarray(from, from + kPart);
    text += String.fromCharCode.apply(null, mask === 0xff ? part : part.map((byte) => byte & mask));
  }
  return text;
}

/** UTF-16 as Buffer has it: surrogates without their other half stay what they are. */
function fromUtf16(bytes) {
  const even = bytes.subarray(0, bytes.length & ~1);
  const text = utf16.decode(even);
  if (!text.includes('\ufffd')) return text;
  const units = [];
  for (let i = 0; i < even.length; i += 2) units.push(even[i] | (even[i + 1] << 8));
  let kept = '';
  for (let i = 0; i < units.length; i += kPart)
    kept += String.fromCharCode(...units.slice(i, i + kPart));
  return kept;
}

/** Whatever has the bytes: methods of Uint8Array, not the Buffer's own. */
const plainBytes = (bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @param {Uint8Array} bytes @param {string} name of encodingName */
function textOf(bytes, name) {
  switch (name) {
    case 'utf8':
      return utf8.decode(bytes);
    case 'latin1':
      return fromUnits(plainBytes(bytes), 0xff);
    case 'ascii':
      return fromUnits(plainBytes(bytes), 0x7f);
    case 'utf16le':
      return fromUtf16(plainBytes(bytes));
    case 'hex':
      return plainBytes(bytes).toHex();
    case 'base64':
      return plainBytes(bytes).toBase64();
    default:
      return plainBytes(bytes).toBase64({ alphabet: 'base64url', omitPadding: true });
  }
}

/** Enough bytes for a text; exact but for what base64 and hex skip. */
function lengthOfText(text, name) {
  switch (name) {
    case 'utf8':
      return utf8Length(text);
    case 'utf16le':
      return text.length * 2;
    case 'hex':
      return text.length >>> 1;
    case 'base64':
    case 'base64url':
      return base64Length(text);
    default:
      return text.length;
  }
}

function utf8Length(text) {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    size += unit < 0x800 ? 1 : 2;
    // A pair is four bytes: three of the first half, one of the second.
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i++;
    }
  }
  return size;
}

function base64Length(text) {
  let { length } = text;
  if (length > 0 && text[length - 1] === '=') length--;
  if (length > 1 && text[length - 1] === '=') length--;
  return (length * 3) >>> 2;
}

/** Writes what fits of whole characters; gives the bytes written. */
function writeText(bytes, text, name) {
  const target = plainBytes(bytes);
  switch (name) {
    case 'utf8':
      return encoder.encodeInto(text, target).written;
    case 'hex':
      return writeHex(target, text);
    case 'base64':
    case 'base64url':
      return writeBase64(target, text);
    case 'utf16le':
      return writeUtf16(target, text);
    default: {
      const count = Math.min(target.length, text.length);
      for (let i = 0; i < count; i++) target[i] = text.charCodeAt(i);
      return count;
    }
  }
}

function writeUtf16(target, text) {
  const count = Math.min(target.length >>> 1, text.length);
  for (let i = 0; i < count; i++) {
    const unit = text.charCodeAt(i);
    target[2 * i] = unit;
    target[2 * i + 1] = unit >>> 8;
  }
  return count * 2;
}

/** Up to the first that is no digit. */
function writeHex(target, text) {
  const bad = text.search(/[^0-9a-fA-F]/);
  const digits = Math.min(bad === -1 ? text.length : bad, target.length * 2) & ~1;
  target.setFromHex(text.slice(0, digits));
  return digits >>> 1;
}

/** Both alphabets, and whatever else stands between is skipped, up to a '='. */
function writeBase64(target, text) {
  let clean = text.replace(/[^A-Za-z0-9+/\-_=]/g, '');
  const end = clean.indexOf('=');
  if (end !== -1) clean = clean.slice(0, end);
  clean = clean.replace(/-/g, '+').replace(/_/g, '/');
  if (clean.length % 4 === 1) clean = clean.slice(0, -1);
  // Bits past the last byte are not looked at.
  const tail = clean.length % 4;
  if (tail !== 0) clean = clean.slice(0, clean.length - tail) + lastGroup(clean.slice(-tail));
  return (
    target.setFromBase64(clean, { lastChunkHandling: 'loose' }).written || partOf(target, clean)
  );
}

const kDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function lastGroup(group) {
  const unused = group.length === 2 ? 0xf : 0x3;
  return group.slice(0, -1) + kDigits[kDigits.indexOf(group.at(-1)) & ~unused];
}

/** Where not even the first three bytes fit, setFromBase64 writes none. */
function partOf(target, clean) {
  if (target.length === 0 || clean === '') return 0;
  const bytes = Uint8Array.fromBase64(clean.slice(0, 4), { lastChunkHandling: 'loose' });
  const count = Math.min(bytes.length, target.length);
  target.set(bytes.subarray(0, count));
  return count;
}

const bytesOf = (input) => (ArrayBuffer.isView(input) ? plainBytes(input) : new Uint8Array(input));

function isUtf8(input) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(input));
    return true;
  } catch {
    return false;
  }
}

const isAscii = (input) => bytesOf(input).every((byte) => byte < 0x80);

module.exports = { encodingName, textOf, lengthOfText, writeText, isUtf8, isAscii };
