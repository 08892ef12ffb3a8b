// @ts-check
// `env` of cloudflare:workers, and withEnv(): one object that shows the app's env, or the one that
// the running code has been given in its place, with all that it starts.

import { asyncFrame, setAsyncFrame } from 'nano:ops';
import { importedEnv } from './env.js';
import {
  MapConstructor,
  MapIteratorPrototypeNext,
  MapPrototypeEntries,
  MapPrototypeGet,
  MapPrototypeSet,
  ProxyConstructor,
  ReflectDefineProperty,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectHas,
  ReflectOwnKeys,
  ReflectSet,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { isObject } from './webidl.js';

/** Among what AsyncLocalStorage keeps, in the frame that it makes (library/node/async_hooks.js). */
const kEnv = { __proto__: null };

function envInForce() {
  const frame = asyncFrame();
  return (frame === undefined ? undefined : MapPrototypeGet(frame, kEnv)) ?? importedEnv();
}

/** Of an env that is frozen too: of its own the proxy's object has nothing that is for good. */
function describe(key) {
  const descriptor = ReflectGetOwnPropertyDescriptor(envInForce(), key);
  return descriptor && { __proto__: null, ...descriptor, configurable: true };
}

export const env = new ProxyConstructor(
  {},
  {
    __proto__: null,
    get: (target, key) => ReflectGet(envInForce(), key),
    set: (target, key, value) => ReflectSet(envInForce(), key, value),
    has: (target, key) => ReflectHas(envInForce(), key),
    deleteProperty: (target, key) => ReflectDeleteProperty(envInForce(), key),
    defineProperty: (target, key, given) =>
      ReflectDefineProperty(envInForce(), key, { __proto__: null, ...given, configurable: true }),
    getOwnPropertyDescriptor: (target, key) => describe(key),
    ownKeys: () => ReflectOwnKeys(envInForce()),
    preventExtensions: () => false,
  },
);

function copyOf(frame) {
  const copy = new MapConstructor();
  if (frame === undefined) return copy;
  const entries = MapPrototypeEntries(frame);
  for (;;) {
    const { done, value } = MapIteratorPrototypeNext(entries);
    if (done) return copy;
    MapPrototypeSet(copy, value[0], value[1]);
  }
}

// A method, since the operations of an interface are no constructors.
const operations = {
  /** What is no object stands for an env without anything, as on Workers. */
  withEnv(newEnv, fn) {
    if (typeof fn !== 'function') {
      throw new TypeError("Failed to execute 'withEnv': parameter 2 is not of type 'function'.");
    }
    const outer = asyncFrame();
    const frame = copyOf(outer);
    MapPrototypeSet(frame, kEnv, isObject(newEnv) ? newEnv : {});
    setAsyncFrame(frame);
    try {
      return fn();
    } finally {
      setAsyncFrame(outer);
    }
  },
};

export const withEnv = operations.withEnv;
