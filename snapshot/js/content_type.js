// @ts-check
// What the header Content-Type says of a body, https://fetch.spec.whatwg.org/#concept-header-extract-mime-type

import { mimeParameter, parseMimeType } from './mime_type.js';
import {
  ArrayPrototypePush,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
} from './primordials.js';

const kQuote = 0x22;
const kComma = 0x2c;
const kBackslash = 0x5c;

/** The place of the quote that ends what begins at `from`, or the end. */
function endOfQuoted(text, from) {
  let at = from + 1;
  while (at < text.length) {
    const code = StringPrototypeCharCodeAt(text, at);
    if (code === kQuote) return at;
    at += code === kBackslash ? 2 : 1;
  }
  return text.length;
}

/** The values of a header, which are joined by commas. @param {string} text */
function splitValues(text) {
  const values = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = StringPrototypeCharCodeAt(text, at);
    if (code === kQuote) at = endOfQuoted(text, at);
    if (code !== kComma) continue;
    ArrayPrototypePush(values, StringPrototypeSlice(text, from, at));
    from = at + 1;
  }
  ArrayPrototypePush(values, StringPrototypeSlice(text, from));
  return values;
}

/**
 * The last of the header's values that is a type; its charset may be that of one before it.
 * @param {string | null} header all values, joined
 * @returns {import('./mime_type.js').MimeType | undefined}
 */
export function typeOfContent(header) {
  if (header === null) return undefined;
  let charset;
  let result;
  const values = splitValues(header);
  for (let i = 0; i < values.length; i++) {
    const mime = parseMimeType(values[i]);
    if (mime === undefined || mime.essence === '*/*') continue;
    const own = mimeParameter(mime, 'charset');
    if (result === undefined || mime.essence !== result.essence) {
      charset = own;
    } else if (own === undefined && charset !== undefined) {
      ArrayPrototypePush(mime.parameters, 'charset', charset);
    }
    result = mime;
  }
  return result;
}
