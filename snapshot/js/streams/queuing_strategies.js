// @ts-check
// Queuing strategies, https://streams.spec.whatwg.org/#qs

import { TypeErrorConstructor } from '../primordials.js';
import {
  defineInterface,
  illegalInvocation,
  tooFewArguments,
  toDictionary,
  toUnrestrictedDouble,
} from '../webidl.js';
import { countSize } from './strategies.js';

const byteLengthSize = { size: (chunk) => chunk.byteLength }.size;

/** @param {any} init @param {string} context @returns {number} */
function highWaterMarkOf(init, context) {
  const value = toDictionary(init, context, 'QueuingStrategyInit').highWaterMark;
  if (value === undefined) {
    throw new TypeErrorConstructor(`${context}: required member highWaterMark is undefined.`);
  }
  return toUnrestrictedDouble(value);
}

export class ByteLengthQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    const context = "Failed to construct 'ByteLengthQueuingStrategy'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#highWaterMark = highWaterMarkOf(init, context);
  }

  get highWaterMark() {
    if (!(#highWaterMark in this)) illegalInvocation();
    return this.#highWaterMark;
  }

  get size() {
    if (!(#highWaterMark in this)) illegalInvocation();
    return byteLengthSize;
  }
}
defineInterface(ByteLengthQueuingStrategy);

export class CountQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    const context = "Failed to construct 'CountQueuingStrategy'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#highWaterMark = highWaterMarkOf(init, context);
  }

  get highWaterMark() {
    if (!(#highWaterMark in this)) illegalInvocation();
    return this.#highWaterMark;
  }

  get size() {
    if (!(#highWaterMark in this)) illegalInvocation();
    return countSize;
  }
}
defineInterface(CountQueuingStrategy);
