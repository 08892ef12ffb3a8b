// @ts-check
// What connect() is told to connect to.

import {
  RegExpPrototypeExec,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { parseUrl } from './url.js';
import { isObject, toDOMString, toUnsignedShort } from './webidl.js';

const kHostAndPort = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;
/** workerd's list, which keeps out what could mean something else to a parser further on. */
const kAddress = /^[-._[\]:0-9A-Za-z]{1,255}$/;
const kIpv6 = /^[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*$/;
const kHighestPort = 65535;

/**
 * @typedef {object} SocketAddress
 * @property {string} host as the URL standard serialises it, an IPv6 address without brackets
 * @property {number} port
 * @property {string} text as it was given
 */

/** @param {any} value @param {string} context @returns {SocketAddress} */
export function toSocketAddress(value, context) {
  const address = isObject(value) ? ofRecord(value, context) : ofText(toDOMString(value));
  if (RegExpPrototypeExec(kAddress, address.text) === null) {
    throw new TypeError(
      'Specified address is empty string, contains unsupported characters or is too long.',
    );
  }
  return { ...address, host: canonicalHost(address.host) };
}

function ofRecord(record, context) {
  const { hostname, port } = record;
  if (hostname === undefined) {
    throw new TypeError(`${context}: required member hostname is undefined.`);
  }
  const host = toDOMString(hostname);
  const number = toUnsignedShort(port, context, 'enforceRange');
  return { host, port: number, text: `${host}:${number}` };
}

function ofText(text) {
  const parts = RegExpPrototypeExec(kHostAndPort, text);
  if (parts === null || +parts[2] > kHighestPort) unparsable();
  const host = parts[1];
  const port = parts[2];
  if (host === '') throw new TypeError('Specified address is missing hostname.');
  if (port === undefined || port === '') throw new TypeError('Specified address is missing port.');
  return { host, port: +port, text };
}

/** @returns {never} */
function unparsable() {
  throw new TypeError('Specified address could not be parsed.');
}

/** @param {string} host in characters of kAddress: there is nothing else of a URL in it */
function canonicalHost(host) {
  const isBare = RegExpPrototypeExec(kIpv6, host) !== null;
  const href = parseUrl(isBare ? `http://[${host}]/` : `http://${host}/`, undefined);
  if (href === undefined) unparsable();
  const serialized = StringPrototypeSlice(href, 'http://'.length, -1);
  return StringPrototypeStartsWith(serialized, '[')
    ? StringPrototypeSlice(serialized, 1, -1)
    : serialized;
}
