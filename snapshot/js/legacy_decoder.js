// @ts-check
// Decoding of a stream in an encoding other than UTF-8. The op keeps nothing between calls: the
// bytes that it could not use yet stand before those of the next part.

import { legacyDecode } from 'nano:ops';
import {
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSubarray,
  Uint32ArrayConstructor as Uint32Array,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import { concatenate } from './streams/views.js';

/** Bounds what the op needs beside the text it makes. */
const kPieceBytes = 64 * 1024;

const kEndOfText = 1;
const kFatal = 2;

// iso-2022-jp; the last two are a character of each of its sets.
const kEscape = 0x1b;
const kDollar = 0x24;
const kBracket = 0x28;
const kSomeLead = 0x30;
const kSomeTrail = 0x21;

/** Of legacyDecode; made when first used, not while the snapshot is built. */
let unfinished;

/**
 * What sets iso-2022-jp to where it is at `end`: the last escape sequence, and a character after it
 * where there was one, because an escape sequence that follows another at once is malformed.
 * @param {Uint8Array} bytes @param {number} end
 */
function escapeInForce(bytes, end) {
  let at = end - 1;
  while (at >= 0 && bytes[at] !== kEscape) at--;
  if (at < 0) return undefined;
  const isDoubleByte = bytes[at + 1] === kDollar;
  // ESC $ ( D is the one of four bytes.
  const length = isDoubleByte && bytes[at + 2] === kBracket ? 4 : 3;
  const hasCharacter = at + length < end;
  const escape = new Uint8Array(hasCharacter ? length + (isDoubleByte ? 2 : 1) : end - at);
  for (let i = 0; i < length && at + i < end; i++) escape[i] = bytes[at + i];
  if (hasCharacter) escape[length] = kSomeLead;
  if (hasCharacter && isDoubleByte) escape[length + 1] = kSomeTrail;
  return { escape, hasCharacter };
}

export class LegacyDecoder {
  #flags;
  /** A byte order mark of UTF-16 at the beginning is to be dropped. */
  #dropsMark;
  #mayBeMark;
  /** @type {Uint8Array | undefined} */
  #rest = undefined;
  /** How much of the next text stands for characters in #rest that were there before. */
  #repeated = 0;

  /** @param {string} encoding @param {{ fatal: boolean, ignoreBOM: boolean }} options */
  constructor(encoding, { fatal, ignoreBOM }) {
    this.encoding = encoding;
    this.#flags = fatal ? kFatal : 0;
    this.#dropsMark = !ignoreBOM && (encoding === 'utf-16le' || encoding === 'utf-16be');
    this.#mayBeMark = this.#dropsMark;
  }

  /**
   * @param {Uint8Array | undefined} bytes
   * @param {boolean} more whether the stream goes on
   * @throws {TypeError} for a fatal decoder; the stream is then at its beginning again
   */
  decode(bytes, more) {
    const all = bytes ?? new Uint8Array(0);
    const length = TypedArrayPrototypeGetByteLength(all);
    let text = '';
    let isDone = false;
    try {
      for (let at = 0; at === 0 || at < length; at += kPieceBytes) {
        const isLast = at + kPieceBytes >= length;
        const end = isLast ? length : at + kPieceBytes;
        text += this.#decodePiece(TypedArrayPrototypeSubarray(all, at, end), more || !isLast);
      }
      isDone = true;
    } finally {
      if (!more || !isDone) {
        this.#rest = undefined;
        this.#repeated = 0;
        this.#mayBeMark = this.#dropsMark;
      }
    }
    return text;
  }

  #decodePiece(piece, more) {
    const whole = concatenate(this.#rest, piece);
    const flags = this.#flags + (more ? 0 : kEndOfText);
    unfinished ??= new Uint32Array(1);
    const decoded = legacyDecode(this.encoding, whole, flags, unfinished);
    const text = this.#repeated === 0 ? decoded : StringPrototypeSlice(decoded, this.#repeated);
    if (more) this.#keep(whole, unfinished[0]);
    if (!this.#mayBeMark || text === '') return text;
    this.#mayBeMark = false;
    return StringPrototypeCharCodeAt(text, 0) === 0xfeff ? StringPrototypeSlice(text, 1) : text;
  }

  /** @param {Uint8Array} whole @param {number} count of the bytes at the end */
  #keep(whole, count) {
    const used = TypedArrayPrototypeGetByteLength(whole) - count;
    const tail = TypedArrayPrototypeSubarray(whole, used);
    const state = this.encoding === 'iso-2022-jp' ? escapeInForce(whole, used) : undefined;
    if (state !== undefined) this.#rest = concatenate(state.escape, tail);
    else this.#rest = count === 0 ? undefined : new Uint8Array(tail);
    this.#repeated = state !== undefined && state.hasCharacter ? 1 : 0;
  }
}
