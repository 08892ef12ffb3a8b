// @ts-check
// Console lines on their way to the host, which attributes them to the running request.

import { log } from 'nano:ops';
import { StringPrototypeSlice } from './primordials.js';

export const kLogLevel = 0;
export const kDebugLevel = 1;
export const kInfoLevel = 2;
export const kWarnLevel = 3;
export const kErrorLevel = 4;

/** The host keeps 4 KiB of a line; what is far beyond is not worth carrying over. */
const kLongestLine = 8192;

/** @param {number} level @param {string} line */
export function printLine(level, line) {
  log(level, line.length > kLongestLine ? StringPrototypeSlice(line, 0, kLongestLine) : line);
}
