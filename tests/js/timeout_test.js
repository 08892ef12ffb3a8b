// @ts-check
// What setTimeout() and setInterval() give: Node's Timeout, or a number.

import { builtinModule, callEntryPoint, ok, same, sleep, test, throws } from './harness.js';

/** @returns {any} */
const timeout = (callback = () => {}, delay = 1) => setTimeout(callback, delay);

test('a timer is an object that is its number where one is wanted', async () => {
  const timer = timeout();
  same([typeof timer, timer.constructor.name], ['object', 'Timeout']);
  ok(Number.isInteger(+timer) && +timer > 0, 'a positive number');
  same(`${timer}`, String(+timer));
  same([typeof setInterval(() => {}, 1), +timeout() > +timer], ['object', true]);
  throws(TypeError, () => new timer.constructor());
});

test('without Node.js timers it is a number', async () => {
  callEntryPoint('applyFlags', []);
  const seen = [];
  const timer = timeout(() => seen.push('no'));
  ok(Number.isInteger(timer) && timer > 0);
  clearTimeout(timer);
  clearInterval(setInterval(() => seen.push('no'), 1));
  const { setTimeout: nodes, clearTimeout: clearNodes } = builtinModule('node:timers');
  same(typeof nodes(() => seen.push('node'), 1), 'object');
  clearNodes(nodes(() => seen.push('no'), 1));
  await sleep(5);
  same(seen, ['node']);
});

test('with the flag it is an object', () => {
  callEntryPoint('applyFlags', ['enable_nodejs_global_timers']);
  same(typeof timeout(), 'object');
});

test('ref and unref are remembered', () => {
  const timer = timeout();
  same([timer.hasRef(), timer.unref() === timer, timer.hasRef()], [true, true, false]);
  same([timer.ref() === timer, timer.hasRef()], [true, true]);
});

test('each way to stop one stops it', async () => {
  const seen = [];
  const stops = [
    (timer) => clearTimeout(timer),
    (timer) => clearInterval(timer),
    (timer) => clearTimeout(+timer),
    (timer) => clearTimeout(String(timer)),
    (timer) => timer.close(),
    (timer) => timer[Symbol.dispose](),
    (timer) => builtinModule('node:timers').clearTimeout(timer),
  ];
  for (let i = 0; i < stops.length; i++) {
    const timer = timeout(() => seen.push(i));
    const interval = /** @type {any} */ (setInterval(() => seen.push(i), 1));
    stops[i](timer);
    stops[i](interval);
    ok(timer.refresh() === timer, 'what was stopped stays so');
  }
  await sleep(5);
  same(seen, []);
});

test('an interval stops itself in its own callback', async () => {
  let count = 0;
  const interval = setInterval(() => {
    if (++count === 2) clearInterval(interval);
  }, 1);
  await sleep(10);
  same(count, 2);
});

test('refresh() begins the time anew, also of one that has fired', async () => {
  const seen = [];
  const timer = setTimeout((what) => seen.push(what), 10, 'a');
  await sleep(8);
  same(/** @type {any} */ (timer).refresh() === timer, true);
  await sleep(8);
  same(seen, []);
  await sleep(3);
  same(seen, ['a']);
  /** @type {any} */ (timer).refresh();
  await sleep(9);
  same(seen, ['a']);
  await sleep(3);
  same(seen, ['a', 'a']);
});

test('an interval that refreshes itself fires once a period', async () => {
  let count = 0;
  const interval = /** @type {any} */ (
    setInterval(() => {
      count++;
      interval.refresh();
    }, 10)
  );
  await sleep(35);
  same(count, 3);
});

test('a timer at the limit of them is refreshed in its own place', async () => {
  const seen = [];
  const timer = timeout(() => seen.push('fired'), 5);
  const others = [];
  try {
    for (;;) others.push(setTimeout(() => {}, 1000));
  } catch (error) {
    same(error.name, 'QuotaExceededError');
  }
  timer.refresh();
  clearTimeout(others[0]);
  await sleep(10);
  same(seen, ['fired']);
});

test('a timer that is refreshed keeps its store', async () => {
  const { AsyncLocalStorage } = builtinModule('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const seen = [];
  const timer = storage.run('first', () => timeout(() => seen.push(storage.getStore()), 2));
  storage.run('second', () => {
    timer.refresh();
    same(storage.getStore(), 'second');
  });
  await sleep(5);
  same(seen, ['first']);
});

test('it is made among patched methods', async () => {
  const { getOwnPropertyNames, defineProperty } = Object;
  for (const name of getOwnPropertyNames(Map.prototype)) {
    if (name === 'constructor' || name === 'size') continue;
    defineProperty(Map.prototype, name, {
      value() {
        throw new Error(`${name} was used`);
      },
    });
  }
  const seen = [];
  const timer = timeout(() => seen.push('fired'));
  timer.refresh();
  timeout(() => seen.push('no')).close();
  await sleep(5);
  same(seen, ['fired']);
});
