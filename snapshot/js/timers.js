// @ts-check
// setTimeout, setInterval and their clear* (HTML 8.6). The host keeps the clock: it calls fireTimer
// once for each startTimer. Ids are ours, one sequence for the life of the isolate. With Node.js
// compatibility an app has objects for them, which turn into their ids where a number is wanted.

import { asyncFrame, setAsyncFrame, startTimer, stopTimer } from 'nano:ops';
import { MathMax, MathMin, ReflectApply, SafeMap } from './primordials.js';
import defer * as quota from './quota_exceeded_error.js';
import { reportException } from './report_exception.js';
import defer * as timeouts from './timeout.js';
import { toCallback, toLong, tooFewArguments } from './webidl.js';

/** Timers nested deeper than this wait at least kNestedDelay (HTML 8.6, step 11 of init). */
const kMaxNesting = 5;
const kNestedDelay = 4;
/** The longest delay of setTimeout, a signed 32-bit number of milliseconds, holds for all. */
const kLongestDelay = 0x7fffffff;

class Timer {
  /** Called where the request ends before the timer is due. @type {(() => void) | undefined} */
  onDropped = undefined;
  /** What AsyncLocalStorage had where it was started. */
  frame = asyncFrame();

  constructor(callback, args, delay, repeats, nesting) {
    this.callback = callback;
    this.args = args;
    this.delay = delay;
    this.repeats = repeats;
    this.nesting = nesting;
  }
}

const timers = new SafeMap();
let lastId = 0;
/** How deep in timers the running code is; 0 outside. */
let nesting = 0;

export const timerOptions = { __proto__: null, givesObjects: true };

function start(callback, args, delay, repeats) {
  const id = lastId + 1;
  launch(callback, args, delay, repeats, id);
  lastId = id;
  return id;
}

function launch(callback, args, delay, repeats, id) {
  const timer = new Timer(callback, args, delay, repeats, nesting + 1);
  if (!startTimer(id, effectiveDelay(timer))) {
    throw new quota.QuotaExceededError('There are too many active timers.');
  }
  timers.set(id, timer);
  return timer;
}

function effectiveDelay(timer) {
  return timer.nesting > kMaxNesting ? MathMax(timer.delay, kNestedDelay) : timer.delay;
}

function stop(id) {
  const timer = timers.get(id);
  if (timer === undefined) return;
  timer.delay = -1;
  timers.delete(id);
  stopTimer(id);
}

/** An object for a number. @param {any} id what setTimeout() gave, be it an object */
export function timeoutOf(id) {
  const timer = timers.get(id);
  return timer === undefined ? id : timeouts.makeTimeout(id, timer, launch, stop);
}

// Methods, since the operations of an interface are no constructors.
const operations = {
  /** setTimeout(callback, delay, ...args); strings are refused: nano runs no code from strings. */
  setTimeout(handler, timeout = 0, ...args) {
    const context = "Failed to execute 'setTimeout'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    toCallback(handler, `${context}: parameter 1`);
    const id = start(handler, args, MathMax(toLong(timeout, context), 0), false);
    return timerOptions.givesObjects ? timeoutOf(id) : id;
  },
  setInterval(handler, timeout = 0, ...args) {
    const context = "Failed to execute 'setInterval'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    toCallback(handler, `${context}: parameter 1`);
    const id = start(handler, args, MathMax(toLong(timeout, context), 0), true);
    return timerOptions.givesObjects ? timeoutOf(id) : id;
  },
  clearTimeout(id = 0) {
    stop(toLong(id, "Failed to execute 'clearTimeout'"));
  },
  clearInterval(id = 0) {
    stop(toLong(id, "Failed to execute 'clearInterval'"));
  },
};

export const setTimeout = operations.setTimeout;
export const setInterval = operations.setInterval;
export const clearTimeout = operations.clearTimeout;
export const clearInterval = operations.clearInterval;

/**
 * A timer of the built-ins' own.
 * @param {number} delay milliseconds, any size @param {() => void} callback
 */
export function startInternalTimer(delay, callback) {
  return start(callback, [], MathMin(delay, kLongestDelay), false);
}

/**
 * A task: it runs by itself, after all that is running now and its microtasks.
 * @param {() => void} callback @param {() => void} onDropped called instead where the request ends
 * @returns {number} for stopInternalTimer
 */
export function startTask(callback, onDropped) {
  const outer = nesting;
  // No deeper for being started by another task: it waits for nothing.
  nesting = 0;
  try {
    const id = start(callback, [], 0, false);
    timers.get(id).onDropped = onDropped;
    return id;
  } finally {
    nesting = outer;
  }
}

/**
 * Calls back when the running request is over.
 * @param {() => void} callback must not throw
 */
export function whenRequestEnds(callback) {
  const id = start(callback, [], kLongestDelay, false);
  timers.get(id).onDropped = callback;
}

/** @param {number} id what startInternalTimer or startTask returned */
export function stopInternalTimer(id) {
  stop(id);
}

/**
 * Entry point: a timer is due, or, with `dropped`, its request ended before it was.
 * @param {number} id @param {boolean} [dropped]
 */
export function fireTimer(id, dropped = false) {
  const timer = timers.get(id);
  if (timer === undefined) return;
  if (dropped || !timer.repeats) timers.delete(id);
  if (dropped) {
    timer.onDropped?.();
    return;
  }
  nesting = timer.nesting;
  if (timer.frame !== undefined) setAsyncFrame(timer.frame);
  try {
    ReflectApply(timer.callback, globalThis, timer.args);
  } catch (error) {
    reportException(error);
  }
  if (timer.frame !== undefined) setAsyncFrame(undefined);
  nesting = 0;
  if (timer.repeats && timers.has(id)) restart(id, timer);
}

function restart(id, timer) {
  if (timer.nesting <= kMaxNesting) timer.nesting++;
  if (!startTimer(id, effectiveDelay(timer))) timers.delete(id);
}
