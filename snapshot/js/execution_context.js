// @ts-check
// `ctx`, the third argument of a handler.

import { waitUntil } from 'nano:ops';
import { PromiseResolve, SafeMap } from './primordials.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
} from './webidl.js';

const kInternal = { __proto__: null };

/** By slot: who keeps what is waited for in place of the host, while a scheduled event runs. */
const followers = new SafeMap();

/** The request's work goes on until the promise has settled. @param {number} slot */
export function keepRequest(slot, promise) {
  const follow = followers.get(slot);
  if (follow === undefined) waitUntil(slot, promise);
  else follow(promise);
}

/** @param {number} slot @param {(promise: Promise<any>) => void} follow */
export function followRequest(slot, follow) {
  followers.set(slot, follow);
}

/** @param {number} slot */
export function unfollowRequest(slot) {
  followers.delete(slot);
}

/** @type {(value: object) => boolean} */
let isExecutionContext;

export class ExecutionContext {
  #slot;
  #props;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#slot = arguments[1];
    this.#props = arguments[2];
  }

  /** The request's work goes on until the promise has settled, answered or not. */
  waitUntil(promise) {
    if (!(#slot in this)) illegalInvocation();
    if (arguments.length < 1) {
      tooFewArguments(1, 0, "Failed to execute 'waitUntil' on 'ExecutionContext'");
    }
    keepRequest(this.#slot, PromiseResolve(promise));
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
 * @returns {ExecutionContext}
 */
export function makeExecutionContext(slot, props) {
  // @ts-ignore The constructor is illegal for tenants.
  return new ExecutionContext(kInternal, slot, props);
}
