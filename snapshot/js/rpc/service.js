// @ts-check
// What a service binding has by a name that is none of its own.

import defer * as calls from './call.js';
import { connectLocalStubs, makeProperty as makePropertyOf, Target } from './handles.js';
import defer * as local from './local_stub.js';

// For apps that import nothing: a stub's constructor makes stubs.
connectLocalStubs((value) => local.makeLocalStub(value));

class Service extends Target {
  #binding;

  /** @param {string} binding its name */
  constructor(binding) {
    super();
    this.#binding = binding;
  }

  get isService() {
    return true;
  }

  call(name, args, caller) {
    return calls.callMethod({ service: this.#binding, name, caller }, args);
  }

  get(name, caller) {
    return calls.getMember({ service: this.#binding, name, caller });
  }
}

/** @param {string} binding its name @param {string} name @returns {any} */
export function makeProperty(binding, name) {
  return makePropertyOf(new Service(binding), name);
}
