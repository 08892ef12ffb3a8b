// @ts-check
// What `env` has for a service binding: an object whose fetch() reaches another app of the tenant.

import defer * as outgoing from './fetch.js';
import { ObjectFreeze, PromiseReject, TypeErrorConstructor } from './primordials.js';
import { isRequest } from './request.js';
import { parseUrl } from './url.js';
import { defineInterface, illegalConstructor, isObject, tooFewArguments } from './webidl.js';

const kInternal = { __proto__: null };
/** Nobody looks the host up: a path alone will do. What workerd uses. */
const kBase = 'https://fake-host/';

/** @type {(value: object) => boolean} */
let isFetcher;

class Fetcher {
  #name;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#name = arguments[1];
  }

  fetch(input, init = undefined) {
    if (!isObject(this) || !(#name in this)) {
      return PromiseReject(new TypeErrorConstructor('Illegal invocation'));
    }
    try {
      if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'fetch' on 'Fetcher'");
      const target = isRequest(input) ? input : absolute(`${input}`);
      return outgoing.fetchFrom(target, init, this.#name);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  static {
    isFetcher = (value) => #name in value;
  }
}
defineInterface(Fetcher, isFetcher);

/** What is no URL either way is for Request to refuse. */
const absolute = (input) => parseUrl(input, kBase) ?? input;

/** @param {string} name of the binding */
export function makeFetcher(name) {
  // @ts-ignore The constructor is illegal for tenants.
  return ObjectFreeze(new Fetcher(kInternal, name));
}
