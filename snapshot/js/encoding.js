// @ts-check
// TextEncoder and TextDecoder (Encoding standard 7). What is not UTF-8 is in legacy_decoder.js.

import { utf8Decode, utf8Encode, utf8EncodeInto } from 'nano:ops';
import defer * as labels from './encoding_labels.js';
import defer * as legacyDecoder from './legacy_decoder.js';
import {
  ArrayBufferIsView,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  RangeErrorConstructor as RangeError,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetSymbolToStringTag,
  TypedArrayPrototypeSubarray,
  TypeErrorConstructor as TypeError,
  Uint32ArrayConstructor as Uint32Array,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import { concatenate } from './streams/views.js';
import {
  bufferOfView,
  defineInterface,
  illegalInvocation,
  isArrayBuffer,
  isSharedArrayBuffer,
  toDictionary,
  toDOMString,
  tooFewArguments,
} from './webidl.js';

const isWhitespace = (code) =>
  code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;

/** Without ASCII whitespace at the ends; trim() takes off more. */
function trimAscii(text) {
  let from = 0;
  let end = text.length;
  while (from < end && isWhitespace(StringPrototypeCharCodeAt(text, from))) from++;
  while (end > from && isWhitespace(StringPrototypeCharCodeAt(text, end - 1))) end--;
  return StringPrototypeSlice(text, from, end);
}

/** "Get an encoding"; undefined where there is none. @param {string} label */
export const encodingNamed = (label) =>
  labels.encodingOfLabel(StringPrototypeToLowerCase(trimAscii(label)));

/** [read, written] of utf8EncodeInto; made when first used, not while the snapshot is built. */
let counts;

export class TextEncoder {
  #isTextEncoder = true;

  get encoding() {
    if (!(#isTextEncoder in this)) illegalInvocation();
    return 'utf-8';
  }

  encode(input = '') {
    if (!(#isTextEncoder in this)) illegalInvocation();
    return utf8Encode(toDOMString(input));
  }

  encodeInto(source, destination) {
    if (!(#isTextEncoder in this)) illegalInvocation();
    const context = "Failed to execute 'encodeInto' on 'TextEncoder'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    source = toDOMString(source);
    const isView = ArrayBufferIsView(destination);
    if (!isView || TypedArrayPrototypeGetSymbolToStringTag(destination) !== 'Uint8Array') {
      throw new TypeError(`${context}: parameter 2 is not of type 'Uint8Array'.`);
    }
    counts ??= new Uint32Array(2);
    utf8EncodeInto(source, destination, counts);
    return { read: counts[0], written: counts[1] };
  }

  static {
    defineInterface(TextEncoder, (value) => #isTextEncoder in value);
  }
}

/** AllowSharedBufferSource as bytes. @returns {Uint8Array} */
function toBytes(input, context) {
  if (ArrayBufferIsView(input)) {
    const type = TypedArrayPrototypeGetSymbolToStringTag(input);
    if (type === 'Uint8Array') return /** @type {any} */ (input);
    const buffer = bufferOfView(input);
    return type === undefined
      ? new Uint8Array(
          buffer,
          DataViewPrototypeGetByteOffset(input),
          DataViewPrototypeGetByteLength(input),
        )
      : new Uint8Array(
          buffer,
          TypedArrayPrototypeGetByteOffset(input),
          TypedArrayPrototypeGetByteLength(input),
        );
  }
  if (isArrayBuffer(input) || isSharedArrayBuffer(input)) return new Uint8Array(input);
  throw new TypeError(`${context}: parameter 1 is not of type '(ArrayBuffer or ArrayBufferView)'.`);
}

/**
 * How many bytes at the end begin a character and do not end it: 0 to 3.
 * @param {Uint8Array} bytes @param {number} length
 */
function unfinishedBytes(bytes, length) {
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (byte < 0xc2 || byte > 0xf4 || back >= needed) return 0;
    return back > 1 && !mayFollow(byte, bytes[length - back + 1]) ? 0 : back;
  }
  return 0;
}

/** Whether `second` may follow the lead byte (Encoding standard 9.1.1: the two boundaries). */
function mayFollow(lead, second) {
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second <= 0x9f;
  if (lead === 0xf0) return second >= 0x90;
  if (lead === 0xf4) return second <= 0x8f;
  return true;
}

export class TextDecoder {
  #fatal = false;
  #ignoreBOM = false;
  /** @type {import('./legacy_decoder.js').LegacyDecoder | undefined} where it is not UTF-8 */
  #legacy = undefined;
  /** @type {StreamState | undefined} while decode({ stream: true }) goes on */
  #stream = undefined;

  constructor(label = 'utf-8', options = undefined) {
    const context = "Failed to construct 'TextDecoder'";
    let encoding = 'utf-8';
    if (label !== 'utf-8') {
      label = toDOMString(label);
      const found = encodingNamed(label);
      if (found === undefined) {
        throw new RangeError(`${context}: The encoding label provided ('${label}') is invalid.`);
      }
      encoding = found;
    }
    if (options !== undefined) {
      const members = toDictionary(options, context, 'TextDecoderOptions');
      this.#fatal = !!members.fatal;
      this.#ignoreBOM = !!members.ignoreBOM;
    }
    if (encoding !== 'utf-8') {
      const settings = { fatal: this.#fatal, ignoreBOM: this.#ignoreBOM };
      this.#legacy = new legacyDecoder.LegacyDecoder(encoding, settings);
    }
  }

  get encoding() {
    const legacy = this.#legacy; // Throws for a receiver of another kind.
    return legacy === undefined ? 'utf-8' : legacy.encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input = undefined, options = undefined) {
    const stream = this.#stream;
    const context = "Failed to execute 'decode' on 'TextDecoder'";
    const bytes = input === undefined ? undefined : toBytes(input, context);
    const more = !!toDictionary(options, context, 'TextDecodeOptions').stream;
    if (this.#legacy !== undefined) return this.#legacy.decode(bytes, more);
    if (stream === undefined && !more) {
      return bytes === undefined ? '' : utf8Decode(bytes, this.#fatal, this.#ignoreBOM);
    }
    return this.#decodePart(bytes, more);
  }

  #decodePart(bytes, more) {
    const state = (this.#stream ??= new StreamState(this.#ignoreBOM));
    if (!more) this.#stream = undefined;
    const whole = state.take(bytes, more);
    if (TypedArrayPrototypeGetByteLength(whole) === 0) return '';
    const text = utf8Decode(whole, this.#fatal, state.bomSeen);
    state.bomSeen = true;
    return text;
  }

  static {
    defineInterface(TextDecoder, (value) => #fatal in value);
  }
}

/** What is kept between the parts of a stream. */
class StreamState {
  constructor(ignoreBOM) {
    /** A byte order mark is dropped at the very beginning only. */
    this.bomSeen = ignoreBOM;
    /** @type {Uint8Array | undefined} the beginning of a character */
    this.rest = undefined;
  }

  /** The bytes that can be decoded now; the others are kept when there will be `more`. */
  take(bytes, more) {
    let whole = bytes ?? new Uint8Array(0);
    whole = concatenate(this.rest, whole);
    this.rest = undefined;
    const length = TypedArrayPrototypeGetByteLength(whole);
    const kept = more ? unfinishedBytes(whole, length) : 0;
    if (kept === 0) return whole;
    this.rest = new Uint8Array(TypedArrayPrototypeSubarray(whole, length - kept));
    return TypedArrayPrototypeSubarray(whole, 0, length - kept);
  }
}
