// @ts-check
// URLs as fetch() looks at them: where they lead, and whether it may be asked there.

import { urlParse } from 'nano:ops';
import {
  NumberPrototypeToString,
  safeSetOf,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeToUpperCase,
  Uint32ArrayConstructor,
} from './primordials.js';

/** https://fetch.spec.whatwg.org/#port-blocking */
const kBadPorts = safeSetOf(
  [0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95],
  [101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179],
  [389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601],
  [636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000],
  [6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
);

// What the op leaves (snapshot/ops/url_ops.cc).
const kProtocolEnd = 0;
const kHostStart = 2;
const kHostEnd = 3;
const kPort = 4;
const kPathnameStart = 5;
const kHashStart = 7;
const kSchemeType = 8;
const kPartCount = 9;
const kAbsent = 0xffffffff;

const kHttp = 0;
const kHttps = 2;
const kAt = 0x40;

let parts;

export class FetchUrl {
  /** Without its fragment. @type {string} */
  href;
  /** "https:" @type {string} */
  scheme;
  isHttp;
  hasCredentials;
  hasBadPort;
  #hostStart;
  /** "https://example.com:8443"; of http and https, without credentials. @type {string} */
  origin;

  /** @param {string} href whose parts are in `parts` */
  constructor(href) {
    const hash = parts[kHashStart];
    const start = parts[kHostStart];
    this.href = hash === kAbsent ? href : StringPrototypeSlice(href, 0, hash);
    this.scheme = StringPrototypeSlice(href, 0, parts[kProtocolEnd]);
    this.isHttp = parts[kSchemeType] === kHttp || parts[kSchemeType] === kHttps;
    this.hasCredentials = parts[kHostEnd] > start && StringPrototypeCharCodeAt(href, start) === kAt;
    this.hasBadPort = parts[kPort] !== kAbsent && kBadPorts.has(parts[kPort]);
    this.origin = StringPrototypeSlice(href, 0, parts[kPathnameStart]);
    this.#hostStart = start;
  }

  /** Without its fragment and its credentials. */
  get bareHref() {
    return this.#withoutCredentials(this.href);
  }

  /** The origin, whether the URL has credentials or not. */
  get siteOrigin() {
    return this.#withoutCredentials(this.origin);
  }

  #withoutCredentials(text) {
    if (!this.hasCredentials) return text;
    return `${this.scheme}//${StringPrototypeSlice(text, this.#hostStart + 1)}`;
  }
}

/** @param {string} input @param {string} [base] @returns {FetchUrl | undefined} */
export function parseFetchUrl(input, base) {
  parts ??= new Uint32ArrayConstructor(kPartCount);
  const href = urlParse(input, base, parts);
  return href === undefined ? undefined : new FetchUrl(href);
}

/** @param {string[]} headers [name, value, ...] @returns {string | undefined} */
export function firstLocation(headers) {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'location') return headers[i + 1];
  }
  return undefined;
}

/**
 * Where a Location field leads. Its bytes that are not ASCII stay what they are, UTF-8 or not, as
 * percent signs stand for bytes.
 * @param {string} location a byte a character @param {string} base
 * @returns {FetchUrl | undefined}
 */
export function parseLocation(location, base) {
  let escaped = '';
  let from = 0;
  for (let i = 0; i < location.length; i++) {
    const code = StringPrototypeCharCodeAt(location, i);
    if (code < 0x80) continue;
    const hex = StringPrototypeToUpperCase(NumberPrototypeToString(code, 16));
    escaped += `${StringPrototypeSlice(location, from, i)}%${hex}`;
    from = i + 1;
  }
  return parseFetchUrl(escaped + StringPrototypeSlice(location, from), base);
}
