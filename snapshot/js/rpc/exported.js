// @ts-check
// What is sent by reference: functions, RpcTarget objects and stubs; and how it is reached.

import {
  ErrorConstructor,
  ReflectApply,
  SafeMap,
  SymbolDispose,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { reportException } from '../report_exception.js';
import { isObject } from '../webidl.js';
import { stubTargetOf, targetOf } from './handles.js';
import { callMember, checkTargetName, memberOf, missing } from './members.js';

const ignore = () => {};

/** @type {(value: any) => boolean} */
let isTarget;

/** What an app's objects extend that are passed by reference. */
export class RpcTarget {
  #isTarget = true;

  static {
    isTarget = (value) => #isTarget in value;
  }
}

/** A function, or a stub, which is one too. @param {any} value */
export const isCallable = (value) =>
  typeof value === 'function' &&
  (targetOf(value) === undefined || stubTargetOf(value) !== undefined);

/** @param {any} value an object */
export const isExportable = (value) => isCallable(value) || isTarget(value);

export class Exported {
  #value;
  /** A stub may be disposed of by its owner. */
  #stub;

  /** @param {any} value */
  constructor(value) {
    this.#value = value;
    this.#stub = stubTargetOf(value)?.dup();
  }

  /**
   * @param {string} name '' for itself
   * @param {any[] | undefined} args none where a property is wanted
   * @returns {any} runs the program's code, which may throw
   */
  reach(name, args) {
    if (this.#stub !== undefined) {
      return args === undefined
        ? this.#stub.get(name, ignore)
        : this.#stub.call(name, args, ignore);
    }
    const object = this.#value;
    if (typeof object === 'function') {
      if (name !== '' || args === undefined) missing(name);
      return ReflectApply(object, undefined, args);
    }
    if (name === '') throw new TypeError('The RPC receiver is not a function.');
    checkTargetName(name);
    const base = isTarget(object) ? RpcTarget.prototype : undefined;
    const receiver = { __proto__: null, object, base };
    const member = memberOf(receiver, name);
    return args === undefined ? member : callMember(receiver, name, member, args);
  }

  /** Nobody holds a stub of it any more. @param {boolean} isSent whether somebody ever did */
  letGo(isSent) {
    if (this.#stub !== undefined) {
      this.#stub.dispose();
      return;
    }
    if (!isSent) return;
    try {
      const dispose = this.#value[SymbolDispose];
      if (typeof dispose === 'function') ReflectApply(dispose, this.#value, []);
    } catch (error) {
      reportException(error);
    }
  }
}

export const kMostReferences = 1000;

/** What one side of a session has sent by reference, by numbers; sent twice it has one. */
export class Exports {
  #lastNumber = 0;
  /** { number, value, exported, count }; `count`: how often it was sent. */
  #byNumber = new SafeMap();
  #byValue = new SafeMap();

  get size() {
    return this.#byNumber.size;
  }

  /** @param {any} value @returns {number} */
  add(value) {
    let entry = this.#byValue.get(value);
    if (entry === undefined) {
      if (this.size >= kMostReferences) {
        throw new ErrorConstructor(
          `More than ${kMostReferences} functions and objects have been sent by reference: dispose ` +
            'of stubs that are not needed any more.',
        );
      }
      entry = { number: ++this.#lastNumber, value, exported: new Exported(value), count: 0 };
      this.#byNumber.set(entry.number, entry);
      this.#byValue.set(value, entry);
    }
    entry.count++;
    return entry.number;
  }

  /** @param {number} number @returns {Exported | undefined} */
  get(number) {
    return this.#byNumber.get(number)?.exported;
  }

  /** @param {number} number @param {number} count @returns {boolean} false: it was not sent so often */
  release(number, count, isSent = true) {
    const entry = this.#byNumber.get(number);
    if (entry === undefined || typeof count !== 'number') return false;
    if (!(count > 0 && count <= entry.count)) return false;
    entry.count -= count;
    if (entry.count > 0) return true;
    this.#byNumber.delete(number);
    this.#byValue.delete(entry.value);
    entry.exported.letGo(isSent);
    return true;
  }

  clear() {
    const all = this.#byNumber;
    this.#byNumber = new SafeMap();
    this.#byValue = new SafeMap();
    all.forEach((entry) => entry.exported.letGo(true));
  }
}

/** @type {(value: any) => any} */
let callableIn;

/** What stands for a function while a message is written: an object that V8 asks about. */
export class CallablePlace {
  #callable;

  constructor(callable) {
    this.#callable = callable;
  }

  static {
    callableIn = (value) => (isObject(value) && #callable in value ? value.#callable : undefined);
  }
}

/** @param {any} value @returns {any} undefined where it is no such place */
export const callableOf = (value) => callableIn(value);
