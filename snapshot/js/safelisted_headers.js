// @ts-check
// What a request with the mode "no-cors" may say,
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header

import defer * as mimeType from './mime_type.js';
import { RegExpPrototypeExec } from './primordials.js';

const kLongest = 128;
/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte */
const kUnsafe = /[\x00-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/;
const kNotOfLanguages = /[^0-9A-Za-z *,\-.;=]/;

/** Any of them may be taken away. @param {string} name in lower case */
export function isSafelistedName(name) {
  return (
    name === 'accept' ||
    name === 'accept-language' ||
    name === 'content-language' ||
    name === 'content-type'
  );
}

/** @param {string} name in lower case @param {string} value all of it */
export function isSafelisted(name, value) {
  if (value.length > kLongest) return false;
  switch (name) {
    case 'accept':
      return RegExpPrototypeExec(kUnsafe, value) === null;
    case 'accept-language':
    case 'content-language':
      return RegExpPrototypeExec(kNotOfLanguages, value) === null;
    case 'content-type':
      return RegExpPrototypeExec(kUnsafe, value) === null && isFormType(value);
    default:
      return false;
  }
}

/** What a form of a page could send. */
function isFormType(value) {
  const essence = mimeType.parseMimeType(value)?.essence;
  return (
    essence === 'application/x-www-form-urlencoded' ||
    essence === 'multipart/form-data' ||
    essence === 'text/plain'
  );
}
