// @ts-check
// Event and CustomEvent (DOM 2.2-2.4). Dispatch itself is in event_target.js.

import { now } from 'nano:ops';
import { ObjectDefineProperty, ReflectGetOwnPropertyDescriptor } from './primordials.js';
import {
  defineConstants,
  defineInterface,
  illegalInvocation,
  toDOMString,
  toDictionary,
  tooFewArguments,
} from './webidl.js';

const kNone = 0;
const kAtTarget = 2;

/**
 * What dispatch needs of an event, and tenants must not reach.
 * @type {{
 *   isEvent(value: any): boolean,
 *   type(event: Event): string,
 *   begin(event: Event, target: object): void,
 *   end(event: Event): void,
 *   isDispatching(event: Event): boolean,
 *   isInitialized(event: Event): boolean,
 *   init(event: Event, type: string, bubbles: boolean, cancelable: boolean): void,
 *   isPropagationStopped(event: Event): boolean,
 *   isStoppedAtOnce(event: Event): boolean,
 *   isCanceled(event: Event): boolean,
 *   cancel(event: Event): void,
 *   setPassive(event: Event, passive: boolean): void,
 *   setTrusted(event: Event, trusted: boolean): void,
 * }}
 */
let eventInternals;

/** isTrusted is [LegacyUnforgeable]: an accessor on each event, with one getter for all. */
let isTrustedDescriptor;

export class Event {
  #type;
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #target = null;
  #currentTarget = null;
  #timeStamp = 0;
  #initialized = true;
  #trusted = false;
  #dispatching = false;
  #canceled = false;
  #passive = false;
  #propagationStopped = false;
  #stoppedAtOnce = false;

  constructor(type, eventInitDict = undefined) {
    const context = "Failed to construct 'Event'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#type = toDOMString(type);
    if (eventInitDict !== undefined) {
      const init = toDictionary(eventInitDict, context, 'EventInit');
      this.#bubbles = !!init.bubbles;
      this.#cancelable = !!init.cancelable;
      this.#composed = !!init.composed;
    }
    this.#timeStamp = now();
    ObjectDefineProperty(this, 'isTrusted', isTrustedDescriptor);
  }

  get type() {
    return this.#type;
  }

  get target() {
    return this.#target;
  }

  get srcElement() {
    return this.#target;
  }

  get currentTarget() {
    return this.#currentTarget;
  }

  composedPath() {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }

  get eventPhase() {
    return this.#currentTarget === null ? kNone : kAtTarget;
  }

  stopPropagation() {
    this.#propagationStopped = true;
  }

  get cancelBubble() {
    return this.#propagationStopped;
  }

  set cancelBubble(value) {
    if (!(#type in this)) illegalInvocation();
    if (value) this.#propagationStopped = true;
  }

  stopImmediatePropagation() {
    this.#propagationStopped = true;
    this.#stoppedAtOnce = true;
  }

  get bubbles() {
    return this.#bubbles;
  }

  get cancelable() {
    return this.#cancelable;
  }

  get returnValue() {
    return !this.#canceled;
  }

  set returnValue(value) {
    if (!(#type in this)) illegalInvocation();
    if (!value) this.#cancel();
  }

  preventDefault() {
    this.#cancel();
  }

  get defaultPrevented() {
    return this.#canceled;
  }

  get composed() {
    return this.#composed;
  }

  get timeStamp() {
    return this.#timeStamp;
  }

  initEvent(type, bubbles = false, cancelable = false) {
    if (!(#type in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'initEvent' on 'Event'");
    type = toDOMString(type);
    if (!this.#dispatching) eventInternals.init(this, type, !!bubbles, !!cancelable);
  }

  #cancel() {
    if (this.#cancelable && !this.#passive) this.#canceled = true;
  }

  static {
    const trusted = {
      get isTrusted() {
        return /** @type {any} */ (this).#trusted;
      },
    };
    isTrustedDescriptor = {
      __proto__: null,
      configurable: false,
      enumerable: true,
      get: /** @type {any} */ (ReflectGetOwnPropertyDescriptor(trusted, 'isTrusted')).get,
      set: undefined,
    };
    eventInternals = {
      isEvent: (value) => typeof value === 'object' && value !== null && #type in value,
      type: (event) => event.#type,
      begin(event, target) {
        event.#dispatching = true;
        event.#target = target;
        event.#currentTarget = target;
      },
      end(event) {
        event.#dispatching = false;
        event.#currentTarget = null;
        event.#propagationStopped = false;
        event.#stoppedAtOnce = false;
      },
      isDispatching: (event) => event.#dispatching,
      isInitialized: (event) => event.#initialized,
      init(event, type, bubbles, cancelable) {
        event.#initialized = true;
        event.#propagationStopped = false;
        event.#stoppedAtOnce = false;
        event.#canceled = false;
        event.#trusted = false;
        event.#target = null;
        event.#type = type;
        event.#bubbles = bubbles;
        event.#cancelable = cancelable;
      },
      isPropagationStopped: (event) => event.#propagationStopped,
      isStoppedAtOnce: (event) => event.#stoppedAtOnce,
      isCanceled: (event) => event.#canceled,
      cancel: (event) => event.#cancel(),
      setPassive(event, passive) {
        event.#passive = passive;
      },
      setTrusted(event, isTrusted) {
        event.#trusted = isTrusted;
      },
    };
  }
}

export class CustomEvent extends Event {
  #detail = null;

  constructor(type, eventInitDict = undefined) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to construct 'CustomEvent'");
    super(type, eventInitDict);
    if (eventInitDict !== undefined && eventInitDict !== null) {
      const detail = eventInitDict.detail;
      if (detail !== undefined) this.#detail = detail;
    }
  }

  get detail() {
    return this.#detail;
  }

  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    if (!(#detail in this)) illegalInvocation();
    const context = "Failed to execute 'initCustomEvent' on 'CustomEvent'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    type = toDOMString(type);
    if (eventInternals.isDispatching(this)) return;
    eventInternals.init(this, type, !!bubbles, !!cancelable);
    this.#detail = detail;
  }
}

const kPhases = { __proto__: null, NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };

export { eventInternals };

defineInterface(Event, eventInternals.isEvent);
defineConstants(Event, kPhases);
defineInterface(CustomEvent);
