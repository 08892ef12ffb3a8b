// @ts-check
// The side that calls: one member of what a service binding leads to.

import { abortFetch, startCall } from 'nano:ops';
import { pumpStream, stopPump } from '../body_pump.js';
import { defineValue } from '../data_property.js';
import { IncomingBody } from '../incoming_body.js';
import {
  ErrorCaptureStackTrace,
  ErrorConstructor,
  PromisePrototypeThen,
  PromiseReject,
  PromiseWithResolvers,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  SymbolDispose,
} from '../primordials.js';
import { isObject, isPlatformObject } from '../webidl.js';
import { readMessage, readWholeMessage } from './incoming_message.js';
import {
  encodeMessage,
  kCall,
  kError,
  kGet,
  kMostAnswerBytes,
  kResult,
  kThrown,
} from './message.js';
import { brokenMessage, giveMessage, markRemote, unpackError } from './thrown.js';

/** Of a fetch that failed. */
const kFailed = 0;
const kFetchFailed = 'fetch failed: ';

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
        (message) => this.#settleOrReject(message),
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

  #settleOrReject(message) {
    try {
      this.#settle(message);
    } catch (error) {
      this.#reject(error);
    }
  }

  #settle({ kind, value }) {
    if (this.#isSettled) return;
    if (kind === kResult) {
      // For who writes `using`: there is nothing that has to be let go of.
      if (isObject(value) && !isPlatformObject(value)) {
        defineValue(value, SymbolDispose, returnNothing, false);
      }
      this.#isSettled = true;
      this.#resolvers.resolve(value);
    } else if (kind === kThrown || kind === kError) {
      const thrown = kind === kThrown ? value : unpackError(value, this.#error);
      markRemote(thrown);
      this.#reject(thrown);
    } else {
      this.#reject(brokenMessage());
    }
  }

  #failFor(text) {
    const isPrefixed = StringPrototypeStartsWith(text, kFetchFailed);
    const reason = isPrefixed ? StringPrototypeSlice(text, kFetchFailed.length) : text;
    giveMessage(this.#error, `The call of ${this.#name}() failed: ${reason}`);
    this.#reject(this.#error);
  }

  #onStreamFailed(cause) {
    giveMessage(this.#error, `The stream that was to go with ${this.#name}() failed`);
    defineValue(this.#error, 'cause', cause, false);
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
 * The binding's name, the member's, and the function of ours that the stack begins below.
 * @typedef {{ service: string, name: string, caller: Function }} Member
 */

/** @param {Member} member @param {any[]} args @returns {Promise<any>} */
export function callMethod(member, args) {
  return send(member, kCall, args);
}

/** @param {Member} member @returns {Promise<any>} */
export function getMember(member) {
  return send(member, kGet, undefined);
}

function send({ service, name, caller }, kind, value) {
  const error = new ErrorConstructor();
  ErrorCaptureStackTrace(error, caller);
  try {
    return new Calling(name, error).start(service, encodeMessage(kind, value));
  } catch (problem) {
    return PromiseReject(problem);
  }
}
