// @ts-check
// Decoding of a stream in an encoding other than UTF-8. The op keeps nothing between calls: the
// bytes that it could not use yet stand before those of the next part, and iso-2022-jp has a state.

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

/** Of legacyDecode; made when first used, not while the snapshot is built. */
let progress;

export class LegacyDecoder {
  #flags;
  /** A byte order mark of UTF-16 at the beginning is to be dropped. */
  #dropsMark;
  #mayBeMark;
  /** @type {Uint8Array | undefined} */
  #rest = undefined;
  #state = 0;

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
        this.#state = 0;
        this.#mayBeMark = this.#dropsMark;
      }
    }
    return text;
  }

  #decodePiece(piece, more) {
    const whole = concatenate(this.#rest, piece);
    const flags = this.#flags + (more ? 0 : kEndOfText);
    progress ??= new Uint32Array(2);
    progress[1] = this.#state;
    const text = legacyDecode(this.encoding, whole, flags, progress);
    this.#state = progress[1];
    if (more) this.#keep(whole, progress[0]);
    if (!this.#mayBeMark || text === '') return text;
    this.#mayBeMark = false;
    return StringPrototypeCharCodeAt(text, 0) === 0xfeff ? StringPrototypeSlice(text, 1) : text;
  }

  /** @param {Uint8Array} whole @param {number} count of the bytes at the end */
  #keep(whole, count) {
    const used = TypedArrayPrototypeGetByteLength(whole) - count;
    this.#rest = count === 0 ? undefined : new Uint8Array(TypedArrayPrototypeSubarray(whole, used));
  }
}
