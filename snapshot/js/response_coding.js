// @ts-check
// What a response's Content-Encoding says of its body, where one or the other was made elsewhere.

import { withoutHeaders } from './header_list.js';
import { RegExpPrototypeExec } from './primordials.js';
import { toEnum } from './webidl.js';

/** What a fetched body was encoded with and JavaScript saw decoded. */
const kKnownCoding = /^[\t ]*(?:gzip|x-gzip|deflate|br|zstd)[\t ]*$/i;

/** ResponseInit's encodeBody: whether the body is encoded already. */
export function isEncoded(encodeBody, context) {
  if (encodeBody === undefined) return false;
  return toEnum(encodeBody, ['automatic', 'manual'], context, 'ResponseEncodeBody') === 'manual';
}

/** The bytes that came fit to the header, or nothing was taken off them. */
export function goesAsItComes(incoming, coding) {
  return !incoming.isDecoded || coding === incoming.encoding;
}

/**
 * A Content-Encoding that was copied from an upstream is not that of another body. What Workers
 * would do, encode the body again, costs CPU time and gives a client nothing that it needs. What a
 * CompressionStream made has the coding that an app says it has.
 */
export function fitToBody(list, coding, body, incoming) {
  if (incoming !== null && coding === incoming.encoding) return list;
  if (typeof body !== 'string' && coding === body.coding) return list;
  if (RegExpPrototypeExec(kKnownCoding, coding) === null) return list;
  return withoutHeaders(list, 'content-encoding', 'content-length');
}
