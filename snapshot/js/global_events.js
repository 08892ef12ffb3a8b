// @ts-check
// The global as an EventTarget: "error" and "unhandledrejection" tell a tenant what nobody caught.
// Its listeners live as long as the isolate, and are called in whichever request it happens.

import { eventInternals } from './event.js';
import {
  dispatchTrusted,
  EventTarget,
  eventTargetInternals,
  showAsGlobal,
} from './event_target.js';
import defer * as messageEvent from './message_event.js';
import { ReflectApply } from './primordials.js';
import defer * as rejectionEvent from './promise_rejection_event.js';
import { connectGlobalEvents } from './report_exception.js';
import { illegalInvocation } from './webidl.js';

const target = new EventTarget();
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
