// @ts-check
// Functions, RpcTarget objects and stubs in calls by service bindings: what apps see of them.
// tests/differential/apps/rpc compares the rest with workerd.

import { leaveCall, logs, ok, rejects, same, sleep, test, throws } from './harness.js';
import { bindTo, calling, inRequest, RpcPromise, RpcStub, RpcTarget } from './rpc_loop.js';
import { WorkerEntrypoint } from './rpc_loop.js';

const ended = [];

class Counter extends RpcTarget {
  #value;

  constructor(value) {
    super();
    this.#value = value;
  }

  increment(by = 1) {
    return (this.#value += by);
  }

  get value() {
    return this.#value;
  }

  child() {
    return new Counter(this.#value * 10);
  }

  fail() {
    throw new RangeError('of the counter');
  }

  hold(fn) {
    this.held = fn;
    this.copy = fn.dup();
  }

  async use() {
    return [await this.copy(), await this.held().catch((error) => error.message)];
  }

  [Symbol.dispose]() {
    ended.push(this.#value);
  }
}

let kept;

class Back extends WorkerEntrypoint {
  endless() {
    return () => new Promise(() => {});
  }

  make(value) {
    return new Counter(value);
  }

  twoOfOne() {
    const counter = new Counter(1);
    return { first: counter, second: counter, list: [counter] };
  }

  call(fn, ...args) {
    return fn(...args);
  }

  async callTwice(fn) {
    return [await fn(1), await fn(2)];
  }

  isSame(a, b) {
    return a === b;
  }

  keep(fn) {
    kept = fn.dup();
  }

  useKept() {
    return kept();
  }

  withoutDup(fn) {
    return () => fn();
  }

  withDup(fn) {
    const own = fn.dup();
    return () => own();
  }

  plain() {
    return { n: 7, add: (a, b) => a + b };
  }

  many(count) {
    return Array.from({ length: count }, () => () => 1);
  }

  withStream() {
    return [() => 1, new Response('x').body];
  }

  echo(value) {
    return value;
  }
}

const withBack = (body) => calling({ default: Back }, body);
const withSeen = (body) => inRequest(() => body(bindTo({ default: Back })));

test('a function that is returned can be called, and its results are copies', () =>
  withBack(async (service) => {
    const { add, n } = await service.plain();
    same([typeof add, add instanceof RpcStub, n], ['function', true, 7]);
    same([await add(1, 2), await add('a', 'b')], [3, 'ab']);
    same(add.name.constructor.name, 'RpcProperty');
  }));

test('a function among the arguments is called back, also more than once', () =>
  withBack(async (service) => {
    const seen = [];
    const given = { deep: [(x) => seen.push(x)] };
    same(await service.callTwice((x) => x * 2), [2, 4]);
    same(await service.call((fn) => fn(5), given.deep[0]), 1);
    same(seen, [5]);
  }));

test('calls of a promise wait for it, in their order', () =>
  withBack(async (service) => {
    const counter = service.make(0);
    ok(counter instanceof RpcPromise && !(counter instanceof Promise));
    same(await Promise.all([counter.increment(1), counter.increment(2), counter.value]), [1, 3, 3]);
    same(await service.make(7).child().child().increment(), 701);
    same([await service.plain().n, await service.plain().add(2, 3)], [7, 5]);
    await rejects(TypeError, service.plain().nothing(), 'does not implement the method "nothing"');
    await rejects(TypeError, service.plain().n(), '"n" is not a function.');
    await rejects(TypeError, service.make(1).dup(), "'dup' is a reserved method");
  }));

test('what a stub throws is an error of the call, with the stack of the caller', () =>
  withBack(async (service) => {
    const counter = await service.make(1);
    async function caller() {
      return await counter.fail();
    }
    const error = await caller().catch((thrown) => thrown);
    same([error.name, error.message, error.remote], ['RangeError', 'of the counter', true]);
    ok(/RangeError: of the counter\n +at .*caller/.test(error.stack), error.stack);
    ok(!error.stack.includes('Counter'), error.stack);
    ok(logs().some(({ line }) => line.includes('RangeError: of the counter')));
  }));

test('one object is one stub in a message, and one number on the way', () =>
  withBack(async (service) => {
    const { first, second, list } = await service.twoOfOne();
    ok(first === second && list[0] === first);
    const fn = () => 1;
    same(await service.isSame(fn, fn), true);
  }));

test('a call without stubs is one message in each direction', () =>
  withSeen(async ({ service, seen, answers }) => {
    await service.echo({ a: [1] });
    await service.call((x) => x, 1);
    await service.isSame(() => {}, 1);
    await sleep(1);
    same(
      seen.map(({ aborted, streamed }) => [aborted, streamed]),
      Array(3).fill([undefined, undefined]),
    );
    same(
      answers.map(({ isTwoWay }) => isTwoWay),
      [false, true, false],
    );
  }));

test('the call ends on both sides once all stubs are disposed of', () =>
  withSeen(async ({ service, answers }) => {
    const counter = await service.make(3);
    const other = counter.dup();
    same(await counter.increment(), 4);
    counter[Symbol.dispose]();
    counter[Symbol.dispose]();
    await rejects(Error, counter.increment(), 'RPC stub used after being disposed.');
    throws(Error, () => counter.dup(), 'disposed');
    same([await other.increment(), ended, answers.length], [5, [], 0]);
    other[Symbol.dispose]();
    await sleep(1);
    same([ended.splice(0), answers.length, answers[0].error], [[5], 1, undefined]);
  }));

test('a result is disposed of with its stubs, and by the promise of it', () =>
  withSeen(async ({ service, answers }) => {
    const result = await service.twoOfOne();
    result[Symbol.dispose]();
    await rejects(Error, result.first.increment(), 'disposed');
    service.make(8)[Symbol.dispose]();
    await sleep(1);
    same([ended.splice(0).sort(), answers.length], [[1, 8], 2]);
  }));

test('stubs among the arguments end with the call, unless they are duplicated', () =>
  withBack(async (service) => {
    let disposed = 0;
    class Mine extends RpcTarget {
      [Symbol.dispose]() {
        disposed++;
      }
    }
    await service.isSame(new Mine(), 1);
    await sleep(1);
    same(disposed, 1);
    same(await (await service.withDup(() => 'still there'))(), 'still there');
    await rejects(Error, (await service.withoutDup(() => 1))(), 'disposed');
  }));

test('stubs among the arguments of a stub end with the call as well', () =>
  withBack(async (service) => {
    const counter = await service.make(1);
    await counter.hold(() => 'still there');
    same(await counter.use(), ['still there', 'RPC stub used after being disposed.']);
  }));

test('a stub of another request is refused', () =>
  withBack(async (service) => {
    await service.keep(() => 1);
    await rejects(Error, service.useKept(), 'it belongs to another request');
  }));

test('a caller that leaves breaks what the answerer has', () =>
  withSeen(async ({ service, slots }) => {
    const counter = await service.make(6);
    leaveCall(slots[0]);
    await sleep(1);
    same(ended.splice(0), [6]);
    ok(counter instanceof RpcStub);
  }));

test('a stub goes on to others, and home', () =>
  withBack(async (service) => {
    const counter = await service.make(1);
    await rejects('DataCloneError', service.call(counter.increment, 4), 'has not been awaited');
    await rejects('DataCloneError', service.echo([counter.value]), 'has not been awaited');
    same(await service.call(await service.call((x) => x, counter).increment(2)).catch(() => 1), 1);
    same(await counter.value, 3);
    const mine = () => 'mine';
    const home = await service.echo(mine);
    same([home === mine, home instanceof RpcStub], [false, true]);
  }));

test('a stub can be awaited, printed and turned into JSON', () =>
  withBack(async (service) => {
    const counter = await service.make(1);
    ok((await counter) === counter);
    same([counter.then, counter.toJSON, counter[0], counter['']], Array(4).fill(undefined));
    same(JSON.stringify({ counter }), '{}');
    same(`${counter.constructor === RpcStub}`, 'true');
    console.log(counter);
  }));

test('as many as a call may have sent by reference, and no more', () =>
  withBack(async (service) => {
    const list = await service.many(1000);
    same([list.length, await list[999]()], [1000, 1]);
    await rejects(Error, service.many(1001), 'More than 1000 functions and objects');
  }));

test('as many calls by stubs are under way as may be, and no more', () =>
  withBack(async (service) => {
    const stub = await service.endless();
    for (let i = 0; i < 1000; i++) stub().catch(() => {});
    await rejects(Error, stub(), 'More than 1000 calls by stubs are under way');
  }));

test('a stream and a function are not in one result', () =>
  withBack(async (service) => {
    await rejects(Error, service.withStream(), 'A stream can go with a call');
  }));

test('what was refused has not been sent', () =>
  withSeen(async ({ service, seen }) => {
    const stream = new ReadableStream();
    await rejects('DataCloneError', service.echo([() => {}, stream, new WeakMap()]));
    same([seen.length, stream.locked], [0, false]);
    await rejects('DataCloneError', service.echo([() => {}, new (class Point {})()]), 'Point');
    same(seen.length, 0);
  }));

test('what was exported for a call that is refused is taken back', () =>
  withBack(async (service) => {
    const counter = await service.make(1);
    const { body } = new Response('x');
    body.getReader();
    for (let i = 0; i < 1001; i++) {
      await rejects(
        'DataCloneError',
        counter.increment(() => i, body),
        'is locked',
      );
    }
  }));

test('what holds functions is copied with its shape', () =>
  withBack(async (service) => {
    const given = {
      f: () => 1,
      map: new Map([['f', () => 2]]),
      set: new Set([1]),
      sparse: [1, , 3],
    };
    given.self = given;
    Object.defineProperty(given, '__proto__', { value: 'own', enumerable: true });
    const shape = await service.call(async (back) => {
      const { self, map, set, sparse, f } = back;
      const own = Object.getOwnPropertyDescriptor(back, '__proto__').value;
      return [self === back, await map.get('f')(), set.has(1), 1 in sparse, await f(), own];
    }, given);
    same(shape, [true, 2, true, false, 1, 'own']);
  }));

test('a deep value does not end the stack', () =>
  withBack(async (service) => {
    let deep = () => 1;
    for (let i = 0; i < 100000; i++) deep = [deep];
    await rejects(Error, service.echo(deep));
  }));

test('new RpcStub() makes a stub of what is here', async () => {
  const stub = new RpcStub(new Counter(3));
  same([await stub.increment(), await stub.value, stub instanceof RpcStub], [4, 4, true]);
  const given = {};
  same(await new RpcStub((x) => x === given)(given), false);
  same(await new RpcStub((fn) => fn(2))((x) => x + 1), 3);
  same(await new RpcStub({ a: 1, f: () => 2 }).f(), 2);
  await rejects(RangeError, stub.fail(), 'of the counter');
  const other = stub.dup();
  stub[Symbol.dispose]();
  await rejects(Error, stub.value, 'disposed');
  same([await other.value, ended.splice(0)], [4, []]);
  other[Symbol.dispose]();
  same(ended.splice(0), [4]);
  throws(TypeError, () => new RpcStub());
  throws(TypeError, () => new RpcStub(1));
  throws(TypeError, () => new RpcPromise(), 'Illegal constructor');
});
