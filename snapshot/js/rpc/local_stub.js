// @ts-check
// new RpcStub(value): a stub of something here. What goes through it is copied all the same.

import {
  ArrayPrototypePush,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { thenFollow } from '../streams/promises.js';
import { readableStreamOf } from '../streams/readable_stream.js';
import { isObject } from '../webidl.js';
import { Exported } from './exported.js';
import { disposedStub, disposeStubs, makeStub, Target, withDispose } from './handles.js';
import { decodeMessage, encodeMessage, kResult } from './message.js';

/** A stub's target; `shared` is { exported, stubs }. */
class LocalTarget extends Target {
  #shared;

  constructor(shared) {
    super();
    this.#shared = shared;
    shared.stubs++;
  }

  get isStub() {
    return true;
  }

  call(name, args, caller) {
    const shared = this.#shared;
    if (shared === undefined) return PromiseReject(disposedStub());
    let given;
    try {
      given = copyOf(args);
    } catch (error) {
      return PromiseReject(error);
    }
    const result = thenFollow(PromiseResolve(undefined), () =>
      PromiseResolve(shared.exported.reach(name, given.value)),
    );
    return PromisePrototypeThen(
      result,
      (value) => {
        const { value: copy, stubs } = copyOf(value);
        disposeStubs(given.stubs);
        return withDispose(copy, stubs);
      },
      (error) => {
        disposeStubs(given.stubs);
        throw error;
      },
    );
  }

  get(name, caller) {
    return this.call(name, undefined, caller);
  }

  dup() {
    if (this.#shared === undefined) throw disposedStub();
    return new LocalTarget(this.#shared);
  }

  dispose() {
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared !== undefined && --shared.stubs === 0) shared.exported.letGo(true);
  }
}

/** @returns {{ value: any, stubs: any[] }} */
function copyOf(value) {
  const sent = [];
  const stubs = [];
  const references = {
    __proto__: null,
    exportValue: (object) => {
      ArrayPrototypePush(sent, object);
      return sent.length - 1;
    },
    takeBack: () => {},
    importStub: (number) => {
      const stub = makeLocalStub(sent[number]);
      ArrayPrototypePush(stubs, stub);
      return stub;
    },
  };
  const message = encodeMessage(kResult, value, references);
  const rest = () => readableStreamOf(message.stream);
  return { value: decodeMessage(message.bytes, rest, references).value, stubs };
}

/** @param {any} value @returns {any} */
export function makeLocalStub(value) {
  if (!isObject(value)) {
    throw new TypeError("Failed to construct 'RpcStub': an object or a function is needed.");
  }
  return makeStub(new LocalTarget({ exported: new Exported(value), stubs: 0 }));
}
