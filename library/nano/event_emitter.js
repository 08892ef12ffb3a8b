// EventEmitter. `_events` is as Node.js has it, for packages look at it: a function, or a list of some.

const { check, invalidArgType, withCode } = require('nano:errors');

const kRejection = Symbol.for('nodejs.rejection');
const kCapture = Symbol('kCapture');
const errorMonitor = Symbol('events.errorMonitor');
let defaultMaxListeners = 10;

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.init = function init(options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    check.boolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = true;
  } else {
    this[kCapture] = EventEmitter.captureRejections;
  }
};

const listOf = (found) =>
  found === undefined ? [] : typeof found === 'function' ? [found] : [...found];

function checkListener(listener) {
  if (typeof listener !== 'function') throw invalidArgType('listener', 'Function', listener);
}

function unhandled(emitter, args) {
  const [error] = args;
  if (error instanceof Error) return error;
  const { inspect } = require('nano:inspect');
  let text;
  try {
    text = inspect(error);
  } catch {
    text = error;
  }
  const made = withCode(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${text})`);
  made.context = error;
  return made;
}

function rejected(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') emitter[kRejection](error, type, ...args);
  else {
    const { [kCapture]: captures } = emitter;
    // What catches a rejection must not be caught itself.
    emitter[kCapture] = false;
    try {
      emitter.emit('error', error);
    } finally {
      emitter[kCapture] = captures;
    }
  }
}

function call(emitter, listener, type, args) {
  const result = Reflect.apply(listener, emitter, args);
  if (!emitter[kCapture] || result === undefined || result === null) return;
  if (typeof result.then !== 'function') return;
  result.then(undefined, (error) => process.nextTick(rejected, emitter, error, type, args));
}

/** Said once for each name of an emitter: it is most often a leak. */
function warn(emitter, type, list) {
  list.warned = true;
  const { inspect } = require('nano:inspect');
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(type)} listeners added to ${inspect(emitter, { depth: -1 })}. MaxListeners is ${emitter.getMaxListeners()}. Use emitter.setMaxListeners() to increase limit`,
  );
  Object.assign(warning, {
    name: 'MaxListenersExceededWarning',
    emitter,
    type,
    count: list.length,
  });
  process.emitWarning(warning);
}

function add(emitter, type, listener, prepends) {
  checkListener(listener);
  if (emitter._events === undefined) EventEmitter.init.call(emitter);
  // Before it is added, or a listener for `newListener` would hear of itself.
  if (emitter._events.newListener !== undefined)
    emitter.emit('newListener', type, listener.listener ?? listener);
  const events = emitter._events;
  const found = events[type];
  if (found === undefined) {
    events[type] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  const list = typeof found === 'function' ? (events[type] = [found]) : found;
  if (prepends) list.unshift(listener);
  else list.push(listener);
  const most = emitter._maxListeners ?? defaultMaxListeners;
  if (most > 0 && list.length > most && !list.warned) warn(emitter, type, list);
  return emitter;
}

function onceOnly(emitter, type, listener) {
  checkListener(listener);
  let fired = false;
  const wrapped = function (...args) {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(type, wrapped);
    return Reflect.apply(listener, emitter, args);
  };
  wrapped.listener = listener;
  return wrapped;
}

const methods = {
  setMaxListeners(count) {
    check.number(count, 'setMaxListeners', 0);
    this._maxListeners = count;
    return this;
  },
  getMaxListeners() {
    return this._maxListeners ?? defaultMaxListeners;
  },
  emit(type, ...args) {
    const events = this._events;
    if (type === 'error') {
      if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
      if (events?.error === undefined) throw unhandled(this, args);
    }
    const found = events?.[type];
    if (found === undefined) return false;
    if (typeof found === 'function') call(this, found, type, args);
    else for (const listener of [...found]) call(this, listener, type, args);
    return true;
  },
  on(type, listener) {
    return add(this, type, listener, false);
  },
  prependListener(type, listener) {
    return add(this, type, listener, true);
  },
  once(type, listener) {
    checkListener(listener);
    this.on(type, onceOnly(this, type, listener));
    return this;
  },
  prependOnceListener(type, listener) {
    checkListener(listener);
    this.prependListener(type, onceOnly(this, type, listener));
    return this;
  },
  removeListener(type, listener) {
    checkListener(listener);
    const events = this._events;
    const found = events?.[type];
    if (found === undefined) return this;
    const list = listOf(found);
    const index = list.findLastIndex((one) => one === listener || one.listener === listener);
    if (index === -1) return this;
    list.splice(index, 1);
    if (list.length === 0) {
      delete events[type];
      this._eventsCount--;
      if (this._eventsCount === 0) this._events = { __proto__: null };
    } else {
      events[type] = list.length === 1 ? list[0] : list;
      if (list.length > 1) list.warned = found.warned;
    }
    if (events.removeListener !== undefined)
      this.emit('removeListener', type, listener.listener ?? listener);
    return this;
  },
  removeAllListeners(...types) {
    const events = this._events;
    if (events === undefined) return this;
    if (types.length > 0 && events.removeListener === undefined) {
      if (events[types[0]] !== undefined) this._eventsCount--;
      delete events[types[0]];
    } else if (types.length > 0) {
      for (const listener of listOf(events[types[0]]).reverse())
        this.removeListener(types[0], listener);
    } else {
      if (events.removeListener !== undefined) {
        for (const type of Reflect.ownKeys(events))
          if (type !== 'removeListener') this.removeAllListeners(type);
        this.removeAllListeners('removeListener');
      }
      this._events = { __proto__: null };
      this._eventsCount = 0;
    }
    return this;
  },
  listeners(type) {
    return listOf(this._events?.[type]).map((one) => one.listener ?? one);
  },
  rawListeners(type) {
    return listOf(this._events?.[type]);
  },
  listenerCount(type, listener) {
    const found = listOf(this._events?.[type]);
    if (listener === undefined || listener === null) return found.length;
    return found.filter((one) => one === listener || one.listener === listener).length;
  },
  eventNames() {
    return this._events === undefined ? [] : Reflect.ownKeys(this._events);
  },
};
methods.addListener = methods.on;
methods.off = methods.removeListener;

Object.assign(EventEmitter.prototype, methods, {
  _events: undefined,
  _eventsCount: 0,
  _maxListeners: undefined,
});
Object.defineProperties(EventEmitter, {
  defaultMaxListeners: {
    enumerable: true,
    get: () => defaultMaxListeners,
    set(count) {
      check.number(count, 'defaultMaxListeners', 0);
      defaultMaxListeners = count;
    },
  },
  captureRejections: {
    enumerable: true,
    get: () => EventEmitter.prototype[kCapture],
    set(captures) {
      check.boolean(captures, 'EventEmitter.captureRejections');
      EventEmitter.prototype[kCapture] = captures;
    },
  },
});
Object.defineProperty(EventEmitter.prototype, kCapture, { value: false, writable: true });

module.exports = { EventEmitter, kRejection, errorMonitor };
