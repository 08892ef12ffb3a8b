// @ts-check
// The RequestInit dictionary and what the Request constructor makes of the smaller members,
// https://fetch.spec.whatwg.org/#requestinit

import { behaviour } from './compatibility_flags.js';
import { urlParse } from 'nano:ops';
import { isAbortSignal } from './abort.js';
import { parseFetchUrl } from './fetch_url.js';
import {
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeToUpperCase,
  TypeErrorConstructor,
  Uint32ArrayConstructor,
} from './primordials.js';
import { parseUrl } from './url.js';
import { toByteString, toDictionary, toEnum, toUSVString } from './webidl.js';

const TypeError = TypeErrorConstructor;

const kCache = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'];
const kCredentials = ['omit', 'same-origin', 'include'];
const kMode = ['navigate', 'same-origin', 'no-cors', 'cors'];
const kPriority = ['high', 'low', 'auto'];
const kRedirect = ['follow', 'error', 'manual'];
const kReferrerPolicy = [
  '',
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
];

/** The parts of a request that are seldom looked at. undefined: as the standard has it. */
export class RequestDetails {
  cache = 'default';
  credentials = 'same-origin';
  integrity = '';
  keepalive = false;
  mode = 'cors';
  redirect = 'follow';
  referrer = 'about:client';
  referrerPolicy = '';
  /** Cloudflare's; kept, without a meaning here. */
  cf = undefined;

  clone() {
    const copy = new RequestDetails();
    copy.cache = this.cache;
    copy.credentials = this.credentials;
    copy.integrity = this.integrity;
    copy.keepalive = this.keepalive;
    copy.mode = this.mode;
    copy.redirect = this.redirect;
    copy.referrer = this.referrer;
    copy.referrerPolicy = this.referrerPolicy;
    copy.cf = this.cf;
    return copy;
  }
}

/** That of a page, of which there is none. */
export const kNoReferrer = 'about:client';

const optionalEnum = (value, allowed, context, type) =>
  value === undefined ? undefined : toEnum(value, allowed, context, type);

/**
 * The members, converted, read in the order of their names.
 * @param {any} value @param {string} context
 */
export function toRequestInit(value, context) {
  const members = toDictionary(value, context, 'RequestInit');
  const body = members.body;
  const cache = optionalEnum(members.cache, kCache, context, 'RequestCache');
  const cf = members.cf;
  const credentials = members.credentials;
  const duplex = optionalEnum(members.duplex, ['half'], context, 'RequestDuplex');
  const headers = members.headers;
  const integrity = members.integrity;
  const keepalive = members.keepalive;
  const method = members.method;
  const mode = optionalEnum(members.mode, kMode, context, 'RequestMode');
  optionalEnum(members.priority, kPriority, context, 'RequestPriority');
  const redirect = optionalEnum(members.redirect, kRedirect, context, 'RequestRedirect');
  const referrer = members.referrer;
  const policy = members.referrerPolicy;
  const signal = members.signal;
  if (signal !== undefined && signal !== null && !isAbortSignal(signal)) {
    throw new TypeError(`${context}: member signal is not of type 'AbortSignal'.`);
  }
  return {
    body,
    cache,
    cf,
    credentials: optionalEnum(credentials, kCredentials, context, 'RequestCredentials'),
    duplex,
    headers,
    integrity: integrity === undefined ? undefined : `${integrity}`,
    keepalive: keepalive === undefined ? undefined : !!keepalive,
    method: method === undefined ? undefined : toByteString(method, context),
    mode,
    redirect,
    referrer: referrer === undefined ? undefined : toUSVString(referrer),
    referrerPolicy: optionalEnum(policy, kReferrerPolicy, context, 'ReferrerPolicy'),
    signal,
    window: members.window,
  };
}

/** @typedef {ReturnType<typeof toRequestInit>} RequestInit */

/**
 * @param {RequestDetails} details @param {RequestInit} init
 * @param {string} url the request's @param {string} context
 */
