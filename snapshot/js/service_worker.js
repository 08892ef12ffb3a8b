// @ts-check
// Service-worker syntax: a classic script that adds listeners for 'fetch' and 'scheduled', and finds
// its bindings on the global. The listeners become a handler like the one of `export default`.

import { DOMException } from './dom_exception.js';
import { Event } from './event.js';
import { ExecutionContext } from './execution_context.js';
import { dispatchGlobal, hasGlobalListener } from './global_events.js';
import {
  ObjectDefineProperty,
  PromiseResolve,
  ReflectApply,
  ReflectOwnKeys,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
} from './webidl.js';

const kInternal = { __proto__: null };
const { waitUntil, passThroughOnException } = ExecutionContext.prototype;

/** The `ctx` that the event stands for. @type {(event: any) => any} */
let contextOf;
/** What respondWith() was given, or undefined; it is too late for it now. */
/** @type {(event: any) => Promise<any> | undefined} */
let endRespondWith;

/** An event of ours is being made. No key is told to a parent, which is a tenant's to choose. */
let isMaking = false;

export class ExtendableEvent extends Event {
  #ctx;

  constructor() {
    if (!isMaking) illegalConstructor();
    isMaking = false;
    super(arguments[0]);
    this.#ctx = arguments[1];
  }

  waitUntil(promise) {
    if (!(#ctx in this)) illegalInvocation();
    if (arguments.length < 1) {
      tooFewArguments(1, 0, "Failed to execute 'waitUntil' on 'ExtendableEvent'");
    }
    ReflectApply(waitUntil, this.#ctx, [promise]);
  }

  static {
    contextOf = (event) => event.#ctx;
  }
}
defineInterface(ExtendableEvent);

export class FetchEvent extends ExtendableEvent {
  #request;
  #response = undefined;
  #mayRespond = true;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    isMaking = true;
    // @ts-ignore The constructor is illegal for tenants.
    super('fetch', arguments[2]);
    this.#request = arguments[1];
  }

  get request() {
    return this.#request;
  }

  respondWith(response) {
    const context = "Failed to execute 'respondWith' on 'FetchEvent'";
    if (!(#request in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (!this.#mayRespond) {
      const message = `${context}: it was called already, or the listeners have returned.`;
      throw new DOMException(message, 'InvalidStateError');
    }
    this.#mayRespond = false;
    this.#response = PromiseResolve(response);
  }

  passThroughOnException() {
    if (!(#request in this)) illegalInvocation();
    ReflectApply(passThroughOnException, contextOf(this), []);
  }

  static {
    endRespondWith = (event) => {
      event.#mayRespond = false;
      return event.#response;
    };
  }
}
defineInterface(FetchEvent);

export class ScheduledEvent extends ExtendableEvent {
  #cron;
  #scheduledTime;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    isMaking = true;
    // @ts-ignore As above.
    super('scheduled', arguments[3]);
    this.#cron = arguments[1];
    this.#scheduledTime = arguments[2];
  }

  get cron() {
    return this.#cron;
  }

  get scheduledTime() {
    return this.#scheduledTime;
  }

  noRetry() {
    if (!(#cron in this)) illegalInvocation();
  }
}
defineInterface(ScheduledEvent);

/** Calls the listeners; throws what the first of them threw. @param {any} event */
function dispatch(event) {
  const thrown = { __proto__: null, any: false, first: undefined };
  dispatchGlobal(event, (error) => {
    if (!thrown.any) thrown.first = error;
    thrown.any = true;
  });
  if (thrown.any) throw thrown.first;
}

const handler = {
  __proto__: null,

  fetch(request, env, ctx) {
    // @ts-ignore As above.
    const event = new FetchEvent(kInternal, request, ctx);
    let response;
    try {
      dispatch(event);
    } finally {
      response = endRespondWith(event);
    }
    if (response === undefined) {
      throw new TypeError(
        "No listener for 'fetch' has called event.respondWith(), and there is no origin that the " +
          'request could go on to',
      );
    }
    return response;
  },

  scheduled(controller, env, ctx) {
    // @ts-ignore As above.
    dispatch(new ScheduledEvent(kInternal, controller.cron, controller.scheduledTime, ctx));
  },
};

/**
 * Entry point, before the script runs: its bindings are globals.
 * @param {object} env
 */
export function bindGlobals(env) {
  const names = ReflectOwnKeys(env);
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(globalThis, names[i], {
      __proto__: null,
      configurable: true,
      enumerable: true,
      value: env[names[i]],
      writable: true,
    });
  }
}

/** Entry point, after it: the handler, or undefined when it has added no listener. */
export function listenersHandler() {
  if (hasGlobalListener('scheduled')) return handler;
  return hasGlobalListener('fetch') ? { __proto__: null, fetch: handler.fetch } : undefined;
}
