// @ts-check
// What a service binding has by a name that is none of its own: a function that calls the method of
// that name, and, awaited, gives what the property has.

import {
  FunctionPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  PromisePrototypeCatch,
  PromisePrototypeFinally,
  PromisePrototypeThen,
} from '../primordials.js';
import { illegalConstructor, illegalInvocation } from '../webidl.js';
import defer * as calls from './call.js';

const kInternal = { __proto__: null };

/** Gives what extends it a function in the place of a new object. */
class Returned {
  constructor(callable) {
    return callable;
  }
}

export class RpcProperty extends Returned {
  #service;
  #name;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    super(arguments[1]);
    this.#service = arguments[2];
    this.#name = arguments[3];
  }

  then(onFulfilled, onRejected) {
    if (!(#name in this)) illegalInvocation();
    return PromisePrototypeThen(this.#get(this.then), onFulfilled, onRejected);
  }

  catch(onRejected) {
    if (!(#name in this)) illegalInvocation();
    return PromisePrototypeCatch(this.#get(this.catch), onRejected);
  }

  finally(onFinally) {
    if (!(#name in this)) illegalInvocation();
    return PromisePrototypeFinally(this.#get(this.finally), onFinally);
  }

  #get(caller) {
    return calls.getMember({ service: this.#service, name: this.#name, caller });
  }
}
ObjectSetPrototypeOf(RpcProperty.prototype, FunctionPrototype);

/** @param {string} service the binding's name @param {string} name @returns {RpcProperty} */
export function makeProperty(service, name) {
  const property = (...args) => calls.callMethod({ service, name, caller: property }, args);
  ObjectDefineProperty(property, 'name', { __proto__: null, configurable: true, value: name });
  ObjectSetPrototypeOf(property, RpcProperty.prototype);
  // @ts-ignore The constructor is illegal for tenants.
  return new RpcProperty(kInternal, property, service, name);
}
