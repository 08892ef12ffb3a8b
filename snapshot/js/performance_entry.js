// @ts-check
// PerformanceEntry (Performance Timeline 4), PerformanceMark and PerformanceMeasure (User Timing).

import { now } from 'nano:ops';
import { structuredClone } from './structured_clone.js';
import { TypeErrorConstructor as TypeError } from './primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  toDictionary,
  toDOMString,
  toDouble,
  tooFewArguments,
} from './webidl.js';

const kPrivate = { __proto__: null };
/** An entry of ours is being made. No key is told to a parent, which is a tenant's to choose. */
let isMaking = false;

/** Right before super(), in the files of other classes. */
export function beginMaking() {
  isMaking = true;
}

/**
 * What the timeline reads of an entry, whatever a tenant put on prototypes.
 * @type {{
 *   name(entry: PerformanceEntry): string,
 *   type(entry: PerformanceEntry): string,
 *   startTime(entry: PerformanceEntry): number,
 *   json(entry: PerformanceEntry): any,
 * }}
 */
let entryInternals;

export class PerformanceEntry {
  #name;
  #entryType;
  #startTime;
  #duration;

  constructor(name = '', entryType = '', startTime = 0, duration = 0) {
    if (!isMaking) illegalConstructor();
    isMaking = false;
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
  }

  get name() {
    return this.#name;
  }

  get entryType() {
    return this.#entryType;
  }

  get startTime() {
    return this.#startTime;
  }

  get duration() {
    return this.#duration;
  }

  toJSON() {
    return entryInternals.json(this);
  }

  static {
    entryInternals = {
      name: (entry) => entry.#name,
      type: (entry) => entry.#entryType,
      startTime: (entry) => entry.#startTime,
      json: (entry) => ({
        name: entry.#name,
        entryType: entry.#entryType,
        startTime: entry.#startTime,
        duration: entry.#duration,
      }),
    };
    defineInterface(PerformanceEntry, (value) => #name in value);
  }
}

/** A copy, as of postMessage(); null without one. */
const copyDetail = (detail) =>
  detail === undefined || detail === null ? null : structuredClone(detail);

export class PerformanceMark extends PerformanceEntry {
  #detail;

  constructor(markName, markOptions = undefined) {
    const context = "Failed to construct 'PerformanceMark'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const name = toDOMString(markName);
    const options = toDictionary(markOptions, context, 'PerformanceMarkOptions');
    const { detail, startTime } = options;
    let time = now();
    if (startTime !== undefined) {
      time = toDouble(startTime, `${context}: member startTime`);
      if (time < 0) throw new TypeError(`${context}: '${time}' is not a time of a mark.`);
    }
    isMaking = true;
    super(name, 'mark', time, 0);
    this.#detail = copyDetail(detail);
  }

  get detail() {
    if (!(#detail in this)) illegalInvocation();
    return this.#detail;
  }
}
defineInterface(PerformanceMark);

export class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor(key = undefined, name = '', startTime = 0, endTime = 0, detail = undefined) {
    if (key !== kPrivate) illegalConstructor();
    isMaking = true;
    super(name, 'measure', startTime, endTime - startTime);
    this.#detail = copyDetail(detail);
  }

  get detail() {
    if (!(#detail in this)) illegalInvocation();
    return this.#detail;
  }
}
defineInterface(PerformanceMeasure);

/** @param {string} name @param {{start: number, end: number}} times @param {any} detail */
export function makeMeasure(name, { start, end }, detail) {
  return new PerformanceMeasure(/** @type {any} */ (kPrivate), name, start, end, detail);
}

export { entryInternals };
