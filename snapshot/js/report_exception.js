// @ts-check
// What happens to an exception that nobody caught: a line in the app's log.

import { kErrorLevel, printLine } from './console_output.js';
import { inspect } from './inspect.js';
import { tooFewArguments } from './webidl.js';

/** An event listener, a timer or a microtask threw. @param {any} error */
export function reportException(error) {
  printLine(kErrorLevel, `Uncaught ${inspect(error)}`);
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
 * Entry point: a promise was rejected and nobody handled it.
 * @param {any} reason @param {Promise<any>} promise
 */
export function reportRejection(reason, promise) {
  printLine(kErrorLevel, `Uncaught (in promise) ${inspect(reason)}`);
}
