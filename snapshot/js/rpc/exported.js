// @ts-check
// What is sent by reference: functions, RpcTarget objects and stubs; and how it is reached.

import { ReflectApply, SymbolDispose, TypeErrorConstructor as TypeError } from '../primordials.js';
import { reportException } from '../report_exception.js';
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
    const receiver = isTarget(object) ? { object, base: RpcTarget.prototype } : { object };
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
