// @ts-check
// Parts of URLs as a URL has them, https://urlpattern.spec.whatwg.org/#canonicalization

import {
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { makeUrl, setUrlPart, urlPart } from '../url.js';

const kDefaultPorts = {
  __proto__: null,
  ftp: '21',
  file: '',
  http: '80',
  https: '443',
  ws: '80',
  wss: '443',
};
export const kSpecialSchemes = ['ftp', 'file', 'http', 'https', 'ws', 'wss'];

/** @param {string} scheme */
export const isSpecial = (scheme) => kDefaultPorts[scheme] !== undefined;

/** @param {string} scheme @param {string} port */
export const isDefaultPort = (scheme, port) => port !== '' && kDefaultPorts[scheme] === port;

const dummyUrl = () => /** @type {any} */ (makeUrl('https://dummy.invalid/'));

/** @returns {never} */
function refuse(what, value) {
  throw new TypeError(`Invalid ${what} '${value}' in a URLPattern`);
}

/** @param {string} value */
export function canonicalProtocol(value) {
  if (value === '') return value;
  const url = makeUrl(`${value}://dummy.invalid`);
  if (url === null) refuse('protocol', value);
  const protocol = urlPart(/** @type {any} */ (url), 'protocol');
  return StringPrototypeSlice(protocol, 0, protocol.length - 1);
}

function viaSetter(name, value) {
  if (value === '') return value;
  const url = dummyUrl();
  setUrlPart(url, name, value);
  return urlPart(url, name);
}

/** @param {string} value */
export const canonicalUsername = (value) => viaSetter('username', value);

/** @param {string} value */
export const canonicalPassword = (value) => viaSetter('password', value);

/** @param {string} value */
export function canonicalHostname(value) {
  if (value === '') return value;
  const url = dummyUrl();
  if (!setUrlPart(url, 'hostname', value)) refuse('hostname', value);
  return urlPart(url, 'hostname');
}

const kIpv6 = /^[0-9a-f[\]:]*$/i;

/** @param {string} value */
export function canonicalIpv6Hostname(value) {
  if (RegExpPrototypeExec(kIpv6, value) === null) refuse('hostname', value);
  return StringPrototypeToLowerCase(value);
}

const kPort = /^[\t\n\r]*([0-9][0-9\t\n\r]*)/;
const kMaxPort = 65535;

/** @param {string} value @param {string} [scheme] */
export function canonicalPort(value, scheme) {
  if (value === '') return value;
  const found = RegExpPrototypeExec(kPort, value);
  if (found === null) refuse('port', value);
  let port = 0;
  const digits = /** @type {any} */ (found)[1];
  for (let i = 0; i < digits.length; i++) {
    const digit = StringPrototypeCharCodeAt(digits, i) - 0x30;
    if (digit < 0) continue;
    port = port * 10 + digit;
    if (port > kMaxPort) refuse('port', value);
  }
  return scheme !== undefined && kDefaultPorts[scheme] === `${port}` ? '' : `${port}`;
}

/** @param {string} value */
export function canonicalPathname(value) {
  if (value === '') return value;
  const isAbsolute = value[0] === '/';
  const url = dummyUrl();
  setUrlPart(url, 'pathname', isAbsolute ? value : `/-${value}`);
  const path = urlPart(url, 'pathname');
  return isAbsolute ? path : StringPrototypeSlice(path, 2);
}

const kEndsPath = /[?#]/;

/** Of a URL whose scheme is not special. @param {string} value */
export function canonicalOpaquePathname(value) {
  if (value === '') return value;
  // The first letter keeps it from being a path of segments, the last one from losing spaces.
  const url = makeUrl(`data:x${value}x`);
  if (url === null) refuse('pathname', value);
  const path = urlPart(/** @type {any} */ (url), 'pathname');
  const end = RegExpPrototypeExec(kEndsPath, value) === null ? path.length - 1 : path.length;
  return StringPrototypeSlice(path, 1, end);
}

function afterMark(name, mark, value) {
  if (value === '') return value;
  const url = dummyUrl();
  setUrlPart(url, name, `${mark}${value}`);
  return StringPrototypeSlice(urlPart(url, name), 1);
}

/** @param {string} value */
export const canonicalSearch = (value) => afterMark('search', '?', value);

/** @param {string} value */
export const canonicalHash = (value) => afterMark('hash', '#', value);
