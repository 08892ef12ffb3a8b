// @ts-check
// Blob and File (File API 3 and 4). A blob is bytes that nobody can change or reach: what is handed
// out are copies, and a slice is a view of the same bytes.

import { utf8Decode, utf8Encode } from 'nano:ops';
import { inspectAs } from './inspect_interfaces.js';
import {
  ArrayBufferIsView,
  ArrayPrototypePush,
  DateNow,
  MathMax,
  MathMin,
  PromiseReject,
  PromiseResolve,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeSet,
  TypeErrorConstructor as TypeError,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import defer * as byteCore from './streams/readable_byte_core.js';
import { readableStreamOf } from './streams/readable_stream.js';
import { byteLengthOfView, byteOffsetOfView } from './streams/views.js';
import {
  bufferOfView,
  defineInterface,
  illegalInvocation,
  isArrayBuffer,
  isObject,
  toDictionary,
  toDOMString,
  toEnum,
  toLongLong,
  tooFewArguments,
  toSequence,
  toUSVString,
} from './webidl.js';

/** What a stream gives at a time. */
const kChunkBytes = 64 * 1024;
const kEndings = ['transparent', 'native'];
const kLineFeed = 10;
const kCarriageReturn = 13;
const kInternal = { __proto__: null };

const illegalReceiver = () => PromiseReject(new TypeError('Illegal invocation'));

/** @param {Uint8Array} bytes @param {number} from @param {number} end @returns {Uint8Array} */
const viewOf = (bytes, from, end) =>
  new Uint8Array(
    TypedArrayPrototypeGetBuffer(bytes),
    TypedArrayPrototypeGetByteOffset(bytes) + from,
    end - from,
  );

/** What becomes of a media type: lower case, or nothing where it has strange characters. */
function normalizeType(type) {
  for (let i = 0; i < type.length; i++) {
    const code = StringPrototypeCharCodeAt(type, i);
    if (code < 0x20 || code > 0x7e) return '';
  }
  return StringPrototypeToLowerCase(type);
}

/** @param {any} part @returns {any} a string, a blob's bytes, a buffer or a view */
function toPart(part) {
  if (isBlob(part)) return bytesOf(part);
  if (ArrayBufferIsView(part) || isArrayBuffer(part)) return part;
  return toUSVString(part);
}

/** With the line ends of the platform: CR and CRLF are LF. @param {string} text */
function toNativeEndings(text) {
  let result = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (StringPrototypeCharCodeAt(text, i) !== kCarriageReturn) continue;
    result += `${StringPrototypeSlice(text, from, i)}\n`;
    if (i + 1 < text.length && StringPrototypeCharCodeAt(text, i + 1) === kLineFeed) i++;
    from = i + 1;
  }
  return result + StringPrototypeSlice(text, from);
}

/** The bytes of a part, perhaps not a copy. @param {any} part @param {boolean} hasNativeEndings */
function bytesOfPart(part, hasNativeEndings) {
  if (typeof part === 'string') {
    return utf8Encode(hasNativeEndings ? toNativeEndings(part) : part);
  }
  if (!ArrayBufferIsView(part)) return new Uint8Array(part);
  return new Uint8Array(bufferOfView(part), byteOffsetOfView(part), byteLengthOfView(part));
}

/** @param {any[]} parts @param {string} endings @returns {Uint8Array} */
function concatenate(parts, endings) {
  const pieces = [];
  let total = 0;
  for (let i = 0; i < parts.length; i++) {
    const piece = bytesOfPart(parts[i], endings === 'native');
    ArrayPrototypePush(pieces, piece);
    total += TypedArrayPrototypeGetByteLength(piece);
  }
  const bytes = new Uint8Array(total);
  let place = 0;
  for (let i = 0; i < pieces.length; i++) {
    TypedArrayPrototypeSet(bytes, pieces[i], place);
    place += TypedArrayPrototypeGetByteLength(pieces[i]);
  }
  return bytes;
}

/** A place in `size` bytes; a negative one counts from the end. */
function placeIn(size, value, context) {
  const place = toLongLong(value, context, 'clamp');
  return place < 0 ? MathMax(size + place, 0) : MathMin(place, size);
}

