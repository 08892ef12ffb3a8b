// @ts-check
// The side that calls: one member of what a service binding leads to.

import { abortFetch, openTwoWay, startCall } from 'nano:ops';
import { pumpStream, stopPump } from '../body_pump.js';
import { defineValue } from '../data_property.js';
import { IncomingBody, kTwoWay } from '../incoming_body.js';
import {
  ErrorCaptureStackTrace,
  ErrorConstructor,
  PromisePrototypeThen,
  PromiseReject,
  PromiseWithResolvers,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.js';
import { readMessage, readWholeMessage } from './incoming_message.js';
import {
  decodeMessage,
  encodeMessage,
  kCall,
  kError,
  kGet,
  kMostAnswerBytes,
  kResult,
  kThrown,
} from './message.js';
import { disposeStubs, withDispose } from './handles.js';
import defer * as links from './link.js';
import defer * as sessions from './session.js';
import { brokenMessage, giveMessage, markRemote, unpackError } from './thrown.js';

/** Of a fetch that failed. */
const kFailed = 0;
const kFetchFailed = 'fetch failed: ';

class Calling {
  #name;
  /** An error with the stack of the call, for when one is needed. */
  #error;
  #number = -1;
  #isSettled = false;
  #isAnswered = false;
  #resolvers = PromiseWithResolvers();
  /** What references this call has needed. @type {import('./session.js').Session | undefined} */
  #session;
  /** Those that came with the result. */
  #stubs = [];

  constructor(name, error) {
    this.#name = name;
    this.#error = error;
  }

  /** @returns {Promise<any>} */
  start(service, kind, value) {
    const { bytes, stream } = encodeMessage(kind, value, this);
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

  // References of the messages.

  exportValue(value) {
    return this.#open().exportValue(value);
  }

  takeBack(number) {
    this.#open().takeBack(number);
  }

  importStub(number) {
    // Nothing follows the message that has it.
    if (this.#session?.link === undefined) throw brokenMessage();
    return this.#open().importStub(number, this.#stubs);
  }

  #open() {
    if (this.#session !== undefined) return this.#session;
    this.#session = new sessions.Session({
      __proto__: null,
      isCaller: true,
      onMain: (frame) => this.#onMain(frame),
      onIdle: () => {},
      onOver: (reason) => this.#reject(reason ?? brokenMessage()),
    });
    return this.#session;
  }

  /** There is one; it may be late, after this side has given the call up. */
  #onMain(frame) {
    if (this.#isAnswered) throw brokenMessage();
    this.#isAnswered = true;
    const message = decodeMessage(frame, undefined, this);
    if (this.#isSettled) disposeStubs(this.#stubs);
    else this.#settle(message);
  }

  /** @param {Uint8Array} ahead */
  #goOn(incoming, ahead) {
    const session = this.#open();
    session.link = new links.Link(incoming, session, true, () => {
      return openTwoWay(this.#number) ? this.#number + kTwoWay : -1;
    });
    session.link.start(ahead);
  }

  #onAnswer(status, text, content) {
    if (this.#isSettled) return;
    if (status === kFailed) {
      this.#failFor(text);
    } else if (content === null) {
      const incoming = new IncomingBody(this.#number, null, false);
      const goOn = (bytes) => this.#goOn(incoming, bytes);
      PromisePrototypeThen(
        readMessage(incoming, kMostAnswerBytes, this, goOn),
        (message) => this.#settleOrReject(message),
        (error) => this.#reject(error),
      );
    } else {
      try {
        if (content === undefined) throw brokenMessage();
        this.#settle(readWholeMessage(content, kMostAnswerBytes, this));
      } catch (error) {
        this.#reject(error);
      }
    }
  }

  #settleOrReject(message) {
    if (message === undefined) return;
    try {
      this.#settle(message);
    } catch (error) {
      this.#reject(error);
    }
  }

  #settle({ kind, value }) {
    if (this.#isSettled) return;
    if (kind === kResult) {
      this.#isSettled = true;
      this.#resolvers.resolve(withDispose(value, this.#stubs));
      this.#endOrGoOn();
    } else if (kind === kThrown || kind === kError) {
      const thrown = kind === kThrown ? value : unpackError(value, this.#error);
      markRemote(thrown);
      this.#reject(thrown);
    } else {
      this.#reject(brokenMessage());
    }
  }

  /** What needs no more than the answer ends with it. */
  #endOrGoOn() {
    if (this.#session?.link === undefined) this.#session?.close();
    else this.#session.finish();
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
    this.#resolvers.reject(reason);
    if (this.#session?.link !== undefined && !this.#session.isOver) {
      this.#session.finish();
      return;
    }
    stopPump(this.#number, reason);
    abortFetch(this.#number);
    this.#session?.close();
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
    return new Calling(name, error).start(service, kind, value);
  } catch (problem) {
    return PromiseReject(problem);
  }
}
