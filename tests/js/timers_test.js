// @ts-check
import { callEntryPoint, logs, ok, same, sleep, test, throws } from './harness.js';

test('setTimeout calls once, later, with the arguments', async () => {
  const seen = [];
  setTimeout((...args) => seen.push(...args), 5, 'a', 2);
  same(seen, []);
  await sleep(4);
  same(seen, []);
  await sleep(20);
  same(seen, ['a', 2]);
});

test('timers fire by their time, then by their order', async () => {
  const seen = [];
  setTimeout(() => seen.push('late'), 10);
  setTimeout(() => seen.push('first'), 0);
  setTimeout(() => seen.push('second'));
  await sleep(20);
  same(seen, ['first', 'second', 'late']);
});

test('setInterval repeats until it is cleared', async () => {
  let count = 0;
  const id = setInterval(() => {
    if (++count === 3) clearInterval(id);
  }, 5);
  await sleep(100);
  same(count, 3);
});

test('clearTimeout and clearInterval are interchangeable and forgiving', async () => {
  let count = 0;
  clearInterval(setTimeout(() => count++, 1));
  clearTimeout(setInterval(() => count++, 1));
  clearTimeout();
  clearTimeout(undefined);
  clearTimeout(/** @type {any} */ (null));
  clearTimeout(-1);
  clearTimeout(123456);
  clearTimeout(/** @type {any} */ ('abc'));
  clearInterval(/** @type {any} */ ({}));
  await sleep(10);
  same(count, 0);
});

test('an id may come back as a string', async () => {
  let fired = false;
  clearTimeout(/** @type {any} */ (String(setTimeout(() => (fired = true), 1))));
  await sleep(5);
  same(fired, false);
});

test('strange delays count as 0', async () => {
  const seen = [];
  for (const delay of [-5, NaN, Infinity, undefined, null, 'x', 2 ** 32, {}]) {
    setTimeout(() => seen.push(String(delay)), /** @type {any} */ (delay));
  }
  await sleep(0);
  same(seen.length, 8);
});

test('strings are refused, and so is everything that cannot be called', () => {
  throws(TypeError, () => setTimeout('globalThis.pwned = 1', 0));
  throws(TypeError, () => setInterval('1', 0));
  throws(TypeError, () => setTimeout(/** @type {any} */ ({}), 0));
  throws(TypeError, () => /** @type {any} */ (setTimeout)());
});

test('what a callback throws is reported, and an interval goes on', async () => {
  let count = 0;
  const id = setInterval(() => {
    if (++count === 2) clearInterval(id);
    throw new Error(`number ${count}`);
  }, 1);
  await sleep(10);
  same(count, 2);
  same(logs().length, 2);
  ok(logs()[0].line.startsWith('Uncaught Error: number 1'), logs()[0].line);
});

test('deeply nested timers wait at least 4 ms', async () => {
  const start = performance.now();
  let count = 0;
  await new Promise((resolve) => {
    const again = () => (++count === 10 ? resolve(undefined) : setTimeout(again, 0));
    setTimeout(again, 0);
  });
  const waited = performance.now() - start;
  ok(waited >= 4 * 5, `${waited} ms for ten timers`);
  ok(waited <= 4 * 6, `${waited} ms for ten timers`);
});

test('a timer that the host drops never fires', async () => {
  let fired = false;
  const id = +(/** @type {any} */ (setInterval(() => (fired = true), 1)));
  callEntryPoint('fireTimer', id, true);
  callEntryPoint('fireTimer', id);
  same(fired, false);
});

test('an id the host made up does nothing', () => {
  callEntryPoint('fireTimer', 4711);
  same(logs(), []);
});

test('callbacks run with the global as this', async () => {
  let receiver;
  setTimeout(function () {
    receiver = this;
  });
  await sleep(0);
  same(receiver === globalThis, true);
});
