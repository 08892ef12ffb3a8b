// @ts-check
// `cf`, the options of fetch() that are Cloudflare's.

import { kWarnLevel, printLine } from './console_output.js';
import { ArrayPrototypeJoin, ArrayPrototypeSlice, ObjectKeys } from './primordials.js';
import { isObject } from './webidl.js';

let hasWarned = false;

/** Once an isolate: what of them has no effect. @param {any} cf */
export function warnOfCf(cf) {
  if (hasWarned || !isObject(cf)) return;
  const keys = ObjectKeys(cf);
  if (keys.length === 0) return;
  hasWarned = true;
  const shown = ArrayPrototypeJoin(ArrayPrototypeSlice(keys, 0, 10), ', ');
  printLine(kWarnLevel, `fetch(): the options of \`cf\` have no effect here: ${shown}`);
}
