// @ts-check
// fetch() of URLs whose content is here already: data: and blob:,
// https://fetch.spec.whatwg.org/#scheme-fetch

import { bytesOf, typeOf, viewOf } from './blob.js';
import { blobOfUrl } from './blob_url.js';
import { bodyOfSource } from './body.js';
import { parseDataUrl } from './data_url.js';
import { getHeader } from './header_list.js';
import { parseMimeType } from './mime_type.js';
import { RegExpPrototypeExec, TypedArrayPrototypeGetByteLength } from './primordials.js';

/** A unit of bytes and one range of it, https://fetch.spec.whatwg.org/#simple-range-header-value */
const kRange = /^bytes[\t ]*=[\t ]*([0-9]*)[\t ]*-[\t ]*([0-9]*)$/;

/**
 * @typedef {object} LocalAnswer
 * @property {number} status
 * @property {string} statusText
 * @property {string[]} headers
 * @property {import('./body.js').Body} body
 */

/**
 * @param {import('./fetch_url.js').FetchUrl} url @param {string} method @param {string[]} headers
 * @returns {LocalAnswer | string} why there is none
 */
export function answerLocally(url, method, headers) {
  if (url.scheme === 'blob:') return answerFromBlob(url, method, headers);
  const parsed = parseDataUrl(url.href);
  if (parsed === undefined) return 'the data: URL is malformed';
  return {
    status: 200,
    statusText: 'OK',
    headers: ['content-type', parsed.type],
    body: bodyOfSource(parsed.bytes, null),
  };
}

function answerFromBlob(url, method, headers) {
  const blob = blobOfUrl(url.href);
  if (blob === undefined) return 'the blob: URL is none of this request, or has been revoked';
  if (method !== 'GET') return 'a blob: URL takes the method GET only';
  const bytes = bytesOf(blob);
  const size = TypedArrayPrototypeGetByteLength(bytes);
  const type = parseMimeType(typeOf(blob)) === undefined ? '' : typeOf(blob);
  const asked = getHeader(headers, 'range');
  if (asked === null) {
    return {
      status: 200,
      statusText: 'OK',
      headers: ['content-length', `${size}`, 'content-type', type],
      body: sharedBody(bytes),
    };
  }
  const range = rangeOf(asked, size);
  if (range === undefined) return 'the range that is asked for is none of the blob';
  const { from, last } = range;
  const part = `bytes ${from}-${last}/${size}`;
  const length = `${last - from + 1}`;
  return {
    status: 206,
    statusText: 'Partial Content',
    headers: ['content-length', length, 'content-range', part, 'content-type', type],
    body: sharedBody(viewOf(bytes, from, last + 1)),
  };
}

/** The bytes stay the blob's. */
function sharedBody(bytes) {
  const body = bodyOfSource(bytes, null);
  body.isShared = true;
  return body;
}

/** @returns {{ from: number, last: number } | undefined} */
function rangeOf(header, size) {
  const found = RegExpPrototypeExec(kRange, header);
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  if (size === 0) return undefined;
  if (found[1] === '') {
    const count = +found[2];
    if (count === 0) return undefined;
    return { from: count < size ? size - count : 0, last: size - 1 };
  }
  const from = +found[1];
  const last = found[2] === '' || +found[2] >= size ? size - 1 : +found[2];
  return from <= last ? { from, last } : undefined;
}
