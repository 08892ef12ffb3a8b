// @ts-check
// What a stream is told of its queue, https://streams.spec.whatwg.org/#qs-abstract-ops

import { RangeErrorConstructor, ReflectApply } from '../primordials.js';
import { toCallback, toDictionary, toUnrestrictedDouble } from '../webidl.js';

/** Behind the attribute `size` of CountQueuingStrategy: one for each realm. */
export const countSize = { size: () => 1 }.size;

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
