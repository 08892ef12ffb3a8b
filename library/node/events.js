// node:events: the package `events`, and what Node.js has had since.

const PlainEmitter = require('../node_modules/events/events.js');
const { AsyncResource } = require('node:async_hooks');
const { AbortError, check, invalidArgType } = require('nano:errors');

const kRejection = Symbol.for('nodejs.rejection');
const kCapture = Symbol('kCapture');
const errorMonitor = Symbol('events.errorMonitor');
const isEventTarget = (value) => typeof value?.addEventListener === 'function';

const plainEmit = PlainEmitter.prototype.emit;

function EventEmitter(options) {
  PlainEmitter.init.call(this);
  if (options?.captureRejections) {
    check.boolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = true;
  }
}
EventEmitter.prototype = PlainEmitter.prototype;
Object.defineProperty(EventEmitter.prototype, 'constructor', {
  configurable: true,
  value: EventEmitter,
  writable: true,
});
Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  enumerable: true,
  get: () => PlainEmitter.defaultMaxListeners,
  set: (count) => (PlainEmitter.defaultMaxListeners = count),
});

/** As Node's: who monitors errors is told first, and rejections of listeners can be caught. */
EventEmitter.prototype.emit = function emit(type, ...args) {
  if (type === 'error' && this._events?.[errorMonitor] !== undefined) {
    plainEmit.call(this, errorMonitor, ...args);
  }
  if (!this[kCapture] && !EventEmitter.captureRejections)
    return plainEmit.call(this, type, ...args);
  const handlers = this.rawListeners(type);
  if (handlers.length === 0) return plainEmit.call(this, type, ...args);
  for (const handler of handlers) {
    const result = Reflect.apply(handler, this, args);
    if (typeof result?.then === 'function') {
      result.then(undefined, (error) => queueMicrotask(() => rejected(this, error, type, args)));
    }
  }
  return true;
};

function rejected(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') emitter[kRejection](error, type, ...args);
  else emitter.emit('error', error);
}

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
  const found = this.rawListeners(type);
  if (listener === undefined) return found.length;
  return found.filter((one) => one === listener || one.listener === listener).length;
};

/** Calls `listen(name, listener)` for an emitter or an EventTarget; gives what undoes it. */
function attach(emitter, name, listener, options) {
  if (typeof emitter.on === 'function') {
    if (options?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
    return () => emitter.removeListener(name, listener);
  }
  if (!isEventTarget(emitter)) throw invalidArgType('emitter', 'EventEmitter', emitter);
  emitter.addEventListener(name, listener, options);
  return () => emitter.removeEventListener(name, listener);
}

function once(emitter, name, options = {}) {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    const undo = [];
    const finish = (settle) => (value) => {
      undo.forEach((one) => one());
      settle(value);
    };
    const done = finish(resolve);
    const failed = finish(reject);
    undo.push(attach(emitter, name, (...args) => done(args), { once: true }));
    if (name !== 'error' && typeof emitter.once === 'function') {
      undo.push(attach(emitter, 'error', failed, { once: true }));
    }
    if (signal) {
      const aborted = () => failed(new AbortError(undefined, { cause: signal.reason }));
      undo.push(attach(signal, 'abort', aborted, { once: true }));
    }
  });
}

/** An async iterator of what is emitted. */
function on(emitter, name, options = {}) {
  const { signal, close = [] } = options;
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const waiting = [];
  const events = [];
  const undo = [];
  let failure;
  let finished = false;
  const finish = () => {
    finished = true;
    undo.splice(0).forEach((one) => one());
    waiting.splice(0).forEach(({ resolve }) => resolve({ value: undefined, done: true }));
    return Promise.resolve({ value: undefined, done: true });
  };
  const fail = (error) => {
    if (waiting.length > 0) waiting.shift().reject(error);
    else failure = error;
    finish();
  };
  const receive = (...args) => {
    if (waiting.length > 0) waiting.shift().resolve({ value: args, done: false });
    else events.push(args);
  };
  undo.push(attach(emitter, name, receive));
  if (name !== 'error' && typeof emitter.on === 'function')
    undo.push(attach(emitter, 'error', fail));
  for (const end of close) undo.push(attach(emitter, end, finish));
  if (signal) {
    undo.push(
      attach(signal, 'abort', () => fail(new AbortError(undefined, { cause: signal.reason }))),
    );
  }
  const iterator = {
    next() {
      if (events.length > 0) return Promise.resolve({ value: events.shift(), done: false });
      if (failure !== undefined) {
        const error = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (finished) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: finish,
    throw(error) {
      fail(error);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: finish,
  };
  return iterator;
}

const targetLimits = new WeakMap();

function setMaxListeners(count = EventEmitter.defaultMaxListeners, ...emitters) {
  if (emitters.length === 0) EventEmitter.defaultMaxListeners = count;
  for (const emitter of emitters) {
    if (typeof emitter?.setMaxListeners === 'function') emitter.setMaxListeners(count);
    else if (isEventTarget(emitter)) targetLimits.set(emitter, count);
    else throw invalidArgType('eventTargets', ['EventEmitter', 'EventTarget'], emitter);
  }
}

function getMaxListeners(emitter) {
  if (typeof emitter?.getMaxListeners === 'function') return emitter.getMaxListeners();
  if (!isEventTarget(emitter))
    throw invalidArgType('emitter', ['EventEmitter', 'EventTarget'], emitter);
  return targetLimits.get(emitter) ?? EventEmitter.defaultMaxListeners;
}

function addAbortListener(signal, listener) {
  check.function(listener, 'listener');
  let undo = () => {};
  if (signal.aborted) queueMicrotask(() => listener());
  else undo = attach(signal, 'abort', listener, { once: true });
  return { __proto__: null, [Symbol.dispose]: undo };
}

class EventEmitterAsyncResource extends EventEmitter {
  constructor(options) {
    super(options);
    const name = typeof options === 'string' ? options : (options?.name ?? new.target.name);
    Object.defineProperty(this, 'asyncResource', { value: new AsyncResource(name, options) });
  }

  emit(type, ...args) {
    return this.asyncResource.runInAsyncScope(super.emit, this, type, ...args);
  }

  get asyncId() {
    return this.asyncResource.asyncId();
  }

  get triggerAsyncId() {
    return this.asyncResource.triggerAsyncId();
  }

  emitDestroy() {
    this.asyncResource.emitDestroy();
  }
}

module.exports = Object.assign(EventEmitter, {
  EventEmitter,
  EventEmitterAsyncResource,
  once,
  on,
  errorMonitor,
  captureRejectionSymbol: kRejection,
  captureRejections: false,
  usingDomains: false,
  setMaxListeners,
  getMaxListeners,
  addAbortListener,
  getEventListeners: (emitter, name) =>
    typeof emitter.listeners === 'function' ? emitter.listeners(name) : [],
  listenerCount: (emitter, name) => emitter.listenerCount(name),
});
