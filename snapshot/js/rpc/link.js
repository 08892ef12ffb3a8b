// @ts-check
// Frames between the two sides of a call that goes on: each is a message (message.js), one after the
// other in either direction.

import { endOutgoing, writeOutgoing } from 'nano:ops';
import { forgetPump, pumpFrames } from '../body_pump.js';
import {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  ErrorConstructor,
  PromisePrototypeThen,
  TypedArrayPrototypeGetByteLength,
} from '../primordials.js';
import { Gathered, tooLarge } from './incoming_message.js';
import { kMostAnswerBytes, kOfSession, partOf, sizeOfMessage } from './message.js';
import { brokenMessage } from './thrown.js';

/**
 * That wait for the other side to read. Honest ones have fewer: calls, answers to the other's and
 * releases, 1000 each (session.js, exported.js).
 */
const kMostFrames = 4000;

/**
 * Who gets what comes.
 * @typedef {object} Receiver
 * @property {(frame: Uint8Array) => void} receive may throw, which breaks the link
 * @property {(reason: any) => void} onBroken once; undefined at the end of what comes
 */

export class Link {
  #receiver;
  #incoming;
  /** Begins what goes out, and gives its number. */
  #open;
  #number = -1;
  #isReading = false;
  #isWanted = false;
  #isEnding = false;
  #isOver = false;
  /** Who should read does not. */
  #isDeaf = false;
  #isCaller;
  #frames = [];

  /**
   * @param {import('../incoming_body.js').IncomingBody} incoming @param {Receiver} receiver
   * @param {boolean} isCaller @param {() => number} open called for the first frame; -1: it
   *   cannot be
   */
  constructor(incoming, receiver, isCaller, open) {
    this.#incoming = incoming;
    this.#open = open;
    this.#isCaller = isCaller;
    this.#receiver = receiver;
  }

  /** @param {Uint8Array | undefined} ahead what has come already */
  start(ahead) {
    this.#isReading = true;
    PromisePrototypeThen(
      this.#readAll(ahead),
      () => this.#break(undefined),
      (error) => this.#break(error),
    );
  }

  async #readAll(ahead) {
    let gathered = new Gathered();
    for (let chunk = ahead ?? (await this.#incoming.read()); chunk !== null;) {
      const bytes = gathered.add(chunk);
      const size = sizeOfMessage(bytes);
      if (size !== undefined && size > kMostAnswerBytes) throw tooLarge(size, kMostAnswerBytes);
      if (size !== undefined && size <= gathered.length) {
        const rest = this.#receiveFrom(bytes);
        gathered = new Gathered();
        if (rest !== undefined) gathered.add(rest);
      }
      if (this.#isOver) return;
      chunk = await this.#incoming.read();
    }
    if (gathered.length > 0) throw brokenMessage();
  }

  /** @returns {Uint8Array | undefined} what is no whole frame yet */
  #receiveFrom(bytes) {
    const end = TypedArrayPrototypeGetByteLength(bytes);
    let from = 0;
    while (from < end) {
      const rest = partOf(bytes, from, end);
      const size = sizeOfMessage(rest);
      if (size === undefined || size > end - from) return rest;
      const frame = partOf(bytes, from, from + size);
      if (frame[1] !== kOfSession) throw brokenMessage();
      this.#receiver.receive(frame);
      from += size;
    }
    return undefined;
  }

  get isOpen() {
    return this.#number >= 0;
  }

  /** @param {Uint8Array} frame @param {boolean} [isMinor] it can wait for another one */
  send(frame, isMinor = false) {
    if (this.#isOver || this.#isDeaf) return;
    if (this.#frames.length >= kMostFrames) {
      this.#frames = [];
      this.#break(new ErrorConstructor('the other app does not read what is sent to it'));
      return;
    }
    frame[1] = kOfSession;
    ArrayPrototypePush(this.#frames, frame);
    if (isMinor && !this.isOpen) return;
    if (!this.isOpen) {
      this.#number = this.#open();
      if (!this.isOpen) {
        this.#break(brokenMessage());
        return;
      }
      pumpFrames(this.#number, this);
    }
    if (this.#isWanted) this.pull();
  }

  /** Of a pump: the host wants some. */
  pull() {
    this.#isWanted = this.#frames.length === 0;
    if (!this.#isWanted) writeOutgoing(this.#number, ArrayPrototypeShift(this.#frames));
    else if (this.#isEnding) this.#end();
  }

  /**
   * Of a pump: nobody reads any more. The answerer may have said all; a caller is gone then. With
   * `isLost` a frame is missing, without which neither side can go on.
   */
  cancel(reason, isLost) {
    this.#isDeaf = true;
    this.#frames = [];
    if (isLost || !this.#isCaller) this.#break(reason);
  }

  /** What was sent goes out, and nothing more; what comes is not looked at. */
  end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isEnding = true;
    if (this.#isReading) this.#incoming.cancel();
    if (this.#isWanted) this.pull();
  }

  #end() {
    forgetPump(this.#number);
    endOutgoing(this.#number);
  }

  #break(reason) {
    if (this.#isOver) return;
    this.end();
    this.#receiver.onBroken(reason);
  }
}
