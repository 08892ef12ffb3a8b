// @ts-check
// A WebSocket's connection to a server: frames over a socket, from the end of the handshake to the
// end of the connection.

import { utf8Encode } from 'nano:ops';
import {
  ArrayPrototypePush,
  MathMin,
  PromisePrototypeThen,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { Queue } from '../streams/queue.js';
import { startInternalTimer, stopInternalTimer } from '../timers.js';
import {
  FrameReader,
  kAbnormal,
  kBinary,
  kClose,
  kContinuation,
  kNoStatus,
  kPong,
  kText,
  makeFrame,
  partOf,
  toFailure,
} from './frames.js';

/** How long the server may take to answer a close frame. */
const kCloseMillis = 10_000;
/** A larger message is sent in several frames, so that a pong need not wait for all of it. */
const kMaxFramePayload = 65536;
/** What is joined into one write at most, unless one frame is larger. */
const kWriteBytes = 65536;
const kNoCloseFrame = 'WebSocket disconnected without sending Close frame.';

/**
 * What a link tells its WebSocket. After `closed` nothing more.
 * @typedef {object} LinkOwner
 * @property {(data: string | ArrayBuffer) => void} message
 * @property {() => void} closing the other side has begun to close
 * @property {(code: number, reason: string, wasClean: boolean, problem?: string) => void} closed
 */

/** A message, or a close frame, on its way out. */
class Outgoing {
  #opcode;
  #bytes;
  #sent = 0;

  constructor(opcode, bytes) {
    this.#opcode = opcode;
    this.#bytes = bytes;
  }

  get isClose() {
    return this.#opcode === kClose;
  }

  get missing() {
    return TypedArrayPrototypeGetByteLength(this.#bytes) - this.#sent;
  }

  nextFrame() {
    const from = this.#sent;
    this.#sent += MathMin(this.missing, kMaxFramePayload);
    const opcode = from === 0 ? this.#opcode : kContinuation;
    return makeFrame(opcode, this.missing === 0, partOf(this.#bytes, from, this.#sent));
  }
}

export class NetworkLink {
  #raw;
  /** @type {LinkOwner} */
  #owner;
  #reader;
  /** What came with the head of the server's answer. */
  #rest;
  #queue = new Queue();
  #isWriting = false;
  /** The payload of the pong that is owed. */
  #pong = undefined;
  #closeSent = false;
  #closeReceived = undefined;
  #isOver = false;
  #timer = undefined;
  bufferedAmount = 0;

  /**
   * @param {import('../raw_socket.js').RawSocket} raw after its handshake
   * @param {Uint8Array} rest
   */
  constructor(raw, rest) {
    this.#raw = raw;
    this.#rest = rest;
    this.#reader = new FrameReader({
      text: (text) => this.#owner.message(text),
      binary: (bytes) => this.#owner.message(TypedArrayPrototypeGetBuffer(bytes)),
      ping: (bytes) => this.#answerPing(bytes),
      close: (code, reason) => this.#receiveClose(code, reason),
    });
  }

  /** Messages come from now on. @param {LinkOwner} owner */
  begin(owner) {
    this.#owner = owner;
    const rest = this.#rest;
    this.#rest = undefined;
    this.#receive(rest);
  }

  /** @param {string | Uint8Array} data bytes that nobody else has */
  send(data) {
    const isText = typeof data === 'string';
    const bytes = isText ? utf8Encode(data) : data;
    this.bufferedAmount += TypedArrayPrototypeGetByteLength(bytes);
    this.#queue.push(new Outgoing(isText ? kText : kBinary, bytes));
    this.#write();
  }

  /** @param {number} code kNoStatus for none @param {Uint8Array} reason UTF-8, at most 123 bytes */
  close(code, reason) {
    if (this.#closeSent || this.#isOver) return;
    this.#closeSent = true;
    const size = TypedArrayPrototypeGetByteLength(reason);
    const payload = new Uint8ArrayConstructor(code === kNoStatus ? 0 : 2 + size);
    if (code !== kNoStatus) {
      payload[0] = code >> 8;
      payload[1] = code & 0xff;
      TypedArrayPrototypeSet(payload, reason, 2);
    }
    this.#queue.push(new Outgoing(kClose, payload));
    this.#write();
    const giveUp = () => {
      this.#end(kAbnormal, '', false, 'the connection was not closed within 10 s');
    };
    try {
      this.#timer = startInternalTimer(kCloseMillis, giveUp);
    } catch {
      // The request has too many timers, and ends the connection when it ends itself.
    }
  }

  // ---- In.

  #receive(bytes) {
    try {
      this.#reader.read(bytes, () => !this.#isOver && this.#closeReceived === undefined);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#isOver || this.#closeReceived !== undefined) return;
    PromisePrototypeThen(
      this.#raw.read(),
      (chunk) => {
        if (this.#isOver) return;
        if (chunk === null) this.#end(kAbnormal, kNoCloseFrame, false);
        else this.#receive(chunk);
      },
      (error) => this.#end(kAbnormal, '', false, error.message),
    );
  }

  /** What the server sent ends the connection; the server is told if it can be at once. */
  #fail(error) {
    const { code, reason } = toFailure(error);
    this.close(code, new Uint8ArrayConstructor(0));
    this.#end(kAbnormal, '', false, reason);
  }

  /** The latest only: a flood of pings costs one pong at a time (RFC 6455 5.5.3). */
  #answerPing(bytes) {
    this.#pong = bytes;
    this.#write();
  }

  #receiveClose(code, reason) {
    this.#closeReceived = { code, reason };
    this.#owner.closing();
    if (this.#closeSent) this.#endClean();
    else this.close(code, new Uint8ArrayConstructor(0));
  }

  // ---- Out.

  #write() {
    if (this.#isWriting || this.#isOver) return;
    const batch = this.#takeFrames();
    if (batch === undefined) return;
    this.#isWriting = true;
    PromisePrototypeThen(
      this.#raw.write(batch.bytes),
      () => {
        this.#isWriting = false;
        this.bufferedAmount -= batch.payload;
        if (batch.hasClose && this.#closeReceived !== undefined) this.#endClean();
        else this.#write();
      },
      (error) => this.#end(kAbnormal, '', false, error.message),
    );
  }

  /** What one write carries. */
  #takeFrames() {
    const frames = [];
    let size = 0;
    let payload = 0;
    let hasClose = false;
    while (size < kWriteBytes && !hasClose) {
      let frame;
      if (this.#pong !== undefined) {
        frame = makeFrame(kPong, true, this.#pong);
        this.#pong = undefined;
      } else if (this.#queue.length > 0) {
        const next = this.#queue.peek();
        const missing = next.missing;
        frame = next.nextFrame();
        hasClose = next.isClose;
        if (!hasClose) payload += missing - next.missing;
        if (next.missing === 0) this.#queue.shift();
      } else {
        break;
      }
      ArrayPrototypePush(frames, frame);
      size += TypedArrayPrototypeGetByteLength(frame);
    }
    return size === 0 ? undefined : { bytes: join(frames, size), payload, hasClose };
  }

  // ---- The end.

  /** Both sides have said that they close: what is written arrives. */
  #endClean() {
    const raw = this.#raw;
    const close = () => raw.close();
    PromisePrototypeThen(raw.end(), close, close);
    this.#over(this.#closeReceived.code, this.#closeReceived.reason, true);
  }

  #end(code, reason, wasClean, problem = undefined) {
    if (this.#isOver) return;
    this.#raw.close();
    this.#over(code, reason, wasClean, problem);
  }

  #over(code, reason, wasClean, problem = undefined) {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== undefined) stopInternalTimer(this.#timer);
    this.#owner.closed(code, reason, wasClean, problem);
  }
}

function join(frames, size) {
  if (frames.length === 1) return frames[0];
  const all = new Uint8ArrayConstructor(size);
  let at = 0;
  for (let i = 0; i < frames.length; i++) {
    TypedArrayPrototypeSet(all, frames[i], at);
    at += TypedArrayPrototypeGetByteLength(frames[i]);
  }
  return all;
}
