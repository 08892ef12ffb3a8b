// @ts-check
// The timeline of marks, measures and fetches, and its observers (Performance Timeline 5 and 6).
//
// An isolate may live for months: of marks and of measures the timeline keeps the newest kMaxEntries, of
// fetches what resource_timing.js says.

import { DOMException } from './dom_exception.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  ArrayPrototypeShift,
  ArrayPrototypeSort,
  ObjectFreeze,
  ReflectApply,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { entryInternals } from './performance_entry.js';
import { reportException } from './report_exception.js';
import {
  defineInterface,
  illegalConstructor,
  toCallback,
  toDictionary,
  toDOMString,
  tooFewArguments,
  toSequence,
} from './webidl.js';

export const kMaxEntries = 10_000;
const kPrivate = { __proto__: null };
/** In alphabetical order. */
const kTypes = ObjectFreeze(['mark', 'measure', 'resource']);

/** @typedef {import('./performance_entry.js').PerformanceEntry} PerformanceEntry */

/** By type; `dropped` counts what the timeline kept no longer. */
const timelines = {
  __proto__: null,
  mark: { entries: /** @type {PerformanceEntry[]} */ ([]), dropped: 0 },
  measure: { entries: /** @type {PerformanceEntry[]} */ ([]), dropped: 0 },
  resource: { entries: /** @type {PerformanceEntry[]} */ ([]), dropped: 0 },
};
export const resources = timelines.resource;

/** @type {PerformanceObserver[]} */
let observers = [];
let isDeliveryDue = false;

/**
 * What fits, in the order of start times.
 * @param {readonly PerformanceEntry[]} entries
 * @param {string | undefined} name @param {string | undefined} type
 */
function select(entries, name, type) {
  const found = [];
  for (let i = 0; i < entries.length; i++) {
    if (name !== undefined && entryInternals.name(entries[i]) !== name) continue;
    if (type !== undefined && entryInternals.type(entries[i]) !== type) continue;
    ArrayPrototypePush(found, entries[i]);
  }
  const byStart = (a, b) => entryInternals.startTime(a) - entryInternals.startTime(b);
  return ArrayPrototypeSort(found, byStart);
}

/** @param {string | undefined} name @param {string | undefined} type */
export function entriesOf(name, type) {
  const all = [];
  for (let i = 0; i < kTypes.length; i++) {
    const { entries } = timelines[kTypes[i]];
    for (let j = 0; j < entries.length; j++) ArrayPrototypePush(all, entries[j]);
  }
  return select(all, name, type);
}

/** The newest entry of that name, or undefined. @param {string} name @param {string} type */
export function newestEntry(name, type) {
  const { entries } = timelines[type];
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entryInternals.name(entries[i]) === name) return entries[i];
  }
  return undefined;
}

/** @param {string | undefined} name undefined: all @param {string} type */
export function clearEntries(name, type) {
  const kept = [];
  const { entries } = timelines[type];
  for (let i = 0; i < entries.length; i++) {
    const goes = name === undefined || entryInternals.name(entries[i]) === name;
    if (!goes) ArrayPrototypePush(kept, entries[i]);
  }
  timelines[type].entries = kept;
}

/** To the observers. @param {PerformanceEntry} entry @param {string} type */
export function offerEntry(entry, type) {
  for (let i = 0; i < observers.length; i++) observerInternals.offer(observers[i], entry, type);
}

/** @param {PerformanceEntry} entry a mark or measure */
export function addEntry(entry) {
  const type = entryInternals.type(entry);
  offerEntry(entry, type);
  const timeline = timelines[type];
  ArrayPrototypePush(timeline.entries, entry);
  if (timeline.entries.length > kMaxEntries) {
    ArrayPrototypeShift(timeline.entries);
    timeline.dropped++;
  }
}

/** Later in this turn, when whoever makes entries is done. */
async function deliverLater() {
  if (isDeliveryDue) return;
  isDeliveryDue = true;
  await undefined;
  isDeliveryDue = false;
  const present = observers;
  for (let i = 0; i < present.length; i++) observerInternals.deliver(present[i]);
}

export class PerformanceObserverEntryList {
  #entries;

  constructor(key = undefined, entries = undefined) {
    if (key !== kPrivate) illegalConstructor();
    this.#entries = /** @type {any} */ (entries);
  }

