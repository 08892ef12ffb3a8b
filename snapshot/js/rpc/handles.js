// @ts-check
// What a program holds of something that is elsewhere: a stub, the promise of a call's result, a
// property of either. Each can be called, and gives a property by any name.

import { defineValue } from '../data_property.js';
import {
  ErrorConstructor,
  FunctionPrototype,
  ObjectFreeze,
  ObjectPrototype,
  ObjectSetPrototypeOf,
  PromisePrototypeCatch,
  PromisePrototypeFinally,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  ProxyConstructor,
  ReflectApply,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectHas,
  RegExpPrototypeExec,
  SafeGetOwnPropertyDescriptor,
  SymbolDispose,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { thenFollow } from '../streams/promises.js';
import { illegalConstructor, illegalInvocation, isObject, isPlatformObject } from '../webidl.js';
import { missing } from './members.js';

const ignore = () => undefined;
const kIndex = /^(?:0|[1-9][0-9]*)$/;

/** What a handle stands for. Promises are plain ones, `caller` is where the stack begins below. */
export class Target {
  get isStub() {
    return false;
  }

  get isAwaited() {
    return false;
  }

  /** Whether its members are those of a service binding. */
  get isService() {
    return false;
  }

  /** Whether it is one of those. */
  get isOfService() {
    return false;
  }

  /** @param {string} name '' for itself @param {any[]} args @param {Function} caller */
  call(name, args, caller) {
    return PromiseReject(new TypeError('This is no function.'));
  }

  /** @param {string} name @param {Function} caller @returns {Promise<any>} */
  get(name, caller) {
    return PromiseReject(new TypeError('This has no properties.'));
  }

  dispose() {}

  /** @returns {Target} of a stub */
  dup() {
    return this;
  }
}

/** Gives what extends it a function in the place of a new object. */
class Returned {
  constructor(callable) {
    return callable;
  }
}

/** @type {(value: any) => Target | undefined} */
let targetIn;

class Held extends Returned {
  #target;

  constructor(callable, target) {
    super(callable);
    this.#target = target;
  }

  static {
    targetIn = (value) => (isObject(value) && #target in value ? value.#target : undefined);
  }
}

/** @param {any} value @returns {Target | undefined} of a handle */
export const targetOf = (value) => targetIn(value);

/** @param {any} value @returns {Target | undefined} of a stub */
export function stubTargetOf(value) {
  const target = targetOf(value);
  return target !== undefined && target.isStub ? target : undefined;
}

/** What has come: a copy has its own properties, and functions of it are stubs. */
function memberOfCopy(value, name) {
  if (!isObject(value) || isPlatformObject(value)) missing(name);
  const descriptor = SafeGetOwnPropertyDescriptor(value, name);
  return descriptor === undefined ? missing(name) : descriptor.value;
}

function getOf(value, name, caller) {
  const target = targetOf(value);
  if (target !== undefined) return target.get(name, caller);
  return PromiseResolve(memberOfCopy(value, name));
}

function callOf(value, name, args, caller) {
  let target = targetOf(value);
  if (target !== undefined) return target.call(name, args, caller);
  if (name !== '') target = targetOf(memberOfCopy(value, name));
  if (target === undefined) throw new TypeError(`"${name}" is not a function.`);
  return target.call('', args, caller);
}

/** What is asked of it waits until it is there. */
class Awaited extends Target {
  get isAwaited() {
    return true;
  }

  /** @param {Function} caller @returns {Promise<any>} */
  arrive(caller) {
    return this.get('', caller);
  }

  call(name, args, caller) {
    return thenFollow(this.arrive(caller), (value) => callOf(value, name, args, caller));
  }

  get(name, caller) {
    return thenFollow(this.arrive(caller), (value) => getOf(value, name, caller));
  }

  dispose() {
    PromisePrototypeThen(this.arrive(ignore), disposeResult, ignore);
  }
}

class Result extends Awaited {
  #promise;

  constructor(promise) {
    super();
    this.#promise = promise;
  }

  arrive() {
    return this.#promise;
  }
}

class Property extends Awaited {
  #owner;
  #name;

  constructor(owner, name) {
    super();
    this.#owner = owner;
    this.#name = name;
  }

  get isOfService() {
    return this.#owner.isService;
  }

  arrive(caller) {
    return this.#owner.get(this.#name, caller);
  }

  call(name, args, caller) {
    if (name !== '') return super.call(name, args, caller);
    return this.#owner.call(this.#name, args, caller);
  }

  dispose() {}
}

function disposeResult(value) {
  const target = targetOf(value);
  if (target !== undefined) {
    target.dispose();
  } else if (isObject(value)) {
    const dispose = SafeGetOwnPropertyDescriptor(value, SymbolDispose)?.value;
    if (typeof dispose === 'function') ReflectApply(dispose, value, []);
  }
}

/** @returns {any} */
function awaitedOf(handle) {
  const target = targetOf(handle);
  if (target === undefined || !target.isAwaited) illegalInvocation();
  return target;
}

/** @type {(value: any) => any} */
let makeLocalStub;
/** For the file that knows how. @param {(value: any) => any} make */
export function connectLocalStubs(make) {
  makeLocalStub = make;
}

export class RpcStub {
  constructor(value) {
    return makeLocalStub(value);
  }

  dup() {
    return makeStub((stubTargetOf(this) ?? illegalInvocation()).dup());
  }

  [SymbolDispose]() {
    (stubTargetOf(this) ?? illegalInvocation()).dispose();
  }
}

export class RpcPromise {
  constructor() {
    illegalConstructor();
  }

  then(onFulfilled, onRejected) {
    return PromisePrototypeThen(awaitedOf(this).arrive(this.then), onFulfilled, onRejected);
  }

  catch(onRejected) {
    return PromisePrototypeCatch(awaitedOf(this).arrive(this.catch), onRejected);
  }

  finally(onFinally) {
    return PromisePrototypeFinally(awaitedOf(this).arrive(this.finally), onFinally);
  }

  [SymbolDispose]() {
    awaitedOf(this).dispose();
  }
}

export class RpcProperty {
  constructor() {
    illegalConstructor();
  }

  then(onFulfilled, onRejected) {
    return PromisePrototypeThen(awaitedOf(this).arrive(this.then), onFulfilled, onRejected);
  }

  catch(onRejected) {
    return PromisePrototypeCatch(awaitedOf(this).arrive(this.catch), onRejected);
  }

  finally(onFinally) {
    return PromisePrototypeFinally(awaitedOf(this).arrive(this.finally), onFinally);
  }
}

/** Last of all a name is one of the other side; without `then` a stub can be awaited. */
const kNames = {
  __proto__: null,
  get(nothing, key, handle) {
    if (typeof key !== 'string' || ReflectHas(nothing, key))
      return ReflectGet(nothing, key, handle);
    const target = targetOf(handle);
    if (target === undefined || key === 'then' || key === 'toJSON' || key === '') return undefined;
    // A method of a service may be called by what functions have.
    const isOfFunctions = key === 'call' || key === 'apply' || key === 'bind';
    if (isOfFunctions && target.isOfService) {
      return ReflectGet(FunctionPrototype, key, handle);
    }
    return RegExpPrototypeExec(kIndex, key) === null ? makeProperty(target, key) : undefined;
  },
};
const kLast = new ProxyConstructor(ObjectFreeze({ __proto__: ObjectPrototype }), kNames);
ObjectSetPrototypeOf(RpcStub.prototype, kLast);
ObjectSetPrototypeOf(RpcPromise.prototype, kLast);
ObjectSetPrototypeOf(RpcProperty.prototype, kLast);

function makeHandle(prototype, target, handle) {
  // What every function has is the other side's to have.
  ReflectDeleteProperty(handle, 'length');
  ReflectDeleteProperty(handle, 'name');
  ObjectSetPrototypeOf(handle, prototype);
  new Held(handle, target);
  return handle;
}

/** @param {Target} target @returns {any} */
export function makeStub(target) {
  const stub = (...args) => makePromise(target.call('', args, stub));
  return makeHandle(RpcStub.prototype, target, stub);
}

/** @param {Promise<any>} promise @returns {any} */
export function makePromise(promise) {
  const target = new Result(promise);
  const handle = (...args) => makePromise(target.call('', args, handle));
  return makeHandle(RpcPromise.prototype, target, handle);
}

/** @param {Target} owner @param {string} name @returns {any} */
export function makeProperty(owner, name) {
  const handle = (...args) => makePromise(owner.call(name, args, handle));
  return makeHandle(RpcProperty.prototype, new Property(owner, name), handle);
}

export const disposedStub = () => new ErrorConstructor('RPC stub used after being disposed.');

/** @param {any[]} stubs */
export function disposeStubs(stubs) {
  for (let i = 0; i < stubs.length; i++) targetOf(stubs[i])?.dispose();
}

/**
 * A result is disposed of with all stubs in it; one that is a stub has its own way.
 * @param {any} value @param {any[]} stubs @returns {any} the value
 */
export function withDispose(value, stubs) {
  const isPlain = isObject(value) && !isPlatformObject(value) && targetOf(value) === undefined;
  const dispose = stubs.length === 0 ? ignore : () => disposeStubs(stubs);
  if (isPlain) defineValue(value, SymbolDispose, dispose, false);
  return value;
}
