// @ts-check
// scheduler.wait()

import { rejects, same, sleep, test, throws } from './harness.js';

const wait = (/** @type {any[]} */ ...args) =>
  /** @type {any} */ (globalThis).scheduler.wait(...args);

test('wait() resolves when the time has passed', async () => {
  const seen = [];
  wait(20).then((value) => seen.push(['late', value]));
  wait(-5).then(() => seen.push('at once'));
  await sleep(10);
  same(seen, ['at once']);
  await sleep(15);
  same(seen, ['at once', ['late', undefined]]);
});

test('a signal ends the waiting', async () => {
  const controller = new AbortController();
  const waiting = wait(1000, { signal: controller.signal });
  const why = new RangeError('why');
  controller.abort(why);
  same(await waiting.catch((error) => error), why);
  await rejects(DOMException, wait(1, { signal: AbortSignal.abort() }));
});

test('the arguments are checked', () => {
  throws(TypeError, () => wait());
  throws(TypeError, () => wait(1, { signal: {} }));
  throws(TypeError, () => /** @type {any} */ (globalThis).scheduler.wait.call({}, 1));
});
