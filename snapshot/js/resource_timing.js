// @ts-check
// PerformanceResourceTiming, https://w3c.github.io/resource-timing/: an entry for each fetch() from
// the moment that a program has looked at `performance`. It tells what the host's coarse clock says,
// and of the connection, which is not the program's, nothing.

import { now } from 'nano:ops';
import { defineValue } from './data_property.js';
import { Event } from './event.js';
import { dispatchTrusted } from './event_target.js';
import { fetchTiming } from './fetch_timing.js';
import { beginMaking, entryInternals, PerformanceEntry } from './performance_entry.js';
import { kMaxEntries, offerEntry, resources } from './performance_timeline.js';
import {
  ArrayPrototypePush,
  MathMin,
  ObjectDefineProperty,
  ReflectGetOwnPropertyDescriptor,
} from './primordials.js';
import { defineInterface, illegalConstructor, illegalInvocation } from './webidl.js';

const kPrivate = { __proto__: null };
const kDefaultLimit = 250;
const kFull = 'resourcetimingbufferfull';

/** In the order of the standard's toJSON(). */
const kMembers = [
  'initiatorType',
  'deliveryType',
  'nextHopProtocol',
  'workerStart',
  'redirectStart',
  'redirectEnd',
  'fetchStart',
  'domainLookupStart',
  'domainLookupEnd',
  'connectStart',
  'secureConnectionStart',
  'connectEnd',
  'requestStart',
  'responseStart',
  'responseEnd',
  'transferSize',
  'encodedBodySize',
  'decodedBodySize',
  'responseStatus',
];

let valueOf;

export class PerformanceResourceTiming extends PerformanceEntry {
  #responseStart;
  #responseEnd;
  #status;

  constructor(key = undefined, timing = undefined) {
    if (key !== kPrivate) illegalConstructor();
    const { url, startTime, responseStart, status } = /** @type {any} */ (timing);
    const responseEnd = now();
    beginMaking();
    super(url, 'resource', startTime, responseEnd - startTime);
    this.#responseStart = responseStart;
    this.#responseEnd = responseEnd;
    this.#status = status;
  }

  toJSON() {
    if (!(#status in this)) illegalInvocation();
    const members = entryInternals.json(this);
    for (let i = 0; i < kMembers.length; i++) {
      defineValue(members, kMembers[i], valueOf(this, kMembers[i]));
    }
    return members;
  }

  static {
    valueOf = (entry, name) => {
      if (!(#status in entry)) illegalInvocation();
      switch (name) {
        case 'initiatorType':
          return 'fetch';
        case 'deliveryType':
        case 'nextHopProtocol':
          return '';
        case 'fetchStart':
          return entryInternals.startTime(entry);
        case 'responseStart':
          return entry.#responseStart;
        case 'responseEnd':
          return entry.#responseEnd;
        case 'responseStatus':
          return entry.#status;
        default:
          return 0;
      }
    };
  }
}

for (let i = 0; i < kMembers.length; i++) {
  const name = kMembers[i];
  const accessor = {
    get [name]() {
      return valueOf(this, name);
    },
  };
  const { get } = /** @type {any} */ (ReflectGetOwnPropertyDescriptor(accessor, name));
  const attributes = { __proto__: null, configurable: true, enumerable: true, get };
  ObjectDefineProperty(PerformanceResourceTiming.prototype, name, attributes);
}
defineInterface(PerformanceResourceTiming);

let limit = kDefaultLimit;
/** What came while there was no room; put away or dropped later in this turn. */
let waiting = [];
/** @type {any} */
let target;

const hasRoom = () => resources.entries.length < limit;

function add(entry) {
  if (waiting.length === 0 && hasRoom()) {
    ArrayPrototypePush(resources.entries, entry);
  } else {
    ArrayPrototypePush(waiting, entry);
    if (waiting.length === 1) makeRoom();
  }
}

/** "Fire a buffer full event": who hears it may clear the buffer, or make it larger. */
async function makeRoom() {
  await undefined;
  while (waiting.length > 0) {
    if (!hasRoom()) dispatchTrusted(target, new Event(kFull));
    if (!hasRoom()) break;
    const list = waiting;
    waiting = [];
    for (let i = 0; i < list.length; i++) {
      ArrayPrototypePush(hasRoom() ? resources.entries : waiting, list[i]);
    }
  }
  resources.dropped += waiting.length;
  waiting = [];
}

/** @param {number} size what performance is told */
export function setLimit(size) {
  limit = MathMin(size, kMaxEntries);
}

/** @param {object} performance who gets the events */
export function recordFetches(performance) {
  target = performance;
  fetchTiming.record = (timing) => {
    const entry = new PerformanceResourceTiming(kPrivate, timing);
    add(entry);
    offerEntry(entry, 'resource');
  };
}
