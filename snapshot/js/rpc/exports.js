// @ts-check
// What one side of a session has sent by reference, by numbers; sent twice it has one.

import { ErrorConstructor, SafeMap } from '../primordials.js';
import { Exported } from './exported.js';

export const kMostReferences = 1000;

export class Exports {
  #lastNumber = 0;
  /** { number, value, exported, count }; `count`: how often it was sent. */
  #byNumber = new SafeMap();
  #byValue = new SafeMap();

  get size() {
    return this.#byNumber.size;
  }

  /** @param {any} value @returns {number} */
  add(value) {
    let entry = this.#byValue.get(value);
    if (entry === undefined) {
      if (this.size >= kMostReferences) {
        throw new ErrorConstructor(
          `More than ${kMostReferences} functions and objects have been sent by reference: dispose ` +
            'of stubs that are not needed any more.',
        );
      }
      entry = { number: ++this.#lastNumber, value, exported: new Exported(value), count: 0 };
      this.#byNumber.set(entry.number, entry);
      this.#byValue.set(value, entry);
    }
    entry.count++;
    return entry.number;
  }

  /** @param {number} number @returns {Exported | undefined} */
  get(number) {
    return this.#byNumber.get(number)?.exported;
  }

  /** @param {number} number @param {number} count @returns {boolean} false: it was not sent so often */
  release(number, count, isSent = true) {
    const entry = this.#byNumber.get(number);
    if (entry === undefined || !(count > 0 && count <= entry.count)) return false;
    entry.count -= count;
    if (entry.count > 0) return true;
    this.#byNumber.delete(number);
    this.#byValue.delete(entry.value);
    entry.exported.letGo(isSent);
    return true;
  }

  clear() {
    const all = this.#byNumber;
    this.#byNumber = new SafeMap();
    this.#byValue = new SafeMap();
    all.forEach((entry) => entry.exported.letGo(true));
  }
}
