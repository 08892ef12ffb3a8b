// @ts-check
// What a cache answers with an entry. Like Workers, and unlike browsers, it evaluates the
// conditions and the range of the request
// (https://developers.cloudflare.com/workers/runtime-apis/cache/#match).

import { bodyOfSource } from '../body.js';
import { getHeader, setHeader, withoutHeaders } from '../header_list.js';
import {
  ArrayPrototypeSlice,
  MathMin,
  NumberParseInt,
  RegExpPrototypeExec,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  TypedArrayPrototypeGetByteLength,
} from '../primordials.js';
import { withParts } from '../response.js';
import { cloneBytes } from '../streams/views.js';
import { bufferOfView } from '../webidl.js';
import { parseDate } from './freshness.js';

/** @typedef {import('./entries.js').Entry} Entry */
/** @typedef {import('./query.js').Key} Key */

/** The entry's response, as it is. @param {Entry} entry @returns {any} */
export function wholeAnswer({ head, headers, bytes }) {
  let body = null;
  if (bytes !== null) {
    body = bodyOfSource(bytes, null);
    body.isShared = true;
  }
  return withParts(head, ArrayPrototypeSlice(headers), body);
}

const opaqueTag = (tag) =>
  StringPrototypeStartsWith(tag, 'W/') ? StringPrototypeSlice(tag, 2) : tag;

/** RFC 9110 13.1.2. */
function namesTag(list, tag) {
  const entityTag = /(?:W\/)?"[^"]*"|\*/g;
  for (;;) {
    const found = RegExpPrototypeExec(entityTag, list);
    if (found === null) return false;
    if (found[0] === '*' || opaqueTag(found[0]) === opaqueTag(tag)) return true;
  }
}

/** Whether the client has it already. */
function isKnown(asked, headers) {
  const tags = getHeader(asked, 'if-none-match');
  if (tags !== null) {
    const tag = getHeader(headers, 'etag');
    return tag !== null && namesTag(tags, tag);
  }
  const since = getHeader(asked, 'if-modified-since');
  const modified = getHeader(headers, 'last-modified');
  return since !== null && modified !== null && parseDate(modified) <= parseDate(since);
}

/** Of one range; undefined where all of it is to be sent. [start, end) */
function rangeOf(asked, headers, length) {
  const condition = getHeader(asked, 'if-range');
  const isOutdated =
    condition !== null &&
    condition !== getHeader(headers, 'etag') &&
    condition !== getHeader(headers, 'last-modified');
  const found = RegExpPrototypeExec(/^bytes=(\d*)-(\d*)$/, getHeader(asked, 'range') ?? '');
  if (isOutdated || found === null || (found[1] === '' && found[2] === '')) return undefined;
  if (found[1] === '') {
    const last = MathMin(NumberParseInt(found[2], 10), length);
    return { start: length - last, end: length };
  }
  const start = NumberParseInt(found[1], 10);
  const end = found[2] === '' ? length : MathMin(NumberParseInt(found[2], 10) + 1, length);
  return found[2] !== '' && start > NumberParseInt(found[2], 10) ? undefined : { start, end };
}

/** @param {Key} key what asks for it @param {Entry} entry @returns {any} a Response */
export function answerTo({ headers: asked }, entry) {
  const { head, headers, bytes } = entry;
  if (entry.status !== 200 || bytes === null) return wholeAnswer(entry);
  if (isKnown(asked, headers)) {
    return withParts(
      head,
      withoutHeaders(headers, 'content-length', 'content-encoding'),
      null,
      304,
    );
  }
  const length = TypedArrayPrototypeGetByteLength(bytes);
  // Workers have ranges of what says its length. Of a body that was decoded that is another.
  if (getHeader(headers, 'content-length') !== `${length}`) return wholeAnswer(entry);
  const range = rangeOf(asked, headers, length);
  if (range === undefined) return wholeAnswer(entry);
  const { start, end } = range;
  const list = withoutHeaders(headers, 'content-length', 'content-range');
  if (start >= end) {
    setHeader(list, 'content-range', `bytes */${length}`);
    return withParts(head, list, null, 416);
  }
  setHeader(list, 'content-range', `bytes ${start}-${end - 1}/${length}`);
  setHeader(list, 'content-length', `${end - start}`);
  const part = cloneBytes(bufferOfView(bytes), start, end - start);
  return withParts(head, list, bodyOfSource(part, null), 206);
}
