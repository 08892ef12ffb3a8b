// @ts-check
// `ctx`, the third argument of a handler.

import { waitUntil } from 'nano:ops';
import { PromiseResolve } from './primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
} from './webidl.js';

const kInternal = { __proto__: null };

/** @type {(value: object) => boolean} */
let isExecutionContext;

export class ExecutionContext {
  #slot;
  #props;
  /** Who keeps what is waited for in place of the host: a scheduled event. */
  #follow;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#slot = arguments[1];
    this.#props = arguments[2];
    this.#follow = arguments[3];
  }

  /** The request's work goes on until the promise has settled, answered or not. */
  waitUntil(promise) {
    if (!(#slot in this)) illegalInvocation();
    if (arguments.length < 1) {
      tooFewArguments(1, 0, "Failed to execute 'waitUntil' on 'ExecutionContext'");
    }
    promise = PromiseResolve(promise);
    if (this.#follow === undefined) waitUntil(this.#slot, promise);
    else this.#follow(promise);
  }

  /** There is no origin to pass a request through to: it fails as it would have. */
  passThroughOnException() {
    if (!(#slot in this)) illegalInvocation();
  }

  get props() {
    if (!(#slot in this)) illegalInvocation();
    return (this.#props ??= {});
  }

  static {
    isExecutionContext = (value) => #slot in value;
  }
}
defineInterface(ExecutionContext, isExecutionContext);

/**
 * @param {number} slot
 * @param {any} [props] what the service binding says that the call came by
 * @param {(promise: Promise<any>) => void} [follow] takes what goes to waitUntil()
 * @returns {ExecutionContext}
 */
export function makeExecutionContext(slot, props, follow) {
  // @ts-ignore The constructor is illegal for tenants.
  return new ExecutionContext(kInternal, slot, props, follow);
}
