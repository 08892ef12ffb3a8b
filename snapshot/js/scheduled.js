// @ts-check
// A scheduled event: from the host's call to the tenant's scheduled() and to how it ended.

import { failRequest, respond } from 'nano:ops';
import { followRequest, makeExecutionContext, unfollowRequest } from './execution_context.js';
import { PromisePrototypeThen, PromiseResolve } from './primordials.js';
import { reportException } from './report_exception.js';
import { defineInterface, illegalConstructor, illegalInvocation } from './webidl.js';

const kInternal = { __proto__: null };
const kDone = 200;

/** @type {(value: object) => boolean} */
let isController;

/** The first argument of scheduled(). Workers have no such global either. */
class ScheduledController {
  #cron;
  #scheduledTime;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#cron = arguments[1];
    this.#scheduledTime = arguments[2];
  }

  get cron() {
    return this.#cron;
  }

  get scheduledTime() {
    return this.#scheduledTime;
  }

  get type() {
    if (!(#cron in this)) illegalInvocation();
    return 'scheduled';
  }

  /** An event is never begun a second time here, so there is nothing to switch off. */
  noRetry() {
    if (!(#cron in this)) illegalInvocation();
  }

  static {
    isController = (value) => #cron in value;
  }
}
defineInterface(ScheduledController, isController);

/**
 * The event is over when the handler's promise and all that went to ctx.waitUntil() have settled;
 * the first failure is how it ended, and the others are told to the log.
 * @param {number} slot
 * @param {(controller: object, ctx: object) => unknown} call
 * @param {string} cron @param {number} scheduledTime
 */
export function runScheduled(slot, call, cron, scheduledTime) {
  const run = { __proto__: null, pending: 1, failed: false, error: undefined };
  const settled = () => {
    run.pending--;
    if (run.pending > 0) return;
    unfollowRequest(slot);
    if (run.failed) failRequest(slot, run.error);
    else respond(slot, kDone, '', '', null);
  };
  const failed = (error) => {
    if (run.failed) {
      reportException(error);
    } else {
      run.failed = true;
      run.error = error;
    }
    settled();
  };
  const follow = (promise) => {
    run.pending++;
    PromisePrototypeThen(promise, settled, failed);
  };
  // @ts-ignore The constructor is illegal for tenants.
  const controller = new ScheduledController(kInternal, cron, scheduledTime);
  followRequest(slot, follow);
  try {
    follow(PromiseResolve(call(controller, makeExecutionContext(slot))));
    settled();
  } catch (error) {
    failed(error);
  }
}
