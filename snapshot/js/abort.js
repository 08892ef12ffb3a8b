// @ts-check
// AbortController and AbortSignal (DOM 3.1-3.3).

import { DOMException } from './dom_exception.js';
import { Event } from './event.js';
import {
  connectAbortSignals,
  defineEventHandler,
  dispatchTrusted,
  EventTarget,
  eventTargetInternals,
} from './event_target.js';
import {
  ArrayPrototypePush,
  SafeSet,
  SafeWeakRef,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { startInternalTimer } from './timers.js';
import {
  defineInterface,
  illegalConstructor,
  isObject,
  toSequence,
  toUnsignedLongLong,
  tooFewArguments,
} from './webidl.js';

const kPrivate = { __proto__: null };

/**
 * What built-ins do with signals.
 * @type {{
 *   isAbortSignal(value: any): boolean,
 *   isAborted(signal: any): boolean,
 *   reason(signal: any): any,
 *   abort(signal: any, reason: any): void,
 *   addAlgorithm(signal: any, algorithm: () => void): void,
 *   removeAlgorithm(signal: any, algorithm: () => void): void,
 *   listenersChanged(target: any): void,
 *   makeDependent(signals: any[]): any,
 * }}
 */
let internals;
/** @type {(value: any) => boolean} */
let isAbortController;

export class AbortSignal extends EventTarget {
  /** undefined until aborted. */
  #reason = undefined;
  /** @type {any} a SafeSet of functions, run before the event */
  #algorithms = undefined;
  /** @type {AbortSignal[] | undefined} the signals a dependent signal (any) follows */
  #sources = undefined;
  /** @type {any[] | undefined} weak references to the signals that follow this one */
  #dependents = undefined;
  /** @type {any} a SafeSet of the dependents that somebody listens to: kept alive */
  #heeded = undefined;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
    super();
  }

  static abort(reason = undefined) {
    const signal = createAbortSignal();
    signal.#reason = reason === undefined ? makeAbortError() : reason;
    return signal;
  }

  static timeout(milliseconds) {
    const context = "Failed to execute 'timeout' on 'AbortSignal'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const delay = toUnsignedLongLong(milliseconds, context, 'enforceRange');
    const signal = createAbortSignal();
    startInternalTimer(delay, () => {
      internals.abort(signal, new DOMException('Signal timed out', 'TimeoutError'));
    });
    return signal;
  }

  static any(signals) {
    const context = "Failed to execute 'any' on 'AbortSignal'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    return createDependentAbortSignal(toSequence(signals, context, toAbortSignal));
  }

  get aborted() {
    return this.#reason !== undefined;
  }

  get reason() {
    return this.#reason;
  }

  throwIfAborted() {
    if (this.#reason !== undefined) throw this.#reason;
  }

  #abort(reason) {
    if (this.#reason !== undefined) return;
    this.#reason = reason === undefined ? makeAbortError() : reason;
    const aborted = [];
    const dependents = this.#dependents;
    for (let i = 0; dependents !== undefined && i < dependents.length; i++) {
      const dependent = dependents[i].deref();
      if (dependent === undefined || dependent.#reason !== undefined) continue;
      dependent.#reason = this.#reason;
      ArrayPrototypePush(aborted, dependent);
    }
    this.#runAbortSteps();
    for (let i = 0; i < aborted.length; i++) aborted[i].#runAbortSteps();
    this.#dependents = undefined;
    this.#heeded = undefined;
  }

  #runAbortSteps() {
    const algorithms = this.#algorithms;
    this.#algorithms = undefined;
    if (algorithms !== undefined) algorithms.forEach((algorithm) => algorithm());
    if (eventTargetInternals.hasListeners(this)) dispatchTrusted(this, new Event('abort'));
  }

  #follow(source) {
    ArrayPrototypePush(/** @type {any} */ (this.#sources), source);
    let dependents = source.#dependents;
    if (dependents === undefined) {
      dependents = source.#dependents = [];
    } else if (isPowerOfTwo(dependents.length)) {
      // Forget collected dependents now and then, so that a signal that lives as long as the app
      // does not grow with every request that follows it.
      dependents = source.#dependents = withoutCollected(dependents);
    }
    ArrayPrototypePush(dependents, new SafeWeakRef(this));
  }

  /** Sources hold a dependent signal weakly while nobody would notice its abort. */
  #updateHeeded() {
    const sources = this.#sources;
    if (sources === undefined || this.#reason !== undefined) return;
    const algorithms = this.#algorithms;
    const heeded =
      (algorithms !== undefined && algorithms.size > 0) || eventTargetInternals.hasListeners(this);
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i];
      if (heeded) (source.#heeded ??= new SafeSet()).add(this);
      else if (source.#heeded !== undefined) source.#heeded.delete(this);
    }
  }

  static {
    internals = {
      isAbortSignal: (value) => isObject(value) && #reason in value,
      isAborted: (signal) => signal.#reason !== undefined,
      reason: (signal) => signal.#reason,
      abort: (signal, reason) => signal.#abort(reason),
      addAlgorithm(signal, algorithm) {
        if (signal.#reason !== undefined) return;
        signal.#algorithms ??= new SafeSet();
        signal.#algorithms.add(algorithm);
        signal.#updateHeeded();
      },
      removeAlgorithm(signal, algorithm) {
        if (signal.#algorithms === undefined) return;
        signal.#algorithms.delete(algorithm);
        signal.#updateHeeded();
      },
      listenersChanged(target) {
        if (#reason in target) target.#updateHeeded();
      },
      makeDependent(signals) {
        const result = new AbortSignal(kPrivate);
        for (let i = 0; i < signals.length; i++) {
          if (signals[i].#reason === undefined) continue;
          result.#reason = signals[i].#reason;
          return result;
        }
        result.#sources = [];
        for (let i = 0; i < signals.length; i++) {
          // A dependent signal stands for the signals it follows itself.
          const own = signals[i].#sources;
          if (own === undefined) result.#follow(signals[i]);
          else for (let j = 0; j < own.length; j++) result.#follow(own[j]);
        }
        return result;
      },
    };
  }
}

export class AbortController {
  /** @type {AbortSignal | undefined} made when it is asked for */
  #signal = undefined;

  get signal() {
    return (this.#signal ??= createAbortSignal());
  }

  abort(reason = undefined) {
    internals.abort((this.#signal ??= createAbortSignal()), reason);
  }

  static {
    isAbortController = (value) => #signal in value;
  }
}

function makeAbortError() {
  return new DOMException('This operation was aborted', 'AbortError');
}

function toAbortSignal(value, context) {
  if (!internals.isAbortSignal(value)) {
    throw new TypeError(`${context}: The provided value is not of type 'AbortSignal'.`);
  }
  return value;
}

const isPowerOfTwo = (number) => (number & (number - 1)) === 0;

function withoutCollected(references) {
  const kept = [];
  for (let i = 0; i < references.length; i++) {
    if (references[i].deref() !== undefined) ArrayPrototypePush(kept, references[i]);
  }
  return kept;
}

/** A signal that only built-ins abort: request.signal, a controller's. @returns {AbortSignal} */
export function createAbortSignal() {
  return new AbortSignal(kPrivate);
}

/** A signal that aborts when the first of `signals` does. @param {AbortSignal[]} signals */
export function createDependentAbortSignal(signals) {
  return internals.makeDependent(signals);
}

/**
 * Aborts it; the second time does nothing. Without a reason it is an AbortError.
 * @param {AbortSignal} signal @param {any} [reason]
 */
export function signalAbort(signal, reason) {
  internals.abort(signal, reason);
}

export const isAbortSignal = internals.isAbortSignal;
/** @type {(signal: AbortSignal) => boolean} */
export const isSignalAborted = internals.isAborted;
/** @type {(signal: AbortSignal) => any} undefined while not aborted */
export const abortReason = internals.reason;
/** Runs `algorithm` once when the signal aborts; does nothing when it has. It must not throw. */
export const addAbortAlgorithm = internals.addAlgorithm;
export const removeAbortAlgorithm = internals.removeAlgorithm;

connectAbortSignals(internals);
defineEventHandler(AbortSignal, 'abort');
defineInterface(AbortSignal);
defineInterface(AbortController, isAbortController);
