// @ts-check
// CacheStorage, https://w3c.github.io/ServiceWorker/#cachestorage-interface, and `caches`, with the
// cache that Workers have without a name.

import { ArrayPrototypePush, MapIteratorPrototypeNext, SafeMap } from '../primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  toDOMString,
  tooFewArguments,
} from '../webidl.js';
import { answerTo } from './answer.js';
import { cacheOf } from './cache.js';
import { Entries } from './entries.js';
import { toKey, toQueryOptions } from './query.js';

const kPrivate = { __proto__: null };
const contextOf = (name) => `Failed to execute '${name}' on 'CacheStorage'`;

const kMostCaches = 1000;

export class CacheStorage {
  /** By their names, in the order in which they were made. @type {any} */
  #lists = new SafeMap();
  #default = cacheOf(new Entries());

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
  }

  /** Cloudflare's. */
  get default() {
    if (!(#lists in this)) illegalInvocation();
    return this.#default;
  }

  async match(request, options = undefined) {
    if (!(#lists in this)) illegalInvocation();
    const context = contextOf('match');
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const key = toKey(request);
    const query = toQueryOptions(options, context);
    const name = options?.cacheName;
    const only = name === undefined ? undefined : toDOMString(name);
    let entry;
    this.#lists.forEach((list, listName) => {
      if (entry !== undefined || (only !== undefined && listName !== only)) return;
      const found = list.find(key, query);
      if (found.length > 0) entry = found[0];
    });
    return entry === undefined ? undefined : answerTo(key, entry);
  }

  async has(cacheName) {
    if (!(#lists in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, contextOf('has'));
    return this.#lists.has(toDOMString(cacheName));
  }

  async open(cacheName) {
    if (!(#lists in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, contextOf('open'));
    const name = toDOMString(cacheName);
    let list = this.#lists.get(name);
    if (list === undefined) {
      if (this.#lists.size >= kMostCaches) this.#dropOne();
      this.#lists.set(name, (list = new Entries()));
    }
    return cacheOf(list);
  }

  async delete(cacheName) {
    if (!(#lists in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, contextOf('delete'));
    return this.#drop(toDOMString(cacheName));
  }

  async keys() {
    if (!(#lists in this)) illegalInvocation();
    const names = [];
    this.#lists.forEach((_, name) => ArrayPrototypePush(names, name));
    return names;
  }

  // Who has the Cache object may go on with it; what was in it need not be kept for that.
  #drop(name) {
    this.#lists.get(name)?.clear();
    return this.#lists.delete(name);
  }

  /** The oldest that has nothing in it, or else the oldest. */
  #dropOne() {
    let dropped = MapIteratorPrototypeNext(this.#lists.keys()).value;
    let isFound = false;
    this.#lists.forEach((list, name) => {
      if (isFound || !list.isEmpty) return;
      isFound = true;
      dropped = name;
    });
    this.#drop(dropped);
  }

  static {
    defineInterface(CacheStorage, (value) => #lists in value);
  }
}

export const caches = new CacheStorage(/** @type {any} */ (kPrivate));
