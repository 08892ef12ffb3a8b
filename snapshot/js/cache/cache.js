// @ts-check
// Cache, https://w3c.github.io/ServiceWorker/#cache-interface
//
// In this isolate's memory, within bounds (entries.js), and by the rules that Workers have for what
// is kept (freshness.js) and answered (answer.js).

import { DOMException } from '../dom_exception.js';
import defer * as outgoing from '../fetch.js';
import { headersOfList } from '../headers.js';
import {
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { Request } from '../request.js';
import { isResponse, partsOf } from '../response.js';
import { markHandled } from '../streams/promises.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
  toSequence,
} from '../webidl.js';
import { answerTo, wholeAnswer } from './answer.js';
import { Entries } from './entries.js';
import { checkKey, checkResponse, makeEntry } from './filing.js';
import { kExactly, matches, toKey, toQueryOptions, toRequest } from './query.js';

const kPrivate = { __proto__: null };
const contextOf = (name) => `Failed to execute '${name}' on 'Cache'`;

/** The request of an entry, without what was its signal. */
function requestOf({ key }) {
  const headers = headersOfList(ArrayPrototypeSlice(key.headers));
  return new Request(key.url, { __proto__: null, headers });
}

/** What add() does before it keeps anything. */
async function fetchEntry(request, key, context, file) {
  const response = await outgoing.fetchFrom(request, undefined, '');
  const { status, body } = partsOf(response);
  try {
    if (status < 200 || status > 299) {
      throw new TypeError(`${context}: The answer to ${key.url} has the status ${status}.`);
    }
    checkResponse(response, context);
  } catch (error) {
    body?.cancel(error);
    throw error;
  }
  await makeEntry(key, response, file);
}

/** Of one addAll(): no two may take each other's place. */
function checkForTwins(list, areTwins, context) {
  for (let i = 0; i < list.length; i++) {
    for (let j = 0; j < list.length; j++) {
      if (i === j || !areTwins(list[i], list[j])) continue;
      throw new DOMException(`${context}: Two of the requests are the same.`, 'InvalidStateError');
    }
  }
}

/** Whatever the responses are going to say. */
const areSameKeys = (one, other) =>
  one.href === other.href &&
  ArrayPrototypeJoin(one.headers, '\0') === ArrayPrototypeJoin(other.headers, '\0');

const takesPlaceOf = (one, other) => matches(other.key, one, kExactly);

async function addAllTo(list, requests, context) {
  const keys = ArrayPrototypeMap(requests, (request) => {
    const key = toKey(request);
    checkKey(key, context);
    return key;
  });
  checkForTwins(keys, areSameKeys, context);
  const entries = [];
  const file = (entry) => ArrayPrototypePush(entries, entry);
  const fetching = ArrayPrototypeMap(requests, (request, i) =>
    markHandled(fetchEntry(request, keys[i], context, file)),
  );
  for (let i = 0; i < fetching.length; i++) await fetching[i];
  checkForTwins(entries, takesPlaceOf, context);
  for (let i = 0; i < entries.length; i++) list.keep(entries[i]);
}

export class Cache {
  /** @type {Entries} */
  #list;

  constructor(key = undefined, list = undefined) {
    if (key !== kPrivate) illegalConstructor();
    this.#list = /** @type {any} */ (list);
  }

  async match(request, options = undefined) {
    if (!(#list in this)) illegalInvocation();
    const context = contextOf('match');
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const key = toKey(request);
    const found = this.#list.find(key, toQueryOptions(options, context));
    return found.length === 0 ? undefined : answerTo(key, found[0]);
  }

  async matchAll(request = undefined, options = undefined) {
    if (!(#list in this)) illegalInvocation();
    const key = request === undefined ? undefined : toKey(request);
    const query = toQueryOptions(options, contextOf('matchAll'));
    return ArrayPrototypeMap(this.#list.find(key, query), wholeAnswer);
  }

  async add(request) {
    if (!(#list in this)) illegalInvocation();
    const context = contextOf('add');
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    await addAllTo(this.#list, [toRequest(request)], context);
  }

  async addAll(requests) {
    if (!(#list in this)) illegalInvocation();
    const context = contextOf('addAll');
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    await addAllTo(this.#list, toSequence(requests, context, toRequest), context);
  }

  async put(request, response) {
    if (!(#list in this)) illegalInvocation();
    const context = contextOf('put');
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const key = toKey(request);
    if (!isResponse(response)) {
      throw new TypeError(`${context}: parameter 2 is not of type 'Response'.`);
    }
    checkKey(key, context);
    checkResponse(response, context);
    await makeEntry(key, response, (entry) => this.#list.keep(entry));
  }

  async delete(request, options = undefined) {
    if (!(#list in this)) illegalInvocation();
    const context = contextOf('delete');
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const key = toKey(request);
    const found = this.#list.find(key, toQueryOptions(options, context));
    for (let i = 0; i < found.length; i++) this.#list.remove(found[i]);
    return found.length > 0;
  }

  async keys(request = undefined, options = undefined) {
    if (!(#list in this)) illegalInvocation();
    const key = request === undefined ? undefined : toKey(request);
    const query = toQueryOptions(options, contextOf('keys'));
    return ArrayPrototypeMap(this.#list.find(key, query), requestOf);
  }

  static {
    defineInterface(Cache, (value) => #list in value);
  }
}

/** @param {Entries} list @returns {Cache} */
export const cacheOf = (list) =>
  new Cache(/** @type {any} */ (kPrivate), /** @type {any} */ (list));
