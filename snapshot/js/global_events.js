// @ts-check
// The global as an EventTarget: "error" and "unhandledrejection" tell a tenant what nobody caught.
// Its listeners live as long as the isolate, and are called in whichever request it happens.

import { eventInternals } from './event.js';
import {
  defineEventHandler,
  dispatchTrusted,
  EventTarget,
  eventTargetInternals,
  showAsGlobal,
} from './event_target.js';
import defer * as messageEvent from './message_event.js';
import {
  ObjectDefineProperty,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
} from './primordials.js';
import defer * as rejectionEvent from './promise_rejection_event.js';
import { connectGlobalEvents } from './report_exception.js';
import { illegalInvocation, isObject } from './webidl.js';

/** Never seen by a tenant: what it adds to the global is added to one of these. */
class GlobalTarget extends EventTarget {}
const kHandled = ['error', 'unhandledrejection', 'rejectionhandled'];
for (let i = 0; i < kHandled.length; i++) defineEventHandler(GlobalTarget, kHandled[i]);

const target = /** @type {any} */ (new GlobalTarget());
showAsGlobal(target);

const {
  addEventListener: add,
  removeEventListener: remove,
  dispatchEvent: dispatch,
} = EventTarget.prototype;

function checkGlobal(receiver) {
  if (receiver !== undefined && receiver !== null && receiver !== globalThis) illegalInvocation();
}

// Methods, since the operations of an interface are no constructors.
const operations = {
  addEventListener(type, callback, options = undefined) {
    checkGlobal(this);
    ReflectApply(add, target, arguments);
  },
  removeEventListener(type, callback, options = undefined) {
    checkGlobal(this);
    ReflectApply(remove, target, arguments);
  },
  dispatchEvent(event) {
    checkGlobal(this);
    return ReflectApply(dispatch, target, arguments);
  },
};

/** An error handler takes the parts of the event, and true says that it has dealt with it. */
function callHandler(handler, event) {
  const isError = eventInternals.type(event) === 'error';
  const parts = isError ? messageEvent.errorArguments(event) : undefined;
  const result = ReflectApply(handler, globalThis, parts ?? [event]);
  return parts === undefined ? result : result === true ? false : undefined;
}

/** `on` + type on the global, an attribute as HTML has it. @param {string} type */
function defineHandler(type) {
  const name = `on${type}`;
  let handler = null;
  const call = (event) => (typeof handler === 'function' ? callHandler(handler, event) : undefined);
  const accessor = {
    get [name]() {
      checkGlobal(this);
      return handler;
    },
    set [name](value) {
      checkGlobal(this);
      handler = isObject(value) ? value : null;
      target[name] = handler === null ? null : call;
    },
  };
  const { get, set } = /** @type {any} */ (ReflectGetOwnPropertyDescriptor(accessor, name));
  const attributes = { __proto__: null, configurable: true, enumerable: true, get, set };
  ObjectDefineProperty(globalThis, name, attributes);
}

for (let i = 0; i < kHandled.length; i++) defineHandler(kHandled[i]);

/** Whether a listener said that it has dealt with it. */
const isDealtWith = (event) => {
  dispatchTrusted(target, event);
  return eventInternals.isCanceled(event);
};

connectGlobalEvents({
  onError(error, message) {
    if (!eventTargetInternals.hasListeners(target)) return false;
    const init = { __proto__: null, cancelable: true, error, message };
    return isDealtWith(new messageEvent.ErrorEvent('error', init));
  },
  onRejection(reason, promise) {
    if (!eventTargetInternals.hasListeners(target)) return false;
    const init = { __proto__: null, cancelable: true, promise, reason };
    return isDealtWith(new rejectionEvent.PromiseRejectionEvent('unhandledrejection', init));
  },
  onRejectionHandled(reason, promise) {
    if (!eventTargetInternals.hasListeners(target)) return;
    const init = { __proto__: null, promise, reason };
    dispatchTrusted(target, new rejectionEvent.PromiseRejectionEvent('rejectionhandled', init));
  },
});

/** Of a type that a service worker listens for. @param {string} type */
export const hasGlobalListener = (type) => eventTargetInternals.hasListener(target, type);

/**
 * Dispatches an event of ours whose listeners may fail: what one throws goes to `caught`.
 * @param {any} event @param {(error: any) => void} caught
 */
export function dispatchGlobal(event, caught) {
  eventInternals.setTrusted(event, true);
  eventTargetInternals.dispatch(target, event, caught);
}

export const addEventListener = operations.addEventListener;
export const removeEventListener = operations.removeEventListener;
export const dispatchEvent = operations.dispatchEvent;
