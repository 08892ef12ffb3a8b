// @ts-check
// What happens to an exception that nobody caught: an event at the global, and a line in the app's
// log unless a listener prevents it.

import { kErrorLevel, printLine } from './console_output.js';
import defer * as inspection from './inspect.js';
import { StringPrototypeIndexOf, StringPrototypeSlice } from './primordials.js';
import { tooFewArguments } from './webidl.js';

/**
 * What global_events.js, which imports this module, does for it: whether a listener dealt with it.
 * @typedef {object} GlobalEvents
 * @property {(error: any, message: string) => boolean} onError
 * @property {(reason: any, promise: Promise<any>) => boolean} onRejection
 * @property {(reason: any, promise: Promise<any>) => void} onRejectionHandled
 */

/** @type {GlobalEvents} */
let globalEvents;

/** @param {GlobalEvents} events */
export function connectGlobalEvents(events) {
  globalEvents = events;
}

/** What a listener for errors throws is not told to it again (HTML: "in error reporting mode"). */
let isReporting = false;

function firstLine(text) {
  const end = StringPrototypeIndexOf(text, '\n');
  return end < 0 ? text : StringPrototypeSlice(text, 0, end);
}

/** An event listener, a timer or a microtask threw. @param {any} error */
export function reportException(error) {
  const text = `Uncaught ${inspection.inspect(error)}`;
  if (!isReporting) {
    isReporting = true;
    try {
      if (globalEvents.onError(error, firstLine(text))) return;
    } finally {
      isReporting = false;
    }
  }
  printLine(kErrorLevel, text);
}

// Methods, since the operations of an interface are no constructors.
const operations = {
  /** The global reportError (HTML 8.1.4.6). */
  reportError(e) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'reportError'");
    reportException(e);
  },
};

export const reportError = operations.reportError;

/**
 * Entry point: a promise was rejected and nobody handled it, or, with `isHandled`, somebody does now
 * that it has been told.
 * @param {any} reason @param {Promise<any>} promise @param {boolean} [isHandled]
 */
export function reportRejection(reason, promise, isHandled = false) {
  if (isHandled) {
    globalEvents.onRejectionHandled(reason, promise);
    return;
  }
  if (globalEvents.onRejection(reason, promise)) return;
  printLine(kErrorLevel, `Uncaught (in promise) ${inspection.inspect(reason)}`);
}
