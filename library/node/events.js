// node:events.

const { EventEmitter, kRejection, errorMonitor } = require('nano:event_emitter');
const { AsyncResource } = require('node:async_hooks');
const { AbortError, check, invalidArgType } = require('nano:errors');

const isEventTarget = (value) => typeof value?.addEventListener === 'function';

function checkSignal(signal) {
  if (
    signal !== undefined &&
    (typeof signal !== 'object' || signal === null || !('aborted' in signal))
  ) {
    throw invalidArgType('options.signal', 'AbortSignal', signal);
  }
}

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

async function once(emitter, name, options = {}) {
  check.object(options, 'options');
  const { signal } = options;
  checkSignal(signal);
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
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
  check.object(options, 'options');
  const { signal, close = [] } = options;
  checkSignal(signal);
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
  check.number(count, 'setMaxListeners', 0);
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
  const fallback = emitter instanceof AbortSignal ? 0 : EventEmitter.defaultMaxListeners;
  return targetLimits.get(emitter) ?? fallback;
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
  usingDomains: false,
  setMaxListeners,
  getMaxListeners,
  addAbortListener,
  getEventListeners: (emitter, name) =>
    typeof emitter.listeners === 'function' ? emitter.listeners(name) : [],
  listenerCount: (emitter, name) => emitter.listenerCount(name),
});