class BlobSource {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  pull(controller) {
    const size = TypedArrayPrototypeGetByteLength(this.#bytes);
    const end = MathMin(this.#at + kChunkBytes, size);
    if (end > this.#at) controller.enqueue(new Uint8Array(viewOf(this.#bytes, this.#at, end)));
    this.#at = end;
    if (end < size) return PromiseResolve(undefined);
    controller.close();
    if (controller.pending.length > 0) controller.respond(0);
    return PromiseResolve(undefined);
  }

  cancel() {
    return PromiseResolve(undefined);
  }
}

/** @type {(value: any) => boolean} */
let isBlob;
/** The blob's own bytes, which nobody may change. @type {(blob: Blob) => Uint8Array} */
let bytesOf;
/** @type {(blob: Blob) => string} */
let typeOf;

export class Blob {
  #bytes;
  #type = '';

  constructor(blobParts = undefined, options = undefined) {
    if (blobParts === kInternal) {
      this.#bytes = options.bytes;
      this.#type = options.type;
      return;
    }
    const context = "Failed to construct 'Blob'";
    const parts = blobParts === undefined ? [] : toSequence(blobParts, context, toPart);
    const bag = toDictionary(options, context, 'BlobPropertyBag');
    const endings = bag.endings;
    const lines =
      endings === undefined ? 'transparent' : toEnum(endings, kEndings, context, 'EndingType');
    const type = bag.type;
    if (type !== undefined) this.#type = normalizeType(toDOMString(type));
    this.#bytes = concatenate(parts, lines);
  }

  get size() {
    return TypedArrayPrototypeGetByteLength(this.#bytes);
  }

  get type() {
    return this.#type;
  }

  slice(start = undefined, end = undefined, contentType = undefined) {
    const context = "Failed to execute 'slice' on 'Blob'";
    const size = TypedArrayPrototypeGetByteLength(this.#bytes);
    const from = start === undefined ? 0 : placeIn(size, start, context);
    const to = end === undefined ? size : placeIn(size, end, context);
    const type = contentType === undefined ? '' : normalizeType(toDOMString(contentType));
    return makeBlob(viewOf(this.#bytes, from, MathMax(from, to)), type);
  }

  stream() {
    const stream = byteCore.createReadableBytes(new BlobSource(this.#bytes));
    stream.content = this.#bytes;
    return readableStreamOf(stream);
  }

  text() {
    if (!isObject(this) || !(#bytes in this)) return illegalReceiver();
    return PromiseResolve(utf8Decode(this.#bytes, false, false));
  }

  arrayBuffer() {
    if (!isObject(this) || !(#bytes in this)) return illegalReceiver();
    return PromiseResolve(TypedArrayPrototypeGetBuffer(new Uint8Array(this.#bytes)));
  }

  bytes() {
    if (!isObject(this) || !(#bytes in this)) return illegalReceiver();
    return PromiseResolve(new Uint8Array(this.#bytes));
  }

  static {
    isBlob = (value) => isObject(value) && #bytes in value;
    bytesOf = (blob) => blob.#bytes;
    typeOf = (blob) => blob.#type;
  }
}
defineInterface(Blob, isBlob);

/** Of bytes that nobody else has. @param {Uint8Array} bytes @param {string} type @returns {Blob} */
export function makeBlob(bytes, type) {
  return new Blob(/** @type {any} */ (kInternal), /** @type {any} */ ({ bytes, type }));
}

/** @type {(value: any) => boolean} */
let isFile;
/** @type {(file: File) => { name: string, lastModified: number }} */
let fileFactsOf;

export class File extends Blob {
  #name;
  #lastModified;

  constructor(fileBits, fileName, options = undefined) {
    const context = "Failed to construct 'File'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    if (fileBits === kInternal) {
      super(fileBits, options);
      this.#name = fileName;
      this.#lastModified = /** @type {any} */ (options).lastModified;
      return;
    }
    if (fileBits === undefined) throw new TypeError(`${context}: parameter 1 is not a sequence.`);
    super(fileBits, options);
    this.#name = toUSVString(fileName);
    const lastModified = toDictionary(options, context, 'FilePropertyBag').lastModified;
    this.#lastModified = lastModified === undefined ? DateNow() : toLongLong(lastModified, context);
  }

  get name() {
    if (!(#name in this)) illegalInvocation();
    return this.#name;
  }

  get lastModified() {
    if (!(#name in this)) illegalInvocation();
    return this.#lastModified;
  }

  static {
    isFile = (value) => isObject(value) && #name in value;
    fileFactsOf = (file) => ({ name: file.#name, lastModified: file.#lastModified });
  }
}
defineInterface(File);

/** The same bytes under a name. @param {Blob} blob @param {string} name @returns {File} */
export function fileOfBlob(blob, name) {
  const lastModified = isFile(blob)
    ? fileFactsOf(/** @type {any} */ (blob)).lastModified
    : DateNow();
  const parts = { bytes: bytesOf(blob), type: typeOf(blob), lastModified };
  return new File(/** @type {any} */ (kInternal), name, /** @type {any} */ (parts));
}

/**
 * Of bytes that nobody else has.
 * @param {{ bytes: Uint8Array, type: string, name: string, lastModified: number }} facts
 */
export function makeFile({ bytes, type, name, lastModified }) {
  return new File(
    /** @type {any} */ (kInternal),
    name,
    /** @type {any} */ ({ bytes, type, lastModified }),
  );
}

/** As structuredClone() does it. @param {Blob} blob @returns {Blob} */
export function copyBlob(blob) {
  if (!isFile(blob)) return makeBlob(bytesOf(blob), typeOf(blob));
  return fileOfBlob(blob, fileFactsOf(/** @type {any} */ (blob)).name);
}

inspectAs(isBlob, (blob) => {
  const size = TypedArrayPrototypeGetByteLength(bytesOf(blob));
  const fields = ['size', size, 'type', typeOf(blob)];
  if (!isFile(blob)) return fields;
  const { name, lastModified } = fileFactsOf(blob);
  ArrayPrototypePush(fields, 'name', name);
  ArrayPrototypePush(fields, 'lastModified', lastModified);
  return fields;
});

/** @param {File} file */
export const fileNameOf = (file) => fileFactsOf(file).name;

export { bytesOf, fileFactsOf, isBlob, isFile, typeOf, viewOf };
