// node:timers: the globals, with objects for every app, which are the `this` of callbacks.

const { startTask, stopTask, timeoutOf } = nano;
const { check } = require('nano:errors');

const { setTimeout: start, setInterval: repeat, clearTimeout: stop } = globalThis;

class Immediate {
  static {
    // The bundler had to call it something else.
    Object.defineProperty(this, 'name', { configurable: true, value: 'Immediate' });
  }

  #id;

  constructor(callback) {
    this.#id = startTask(callback);
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  hasRef() {
    return true;
  }

  /** @param {Immediate} immediate */
  static stop(immediate) {
    stopTask(immediate.#id);
  }

  [Symbol.dispose]() {
    Immediate.stop(this);
  }
}

function setTimeout(callback, delay = 1, ...args) {
  check.function(callback, 'callback');
  const timer = timeoutOf(start(() => Reflect.apply(callback, timer, args), delay));
  return timer;
}

function setInterval(callback, delay = 1, ...args) {
  check.function(callback, 'callback');
  const timer = timeoutOf(repeat(() => Reflect.apply(callback, timer, args), delay));
  return timer;
}

function clearTimeout(timeout) {
  if (timeout !== undefined && timeout !== null) stop(timeout);
}

function setImmediate(callback, ...args) {
  check.function(callback, 'callback');
  const immediate = new Immediate(() => Reflect.apply(callback, immediate, args));
  return immediate;
}

function clearImmediate(immediate) {
  if (immediate instanceof Immediate) Immediate.stop(immediate);
}

const kPromisify = Symbol.for('nodejs.util.promisify.custom');
setTimeout[kPromisify] = (...args) => require('node:timers/promises').setTimeout(...args);
setImmediate[kPromisify] = (...args) => require('node:timers/promises').setImmediate(...args);

const ignored = () => {};

module.exports = {
  setTimeout,
  setInterval,
  clearTimeout,
  clearInterval: clearTimeout,
  setImmediate,
  clearImmediate,
  active: ignored,
  enroll: ignored,
  unenroll: ignored,
  get promises() {
    return require('node:timers/promises');
  },
};
