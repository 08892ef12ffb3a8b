// @ts-check
// Queuing strategies, https://streams.spec.whatwg.org/#qs

import { RangeErrorConstructor, ReflectApply, TypeErrorConstructor } from '../primordials.js';
import {
  defineInterface,
  illegalInvocation,
  tooFewArguments,
  toCallback,
  toDictionary,
  toUnrestrictedDouble,
} from '../webidl.js';

// The functions behind the two `size` attributes: one for each realm, nameless about their object.
const byteLengthSize = { size: (chunk) => chunk.byteLength }.size;
const countSize = { size: () => 1 }.size;

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

/**
 * @typedef {object} Strategy
 * @property {number | undefined} highWaterMark
 * @property {((chunk: any) => number) | undefined} size undefined counts each chunk as 1
 * @property {boolean} hasSize whether the tenant gave one
 */

/**
 * The QueuingStrategy dictionary.
 * @param {any} value @param {string} context @returns {Strategy}
 */
export function toStrategy(value, context) {
  const members = toDictionary(value, context, 'QueuingStrategy');
  const mark = members.highWaterMark;
  const highWaterMark = mark === undefined ? undefined : toUnrestrictedDouble(mark);
  const callback = members.size;
  const hasSize = callback !== undefined;
  if (!hasSize || callback === countSize) return { highWaterMark, size: undefined, hasSize };
  toCallback(callback, context);
  const size = (chunk) => toUnrestrictedDouble(ReflectApply(callback, undefined, [chunk]));
  return { highWaterMark, size, hasSize };
}

/** @param {Strategy} strategy @param {number} defaultMark @returns {number} */
export function extractHighWaterMark(strategy, defaultMark) {
  const mark = strategy.highWaterMark;
  if (mark === undefined) return defaultMark;
  if (mark !== mark || mark < 0) {
    throw new RangeErrorConstructor('Invalid highWaterMark: it must not be NaN or negative');
  }
  return mark;
}
