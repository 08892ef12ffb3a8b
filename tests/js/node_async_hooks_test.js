// node:async_hooks: what belongs to a request follows it wherever it goes on.

import { builtinModule, ok, same, sleep, test, throws } from './harness.js';

const { AsyncLocalStorage, AsyncResource, executionAsyncId } = builtinModule('node:async_hooks');

test('a store is there in run() and gone after it', () => {
  const storage = new AsyncLocalStorage();
  same(storage.getStore(), undefined);
  const seen = storage.run(
    1,
    (a, b) => [storage.getStore(), storage.run(2, () => storage.getStore()), a, b],
    3,
    4,
  );
  same(seen, [1, 2, 3, 4]);
  same(storage.getStore(), undefined);
  throws(
    Error,
    () =>
      storage.run(1, () => {
        throw new Error('out');
      }),
    'out',
  );
  same(storage.getStore(), undefined);
});

test('a store goes through promises, await, microtasks and timers', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const note = (what) => seen.push(`${what}:${storage.getStore()}`);
  await storage.run('x', async () => {
    queueMicrotask(() => note('microtask'));
    process.nextTick(() => note('tick'));
    Promise.resolve().then(() => note('then'));
    setTimeout(() => note('timeout'), 1);
    setImmediate(() => note('immediate'));
    const interval = setInterval(() => {
      note('interval');
      clearInterval(interval);
    }, 2);
    await null;
    note('await');
    await sleep(5);
    note('later');
  });
  note('outside');
  same(seen.sort(), [
    'await:x',
    'immediate:x',
    'interval:x',
    'later:x',
    'microtask:x',
    'outside:undefined',
    'then:x',
    'tick:x',
    'timeout:x',
  ]);
});

test('several storages and several runs do not mix', async () => {
  const a = new AsyncLocalStorage();
  const b = new AsyncLocalStorage({ defaultValue: 'none', name: 'b' });
  const work = (n) =>
    a.run(n, async () => {
      await sleep(5 - n);
      return b.run(n * 10, async () => {
        await sleep(n);
        return [a.getStore(), b.getStore()];
      });
    });
  same(await Promise.all([work(1), work(2), work(3)]), [
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
  same([b.getStore(), b.name], ['none', 'b']);
});

test('exit() hides a store, enterWith() sets one, disable() takes it away', () => {
  const storage = new AsyncLocalStorage();
  storage.run(1, () => {
    same(
      storage.exit(() => storage.getStore()),
      undefined,
    );
    same(storage.getStore(), 1);
    storage.enterWith(2);
    same(storage.getStore(), 2);
    storage.disable();
    same(storage.getStore(), undefined);
  });
});

test('bind(), snapshot() and AsyncResource carry a store to callbacks of elsewhere', () => {
  const storage = new AsyncLocalStorage();
  const target = new EventTarget();
  const seen = [];
  storage.run('listener', () => {
    target.addEventListener(
      'ping',
      AsyncResource.bind(() => seen.push(storage.getStore())),
    );
  });
  target.addEventListener('ping', () => seen.push(storage.getStore()));
  storage.run('dispatcher', () => target.dispatchEvent(new Event('ping')));
  same(seen, ['listener', 'dispatcher']);

  const bound = storage.run(1, () => AsyncLocalStorage.bind(() => storage.getStore()));
  const snapshot = storage.run(2, () => AsyncLocalStorage.snapshot());
  const resource = storage.run(3, () => new AsyncResource('job'));
  storage.run(4, () => {
    same([bound(), snapshot(() => storage.getStore())], [1, 2]);
    same(
      resource.runInAsyncScope(
        function (x) {
          return [this.self, x, storage.getStore()];
        },
        { self: 's' },
        5,
      ),
      ['s', 5, 3],
    );
    same(storage.getStore(), 4);
  });
  ok(resource.asyncId() > 0 && executionAsyncId() >= 0);
});

test('streams ask with the store of who made or reads them', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const stream = storage.run(
    'maker',
    () =>
      new ReadableStream(
        {
          start: () => seen.push(storage.getStore()),
          pull(controller) {
            seen.push(storage.getStore());
            controller.close();
          },
        },
        { highWaterMark: 1 },
      ),
  );
  await storage.run('reader', async () => {
    const { done } = await stream.getReader().read();
    seen.push(storage.getStore(), done);
  });
  same(seen, ['maker', 'maker', 'reader', true]);
});
