// @ts-check
import { logs, ok, same, sleep, test, throws } from './harness.js';

test('runs after the script and before timers, in order', async () => {
  const seen = [];
  setTimeout(() => seen.push('timer'), 0);
  queueMicrotask(() => seen.push('one'));
  Promise.resolve().then(() => seen.push('promise'));
  queueMicrotask(() => seen.push('two'));
  seen.push('script');
  await sleep(1);
  same(seen, ['script', 'one', 'promise', 'two', 'timer']);
});

test('passes no arguments', async () => {
  let count = -1;
  queueMicrotask((...args) => (count = args.length));
  await null;
  same(count, 0);
});

test('what it throws is reported as an exception, not as a rejection', async () => {
  queueMicrotask(() => {
    throw new TypeError('bad');
  });
  await sleep(0);
  same(logs().length, 1);
  ok(logs()[0].line.startsWith('Uncaught TypeError: bad'), logs()[0].line);
});

test('takes functions only', () => {
  for (const wrong of [null, undefined, 0, {}, 'f']) {
    throws(TypeError, () => queueMicrotask(/** @type {any} */ (wrong)));
  }
});
