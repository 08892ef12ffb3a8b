// @ts-check
// Forms as bodies: multipart/form-data (RFC 7578, as HTML and Fetch have it).

import { randomUUID, utf8Decode, utf8Encode } from 'nano:ops';
import { bytesOf, fileNameOf, fileOfBlob, makeBlob, typeOf } from './blob.js';
import { entriesOf, FormData } from './form_data.js';
import {
  ArrayPrototypePush,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeIndexOf,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
  TypeErrorConstructor as TypeError,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';

const kLineFeed = 0x0a;
const kCarriageReturn = 0x0d;
const kQuote = 0x22;

/** With one kind of line end for all; in a name, quotes are escaped too. */
function withLineEnds(text, lineEnd, quote) {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code === kCarriageReturn) {
      result += lineEnd;
      if (StringPrototypeCharCodeAt(text, i + 1) === kLineFeed) i++;
    } else if (code === kLineFeed) {
      result += lineEnd;
    } else {
      result += code === kQuote ? quote : text[i];
    }
  }
  return result;
}

/** A file's name keeps its own line ends. */
function escapeFileName(text) {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code === kCarriageReturn) result += '%0D';
    else if (code === kLineFeed) result += '%0A';
    else result += code === kQuote ? '%22' : text[i];
  }
  return result;
}

/** @param {FormData} form @returns {{ bytes: Uint8Array, type: string }} */
export function encodeMultipart(form) {
  const boundary = `----formdata-nano-${randomUUID()}`;
  const entries = entriesOf(form);
  const pieces = [];
  for (let i = 0; i < entries.length; i += 2) {
    const value = entries[i + 1];
    const name = withLineEnds(entries[i], '%0D%0A', '%22');
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') {
      ArrayPrototypePush(
        pieces,
        utf8Encode(`${head}\r\n\r\n${withLineEnds(value, '\r\n', '"')}\r\n`),
      );
    } else {
      const type = typeOf(value) || 'application/octet-stream';
      const file = `${head}; filename="${escapeFileName(fileNameOf(value))}"`;
      ArrayPrototypePush(pieces, utf8Encode(`${file}\r\nContent-Type: ${type}\r\n\r\n`));
      ArrayPrototypePush(pieces, bytesOf(value), utf8Encode('\r\n'));
    }
  }
  ArrayPrototypePush(pieces, utf8Encode(`--${boundary}--\r\n`));
  return { bytes: concatenate(pieces), type: `multipart/form-data; boundary=${boundary}` };
}

function concatenate(pieces) {
  let total = 0;
  for (let i = 0; i < pieces.length; i++) total += TypedArrayPrototypeGetByteLength(pieces[i]);
  const bytes = new Uint8Array(total);
  let place = 0;
  for (let i = 0; i < pieces.length; i++) {
    TypedArrayPrototypeSet(bytes, pieces[i], place);
    place += TypedArrayPrototypeGetByteLength(pieces[i]);
  }
  return bytes;
}

/** The part of the bytes, as text. */
const textOf = (bytes, from, end) =>
  utf8Decode(TypedArrayPrototypeSubarray(bytes, from, end), false, true);

function startsWithAt(bytes, needle, at) {
  const length = TypedArrayPrototypeGetByteLength(needle);
  if (at + length > TypedArrayPrototypeGetByteLength(bytes)) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

function indexOfBytes(bytes, needle, from) {
  let at = TypedArrayPrototypeIndexOf(bytes, needle[0], from);
  while (at >= 0 && !startsWithAt(bytes, needle, at)) {
    at = TypedArrayPrototypeIndexOf(bytes, needle[0], at + 1);
  }
  return at;
}

/** @returns {never} */
function malformed(what) {
  throw new TypeError(`Failed to parse the body as FormData: ${what}`);
}

/** What stands for line ends and quotes in names. */
function unescapeName(text) {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeSlice(text, i, i + 3);
    const plain = code === '%0A' ? '\n' : code === '%0D' ? '\r' : code === '%22' ? '"' : '';
    result += plain === '' ? text[i] : plain;
    if (plain !== '') i += 2;
  }
  return result;
}

/** The quoted value of `name=` in the text, or null. */
function quotedField(text, name) {
  const start = StringPrototypeIndexOf(text, `; ${name}="`);
  if (start < 0) return null;
  const from = start + name.length + 4;
  const end = StringPrototypeIndexOf(text, '"', from);
  return end < 0 ? null : unescapeName(StringPrototypeSlice(text, from, end));
}

/** The lines of a part's head, from `at` to the empty one. */
function readPartHead(bytes, at) {
  const head = { name: null, fileName: null, type: null, end: at };
  for (;;) {
    const lineEnd = indexOfBytes(bytes, kCrLf(), at);
    if (lineEnd < 0) malformed('a part has no end of its headers');
    const line = textOf(bytes, at, lineEnd);
    at = lineEnd + 2;
    if (line === '') break;
    const colon = StringPrototypeIndexOf(line, ':');
    if (colon < 0) malformed('a header of a part has no colon');
    const name = StringPrototypeToLowerCase(StringPrototypeSlice(line, 0, colon));
    let from = colon + 1;
    while (line[from] === ' ' || line[from] === '\t') from++;
    const value = StringPrototypeSlice(line, from);
    if (name === 'content-type') head.type = value;
    if (name !== 'content-disposition') continue;
    if (!StringPrototypeStartsWith(value, 'form-data')) malformed('a part is no form-data');
    head.name = quotedField(value, 'name');
    head.fileName = quotedField(value, 'filename');
  }
  if (head.name === null) malformed('a part has no name');
  head.end = at;
  return head;
}

/** Made when first used, not while the snapshot is built. */
let crLf;
const kCrLf = () => (crLf ??= utf8Encode('\r\n'));

/** @param {Uint8Array} bytes @param {string} boundary @returns {FormData} */
export function decodeMultipart(bytes, boundary) {
  const form = new FormData();
  const delimiter = utf8Encode(`--${boundary}`);
  const delimiterLength = TypedArrayPrototypeGetByteLength(delimiter);
  const ending = utf8Encode(`\r\n--${boundary}`);
  let at = startsWithAt(bytes, kCrLf(), 0) ? 2 : 0;
  for (;;) {
    if (!startsWithAt(bytes, delimiter, at)) malformed('there is no boundary where one must be');
    at += delimiterLength;
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return form;
    if (!startsWithAt(bytes, kCrLf(), at)) malformed('a boundary has no line end');
    const head = readPartHead(bytes, at + 2);
    const end = indexOfBytes(bytes, ending, head.end);
    if (end < 0) malformed('the last boundary is missing');
    ArrayPrototypePush(entriesOf(form), head.name, valueOf(bytes, head, end));
    at = end + 2;
  }
}

function valueOf(bytes, head, end) {
  if (head.fileName === null) return textOf(bytes, head.end, end);
  const content = new Uint8Array(TypedArrayPrototypeSubarray(bytes, head.end, end));
  return fileOfBlob(makeBlob(content, head.type ?? 'text/plain'), head.fileName);
}
