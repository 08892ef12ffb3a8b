// @ts-check
// URL (URL standard 6.1) over ada: a URL is its href and where in it the parts begin.

import { urlCanParse, urlParse, urlSet } from 'nano:ops';
import defer * as blobUrl from './blob_url.js';
import { inspectAs } from './inspect_interfaces.js';
import {
  ArrayPrototypePush,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  TypeErrorConstructor as TypeError,
  Uint32ArrayConstructor as Uint32Array,
} from './primordials.js';
import { searchParamsInternals } from './url_search_params.js';
import { defineInterface, toDOMString, toUSVString, tooFewArguments } from './webidl.js';

/** The numbers of the setters (snapshot/ops/url_ops.cc). */
const kHref = 0;
const kProtocol = 1;
const kUsername = 2;
const kPassword = 3;
const kHost = 4;
const kHostname = 5;
const kPort = 6;
const kPathname = 7;
const kSearch = 8;
const kHash = 9;

/** ada's types of scheme; all but two have an origin of scheme, host and port. */
const kHttp = 0;
const kNotSpecial = 1;
const kHttps = 2;
const kFile = 6;

const kAt = 0x40;
const kQuestionMark = 0x3f;

/** The numbers the op leaves, and which of them is the scheme's type. */
const kPartCount = 9;
const kSchemeType = 8;

/** First argument of the constructor for an href whose parts are in `scratch`. */
const kParsed = { __proto__: null };

/** Where the op leaves the parts; made when first used, not while the snapshot is built. */
let scratch;

/** Offsets into href as ada has them (url_components); -1 for a part that is absent. */
class Parts {
  constructor(view) {
    this.protocolEnd = view[0] | 0;
    this.usernameEnd = view[1] | 0;
    this.hostStart = view[2] | 0;
    this.hostEnd = view[3] | 0;
    this.port = view[4] | 0;
    this.pathnameStart = view[5] | 0;
    this.searchStart = view[6] | 0;
    this.hashStart = view[7] | 0;
    this.schemeType = view[8] | 0;
  }
}

/** @type {(value: any) => boolean} */
let isURL;
/** @type {(url: any) => string} */
let hrefOf;
/** @type {(url: any, query: string) => void} */
let updateQuery;
/** @type {(url: any, href: string) => boolean} */
let setHref;
/** @type {(url: any, part: number, value: string) => boolean} */
let setPart;

export class URL {
  #href;
  #parts;
  #searchParams = undefined;