  getEntries() {
    return select(this.#entries, undefined, undefined);
  }

  getEntriesByType(type) {
    const context = "Failed to execute 'getEntriesByType' on 'PerformanceObserverEntryList'";
    const entries = this.#entries;
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return select(entries, undefined, toDOMString(type));
  }

  getEntriesByName(name, type = undefined) {
    const context = "Failed to execute 'getEntriesByName' on 'PerformanceObserverEntryList'";
    const entries = this.#entries;
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return select(entries, toDOMString(name), type === undefined ? undefined : toDOMString(type));
  }

  static {
    defineInterface(PerformanceObserverEntryList, (value) => #entries in value);
  }
}

/**
 * @type {{
 *   offer(observer: PerformanceObserver, entry: PerformanceEntry, type: string): void,
 *   deliver(observer: PerformanceObserver): void,
 * }}
 */
let observerInternals;

export class PerformanceObserver {
  #callback;
  /** "multiple" after entryTypes, "single" after type: the two do not mix. */
  #kind = '';
  /** @type {string[]} */
  #types = [];
  /** @type {PerformanceEntry[]} */
  #buffer = [];
  /** The first callback after observe() is told how many entries are gone. */
  #tellsDropped = false;

  constructor(callback) {
    const context = "Failed to construct 'PerformanceObserver'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#callback = toCallback(callback, `${context}: parameter 1`);
  }

  observe(options = undefined) {
    const context = "Failed to execute 'observe' on 'PerformanceObserver'";
    const kind = this.#kind;
    const members = toDictionary(options, context, 'PerformanceObserverInit');
    const buffered = members.buffered;
    let entryTypes = members.entryTypes;
    if (entryTypes !== undefined) entryTypes = toSequence(entryTypes, context, toDOMString);
    const type = members.type === undefined ? undefined : toDOMString(members.type);
    if (entryTypes === undefined && type === undefined) {
      throw new TypeError(`${context}: Either entryTypes or type must be present.`);
    }
    if (entryTypes !== undefined && (type !== undefined || buffered !== undefined)) {
      throw new TypeError(`${context}: entryTypes does not go with type or buffered.`);
    }
    const wanted = type === undefined ? 'multiple' : 'single';
    if (kind !== '' && kind !== wanted) {
      const given = kind === 'single' ? 'type' : 'entryTypes';
      const message = `${context}: This observer has been given ${given} before.`;
      throw new DOMException(message, 'InvalidModificationError');
    }
    this.#kind = wanted;
    if (type !== undefined) this.#observeOne(type, !!buffered);
    else this.#observeMany(entryTypes);
  }

  disconnect() {
    this.#types = [];
    this.#buffer = [];
    this.#leave();
  }

  takeRecords() {
    const records = this.#buffer;
    this.#buffer = [];
    return select(records, undefined, undefined);
  }

  static get supportedEntryTypes() {
    return kTypes;
  }

  #observeMany(entryTypes) {
    const types = [];
    for (let i = 0; i < kTypes.length; i++) {
      if (ArrayPrototypeIncludes(entryTypes, kTypes[i])) ArrayPrototypePush(types, kTypes[i]);
    }
    if (types.length === 0) return;
    this.#types = types;
    this.#join();
  }

  #observeOne(type, buffered) {
    if (!ArrayPrototypeIncludes(kTypes, type)) return;
    if (!ArrayPrototypeIncludes(this.#types, type)) ArrayPrototypePush(this.#types, type);
    this.#join();
    if (!buffered) return;
    const { entries } = timelines[type];
    for (let i = 0; i < entries.length; i++) ArrayPrototypePush(this.#buffer, entries[i]);
    deliverLater();
  }

  /** Lists are replaced, never changed, so that a delivery keeps its own. */
  #join() {
    this.#tellsDropped = true;
    if (ArrayPrototypeIncludes(observers, this)) return;
    this.#leave();
    ArrayPrototypePush(observers, this);
  }

  #leave() {
    const others = [];
    for (let i = 0; i < observers.length; i++) {
      if (observers[i] !== this) ArrayPrototypePush(others, observers[i]);
    }
    observers = others;
  }

  #deliver() {
    if (this.#buffer.length === 0) return;
    const entries = new PerformanceObserverEntryList(
      /** @type {any} */ (kPrivate),
      /** @type {any} */ (this.#buffer),
    );
    this.#buffer = [];
    const options = /** @type {any} */ ({});
    if (this.#tellsDropped) {
      let dropped = 0;
      for (let i = 0; i < this.#types.length; i++) dropped += timelines[this.#types[i]].dropped;
      options.droppedEntriesCount = dropped;
    }
    this.#tellsDropped = false;
    try {
      ReflectApply(this.#callback, this, [entries, this, options]);
    } catch (error) {
      reportException(error);
    }
  }

  static {
    observerInternals = {
      offer(observer, entry, type) {
        if (!ArrayPrototypeIncludes(observer.#types, type)) return;
        ArrayPrototypePush(observer.#buffer, entry);
        deliverLater();
      },
      deliver: (observer) => observer.#deliver(),
    };
    defineInterface(PerformanceObserver, (value) => #kind in value);
  }
}
