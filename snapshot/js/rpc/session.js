// @ts-check
// What lives on between two apps beside one call: each side numbers what it has sent by reference,
// and calls what it has got by the other's numbers. Both sides are alike, and neither trusts the
// other.

import { currentSlot } from 'nano:ops';
import { kErrorLevel, printLine } from '../console_output.js';
import { defineValue } from '../data_property.js';
import defer * as inspection from '../inspect.js';
import {
  ArrayIsArray,
  ArrayPrototypePush,
  ErrorCaptureStackTrace,
  ErrorConstructor,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  SafeGetOwnPropertyDescriptor,
  SafeMap,
} from '../primordials.js';
import { isObject } from '../webidl.js';
import { Exports, kMostReferences } from './exported.js';
import { disposedStub, disposeStubs, makeStub, Target, withDispose } from './handles.js';
import {
  decodeMessage,
  encodeMessage,
  encodeThrown,
  kAnswer,
  kAnswerError,
  kAnswerThrown,
  kInvoke,
  kMostArguments,
  kRelease,
} from './message.js';
import { brokenMessage, giveMessage, markRemote, unpackError } from './thrown.js';

const kMostCalls = 1000;
const kBroken = 'The stub is broken: ';

class StubTarget extends Target {
  #session;
  /** What the other side has sent, for all stubs of it: { number, count, stubs }. */
  #import;

  constructor(session, imported) {
    super();
    this.#session = session;
    this.#import = imported;
    imported.stubs++;
  }

  get isStub() {
    return true;
  }

