// @ts-check
// What the two kinds of readable stream controller share: starting, and pulling when there is
// room. Each kind has: closeRequested, highWaterMark, error(e), and an amount of queued data.

import { PromisePrototypeThen } from '../primordials.js';
import { resolvedWith } from './promises.js';

/**
 * Where the chunks come from: a tenant's underlying source, or a built-in.
 * @typedef {object} Source
 * @property {(controller: any) => Promise<any>} pull
 * @property {(reason: any) => Promise<any>} cancel
 */

export class ReadableControllerCore {
  // Declared, not only assigned: an assignment would run a setter on Object.prototype.
  stream;
  highWaterMark;
  closeRequested = false;
  /** Gone once the stream is closed or errored, and the tenant's source with it. */
  source;
  #started = false;
  #pulling = false;
  #pullAgain = false;
  #onPulled = undefined;
  #onFailed = undefined;

  /**
   * @param {import('./readable_core.js').ReadableCore} stream
   * @param {Source} source @param {number} highWaterMark
   */
  constructor(stream, source, highWaterMark) {
    this.stream = stream;
    /** @type {Source | undefined} */
    this.source = source;
    this.highWaterMark = highWaterMark;
    stream.controller = this;
  }

  /** The amount in the queue, by the strategy's measure. @returns {number} */
  get queuedSize() {
    return 0;
  }

  /** @param {any} error */
  error(error) {}

  /** The end of SetUpReadable...Controller. @param {any} startResult */
  begin(startResult) {
    this.beginAfter(resolvedWith(startResult));
  }

  /** @param {Promise<any>} started */
  beginAfter(started) {
    this.#onFailed = (error) => this.error(error);
    PromisePrototypeThen(
      started,
      () => {
        this.#started = true;
        this.callPullIfNeeded();
      },
      this.#onFailed,
    );
  }

  callPullIfNeeded() {
    if (!this.shouldCallPull) return;
    if (this.#pulling) {
      this.#pullAgain = true;
      return;
    }
    this.#pulling = true;
    this.#onPulled ??= () => {
      this.#pulling = false;
      if (!this.#pullAgain) return;
      this.#pullAgain = false;
      this.callPullIfNeeded();
    };
    const pulled = /** @type {Source} */ (this.source).pull(this);
    PromisePrototypeThen(pulled, this.#onPulled, this.#onFailed);
  }

  get shouldCallPull() {
    if (!this.canCloseOrEnqueue || !this.#started) return false;
    return this.stream.waiting > 0 || this.highWaterMark - this.queuedSize > 0;
  }

  get canCloseOrEnqueue() {
    return !this.closeRequested && this.stream.state === 'readable';
  }

  /** @returns {number | null} */
  get desiredSize() {
    const state = this.stream.state;
    if (state === 'errored') return null;
    return state === 'closed' ? 0 : this.highWaterMark - this.queuedSize;
  }
}
