// @ts-check
// A body that comes in and that JavaScript has not got yet: a client's, or that of a fetched
// response. It is read in pieces, or handed on as it came.

import { cancelIncoming, readIncoming } from 'nano:ops';
import { PromisePrototypeThen, PromiseReject, PromiseWithResolvers } from './primordials.js';

/** The numbers of fetches begin here; below are the slots of requests (snapshot/fetch_host.h). */
export const kFirstFetch = 0x80000000;
/** Added to either: what goes on beside a call that is answered (FetchHost::kTwoWayBit). */
export const kTwoWay = 0x40000000;

export class IncomingBody {
  /** How the host knows it. @type {number} */
  number;
  /** The Content-Encoding that it came with. @type {string | null} */
  encoding;
  /** Whether reading takes that off. */
  isDecoded;
  /** Of a fetch with a signal: called once nothing is left to abort. @type {any} */
  onOver = undefined;
  #isOver = false;
  #isAborted = false;
  #reason = undefined;
  /** The read under way, where it can be aborted. */
  #reading = undefined;
  /** The controller of the stream that was made of it. @type {any} */
  #controller = undefined;

  /** @param {number} number @param {string | null} encoding @param {boolean} isDecoded */
  constructor(number, encoding, isDecoded) {
    this.number = number;
    this.encoding = encoding;
    this.isDecoded = isDecoded;
  }

  get isFetched() {
    return this.number >= kFirstFetch;
  }

  get isAborted() {
    return this.#isAborted;
  }

  get abortReason() {
    return this.#reason;
  }

  /** @returns {Promise<Uint8Array | null>} null at the end */
  read() {
    if (this.#isAborted) return PromiseReject(this.#reason);
    const chunk = readIncoming(this.number);
    if (this.onOver === undefined) return chunk;
    const reading = PromiseWithResolvers();
    this.#reading = reading;
    PromisePrototypeThen(
      chunk,
      (bytes) => {
        this.#reading = undefined;
        if (bytes === null) this.#finish();
        reading.resolve(bytes);
      },
      (error) => {
        this.#reading = undefined;
        this.#finish();
        reading.reject(error);
      },
    );
    return reading.promise;
  }

  /** Nobody will read the rest. */
  cancel() {
    if (this.#isOver) return;
    cancelIncoming(this.number);
    this.#finish();
  }

  /** What is read from now on, or waited for, fails. @param {any} reason */
  abort(reason) {
    if (this.#isOver) return;
    this.#isAborted = true;
    this.#reason = reason;
    cancelIncoming(this.number);
    this.#finish();
    this.#reading?.reject(reason);
    this.#controller?.error(reason);
  }

  /** The stream that is made of it. @param {any} controller */
  attach(controller) {
    this.#controller = controller;
    if (this.#isAborted) controller.error(this.#reason);
  }

  /** Hands it on: the number, for the host. Throws what it was aborted with. @returns {number} */
  take() {
    if (this.#isAborted) throw this.#reason;
    this.#finish();
    return this.number;
  }

  #finish() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onOver?.();
  }
}
