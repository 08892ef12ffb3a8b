// @ts-check
// EventTarget (DOM 2.7-2.9) without a tree: an event is dispatched to one target only, first to
// its capturing listeners, then to the others.

import { DOMException } from './dom_exception.js';
import { eventInternals } from './event.js';
import {
  ArrayPrototypePush,
  ObjectDefineProperty,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { reportException } from './report_exception.js';
import { defineInterface, isObject, toDOMString, tooFewArguments } from './webidl.js';

/**
 * @typedef {object} Listener
 * @property {string} type
 * @property {any} callback a function, or an object whose handleEvent is looked up at each event
 * @property {boolean} capture
 * @property {boolean} once
 * @property {boolean} passive
 * @property {boolean} removed
 */

/**
 * What abort.js, which imports this module, does for it. `listenersChanged` is called for every
 * target, signal or not.
 * @typedef {object} AbortSignalHooks
 * @property {(value: any) => boolean} isAbortSignal
 * @property {(signal: any) => boolean} isAborted
 * @property {(signal: any, algorithm: () => void) => void} addAlgorithm
 * @property {(target: object) => void} listenersChanged
 */

/** @type {AbortSignalHooks} */
let abortSignals;

/** @param {AbortSignalHooks} hooks */
export function connectAbortSignals(hooks) {
  abortSignals = hooks;
}

/** The target that stands for the global: its events show the global itself. */
let globalTarget;

/** @param {EventTarget} target */
export function showAsGlobal(target) {
  globalTarget = target;
}

/** What an event says its target is. @param {object} target */
const shownTarget = (target) => (target === globalTarget ? globalThis : target);

/**
 * @type {{
 *   isEventTarget(value: any): boolean,
 *   add(target: object, listener: Listener): void,
 *   remove(target: object, listener: Listener): void,
 *   hasListeners(target: object): boolean,
 *   hasListener(target: object, type: string): boolean,
 *   dispatch(target: object, event: object, caught?: (error: any) => void): boolean,
 *   handlers(target: object): any,
 * }}
 */
let eventTargetInternals;

export class EventTarget {
  /** In the order they were added; replaced, never changed, so that a dispatch keeps its own. */
  /** @type {readonly Listener[] | undefined} */
  #listeners = undefined;
  /** Event handler attributes (onabort): name -> { value, listener }; made when one is set. */
  #handlers = undefined;

  addEventListener(type, callback, options = undefined) {
    const context = "Failed to execute 'addEventListener' on 'EventTarget'";
    const listeners = this.#listeners;
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    type = toDOMString(type);
    checkCallback(callback, context);
    const listener = makeListener(type, callback, options);
    const signal = isObject(options) ? options.signal : undefined;
    if (signal !== undefined && !abortSignals.isAbortSignal(signal)) {
      throw new TypeError(`${context}: member signal is not of type 'AbortSignal'.`);
    }
    if (signal !== undefined && abortSignals.isAborted(signal)) return;
    if (callback === null || callback === undefined) return;
    if (findListener(listeners, type, callback, listener.capture) !== undefined) return;
    this.#add(listener);
    if (signal !== undefined) abortSignals.addAlgorithm(signal, () => this.#remove(listener));
  }

  removeEventListener(type, callback, options = undefined) {
    const context = "Failed to execute 'removeEventListener' on 'EventTarget'";
    const listeners = this.#listeners;
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    type = toDOMString(type);
    checkCallback(callback, context);
    const capture = isObject(options) ? !!options.capture : !!options;
    const listener = findListener(listeners, type, callback, capture);
    if (listener !== undefined) this.#remove(listener);
  }

  dispatchEvent(event) {
    const context = "Failed to execute 'dispatchEvent' on 'EventTarget'";
    this.#listeners; // Throws for a receiver of another kind.
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (!eventInternals.isEvent(event)) {
      throw new TypeError(`${context}: parameter 1 is not of type 'Event'.`);
    }
    if (eventInternals.isDispatching(event)) {
      const message = `${context}: The event is already being dispatched.`;
      throw new DOMException(message, 'InvalidStateError');
    }
    eventInternals.setTrusted(event, false);
    return this.#dispatch(event);
  }

  #add(listener) {
    this.#listeners = copyWithout(this.#listeners, undefined);
    ArrayPrototypePush(this.#listeners, listener);
    abortSignals.listenersChanged(this);
  }

  #remove(listener) {
    listener.removed = true;
    this.#listeners = copyWithout(this.#listeners, listener);
    abortSignals.listenersChanged(this);
  }

  #dispatch(event, caught = reportException) {
    eventInternals.begin(event, shownTarget(this));
    this.#invoke(event, true, caught);
    this.#invoke(event, false, caught);
    eventInternals.end(event);
    return !eventInternals.isCanceled(event);
  }

  /** Calls the listeners of one phase: those there when it begins, less those removed meanwhile. */
  #invoke(event, capture, caught) {
    const listeners = this.#listeners;
    if (listeners === undefined || eventInternals.isPropagationStopped(event)) return;
    const type = eventInternals.type(event);
    for (let i = 0; i < listeners.length; i++) {
      const listener = listeners[i];
      if (listener.type !== type || listener.capture !== capture || listener.removed) continue;
      if (listener.once) this.#remove(listener);
      if (listener.passive) eventInternals.setPassive(event, true);
      callListener(listener.callback, shownTarget(this), event, caught);
      if (listener.passive) eventInternals.setPassive(event, false);
      if (eventInternals.isStoppedAtOnce(event)) return;
    }
  }

  static {
    eventTargetInternals = {
      isEventTarget: (value) => #listeners in value,
      add: (target, listener) => target.#add(listener),
      remove: (target, listener) => target.#remove(listener),
      hasListeners(target) {
        return target.#listeners !== undefined && target.#listeners.length > 0;
      },
      hasListener(target, type) {
        const listeners = target.#listeners;
        for (let i = 0; listeners !== undefined && i < listeners.length; i++) {
          if (listeners[i].type === type) return true;
        }
        return false;
      },
      dispatch: (target, event, caught) => target.#dispatch(event, caught),
      handlers: (target) => (target.#handlers ??= { __proto__: null }),
    };
  }
}

