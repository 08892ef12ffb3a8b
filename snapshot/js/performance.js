// @ts-check
// Performance (High Resolution Time, User Timing, Performance Timeline): the host's clock, which is
// coarse on purpose, and marks on it.

import { now, timeOrigin } from 'nano:ops';
import { DOMException } from './dom_exception.js';
import { defineEventHandler, EventTarget } from './event_target.js';
import { entryInternals, makeMeasure, PerformanceMark } from './performance_entry.js';
import { addEntry, clearEntries, entriesOf, newestEntry } from './performance_timeline.js';
import { ArrayPrototypeIncludes, TypeErrorConstructor as TypeError } from './primordials.js';
import { recordFetches, setLimit } from './resource_timing.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  toDictionary,
  toDOMString,
  toDouble,
  toUnsignedLong,
  tooFewArguments,
} from './webidl.js';

const kPrivate = { __proto__: null };
const kMeasureContext = "Failed to execute 'measure' on 'Performance'";

/** Moments of a page's load (PerformanceTiming), which no mark here can stand for. */
const kPageMoments = [
  'connectEnd',
  'connectStart',
  'domComplete',
  'domContentLoadedEventEnd',
  'domContentLoadedEventStart',
  'domInteractive',
  'domLoading',
  'domainLookupEnd',
  'domainLookupStart',
  'fetchStart',
  'loadEventEnd',
  'loadEventStart',
  'navigationStart',
  'redirectEnd',
  'redirectStart',
  'requestStart',
  'responseEnd',
  'responseStart',
  'secureConnectionStart',
  'unloadEventEnd',
  'unloadEventStart',
];

/** A time, or the name of a mark. @param {any} mark */
function toTime(mark) {
  if (typeof mark === 'number') {
    const time = toDouble(mark, kMeasureContext);
    if (time < 0) throw new TypeError(`${kMeasureContext}: '${time}' is not a time of a mark.`);
    return time;
  }
  const name = toDOMString(mark);
  if (ArrayPrototypeIncludes(kPageMoments, name)) {
    throw new TypeError(`${kMeasureContext}: '${name}' is a moment of a page.`);
  }
  const found = newestEntry(name, 'mark');
  if (found === undefined) {
    throw new DOMException(`${kMeasureContext}: The mark '${name}' does not exist.`, 'SyntaxError');
  }
  return entryInternals.startTime(found);
}

/** The members of PerformanceMeasureOptions, checked for those that contradict each other. */
function readMeasureOptions(value, hasEndMark) {
  const { detail, duration, end, start } = toDictionary(
    value,
    kMeasureContext,
    'PerformanceMeasureOptions',
  );
  const members = { __proto__: null, detail, duration, end, start };
  if (duration !== undefined) members.duration = toDouble(duration, kMeasureContext);
  const isEmpty =
    start === undefined && end === undefined && duration === undefined && detail === undefined;
  if (isEmpty) return members;
  if (hasEndMark) {
    throw new TypeError(`${kMeasureContext}: An end mark does not go with options.`);
  }
  if (start === undefined && end === undefined) {
    throw new TypeError(`${kMeasureContext}: Either start or end must be present.`);
  }
  if (start !== undefined && end !== undefined && duration !== undefined) {
    throw new TypeError(`${kMeasureContext}: start, end and duration are one too many.`);
  }
  return members;
}

/** User Timing 3.1.3, steps 2 and 3. */
function measureTimes({ start, end, duration }) {
  let endTime = now();
  if (end !== undefined) endTime = toTime(end);
  else if (start !== undefined && duration !== undefined) endTime = toTime(start) + duration;
  let startTime = 0;
  if (start !== undefined) startTime = toTime(start);
  else if (end !== undefined && duration !== undefined) startTime = toTime(end) - duration;
  return { start: startTime, end: endTime };
}

export class Performance extends EventTarget {
  #isPerformance = true;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
    super();
  }

  now() {
    if (!(#isPerformance in this)) illegalInvocation();
    return now();
  }

  get timeOrigin() {
    if (!(#isPerformance in this)) illegalInvocation();
    return timeOrigin();
  }

  toJSON() {
    if (!(#isPerformance in this)) illegalInvocation();
    return { timeOrigin: timeOrigin() };
  }

  mark(markName, markOptions = undefined) {
    if (!(#isPerformance in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'mark' on 'Performance'");
    const mark = new PerformanceMark(markName, markOptions);
    addEntry(mark);
    return mark;
  }

  measure(measureName, startOrMeasureOptions = undefined, endMark = undefined) {
    if (!(#isPerformance in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, kMeasureContext);
    const name = toDOMString(measureName);
    const first = startOrMeasureOptions;
    const isOptions = first === undefined || first === null || isObject(first);
    const hasEndMark = endMark !== undefined;
    const options = isOptions
      ? readMeasureOptions(first, hasEndMark)
      : { __proto__: null, detail: undefined, start: toDOMString(first) };
    if (hasEndMark) options.end = toDOMString(endMark);
    const measure = makeMeasure(name, measureTimes(options), options.detail);
    addEntry(measure);
    return measure;
  }

  clearMarks(markName = undefined) {
    if (!(#isPerformance in this)) illegalInvocation();
    clearEntries(markName === undefined ? undefined : toDOMString(markName), 'mark');
  }

  clearMeasures(measureName = undefined) {
    if (!(#isPerformance in this)) illegalInvocation();
    clearEntries(measureName === undefined ? undefined : toDOMString(measureName), 'measure');
  }

  clearResourceTimings() {
    if (!(#isPerformance in this)) illegalInvocation();
    clearEntries(undefined, 'resource');
  }

  setResourceTimingBufferSize(maxSize) {
    if (!(#isPerformance in this)) illegalInvocation();
    const context = "Failed to execute 'setResourceTimingBufferSize' on 'Performance'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    setLimit(toUnsignedLong(maxSize, context));
  }

  getEntries() {
    if (!(#isPerformance in this)) illegalInvocation();
    return entriesOf(undefined, undefined);
  }

  getEntriesByType(type) {
    if (!(#isPerformance in this)) illegalInvocation();
    const context = "Failed to execute 'getEntriesByType' on 'Performance'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return entriesOf(undefined, toDOMString(type));
  }

  getEntriesByName(name, type = undefined) {
    if (!(#isPerformance in this)) illegalInvocation();
    const context = "Failed to execute 'getEntriesByName' on 'Performance'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return entriesOf(toDOMString(name), type === undefined ? undefined : toDOMString(type));
  }
}

defineInterface(Performance);
defineEventHandler(Performance, 'resourcetimingbufferfull');

export const performance = new Performance(kPrivate);
recordFetches(performance);