  constructor(url, base = undefined) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to construct 'URL'");
    if (url === kParsed) {
      this.#href = base;
    } else {
      url = toDOMString(url);
      if (base !== undefined) base = toDOMString(base);
      this.#href = parseUrlOrThrow(url, base, "Failed to construct 'URL'");
    }
    this.#parts = new Parts(scratch);
  }

  static canParse(url, base = undefined) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'canParse' on 'URL'");
    return urlCanParse(toDOMString(url), base === undefined ? undefined : toDOMString(base));
  }

  static parse(url, base = undefined) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'parse' on 'URL'");
    url = toDOMString(url);
    const href = parseUrl(url, base === undefined ? undefined : toDOMString(base));
    return href === undefined ? null : new URL(kParsed, href);
  }

  static createObjectURL(obj) {
    const context = "Failed to execute 'createObjectURL' on 'URL'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return blobUrl.createBlobUrl(obj, context);
  }

  static revokeObjectURL(url) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'revokeObjectURL' on 'URL'");
    blobUrl.revokeBlobUrl(toUSVString(url));
  }

  get href() {
    return this.#href;
  }

  set href(value) {
    this.#parts; // Throws for a receiver of another kind.
    if (!setHref(this, toDOMString(value))) {
      throw new TypeError("Failed to set the 'href' property on 'URL': Invalid URL");
    }
  }

  get origin() {
    return this.#origin();
  }

  get protocol() {
    return StringPrototypeSlice(this.#href, 0, this.#parts.protocolEnd);
  }

  set protocol(value) {
    this.#parts;
    this.#set(kProtocol, `${toDOMString(value)}:`);
  }

  get username() {
    const { protocolEnd, usernameEnd } = this.#parts;
    const start = protocolEnd + 2;
    return start < usernameEnd ? StringPrototypeSlice(this.#href, start, usernameEnd) : '';
  }

  set username(value) {
    this.#parts;
    this.#set(kUsername, toDOMString(value));
  }

  get password() {
    const { usernameEnd, hostStart } = this.#parts;
    const start = usernameEnd + 1;
    return start <= hostStart ? StringPrototypeSlice(this.#href, start, hostStart) : '';
  }

  set password(value) {
    this.#parts;
    this.#set(kPassword, toDOMString(value));
  }

  get host() {
    return this.#host();
  }

  set host(value) {
    this.#parts;
    this.#set(kHost, toDOMString(value));
  }

  get hostname() {
    return StringPrototypeSlice(this.#href, this.#hostnameStart(), this.#parts.hostEnd);
  }

  set hostname(value) {
    this.#parts;
    this.#set(kHostname, toDOMString(value));
  }

  get port() {
    const { port } = this.#parts;
    return port === -1 ? '' : `${port}`;
  }

  set port(value) {
    this.#parts;
    this.#set(kPort, toDOMString(value));
  }

  get pathname() {
    return this.#pathname();
  }

  set pathname(value) {
    this.#parts;
    this.#set(kPathname, toDOMString(value));
  }

  get search() {
    const query = this.#query();
    return query === '' ? '' : `?${query}`;
  }

  set search(value) {
    this.#parts;
    const query = toUSVString(value);
    this.#set(kSearch, query);
    if (this.#searchParams === undefined) return;
    const hasMark = query.length > 0 && StringPrototypeCharCodeAt(query, 0) === kQuestionMark;
    const input = hasMark ? StringPrototypeSlice(query, 1) : query;
    searchParamsInternals.replace(this.#searchParams, input);
  }

  get searchParams() {
    this.#searchParams ??= searchParamsInternals.bind(this, this.#query(), updateQuery);
    return this.#searchParams;
  }

  get hash() {
    const { hashStart } = this.#parts;
    const isEmpty = hashStart === -1 || hashStart + 1 >= this.#href.length;
    return isEmpty ? '' : StringPrototypeSlice(this.#href, hashStart);
  }

  set hash(value) {
    this.#parts;
    this.#set(kHash, toDOMString(value));
  }

  toJSON() {
    return this.#href;
  }

  toString() {
    return this.#href;
  }

  /** False where the value is refused; the URL is then as it was. */
  #set(part, value) {
    const href = urlSet(this.#href, part, value, scratch);
    if (href === false) return false;
    this.#href = href;
    this.#parts = new Parts(scratch);
    return true;
  }

  #origin() {
    const { schemeType, protocolEnd } = this.#parts;
    if (schemeType === kFile) return 'null';
    const scheme = StringPrototypeSlice(this.#href, 0, protocolEnd);
    if (schemeType !== kNotSpecial) return `${scheme}//${this.#host()}`;
    if (scheme !== 'blob:') return 'null';
    // A blob: URL has the origin of the URL in its path, where that is one of http.
    const inner = parseUrl(this.#pathname(), undefined);
    if (inner === undefined) return 'null';
    const isHttp = scratch[kSchemeType] === kHttp || scratch[kSchemeType] === kHttps;
    return isHttp ? new URL(kParsed, inner).#origin() : 'null';
  }

  /** Credentials, where there are any, end with an @ that is at hostStart. */
  #hostnameStart() {
    const { hostStart, hostEnd } = this.#parts;
    const hasAt = hostEnd > hostStart && StringPrototypeCharCodeAt(this.#href, hostStart) === kAt;
    return hasAt ? hostStart + 1 : hostStart;
  }

  #host() {
    const start = this.#hostnameStart();
    // After an empty host "/." may stand before the path.
    if (start === this.#parts.hostEnd) return '';
    return StringPrototypeSlice(this.#href, start, this.#parts.pathnameStart);
  }

  #pathname() {
    const { pathnameStart, searchStart, hashStart } = this.#parts;
    const end = searchStart !== -1 ? searchStart : hashStart !== -1 ? hashStart : undefined;
    return StringPrototypeSlice(this.#href, pathnameStart, end);
  }

  /** Without the question mark. */
  #query() {
    const { searchStart, hashStart } = this.#parts;
    if (searchStart === -1) return '';
    return StringPrototypeSlice(
      this.#href,
      searchStart + 1,
      hashStart === -1 ? undefined : hashStart,
    );
  }

  static {
    isURL = (value) => typeof value === 'object' && value !== null && #href in value;
    hrefOf = (url) => url.#href;
    updateQuery = (url, query) => {
      url.#set(kSearch, query);
    };
    setPart = (url, part, value) => url.#set(part, value);
    setHref = (url, href) => {
      if (!url.#set(kHref, href)) return false;
      const params = url.#searchParams;
      if (params !== undefined) searchParamsInternals.replace(params, url.#query());
      return true;
    };
  }
}

/**
 * The serialized URL, or undefined.
 * @param {string} input @param {string} [base]
 * @returns {string | undefined}
 */
export function parseUrl(input, base) {
  scratch ??= new Uint32Array(kPartCount);
  return urlParse(input, base, scratch);
}

/**
 * The serialized URL; a TypeError that begins with `context` where it is none.
 * @param {string} input @param {string | undefined} base @param {string} context
 * @returns {string}
 */
export function parseUrlOrThrow(input, base, context) {
  const href = parseUrl(input, base);
  if (href === undefined) throw new TypeError(`${context}: Invalid URL`);
  return href;
}

/** The href of a URL object, whatever the tenant did to the prototype. @param {URL} url */
export function urlHref(url) {
  return hrefOf(url);
}

// What others need of URLs in whatever way the tenant has changed the prototype.

/** @param {string} input @param {string} [base] @returns {URL | null} */
export function makeUrl(input, base) {
  const href = parseUrl(input, base);
  return href === undefined ? null : new URL(kParsed, href);
}

const kSettable = {
  __proto__: null,
  username: kUsername,
  password: kPassword,
  hostname: kHostname,
  pathname: kPathname,
  search: kSearch,
  hash: kHash,
};

/** False where the value is refused. @param {URL} url @param {string} name @param {string} value */
export function setUrlPart(url, name, value) {
  return setPart(url, kSettable[name], value);
}

/** What the getter gives. @param {URL} url @param {string} name @returns {string} */
export function urlPart(url, name) {
  for (let i = 0; i < getters.length; i += 2) {
    if (getters[i] === name) return ReflectApply(getters[i + 1], url, []);
  }
  return '';
}

/** What console shows: [name, getter, ...]. */
function shownGetters() {
  const getters = [];
  const names = ReflectOwnKeys(URL.prototype);
  for (let i = 0; i < names.length; i++) {
    const descriptor = ReflectGetOwnPropertyDescriptor(URL.prototype, names[i]);
    if (descriptor?.get !== undefined) ArrayPrototypePush(getters, names[i], descriptor.get);
  }
  return getters;
}

const getters = shownGetters();

function fieldsOf(url) {
  const fields = [];
  for (let i = 0; i < getters.length; i += 2) {
    ArrayPrototypePush(fields, getters[i], ReflectApply(getters[i + 1], url, []));
  }
  return fields;
}

export { isURL };

defineInterface(URL, isURL);
inspectAs(isURL, fieldsOf);
