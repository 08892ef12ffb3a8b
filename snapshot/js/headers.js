// @ts-check
// Headers, https://fetch.spec.whatwg.org/#headers-class
//
// Of the guards a server needs "immutable": no header is forbidden to it. A program that asks for a
// request of the mode "no-cors" gets what that stands for.

import { proxyDetails, requestHeaders } from 'nano:ops';
import {
  deleteHeader,
  getHeader,
  hasHeader,
  normalizeName,
  normalizeValue,
  setHeader,
} from './header_list.js';
import { inspectAs } from './inspect_interfaces.js';
import { defineIterable } from './iterable.js';
import {
  ArrayPrototypePush,
  ArrayPrototypeSort,
  ObjectGetOwnPropertySymbols,
  ObjectKeys,
  SymbolIterator,
  TypeErrorConstructor,
} from './primordials.js';
import { isSafelisted, isSafelistedName } from './safelisted_headers.js';
import {
  defineInterface,
  illegalInvocation,
  isObject,
  tooFewArguments,
  toByteString,
  toRecord,
  toSequence,
} from './webidl.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

/** @typedef {import('./header_list.js').HeaderList} HeaderList */

/** @type {(value: any) => boolean} */
let isHeaders;
/** @type {(list: HeaderList | undefined, slot: number, immutable: boolean) => Headers} */
let makeHeaders;
/** @type {(headers: Headers) => boolean} */
let areHeadersImmutable;
/** Those of a request of the mode "no-cors". @type {(list: HeaderList) => Headers} */
let noCorsHeaders;
/** @type {(headers: Headers) => boolean} */
let areHeadersNoCors;
/** [name, as given, ...] @type {(headers: Headers) => string[] | undefined} */
let spellingOf;
/** Gives them a list of their own. @type {(headers: Headers, spelled: any) => Headers} */
let spellHeaders;
/** @type {(headers: any, index: number) => [string, string] | undefined} */
let pairAt;
/** The list itself: whoever changes it must own it. @type {(headers: Headers) => HeaderList} */
let headerListOf;

const identity = (value) => value;

/**
 * What the standard calls to fill, into a list.
 * @param {HeaderList} list @param {any} init @param {string} context
 * @param {string[]} [spelled] gets the names that are not in lower case: [name, as given, ...]
 */
function fillHeaders(list, init, context, spelled) {
  if (!isObject(init)) {
    throw new TypeError(
      `${context}: The provided value is not of type ` +
        `'(record<ByteString, ByteString> or sequence<sequence<ByteString>>)'.`,
    );
  }
  const method = init[SymbolIterator];
  if (method === undefined || method === null) {
    fillFromRecord(list, init, context, spelled);
  } else if (method === entries && isHeaders(init)) {
    appendAll(list, headerListOf(init));
    const names = spellingOf(init);
    if (spelled !== undefined && names !== undefined) appendAll(spelled, names);
  } else {
    const toPair = (pair) => toSequence(pair, context, identity);
    fillFromPairs(list, toSequence(init, context, toPair, method), context, spelled);
  }
}

function appendAll(list, others) {
  for (let i = 0; i < others.length; i++) ArrayPrototypePush(list, others[i]);
}

/** Of a header that is about to be added: the first of its name says how it is spelled. */
function noteSpelling(spelled, list, name, given) {
  if (spelled === undefined || given === name || typeof given !== 'string') return;
  if (!hasHeader(list, name)) ArrayPrototypePush(spelled, name, given);
}

function fillFromPairs(list, pairs, context, spelled) {
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i];
    if (pair.length !== 2) {
      throw new TypeError(`${context}: A header must be a pair of a name and a value.`);
    }
    const name = normalizeName(pair[0], context);
    const value = normalizeValue(pair[1], context);
    noteSpelling(spelled, list, name, pair[0]);
    ArrayPrototypePush(list, name, value);
  }
}

function fillFromRecord(list, init, context, spelled) {
  // What a proxy or a symbol among the keys would notice, the general conversion does.
  if (proxyDetails(init) === undefined && ObjectGetOwnPropertySymbols(init).length === 0) {
    const keys = ObjectKeys(init);
    for (let i = 0; i < keys.length; i++) {
      const name = normalizeName(keys[i], context);
      const value = normalizeValue(init[keys[i]], context);
      noteSpelling(spelled, list, name, keys[i]);
      ArrayPrototypePush(list, name, value);
    }
    return;
  }
  const record = toRecord(init, context, toByteString, toByteString);
  for (let i = 0; i < record.length; i += 2) {
    const name = normalizeName(record[i], context);
    const value = normalizeValue(record[i + 1], context);
    noteSpelling(spelled, list, name, record[i]);
    ArrayPrototypePush(list, name, value);
  }
}

export class Headers {
  /** @type {HeaderList | undefined} undefined while those of the request #slot are not fetched */
  #list = undefined;
  #slot = -1;
  #immutable = false;
  #noCors = false;
  /** Names as they were given, where that is not in lower case: [name, as given, ...]. */
  #spelled = undefined;
  /** The list as iteration has it. @type {HeaderList | undefined} */
  #sorted = undefined;