  call(name, args, caller) {
    if (this.#import === undefined) return PromiseReject(disposedStub());
    return this.#session.invoke(this.#import.number, name, args, caller);
  }

  get(name, caller) {
    return this.call(name, undefined, caller);
  }

  dup() {
    if (this.#import === undefined) throw disposedStub();
    return new StubTarget(this.#session, this.#import);
  }

  dispose() {
    const imported = this.#import;
    this.#import = undefined;
    if (imported !== undefined && --imported.stubs === 0) this.#session.release(imported);
  }
}

/**
 * @typedef {object} Owner
 * @property {boolean} isCaller
 * @property {(frame: Uint8Array) => void} onMain a frame of the call itself
 * @property {() => void} onIdle neither side has anything that the other may ask for
 * @property {(reason: any) => void} onOver the other side ended it, with or without a reason
 */

export class Session {
  #slot = currentSlot();
  #owner;
  #exports = new Exports();
  #imports = new SafeMap();
  /** Ours that are under way, by number. */
  #calls = new SafeMap();
  #lastCall = 0;
  /** The other side's, with the call itself. */
  #running = 1;
  #isOver = false;
  #reason = undefined;
  /** @type {any} */
  link;

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  get isOver() {
    return this.#isOver;
  }

  /** The call itself is through. */
  finish() {
    this.#running--;
    this.#settle();
  }

  get isIdle() {
    const holdsNone = this.#exports.size === 0 && this.#imports.size === 0;
    return holdsNone && this.#calls.size === 0 && this.#running === 0;
  }

  #settle() {
    if (!this.#isOver && this.isIdle) this.#owner.onIdle();
  }

  // For messages.

  exportValue(value) {
    if (this.#isOver) throw this.#brokenError();
    return this.#exports.add(value);
  }

  takeBack(number) {
    this.#exports.release(number, 1, false);
  }

  /** @param {any[]} stubs gets it as well */
  importStub(number, stubs) {
    if (typeof number !== 'number' || this.#isOver) throw brokenMessage();
    let entry = this.#imports.get(number);
    if (entry === undefined) {
      if (this.#imports.size >= kMostReferences) throw brokenMessage();
      entry = { number, count: 0, stubs: 0 };
      this.#imports.set(number, entry);
    }
    entry.count++;
    const stub = makeStub(new StubTarget(this, entry));
    ArrayPrototypePush(stubs, stub);
    return stub;
  }

  /** @param {Uint8Array} frame */
  read(frame) {
    const stubs = [];
    const importStub = (number) => this.importStub(number, stubs);
    const { kind, value } = decodeMessage(frame, undefined, { __proto__: null, importStub });
    return { kind, value, stubs };
  }

  // For stubs.

  /** @param {any[] | undefined} args @returns {Promise<any>} */
  invoke(target, name, args, caller) {
    const problem = this.#problem();
    if (problem !== undefined) return PromiseReject(problem);
    const error = new ErrorConstructor();
    ErrorCaptureStackTrace(error, caller);
    const number = ++this.#lastCall;
    const { promise, resolve, reject } = PromiseWithResolvers();
    this.#calls.set(number, { resolve, reject, error });
    try {
      this.#send(kInvoke, [number, target, name, args]);
    } catch (refused) {
      this.#calls.delete(number);
      reject(refused);
    }
    return promise;
  }

  #problem() {
    if (this.#isOver) return this.#brokenError();
    if (this.#slot !== currentSlot()) {
      return new ErrorConstructor(`${kBroken}it belongs to another request.`);
    }
    if (this.#calls.size < kMostCalls) return undefined;
    return new ErrorConstructor(`More than ${kMostCalls} calls by stubs are under way.`);
  }

  /** No stub is left of it. */
  release({ number, count }) {
    this.#imports.delete(number);
    if (this.#isOver || this.#slot !== currentSlot()) return;
    this.#send(kRelease, [number, count]);
    this.#settle();
  }

  /**
   * Of who answers: sends what the call itself is answered with, and is done with its arguments.
   * @param {any} message @param {any[]} stubs @returns {boolean} false: nothing of this is needed, and
   *   the message is all
   */
  sendAnswer(message, stubs) {
    disposeStubs(stubs);
    if (this.#isOver && this.link.isOpen) return true;
    this.#running--;
    const isAll = this.isIdle && !this.link.isOpen;
    this.#running++;
    if (isAll) {
      this.close();
      return false;
    }
    if (message.stream !== undefined) {
      message.takeBack();
      throw noStream();
    }
    this.link.send(message.bytes);
    this.finish();
    return true;
  }

  // Frames.

  #send(kind, value) {
    const message = encodeMessage(kind, value, this);
    if (message.stream !== undefined) {
      message.takeBack();
      throw noStream();
    }
    // The answerer has nothing to say by that alone, as long as it has not answered.
    this.link.send(message.bytes, kind === kRelease && !this.#owner.isCaller);
  }

  /** @param {Uint8Array} frame */
  receive(frame) {
    if (frame[0] < kInvoke) {
      this.#owner.onMain(frame);
      return;
    }
    const { kind, value, stubs } = this.read(frame);
    if (!ArrayIsArray(value)) throw brokenMessage();
    if (kind === kInvoke) {
      this.#run(value, stubs);
    } else if (kind === kRelease) {
      if (!this.#exports.release(value[0], value[1])) throw brokenMessage();
      this.#settle();
    } else {
      this.#onAnswer(kind, value, stubs);
    }
  }

  #run(value, stubs) {
    const number = value[0];
    const name = value[2];
    const args = value[3];
    const exported = this.#exports.get(value[1]);
    const isList = ArrayIsArray(args) && args.length <= kMostArguments;
    if (exported === undefined || typeof name !== 'string' || !(isList || args === undefined)) {
      throw brokenMessage();
    }
    if (this.#running > kMostCalls) throw brokenMessage();
    this.#running++;
    let result;
    try {
      result = PromiseResolve(exported.reach(name, args));
    } catch (error) {
      result = PromiseReject(error);
    }
    PromisePrototypeThen(
      result,
      (given) => this.#answer(number, given, stubs),
      (error) => this.#answerThrown(number, error, stubs),
    );
  }

  #answer(number, value, stubs) {
    try {
      if (!this.#isOver) this.#send(kAnswer, [number, value]);
    } catch (error) {
      this.#answerThrown(number, error, stubs);
      return;
    }
    disposeStubs(stubs);
    this.finish();
  }

  #answerThrown(number, error, stubs) {
    // Its stack goes nowhere else.
    printLine(kErrorLevel, inspection.inspect(error));
    const wrap = (packed) => [number, packed];
    if (!this.#isOver) this.link.send(encodeThrown(error, wrap, kAnswerError, kAnswerThrown).bytes);
    disposeStubs(stubs);
    this.finish();
  }

  #onAnswer(kind, value, stubs) {
    const waiting = this.#calls.get(value[0]);
    if (waiting === undefined) throw brokenMessage();
    this.#calls.delete(value[0]);
    if (kind === kAnswer) {
      waiting.resolve(withDispose(value[1], stubs));
    } else {
      const thrown = kind === kAnswerError ? unpackError(value[1], waiting.error) : value[1];
      markRemote(thrown);
      waiting.reject(thrown);
    }
    this.#settle();
  }

  // The end.

  /** @param {any} reason of the link */
  onBroken(reason) {
    if (this.#isOver) return;
    this.close(reason);
    this.#owner.onOver(reason);
  }

  /** @param {any} [reason] */
  close(reason) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    this.link?.end();
    this.#imports = new SafeMap();
    const calls = this.#calls;
    this.#calls = new SafeMap();
    calls.forEach(({ reject, error }) => reject(this.#brokenError(error)));
    this.#exports.clear();
  }

  #brokenError(error = new ErrorConstructor()) {
    const reason = this.#reason;
    const why = isObject(reason) && SafeGetOwnPropertyDescriptor(reason, 'message')?.value;
    giveMessage(error, `${kBroken}${why || 'the other app has ended, or has let go of the call.'}`);
    if (reason !== undefined) defineValue(error, 'cause', reason, false);
    return error;
  }
}

export const noStream = () =>
  new ErrorConstructor(
    'A stream can go with a call of a service binding, and with a result, only.',
  );
