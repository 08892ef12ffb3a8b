// @ts-check
// From a response to an entry: what may be kept, and for how long.

import { kWarnLevel, printLine } from '../console_output.js';
import { withoutHeaders } from '../header_list.js';
import { ArrayPrototypeSlice, DateNow, TypeErrorConstructor as TypeError } from '../primordials.js';
import { partsOf, withParts } from '../response.js';
import { Entry, roomForEntries } from './entries.js';
import { freshnessOf } from './freshness.js';
import { variesOnAll, varyOf } from './query.js';
import { readWhole } from './whole_body.js';

/** @typedef {import('./query.js').Key} Key */

let hasWarned = false;

/** Once an isolate. */
function warnOfSize() {
  if (hasWarned) return;
  hasWarned = true;
  printLine(
    kWarnLevel,
    `caches: a response was not kept, since it is larger than ${roomForEntries()} bytes`,
  );
}

/** @param {Key} key @param {string} context */
export function checkKey(key, context) {
  if (!key.isHttp) throw new TypeError(`${context}: Request scheme must be http or https.`);
  if (key.method !== 'GET') throw new TypeError(`${context}: Request method must be GET.`);
}

/** @param {any} response a Response @param {string} context */
export function checkResponse(response, context) {
  const { status, headers, body } = partsOf(response);
  if (status === 206) throw new TypeError(`${context}: Partial response (206) is unsupported.`);
  if (status === 101) throw new TypeError(`${context}: A WebSocket's response cannot be kept.`);
  if (variesOnAll(varyOf(headers))) {
    throw new TypeError(`${context}: Vary header contains *, which nothing could match.`);
  }
  if (body !== null && body.isUnusable) {
    throw new TypeError(`${context}: The body of the Response is used or locked.`);
  }
}

/**
 * Reads the body of a response that was checked; `file` gets the entry, if there is one: what may
 * not be kept, or is too large, is dropped without an error, as on Workers.
 * @param {Key} key @param {any} response @param {(entry: Entry) => void} file
 * @returns {Promise<void>} may throw
 */
export async function makeEntry(key, response, file) {
  const { status, headers, body } = partsOf(response);
  const { time, withoutCookies } = freshnessOf(status, headers, DateNow());
  // A 304 is no answer to who has no response yet.
  if (time === 0 || status === 304) {
    body?.cancel(undefined);
    return;
  }
  const kept = withoutCookies
    ? withoutHeaders(headers, 'set-cookie', 'set-cookie')
    : ArrayPrototypeSlice(headers);
  const { url, href, isHttp, method } = key;
  const ownKey = { url, href, isHttp, method, headers: ArrayPrototypeSlice(key.headers) };
  const head = withParts(response, [], null);
  await readWhole(body, roomForEntries(), (bytes) => {
    if (bytes === undefined) {
      warnOfSize();
      return;
    }
    const terms = { status, vary: varyOf(kept), expiresAt: DateNow() + time };
    const entry = new Entry({ key: ownKey, head, headers: kept, bytes, ...terms });
    if (entry.size > roomForEntries()) warnOfSize();
    else file(entry);
  });
}
