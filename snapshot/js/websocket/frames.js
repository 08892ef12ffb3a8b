// @ts-check
// Frames of the WebSocket protocol, RFC 6455 5, as a client sends and receives them. The bytes are
// a stranger's: lengths are checked before anything is kept, and memory grows with what has arrived.

import { fillRandom, utf8Decode } from 'nano:ops';
import {
  ArrayBufferConstructor,
  MathMax,
  MathMin,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSet,
  Uint32ArrayConstructor,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { isObject } from '../webidl.js';

export const kContinuation = 0;
export const kText = 1;
export const kBinary = 2;
export const kClose = 8;
export const kPing = 9;
export const kPong = 10;

/** The largest message, as Workers have it; the app's buffers may hold less. */
export const kMaxMessageBytes = 32 << 20;

/** Codes of RFC 6455 7.4.1. */
export const kProtocolError = 1002;
export const kNoStatus = 1005;
export const kAbnormal = 1006;
export const kBadText = 1007;
export const kTooLarge = 1009;

const kFinal = 0x80;
const kReserved = 0x70;
const kOpcode = 0x0f;
const kMasked = 0x80;
const kMaxControlBytes = 125;
const kSmallestBuffer = 1024;

/** @type {(value: any) => { code: number, reason: string }} */
let toFailure;

/** A frame that ends the connection, with this code. */
class FrameError {
  #code;
  #reason;

  constructor(code, reason) {
    this.#code = code;
    this.#reason = reason;
  }

  static {
    // What else is thrown is a buffer that does not fit.
    toFailure = (value) =>
      isObject(value) && #code in value
        ? { code: value.#code, reason: value.#reason }
        : { code: kTooLarge, reason: `${value}` };
  }
}

export { toFailure };

/** Part of `bytes`, by a constructor that nobody can have replaced. */
export function partOf(bytes, from, to) {
  const start = TypedArrayPrototypeGetByteOffset(bytes) + from;
  return new Uint8ArrayConstructor(TypedArrayPrototypeGetBuffer(bytes), start, to - from);
}

/** Bytes that arrive in parts. */
class Collected {
  #bytes = undefined;
  length = 0;

  /** @param {Uint8Array} part */
  add(part) {
    const size = TypedArrayPrototypeGetByteLength(part);
    const needed = this.length + size;
    const has = this.#bytes === undefined ? 0 : TypedArrayPrototypeGetByteLength(this.#bytes);
    if (needed > has) {
      const larger = new Uint8ArrayConstructor(
        MathMin(MathMax(needed, has * 2, kSmallestBuffer), MathMax(needed, kMaxMessageBytes)),
      );
      if (this.length > 0) TypedArrayPrototypeSet(larger, partOf(this.#bytes, 0, this.length));
      this.#bytes = larger;
    }
    TypedArrayPrototypeSet(this.#bytes, part, this.length);
    this.length = needed;
  }

  /** All of it, in a buffer of its own. */
  take() {
    const kept = this.#bytes;
    let all = kept;
    if (kept === undefined || TypedArrayPrototypeGetByteLength(kept) !== this.length) {
      all = new Uint8ArrayConstructor(this.length);
      if (kept !== undefined) TypedArrayPrototypeSet(all, partOf(kept, 0, this.length));
    }
    this.#bytes = undefined;
    this.length = 0;
    return all;
  }
}

/**
 * What a reader of frames is told. A control frame may come between the parts of a message.
 * @typedef {object} FrameSink
 * @property {(text: string) => void} text
 * @property {(bytes: Uint8Array) => void} binary
 * @property {(bytes: Uint8Array) => void} ping
 * @property {(code: number, reason: string) => void} close kNoStatus where none is given
 */

export class FrameReader {
  #sink;
  /** The frame's first bytes, until its length is known. */
  #head = new Uint8ArrayConstructor(10);
  #headSize = 0;
  #opcode = 0;
  #isFinal = false;
  /** Of the frame's payload; -1 while the head is read. */
  #missing = -1;
  /** Of the message that is being received; 0 for none. */
  #messageOpcode = 0;
  #message = new Collected();
  #control = new Collected();

  /** @param {FrameSink} sink */
  constructor(sink) {
    this.#sink = sink;
  }

  /**
   * Reads on. What it throws is for toFailure(); nothing may be read afterwards.
   * @param {Uint8Array} bytes @param {() => boolean} goesOn asked after each frame
   */
  read(bytes, goesOn) {
    const size = TypedArrayPrototypeGetByteLength(bytes);
    let at = 0;
    while (at < size && goesOn()) {
      if (this.#missing < 0) {
        this.#head[this.#headSize++] = bytes[at++];
        this.#readHead();
      } else {
        const count = MathMin(this.#missing, size - at);
        this.#payload.add(partOf(bytes, at, at + count));
        this.#missing -= count;
        at += count;
      }
      if (this.#missing === 0) this.#endFrame();
    }
  }

  get #payload() {
    return this.#opcode >= kClose ? this.#control : this.#message;
  }

  #readHead() {
    const head = this.#head;
    if (this.#headSize < 2) return;
    const short = head[1] & 0x7f;
    const size = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (this.#headSize === 2) this.#checkHead(head[0], head[1]);
    if (this.#headSize < size) return;
    let length = short;
    if (size > 2) {
      length = 0;
      for (let i = 2; i < size; i++) length = length * 256 + head[i];
    }
    if (this.#message.length + length > kMaxMessageBytes) {
      throw new FrameError(kTooLarge, 'a message is larger than 32 MiB');
    }
    this.#headSize = 0;
    this.#missing = length;
  }

  #checkHead(first, second) {
    this.#opcode = first & kOpcode;
    this.#isFinal = (first & kFinal) !== 0;
    if ((first & kReserved) !== 0) throw new FrameError(kProtocolError, 'a reserved bit is set');
    if ((second & kMasked) !== 0) throw new FrameError(kProtocolError, 'a frame is masked');
    switch (this.#opcode) {
      case kContinuation:
        if (this.#messageOpcode === 0) {
          throw new FrameError(kProtocolError, 'nothing is to be continued');
        }
        return;
      case kText:
      case kBinary:
        if (this.#messageOpcode !== 0) {
          throw new FrameError(kProtocolError, 'a message begins inside another');
        }
        this.#messageOpcode = this.#opcode;
        return;
      case kClose:
      case kPing:
      case kPong:
        if (!this.#isFinal || (second & 0x7f) > kMaxControlBytes) {
          throw new FrameError(kProtocolError, 'a control frame is too long or fragmented');
        }
        return;
      default:
        throw new FrameError(kProtocolError, `there is no opcode ${this.#opcode}`);
    }
  }

  #endFrame() {
    this.#missing = -1;
    const opcode = this.#opcode;
    if (opcode >= kClose) {
      const bytes = this.#control.take();
      if (opcode === kPing) this.#sink.ping(bytes);
      else if (opcode === kClose) this.#endConnection(bytes);
    } else if (this.#isFinal) {
      const isText = this.#messageOpcode === kText;
      const bytes = this.#message.take();
      this.#messageOpcode = 0;
      if (isText) this.#sink.text(decode(bytes));
      else this.#sink.binary(bytes);
    }
  }

  #endConnection(bytes) {
    const size = TypedArrayPrototypeGetByteLength(bytes);
    if (size === 0) {
      this.#sink.close(kNoStatus, '');
      return;
    }
    const code = size === 1 ? 0 : bytes[0] * 256 + bytes[1];
    if (!mayBeReceived(code)) throw new FrameError(kProtocolError, 'a close frame has a bad code');
    this.#sink.close(code, decode(partOf(bytes, 2, size)));
  }
}

const mayBeReceived = (code) =>
  (code >= 1000 && code <= 1003) ||
  (code >= 1007 && code <= 1014) ||
  (code >= 3000 && code <= 4999);

function decode(bytes) {
  try {
    return utf8Decode(bytes, true, true);
  } catch {
    throw new FrameError(kBadText, 'a text is not UTF-8');
  }
}

/** Where the payload begins: a head is 14 bytes at most, and words are aligned. */
const kPayloadStart = 16;
const kMaskBytes = 4;

/**
 * A frame as a client sends it: with a mask that nobody can foresee.
 * @param {number} opcode @param {boolean} isFinal @param {Uint8Array} payload
 * @returns {Uint8Array}
 */
export function makeFrame(opcode, isFinal, payload) {
  const length = TypedArrayPrototypeGetByteLength(payload);
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const start = kPayloadStart - kMaskBytes - extended - 2;
  const buffer = new ArrayBufferConstructor(kPayloadStart + ((length + 3) & ~3));
  const bytes = new Uint8ArrayConstructor(buffer);
  bytes[start] = (isFinal ? kFinal : 0) | opcode;
  bytes[start + 1] = kMasked | (extended === 0 ? length : extended === 2 ? 126 : 127);
  let rest = length;
  for (let i = start + 1 + extended; i > start + 1; i--) {
    bytes[i] = rest & 0xff;
    rest = (rest - (rest & 0xff)) / 256;
  }
  fillRandom(new Uint8ArrayConstructor(buffer, kPayloadStart - kMaskBytes, kMaskBytes));
  TypedArrayPrototypeSet(bytes, payload, kPayloadStart);
  const words = new Uint32ArrayConstructor(buffer, kPayloadStart - kMaskBytes);
  const count = TypedArrayPrototypeGetLength(words);
  const mask = words[0];
  for (let i = 1; i < count; i++) words[i] ^= mask;
  return new Uint8ArrayConstructor(buffer, start, kPayloadStart - start + length);
}
