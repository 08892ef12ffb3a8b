// @ts-check
// PromiseRejectionEvent (HTML 8.1.4.7): what the global is told of a rejection nobody handled.

import { Event } from './event.js';
import { PromiseResolve, TypeErrorConstructor as TypeError } from './primordials.js';
import { defineInterface, illegalInvocation, toDictionary, tooFewArguments } from './webidl.js';

export class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  constructor(type, eventInitDict) {
    const context = "Failed to construct 'PromiseRejectionEvent'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    super(type, eventInitDict);
    const { promise, reason } = toDictionary(eventInitDict, context, 'PromiseRejectionEventInit');
    if (promise === undefined) throw new TypeError(`${context}: member promise is missing.`);
    this.#promise = PromiseResolve(promise);
    this.#reason = reason;
  }

  get promise() {
    if (!(#reason in this)) illegalInvocation();
    return this.#promise;
  }

  get reason() {
    if (!(#reason in this)) illegalInvocation();
    return this.#reason;
  }
}
defineInterface(PromiseRejectionEvent);