  constructor(init = undefined) {
    if (init === kInternal) return;
    this.#list = [];
    if (init === undefined) return;
    this.#spelled = [];
    fillHeaders(this.#list, init, "Failed to construct 'Headers'", this.#spelled);
  }

  append(name, value) {
    if (!(#list in this)) illegalInvocation();
    const context = "Failed to execute 'append' on 'Headers'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const key = normalizeName(name, context);
    const text = normalizeValue(value, context);
    const list = this.#mutableList(context);
    if (this.#noCors && !mayAppend(list, key, text)) return;
    this.#spell(key, name);
    ArrayPrototypePush(list, key, text);
  }

  delete(name) {
    if (!(#list in this)) illegalInvocation();
    const context = "Failed to execute 'delete' on 'Headers'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const key = normalizeName(name, context);
    const list = this.#mutableList(context);
    if (this.#noCors && !isSafelistedName(key)) return;
    deleteHeader(list, key);
    if (this.#spelled !== undefined) deleteHeader(this.#spelled, key);
  }

  get(name) {
    if (!(#list in this)) illegalInvocation();
    const context = "Failed to execute 'get' on 'Headers'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return getHeader(this.#list ?? headerListOf(this), normalizeName(name, context));
  }

  getSetCookie() {
    if (!(#list in this)) illegalInvocation();
    return this.#setCookies();
  }

  #setCookies() {
    const list = headerListOf(this);
    const values = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === 'set-cookie') ArrayPrototypePush(values, list[i + 1]);
    }
    return values;
  }

  /** Cloudflare's, older than getSetCookie(). */
  getAll(name) {
    if (!(#list in this)) illegalInvocation();
    const context = "Failed to execute 'getAll' on 'Headers'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (normalizeName(toByteString(name, context), context) === 'set-cookie') {
      return this.#setCookies();
    }
    throw new TypeError(`${context}: getAll() is for the header "Set-Cookie" only.`);
  }

  has(name) {
    if (!(#list in this)) illegalInvocation();
    const context = "Failed to execute 'has' on 'Headers'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return hasHeader(this.#list ?? headerListOf(this), normalizeName(name, context));
  }

  set(name, value) {
    if (!(#list in this)) illegalInvocation();
    const context = "Failed to execute 'set' on 'Headers'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const key = normalizeName(name, context);
    const text = normalizeValue(value, context);
    const list = this.#mutableList(context);
    if (this.#noCors && !isSafelisted(key, text)) return;
    this.#spell(key, name);
    setHeader(list, key, text);
  }

  #spell(name, given) {
    if (given !== name) noteSpelling((this.#spelled ??= []), this.#list, name, given);
  }

  #mutableList(context) {
    if (this.#immutable) throw new TypeError(`${context}: Headers are immutable.`);
    this.#sorted = undefined;
    return /** @type {HeaderList} */ (this.#list);
  }

  static {
    isHeaders = (value) => #list in value;
    headerListOf = (headers) => (headers.#list ??= requestHeaders(headers.#slot));
    makeHeaders = (list, slot, immutable) => {
      const headers = new Headers(/** @type {any} */ (kInternal));
      headers.#list = list;
      headers.#slot = slot;
      headers.#immutable = immutable;
      return headers;
    };
    areHeadersImmutable = (headers) => headers.#immutable;
    noCorsHeaders = (given) => {
      const list = [];
      for (let i = 0; i < given.length; i += 2) {
        if (mayAppend(list, given[i], given[i + 1])) {
          ArrayPrototypePush(list, given[i], given[i + 1]);
        }
      }
      const headers = makeHeaders(list, -1, false);
      headers.#noCors = true;
      return headers;
    };
    areHeadersNoCors = (headers) => headers.#noCors;
    spellingOf = (headers) => headers.#spelled;
    spellHeaders = (headers, spelled) => {
      headers.#spelled = spelled;
      return headers;
    };
    pairAt = (headers, index) => {
      const sorted = (headers.#sorted ??= sortAndCombine(headerListOf(headers)));
      const place = 2 * index;
      return place < sorted.length ? [sorted[place], sorted[place + 1]] : undefined;
    };
  }
}

/** Whether a "no-cors" list may have one more: what its name would have in all counts. */
function mayAppend(list, name, value) {
  const before = getHeader(list, name);
  return isSafelisted(name, before === null ? value : `${before}, ${value}`);
}

/**
 * https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
 * @param {HeaderList} list @returns {HeaderList}
 */
function sortAndCombine(list) {
  const names = [];
  const seen = { __proto__: null };
  for (let i = 0; i < list.length; i += 2) {
    if (seen[list[i]]) continue;
    seen[list[i]] = true;
    ArrayPrototypePush(names, list[i]);
  }
  ArrayPrototypeSort(names);
  const result = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name !== 'set-cookie') {
      ArrayPrototypePush(result, name, getHeader(list, name));
      continue;
    }
    for (let j = 0; j < list.length; j += 2) {
      if (list[j] === name) ArrayPrototypePush(result, name, list[j + 1]);
    }
  }
  return result;
}

defineIterable(Headers, (value) => isObject(value) && isHeaders(value), pairAt);
defineInterface(Headers, isHeaders);
inspectAs(isHeaders, (headers) => sortAndCombine(headerListOf(headers)));
const entries = Headers.prototype[SymbolIterator];

/** @param {HeaderList} list becomes the object's own @returns {Headers} */
function headersOfList(list) {
  return makeHeaders(list, -1, false);
}

/** @param {HeaderList} list @returns {Headers} */
function immutableHeaders(list) {
  return makeHeaders(list, -1, true);
}

/** Those of the incoming request. @param {number} slot @returns {Headers} */
function incomingHeaders(slot) {
  return makeHeaders(undefined, slot, true);
}

export {
  areHeadersImmutable,
  areHeadersNoCors,
  fillHeaders,
  headerListOf,
  headersOfList,
  immutableHeaders,
  incomingHeaders,
  isHeaders,
  noCorsHeaders,
  spellHeaders,
  spellingOf,
};