export function applyInit(details, init, url, context) {
  if (init.window !== undefined && init.window !== null) {
    throw new TypeError(`${context}: 'window' must be null.`);
  }
  details.referrer = toReferrer(init.referrer, url, context);
  details.referrerPolicy = init.referrerPolicy ?? '';
  if (init.mode === 'navigate') {
    throw new TypeError(`${context}: Cannot construct a Request with mode 'navigate'.`);
  }
  if (init.mode !== undefined) details.mode = init.mode;
  if (init.credentials !== undefined) details.credentials = init.credentials;
  if (init.cache !== undefined) details.cache = init.cache;
  if (details.cache === 'only-if-cached' && details.mode !== 'same-origin') {
    throw new TypeError(`${context}: 'only-if-cached' can be set only with 'same-origin' mode.`);
  }
  if (init.redirect !== undefined) details.redirect = init.redirect;
  if (init.integrity !== undefined) details.integrity = init.integrity;
  if (init.keepalive !== undefined) details.keepalive = init.keepalive;
  if (init.cf !== undefined) details.cf = init.cf;
}

/**
 * Of a body that is a stream. The standard wants `duplex: 'half'` said; programs for Workers do not
 * say it, and there is nothing else that it could be.
 * @param {RequestDetails} details
 */
export function checkStreamedBody(details, context) {
  if (details.keepalive) {
    throw new TypeError(`${context}: A stream body cannot be used with keepalive.`);
  }
  if (details.mode === 'no-cors') {
    throw new TypeError(`${context}: A stream body needs mode 'same-origin' or 'cors'.`);
  }
}

/** A URL of the origin that the request goes to: there is no other that it could come from. */
function toReferrer(referrer, url, context) {
  if (referrer === undefined) return kNoReferrer;
  if (referrer === '') return '';
  const from = parseFetchUrl(referrer);
  if (from === undefined) throw new TypeError(`${context}: Invalid referrer URL.`);
  if (!from.isHttp || from.siteOrigin !== parseFetchUrl(url)?.siteOrigin) return kNoReferrer;
  return parseUrl(referrer) ?? kNoReferrer;
}

const kToken = /^[!#$%&'*+\-.^_\x60|~0-9A-Za-z]+$/;

/**
 * "Normalize": the six methods in upper case however they are written, others as they are.
 * @param {string} method @param {string} context @returns {string}
 */
export function toMethod(method, context) {
  switch (method) {
    case 'GET':
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
    case 'HEAD':
    case 'OPTIONS':
      return method;
  }
  if (RegExpPrototypeExec(kToken, method) === null) {
    throw new TypeError(`${context}: '${method}' is not a valid HTTP method.`);
  }
  const upper = StringPrototypeToUpperCase(method);
  switch (upper) {
    case 'CONNECT':
    case 'TRACE':
    case 'TRACK':
      throw new TypeError(`${context}: '${method}' HTTP method is unsupported.`);
    case 'GET':
    case 'POST':
    case 'PUT':
    case 'DELETE':
    case 'HEAD':
    case 'OPTIONS':
      return upper;
  }
  return behaviour.upperCaseMethods ? upper : method;
}

// Places of the op's answer, and what it has where a URL carries user:password@.
const kHostStart = 2;
const kHostEnd = 3;
const kPartCount = 9;
const kAtSign = 0x40;
let parts;

/** @param {string} input @param {string} context @returns {string} */
export function toRequestUrl(input, context) {
  parts ??= new Uint32ArrayConstructor(kPartCount);
  const href = urlParse(toUSVString(input), undefined, parts);
  if (href === undefined) throw new TypeError(`${context}: Invalid URL: ${input}`);
  const start = parts[kHostStart];
  if (parts[kHostEnd] > start && StringPrototypeCharCodeAt(href, start) === kAtSign) {
    throw new TypeError(`${context}: Request cannot be constructed from a URL with credentials.`);
  }
  return href;
}
