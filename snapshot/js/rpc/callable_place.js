// @ts-check
// What stands for a function while a message is written: an object that V8 asks about.

import { isObject } from '../webidl.js';

/** @type {(value: any) => any} */
let callableIn;

export class CallablePlace {
  #callable;

  constructor(callable) {
    this.#callable = callable;
  }

  static {
    callableIn = (value) => (isObject(value) && #callable in value ? value.#callable : undefined);
  }
}

/** @param {any} value @returns {any} undefined where it is no such place */
export const callableOf = (value) => callableIn(value);
