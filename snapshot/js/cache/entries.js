// @ts-check
// What the caches of this isolate have: bounded in all, and what was used longest ago goes first.

import { bufferBytes } from 'nano:ops';
import {
  ArrayPrototypePush,
  DateNow,
  MathFloor,
  MathMax,
  MathMin,
  SafeMap,
  SafeSet,
  SetIteratorPrototypeNext,
  TypedArrayPrototypeGetByteLength,
} from '../primordials.js';
import { kExactly, matches } from './query.js';

/** @typedef {import('./query.js').Key} Key */
/** @typedef {import('./query.js').Options} Options */

const kMostBytes = 16 * 1024 * 1024;
const kMostEntries = 1000;
/** Of the app's buffers_mb: the rest is for what the app itself does. */
const kShareOfBuffers = 1 / 4;
/** Objects around an entry; and what even the smallest buffer counts. */
const kEntryBytes = 512;
const kLeastBuffer = 256;

/** All entries, the one used last at the end. @type {any} */
const used = new SafeSet();
let usedBytes = 0;
let mostBytes = 0;

/** How many bytes all entries may have, and so how large one may be. */
export function roomForEntries() {
  if (mostBytes === 0) mostBytes = MathMin(kMostBytes, MathFloor(bufferBytes() * kShareOfBuffers));
  return mostBytes;
}

function lengthOfAll(headers) {
  let length = 0;
  for (let i = 0; i < headers.length; i++) length += headers[i].length;
  return length;
}

/**
 * @typedef {object} Parts
 * @property {Key} key
 * @property {any} head the response, of which only what is neither headers nor body counts
 * @property {number} status
 * @property {import('../header_list.js').HeaderList} headers
 * @property {Uint8Array | null} bytes nobody changes them
 * @property {string[]} vary names of the request's headers
 * @property {number} expiresAt
 */

export class Entry {
  key;
  head;
  status;
  headers;
  bytes;
  vary;
  expiresAt;
  /** What it counts. */
  size;
  /** Where it is. @type {Entries | undefined} */
  owner = undefined;

  /** @param {Parts} parts */
  constructor({ key, head, status, headers, bytes, vary, expiresAt }) {
    this.key = key;
    this.head = head;
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.vary = vary;
    this.expiresAt = expiresAt;
    const body =
      bytes === null ? 0 : MathMax(TypedArrayPrototypeGetByteLength(bytes), kLeastBuffer);
    const characters = 2 * key.url.length + lengthOfAll(key.headers) + lengthOfAll(headers);
    this.size = kEntryBytes + body + 2 * characters;
  }
}

function touch(entry) {
  used.delete(entry);
  used.add(entry);
}

/** The entries of one cache. */
export class Entries {
  /** In the order in which they came. @type {any} */
  #all = new SafeSet();
  /** Those of a URL without its fragment. @type {any} */
  #byHref = new SafeMap();

  get isEmpty() {
    return this.#all.size === 0;
  }

  /**
   * Those that match, in their order; all without a key.
   * @param {Key | undefined} key @param {Options} options @returns {Entry[]}
   */
  find(key, options) {
    const found = [];
    const now = DateNow();
    const isExact = key !== undefined && !options.ignoreSearch;
    const among = isExact ? this.#byHref.get(key.href) : this.#all;
    among?.forEach((entry) => {
      if (entry.expiresAt <= now) this.remove(entry);
      else if (key === undefined || matches(key, entry, options)) ArrayPrototypePush(found, entry);
    });
    // A list of all is no use of any.
    for (let i = 0; i < found.length && key !== undefined; i++) touch(found[i]);
    return found;
  }

  /** Takes the place of those that its request matches. @param {Entry} entry */
  keep(entry) {
    if (entry.size > roomForEntries()) return false;
    const { key } = entry;
    const replaced = this.find(key, kExactly);
    for (let i = 0; i < replaced.length; i++) this.remove(replaced[i]);
    while (used.size >= kMostEntries || usedBytes + entry.size > roomForEntries()) {
      const oldest = SetIteratorPrototypeNext(used.values()).value;
      oldest.owner.remove(oldest);
    }
    entry.owner = this;
    let others = this.#byHref.get(key.href);
    if (others === undefined) this.#byHref.set(key.href, (others = new SafeSet()));
    others.add(entry);
    this.#all.add(entry);
    used.add(entry);
    usedBytes += entry.size;
    return true;
  }

  /** @param {Entry} entry one of these */
  remove(entry) {
    this.#all.delete(entry);
    const others = this.#byHref.get(entry.key.href);
    others.delete(entry);
    if (others.size === 0) this.#byHref.delete(entry.key.href);
    used.delete(entry);
    usedBytes -= entry.size;
  }

  clear() {
    this.#all.forEach((entry) => this.remove(entry));
  }
}
