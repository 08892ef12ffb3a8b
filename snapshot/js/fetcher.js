// @ts-check
// What `env` has for a service binding: an object whose fetch() reaches another app of the tenant,
// and whose other properties are the methods of what it leads to.

import defer * as outgoing from './fetch.js';
import {
  ObjectFreeze,
  ObjectPrototype,
  ObjectSetPrototypeOf,
  PromiseReject,
  ProxyConstructor,
  ReflectGet,
  ReflectHas,
  TypeErrorConstructor,
} from './primordials.js';
import { isRequest } from './request.js';
import defer * as remote from './rpc/service.js';
import { parseUrl } from './url.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  tooFewArguments,
} from './webidl.js';

const kInternal = { __proto__: null };
/** Nobody looks the host up: a path alone will do. What workerd uses. */
const kBase = 'https://fake-host/';

/** @type {(value: any) => boolean} */
let isFetcher;
/** @type {(fetcher: any) => string} */
let nameOf;

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

  /** Of Cloudflare's, and no method of the other app either. */
  connect() {
    if (!isObject(this) || !(#name in this)) illegalInvocation();
    throw new TypeErrorConstructor(
      'A service binding carries no sockets: it has fetch() and methods',
    );
  }

  static {
    isFetcher = (value) => isObject(value) && #name in value;
    nameOf = (fetcher) => fetcher.#name;
  }
}
defineInterface(Fetcher, isFetcher);

/**
 * What a Fetcher does not have itself is looked for here, last of all: a method of the other app,
 * unless every object has it. Without `then` it can be awaited, without `toJSON` printed.
 */
const kRemote = {
  __proto__: null,
  get(target, key, fetcher) {
    const isOwn = typeof key !== 'string' || ReflectHas(target, key) || !isFetcher(fetcher);
    if (isOwn) return ReflectGet(target, key, fetcher);
    if (key === 'then' || key === 'toJSON' || key === '') return undefined;
    return remote.makeProperty(nameOf(fetcher), key);
  },
  has(target, key) {
    return (
      ReflectHas(target, key) || (typeof key === 'string' && key !== 'then' && key !== 'toJSON')
    );
  },
};
const kNothing = ObjectFreeze({ __proto__: ObjectPrototype });
ObjectSetPrototypeOf(Fetcher.prototype, new ProxyConstructor(kNothing, kRemote));

/** What is no URL either way is for Request to refuse. */
const absolute = (input) => parseUrl(input, kBase) ?? input;

/** @param {string} name of the binding */
export function makeFetcher(name) {
  // @ts-ignore The constructor is illegal for tenants.
  return ObjectFreeze(new Fetcher(kInternal, name));
}
