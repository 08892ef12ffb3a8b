// @ts-check
// The side that calls: one member of what a service binding leads to.

import { abortFetch, startCall } from 'nano:ops';
import { pumpStream, stopPump } from '../body_pump.js';
import { DOMException } from '../dom_exception.js';
import { IncomingBody } from '../incoming_body.js';
import {
  ErrorCaptureStackTrace,
  ErrorConstructor,
  ErrorGetStack,
  ErrorPrototype,
  EvalErrorConstructor,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  PromisePrototypeThen,
  PromiseReject,
  PromiseWithResolvers,
  RangeErrorConstructor,
  ReferenceErrorConstructor,
  ReflectApply,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  SymbolDispose,
  SyntaxErrorConstructor,
  TypeErrorConstructor,
  URIErrorConstructor,
} from '../primordials.js';
import { isObject, isPlatformObject } from '../webidl.js';
import { readMessage, readWholeMessage } from './incoming_message.js';
import {
  brokenMessage,
  encodeMessage,
  kError,
  kMostAnswerBytes,
  kMostCallBytes,
  kResult,
  kThrown,
} from './message.js';

/** Of a fetch that failed. */
const kFailed = 0;
/** How the stack of an error without a message begins. */
const kEmptyHead = 'Error';
const kFetchFailed = 'fetch failed: ';

const prototypes = {
  __proto__: null,
  Error: ErrorPrototype,
  EvalError: EvalErrorConstructor.prototype,
  RangeError: RangeErrorConstructor.prototype,
  ReferenceError: ReferenceErrorConstructor.prototype,
  SyntaxError: SyntaxErrorConstructor.prototype,
  TypeError: TypeErrorConstructor.prototype,
  URIError: URIErrorConstructor.prototype,
};

function defineHidden(object, key, value) {
  const flags = { __proto__: null, configurable: true, enumerable: false, writable: true };
  ObjectDefineProperty(object, key, { __proto__: null, ...flags, value });
}

/** @param {any} error one of ours, of which nobody knows yet @param {string} message */
function giveMessage(error, message, name = 'Error') {
  let stack = ReflectApply(ErrorGetStack, error, []);
  if (typeof stack === 'string' && StringPrototypeStartsWith(stack, kEmptyHead)) {
    stack = `${name}: ${message}${StringPrototypeSlice(stack, kEmptyHead.length)}`;
  }
  const prototype = prototypes[name];
  if (prototype === undefined) defineHidden(error, 'name', name);
  else if (prototype !== ErrorPrototype) ObjectSetPrototypeOf(error, prototype);
  defineHidden(error, 'message', message);
  defineHidden(error, 'stack', stack);
}

const returnNothing = () => undefined;

class Calling {
  #name;
  /** An error with the stack of the call, for when one is needed. */
  #error;
  #number = -1;
  #isSettled = false;
  #resolvers = PromiseWithResolvers();

  constructor(name, error) {
    this.#name = name;
    this.#error = error;
  }

  /** @returns {Promise<any>} */
  start(service, { bytes, stream }) {
    const done = (status, text, headers, content) => this.#onAnswer(status, text, content);
    const body = stream === undefined ? bytes : true;
    try {
      this.#number = startCall(service, this.#name, body, done);
    } catch (error) {
      return PromiseReject(error);
    }
    if (stream !== undefined) {
      pumpStream(this.#number, stream, (error) => this.#onStreamFailed(error), bytes);
    }
    return this.#resolvers.promise;
  }

  #onAnswer(status, text, content) {
    if (this.#isSettled) return;
    if (status === kFailed) {
      this.#failFor(text);
    } else if (content === null) {
      PromisePrototypeThen(
        readMessage(new IncomingBody(this.#number, null, false), kMostAnswerBytes),
        (message) => this.#settle(message),
        (error) => this.#reject(error),
      );
    } else {
      try {
        if (content === undefined) throw brokenMessage();
        this.#settle(readWholeMessage(content, kMostAnswerBytes));
      } catch (error) {
        this.#reject(error);
      }
    }
  }

  #settle({ kind, value }) {
    if (this.#isSettled) return;
    if (kind === kResult) {
      // For who writes `using`: there is nothing that has to be let go of.
      if (isObject(value) && !isPlatformObject(value)) {
        defineHidden(value, SymbolDispose, returnNothing);
      }
      this.#isSettled = true;
      this.#resolvers.resolve(value);
    } else if (kind === kThrown) {
      this.#reject(value);
    } else if (kind === kError && isObject(value)) {
      this.#reject(this.#remoteError(`${value[0]}`, `${value[1]}`, value[2] === true));
    } else {
      this.#reject(brokenMessage());
    }
  }

  /** By that name, with the stack of the call. */
  #remoteError(name, message, isDOMException) {
    const error = isDOMException ? new DOMException(message, name) : this.#error;
    if (!isDOMException) giveMessage(error, message, name);
    // As on Workers.
    ObjectDefineProperty(error, 'remote', {
      __proto__: null,
      configurable: true,
      enumerable: true,
      value: true,
      writable: true,
    });
    return error;
  }

  #failFor(text) {
    const isPrefixed = StringPrototypeStartsWith(text, kFetchFailed);
    const reason = isPrefixed ? StringPrototypeSlice(text, kFetchFailed.length) : text;
    giveMessage(this.#error, `The call of ${this.#name}() failed: ${reason}`);
    this.#reject(this.#error);
  }

  #onStreamFailed(cause) {
    giveMessage(this.#error, `The stream that was to go with ${this.#name}() failed`);
    defineHidden(this.#error, 'cause', cause);
    this.#reject(this.#error);
  }

  #reject(reason) {
    if (this.#isSettled) return;
    this.#isSettled = true;
    stopPump(this.#number, reason);
    abortFetch(this.#number);
    this.#resolvers.reject(reason);
  }
}

/**
 * @param {{ service: string, name: string, caller: Function }} member the binding's name, the
 *   member's, and the function of ours that the stack begins below
 * @param {number} kind @param {any} value
 * @returns {Promise<any>}
 */
export function callRemote({ service, name, caller }, kind, value) {
  const error = new ErrorConstructor();
  ErrorCaptureStackTrace(error, caller);
  try {
    return new Calling(name, error).start(service, encodeMessage(kind, value, kMostCallBytes));
  } catch (problem) {
    return PromiseReject(problem);
  }
}
