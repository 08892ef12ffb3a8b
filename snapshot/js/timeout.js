// @ts-check
// What setTimeout() and setInterval() give where Node.js compatibility is on, as on Workers:
// Node's Timeout, https://nodejs.org/api/timers.html#class-timeout

import { asyncFrame, setAsyncFrame, stopTimer } from 'nano:ops';
import { SymbolDispose, SymbolToPrimitive } from './primordials.js';
import { illegalConstructor } from './webidl.js';

const kPrivate = { __proto__: null };

class Timeout {
  #id;
  /** As timers.js has it. @type {any} */
  #timer;
  #start;
  #stop;
  #hasRef = true;

  constructor(key = undefined, ...parts) {
    if (key !== kPrivate) illegalConstructor();
    this.#id = parts[0];
    this.#timer = parts[1];
    this.#start = parts[2];
    this.#stop = parts[3];
  }

  /** Starts it anew, be it running or done, unless it was cleared. */
  refresh() {
    const { callback, args, delay, repeats, frame } = this.#timer;
    if (delay < 0) return this;
    const outer = asyncFrame();
    setAsyncFrame(frame);
    // It needs no room of its own.
    stopTimer(this.#id);
    try {
      this.#timer = this.#start(callback, args, delay, repeats, this.#id);
    } finally {
      setAsyncFrame(outer);
    }
    return this;
  }

  // A timer keeps no request, and a request ends its timers: both are remembered, no more.
  unref() {
    this.#hasRef = false;
    return this;
  }

  ref() {
    this.#hasRef = true;
    return this;
  }

  hasRef() {
    return this.#hasRef;
  }

  close() {
    this.#timer.delay = -1;
    this.#stop(this.#id);
    return this;
  }

  [SymbolDispose]() {
    this.#timer.delay = -1;
    this.#stop(this.#id);
  }

  [SymbolToPrimitive]() {
    return this.#id;
  }
}

/**
 * @param {number} id @param {any} timer @param {any} start @param {any} stop as timers.js has them
 */
export const makeTimeout = (id, timer, start, stop) =>
  new Timeout(kPrivate, id, timer, start, stop);
