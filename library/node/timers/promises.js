// node:timers/promises.

const timers = require('node:timers');
const { AbortError } = require('nano:errors');

/** Waits with `start(done)`, which gives what `stop` takes, unless a signal aborts. */
function wait(start, stop, value, signal) {
  if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    const abort = () => {
      stop(timer);
      reject(new AbortError(undefined, { cause: signal.reason }));
    };
    const timer = start(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

const setTimeout = (delay, value, { signal } = {}) =>
  wait((done) => timers.setTimeout(done, delay), timers.clearTimeout, value, signal);
const setImmediate = (value, { signal } = {}) =>
  wait(timers.setImmediate, timers.clearImmediate, value, signal);

async function* setInterval(delay, value, { signal } = {}) {
  while (true) {
    await setTimeout(delay, undefined, { signal });
    yield value;
  }
}

module.exports = {
  setTimeout,
  setImmediate,
  setInterval,
  scheduler: {
    wait: (delay, options) => setTimeout(delay, undefined, options),
    yield: () => setImmediate(),
  },
};
