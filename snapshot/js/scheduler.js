// @ts-check
// scheduler.wait(), of Workers: a timer as a promise.

import { abortReason, addAbortAlgorithm, isAbortSignal, isSignalAborted } from './abort.js';
import {
  MathMax,
  PromiseReject,
  PromiseWithResolvers,
  TypeErrorConstructor,
} from './primordials.js';
import { startInternalTimer, stopInternalTimer } from './timers.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  toDictionary,
  toLong,
  tooFewArguments,
} from './webidl.js';

const kPrivate = { __proto__: null };
const kContext = "Failed to execute 'wait' on 'Scheduler'";

/** @returns {any} a signal, or undefined */
function signalOf(options) {
  const signal = toDictionary(options, kContext, 'SchedulerWaitOptions').signal;
  if (signal === undefined || signal === null) return undefined;
  if (isObject(signal) && isAbortSignal(signal)) return signal;
  throw new TypeErrorConstructor(`${kContext}: member signal is not of type AbortSignal.`);
}

export class Scheduler {
  #isScheduler = true;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
  }

  wait(delay, options = undefined) {
    if (!(#isScheduler in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, kContext);
    const ms = MathMax(toLong(delay, kContext), 0);
    const signal = signalOf(options);
    if (signal !== undefined && isSignalAborted(signal)) return PromiseReject(abortReason(signal));
    const { promise, resolve, reject } = PromiseWithResolvers();
    const id = startInternalTimer(ms, () => resolve(undefined));
    if (signal !== undefined) {
      addAbortAlgorithm(signal, () => {
        stopInternalTimer(id);
        reject(abortReason(signal));
      });
    }
    return promise;
  }

  static {
    defineInterface(Scheduler, (value) => #isScheduler in value);
  }
}

export const scheduler = new Scheduler(kPrivate);
