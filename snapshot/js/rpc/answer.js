// @ts-check
// The side that is called: from the body of a request to the member that it names, and back.

import { failRequest, requestBody, respond, respondStream, respondTwoWay } from 'nano:ops';
import { kUnknownLength } from '../body.js';
import { pumpStream } from '../body_pump.js';
import { IncomingBody, kTwoWay } from '../incoming_body.js';
import { ArrayIsArray, PromisePrototypeThen, PromiseResolve } from '../primordials.js';
import defer * as links from './link.js';
import { readMessage, readWholeMessage } from './incoming_message.js';
import { callMember, checkName, memberOf } from './members.js';
import {
  encodeMessage,
  encodeThrown,
  kCall,
  kGet,
  kMostArguments,
  kMostCallBytes,
  kResult,
} from './message.js';
import defer * as sessions from './session.js';
import { brokenMessage } from './thrown.js';

const kOk = 200;

/**
 * @param {number} slot @param {string} name @param {() => import('./members.js').Receiver} receiver
 *   makes it
 */
export function answerCall(slot, name, receiver) {
  new Answering(slot, name, receiver).start();
}

class Answering {
  #slot;
  #name;
  #receiver;
  /** What references this call has needed. @type {import('./session.js').Session | undefined} */
  #session;
  /** Those that came with the arguments. */
  #stubs = [];

  constructor(slot, name, receiver) {
    this.#slot = slot;
    this.#name = name;
    this.#receiver = receiver;
  }

  start() {
    const content = requestBody(this.#slot);
    if (content === null) {
      const body = new IncomingBody(this.#slot, null, false);
      PromisePrototypeThen(
        readMessage(body, kMostCallBytes, this),
        (message) => this.#run(message),
        (error) => this.#answerError(error),
      );
      return;
    }
    let message;
    try {
      if (content === undefined) throw brokenMessage();
      message = readWholeMessage(content, kMostCallBytes, this);
    } catch (error) {
      this.#answerError(error);
      return;
    }
    this.#run(message);
  }

  // References of the messages.

  exportValue(value) {
    return this.#open().exportValue(value);
  }

  takeBack(number) {
    this.#open().takeBack(number);
  }

  importStub(number) {
    return this.#open().importStub(number, this.#stubs);
  }

  #open() {
    if (this.#session !== undefined) return this.#session;
    const session = new sessions.Session({
      __proto__: null,
      isCaller: false,
      onMain: () => {
        throw brokenMessage();
      },
      onIdle: () => session.close(),
      onOver: () => {},
    });
    const incoming = new IncomingBody(this.#slot + kTwoWay, null, false);
    session.link = new links.Link(incoming, session, false, () => {
      respondTwoWay(this.#slot);
      session.link.start(undefined);
      return this.#slot;
    });
    this.#session = session;
    return session;
  }

  #run(message) {
    let result;
    try {
      result = PromiseResolve(this.#resultOf(message));
    } catch (error) {
      this.#fail(error);
      return;
    }
    PromisePrototypeThen(
      result,
      (value) => this.#answerValue(value),
      (error) => this.#fail(error),
    );
  }

  #resultOf({ kind, value }) {
    const isCall = kind === kCall && ArrayIsArray(value) && value.length <= kMostArguments;
    if (kind !== kGet && !isCall) throw brokenMessage();
    checkName(this.#name);
    const made = this.#receiver();
    const member = memberOf(made, this.#name);
    return kind === kGet ? member : callMember(made, this.#name, member, value);
  }

  #answerValue(value) {
    try {
      this.#send(encodeMessage(kResult, value, this));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The caller gets no stack, so the app's own log has it. */
  #fail(error) {
    this.#answerError(error);
    failRequest(this.#slot, error);
  }

  #answerError(error) {
    try {
      this.#send(encodeThrown(error));
    } catch (problem) {
      // Not even that fits into the app's memory.
      failRequest(this.#slot, problem);
    }
  }

  #send(message) {
    // It goes that way where something is left that may be asked for by reference.
    if (this.#session?.sendAnswer(message, this.#stubs) === true) return;
    const { bytes, stream } = message;
    if (stream === undefined) {
      respond(this.#slot, kOk, '', '', bytes);
      return;
    }
    pumpStream(this.#slot, stream, undefined, bytes);
    respondStream(this.#slot, kOk, '', '', kUnknownLength);
  }
}
