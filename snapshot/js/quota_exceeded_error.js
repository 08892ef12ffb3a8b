// @ts-check
// QuotaExceededError (Web IDL 2.8.3).

import { connectQuotaError, DOMException, domExceptionMessage } from './dom_exception.js';
import { RangeErrorConstructor as RangeError } from './primordials.js';
import { defineInterface, illegalInvocation, isObject, toDictionary, toDouble } from './webidl.js';

const kContext = "Failed to construct 'QuotaExceededError'";

function optionalAmount(members, name) {
  const value = members[name];
  if (value === undefined) return null;
  const amount = toDouble(value, `${kContext}: member ${name}`);
  if (amount < 0) throw new RangeError(`${kContext}: member ${name} is negative.`);
  return amount;
}

/** @type {(value: any) => boolean} */
let isQuotaExceededError;

export class QuotaExceededError extends DOMException {
  #quota;
  #requested;

  constructor(message = '', options = {}) {
    super(message, 'QuotaExceededError');
    const members = toDictionary(options, kContext, 'QuotaExceededErrorOptions');
    this.#quota = optionalAmount(members, 'quota');
    this.#requested = optionalAmount(members, 'requested');
    if (this.#quota !== null && this.#requested !== null && this.#requested < this.#quota) {
      throw new RangeError(`${kContext}: less was requested than the quota is.`);
    }
  }

  get quota() {
    if (!isQuotaExceededError(this)) illegalInvocation();
    return this.#quota;
  }

  get requested() {
    if (!isQuotaExceededError(this)) illegalInvocation();
    return this.#requested;
  }

  static {
    isQuotaExceededError = (value) => isObject(value) && #quota in value;
    connectQuotaError((error) => {
      if (!isQuotaExceededError(error)) return undefined;
      const copy = new QuotaExceededError(domExceptionMessage(error));
      copy.#quota = error.#quota;
      copy.#requested = error.#requested;
      return copy;
    });
  }
}
defineInterface(QuotaExceededError);
