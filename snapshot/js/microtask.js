// @ts-check
// queueMicrotask (HTML 8.7).

import { ReflectApply } from './primordials.js';
import { reportException } from './report_exception.js';
import { toCallback, tooFewArguments } from './webidl.js';

// Methods, since the operations of an interface are no constructors.
const operations = {
  queueMicrotask(callback) {
    const context = "Failed to execute 'queueMicrotask'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    toCallback(callback, `${context}: parameter 1`);
    runLater(callback);
  },
};

/** An await of no promise is one microtask, and looks nothing up that a tenant could replace. */
async function runLater(callback) {
  await undefined;
  try {
    ReflectApply(callback, undefined, []);
  } catch (error) {
    reportException(error);
  }
}

export const queueMicrotask = operations.queueMicrotask;