/** EventListener? of Web IDL: a callback interface, null or undefined. */
function checkCallback(callback, context) {
  if (callback !== undefined && callback !== null && !isObject(callback)) {
    throw new TypeError(`${context}: parameter 2 is not of type 'Object'.`);
  }
}

/** @returns {Listener} */
function makeListener(type, callback, options) {
  if (!isObject(options)) {
    return { type, callback, capture: !!options, once: false, passive: false, removed: false };
  }
  const capture = !!options.capture;
  const once = !!options.once;
  const passive = !!options.passive;
  return { type, callback, capture, once, passive, removed: false };
}

function findListener(listeners, type, callback, capture) {
  if (listeners === undefined) return undefined;
  for (let i = 0; i < listeners.length; i++) {
    const listener = listeners[i];
    if (listener.type === type && listener.callback === callback && listener.capture === capture) {
      return listener;
    }
  }
  return undefined;
}

function copyWithout(listeners, unwanted) {
  const copy = [];
  if (listeners === undefined) return copy;
  for (let i = 0; i < listeners.length; i++) {
    if (listeners[i] !== unwanted) ArrayPrototypePush(copy, listeners[i]);
  }
  return copy;
}

function callListener(callback, target, event, caught) {
  try {
    if (typeof callback === 'function') {
      ReflectApply(callback, target, [event]);
      return;
    }
    const handleEvent = callback.handleEvent;
    if (typeof handleEvent !== 'function') {
      throw new TypeError("The object's 'handleEvent' property is not a function.");
    }
    ReflectApply(handleEvent, callback, [event]);
  } catch (error) {
    caught(error);
  }
}

/**
 * Dispatches an event of ours; `isTrusted` is true.
 * @param {object} target @param {object} event
 */
export function dispatchTrusted(target, event) {
  eventInternals.setTrusted(/** @type {any} */ (event), true);
  return eventTargetInternals.dispatch(target, event);
}

/**
 * Adds an event handler IDL attribute (HTML 8.1.8.1), `on` + type: a function is a listener from
 * the moment one is first set until null is set.
 * @param {Function} interfaceClass @param {string} type
 * @param {(target: any) => void} [whenSet] called after each time that it was set
 */
export function defineEventHandler(interfaceClass, type, whenSet = undefined) {
  const name = `on${type}`;
  const accessor = {
    get [name]() {
      return eventTargetInternals.handlers(this)[type]?.value ?? null;
    },
    set [name](value) {
      setHandler(this, type, isObject(value) ? value : null);
      if (whenSet !== undefined) whenSet(this);
    },
  };
  const { get, set } = /** @type {any} */ (ReflectGetOwnPropertyDescriptor(accessor, name));
  const attributes = { __proto__: null, configurable: true, enumerable: true, get, set };
  ObjectDefineProperty(interfaceClass.prototype, name, attributes);
}

function setHandler(target, type, value) {
  const handlers = eventTargetInternals.handlers(target);
  const handler = handlers[type];
  if (value === null) {
    if (handler !== undefined) eventTargetInternals.remove(target, handler.listener);
    handlers[type] = undefined;
  } else if (handler !== undefined) {
    handler.value = value;
  } else {
    const record = { value, listener: /** @type {any} */ (undefined) };
    const callback = (event) => callHandler(record.value, target, event);
    record.listener = makeListener(type, callback, false);
    handlers[type] = record;
    eventTargetInternals.add(target, record.listener);
  }
}

function callHandler(value, target, event) {
  // [LegacyTreatNonObjectAsNull]: an object that cannot be called is kept and does nothing.
  if (typeof value !== 'function') return;
  const result = ReflectApply(value, target, [event]);
  if (result === false) eventInternals.cancel(event);
}

export { eventTargetInternals };

defineInterface(EventTarget, eventTargetInternals.isEventTarget);
