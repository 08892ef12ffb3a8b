// node:async_hooks. V8 carries one value, the frame, through promises, and nano's timers and
// microtasks do: a Map of what each AsyncLocalStorage has, never changed once it is in use.

const { getFrame, setFrame } = nano;
const { check, invalidArgType, notAvailable } = require('nano:errors');

function runInFrame(frame, callback, receiver, args) {
  const outer = getFrame();
  setFrame(frame);
  try {
    return Reflect.apply(callback, receiver, args);
  } finally {
    setFrame(outer);
  }
}

class AsyncLocalStorage {
  #name = '';
  #defaultValue = undefined;

  constructor({ name = '', defaultValue = undefined } = {}) {
    this.#name = `${name}`;
    this.#defaultValue = defaultValue;
  }

  static bind(callback) {
    check.function(callback, 'fn');
    const frame = getFrame();
    return function bound(...args) {
      return runInFrame(frame, callback, this, args);
    };
  }

  static snapshot() {
    const frame = getFrame();
    return (callback, ...args) => runInFrame(frame, callback, undefined, args);
  }

  get name() {
    return this.#name;
  }

  getStore() {
    const frame = getFrame();
    return frame?.has(this) ? frame.get(this) : this.#defaultValue;
  }

  #with(store) {
    return new Map(getFrame()).set(this, store);
  }

  /** What others enter meanwhile stays, as in Node.js. */
  run(store, callback, ...args) {
    const outer = getFrame();
    const frame = this.#with(store);
    setFrame(frame);
    try {
      return Reflect.apply(callback, undefined, args);
    } finally {
      setFrame(getFrame() === frame ? outer : this.#restored(outer));
    }
  }

  exit(callback, ...args) {
    return this.run(undefined, callback, ...args);
  }

  /** The frame as it is, but with what this had in another. */
  #restored(outer) {
    const frame = new Map(getFrame());
    if (outer?.has(this)) frame.set(this, outer.get(this));
    else frame.delete(this);
    return frame.size === 0 ? undefined : frame;
  }

  enterWith(store) {
    setFrame(this.#with(store));
  }

  disable() {
    const frame = new Map(getFrame());
    frame.delete(this);
    setFrame(frame.size === 0 ? undefined : frame);
  }
}

let lastId = 1;

class AsyncResource {
  static {
    // The bundler had to call it something else.
    Object.defineProperty(this, 'name', { configurable: true, value: 'AsyncResource' });
  }

  #frame = getFrame();
  #id = ++lastId;
  #trigger;

  constructor(type, options = {}) {
    check.string(type, 'type');
    const trigger = typeof options === 'number' ? options : options?.triggerAsyncId;
    this.#trigger = trigger ?? executionAsyncId();
  }

  static bind(callback, type, receiver) {
    return new AsyncResource(type ?? (callback?.name || 'bound-anonymous-fn')).bind(
      callback,
      receiver,
    );
  }

  bind(callback, receiver) {
    if (typeof callback !== 'function') throw invalidArgType('fn', 'function', callback);
    const resource = this;
    const bound = function (...args) {
      return resource.runInAsyncScope(callback, receiver === undefined ? this : receiver, ...args);
    };
    Object.defineProperty(bound, 'length', { configurable: true, value: callback.length });
    return bound;
  }

  runInAsyncScope(callback, receiver, ...args) {
    return runInFrame(this.#frame, callback, receiver, args);
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return this.#id;
  }

  triggerAsyncId() {
    return this.#trigger;
  }
}

const executionAsyncId = () => 0;
const topResource = {};

/** Hooks that are never called: an app sees no asynchronous resources. */
function createHook() {
  const hook = {
    enable() {
      throw notAvailable('node:async_hooks: createHook', 'use AsyncLocalStorage');
    },
    disable: () => hook,
  };
  return hook;
}

module.exports = {
  AsyncLocalStorage,
  AsyncResource,
  createHook,
  executionAsyncId,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => topResource,
  asyncWrapProviders: Object.freeze({ __proto__: null, NONE: 0 }),
};
