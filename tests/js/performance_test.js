// @ts-check
import { ok, same, sleep, test, throws } from './harness.js';

test('now never goes back and counts milliseconds', async () => {
  const before = performance.now();
  await sleep(25);
  ok(performance.now() >= before + 25);
});

test('timeOrigin is milliseconds since 1970', () => {
  ok(performance.timeOrigin > 1.5e12);
  same(performance.toJSON(), { timeOrigin: performance.timeOrigin });
  same(JSON.parse(JSON.stringify(performance)).timeOrigin, performance.timeOrigin);
});

test('is an EventTarget that cannot be constructed', () => {
  ok(performance instanceof Performance && performance instanceof EventTarget);
  throws(TypeError, () => new Performance(), 'Illegal constructor');
  throws(TypeError, () => Performance.prototype.now.call({}));
  throws(TypeError, () => Performance.prototype.now.call(new EventTarget()));
  throws(TypeError, () => Performance.prototype.timeOrigin);
});
