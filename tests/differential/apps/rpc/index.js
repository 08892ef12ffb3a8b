// Calls by a service binding that go on after they have returned: functions, RpcTarget, stubs.

import { RpcStub, RpcTarget, WorkerEntrypoint } from 'cloudflare:workers';

import { attempts, caseApp } from '../../case_app.js';

class Counter extends RpcTarget {
  own = 'not to be reached';
  #value = 0;
  #onEnd;

  constructor(value = 0, onEnd = undefined) {
    super();
    this.#value = value;
    this.#onEnd = onEnd;
  }

  increment(by = 1) {
    return (this.#value += by);
  }

  get value() {
    return this.#value;
  }

  get shape() {
    return { sides: 4, area: (side) => side * side };
  }

  child() {
    return new Counter(this.#value * 10);
  }

  fail() {
    throw new RangeError('of the counter');
  }

  [Symbol.dispose]() {
    this.#onEnd?.(this.#value);
  }
}

let kept;

export class Back extends WorkerEntrypoint {
  make(value) {
    return new Counter(value);
  }

  get deep() {
    return { a: { b: (x) => x + 1 }, list: [1, 2], text: 'text' };
  }

  get counter() {
    return new Counter(40);
  }

  add(a) {
    return (b) => a + b;
  }

  async call(fn, ...args) {
    return await fn(...args);
  }

  async callTwice(fn) {
    const first = await fn(1);
    const second = await fn(2);
    return [first, second];
  }

  async useTarget(target) {
    return [await target.increment(), await target.increment(5), await target.value];
  }

  async wrapped({ list, map }) {
    return [await list[0](1), await map.get('f')(2)];
  }

  kinds(value) {
    return [typeof value, value instanceof RpcStub, value?.constructor?.name];
  }

  echo(value) {
    return value;
  }

  same(a, b) {
    return a === b;
  }

  keep(fn) {
    kept = fn.dup();
  }

  async useKept(x) {
    return await kept(x);
  }

  async later(fn) {
    const own = fn.dup();
    return async (x) => {
      const result = await own(x);
      return [result, 'from later'];
    };
  }

  lateWithoutDup(fn) {
    return async (x) => await fn(x);
  }

  plain() {
    return { n: 7, add: (a, b) => a + b, inner: { name: 'inner', counter: new Counter(1) } };
  }

  cyclic() {
    const object = { f: () => 'called', list: [] };
    object.self = object;
    object.list.push(object.f);
    return object;
  }

  async forward(fn) {
    return await this.env.BACK.call(fn, 20);
  }

  async give(fn) {
    return fn.dup();
  }

  throwIt() {
    throw new TypeError('thrown');
  }
}

const isStub = (value) => [typeof value, value instanceof RpcStub];

export default caseApp({
  functionResult: ({ env }) =>
    attempts({
      called: async () => (await env.BACK.add(1))(2),
      twice: async () => {
        const add = await env.BACK.add(10);
        return [await add(1), await add(2)];
      },
      type: async () => isStub(await env.BACK.add(1)),
      pipelined: async () => await env.BACK.add(1)(5),
    }),
  functionArgument: ({ env }) =>
    attempts({
      called: () => env.BACK.call((x) => x * 2, 21),
      async: () => env.BACK.call(async (x) => [x], 'a'),
      twice: () => env.BACK.callTwice((x) => x + 1),
      inside: () => env.BACK.wrapped({ list: [(x) => x], map: new Map([['f', (x) => -x]]) }),
      kind: () => env.BACK.kinds(() => {}),
      thrown: () =>
        env.BACK.call(() => {
          throw new RangeError('mine');
        }),
      argumentsAreCopies: async () => {
        const given = { n: 1 };
        return env.BACK.call((x) => x === given, given);
      },
      same: () => {
        const f = () => {};
        return env.BACK.same(f, f);
      },
    }),
  target: ({ env }) =>
    attempts({
      methods: async () => {
        const counter = await env.BACK.make(5);
        return [await counter.increment(), await counter.increment(10), await counter.value];
      },
      type: async () => isStub(await env.BACK.make(5)),
      own: async () => (await env.BACK.make(5)).own,
      ownCalled: async () => (await env.BACK.make(5)).own(),
      missing: async () => (await env.BACK.make(5)).nothing(),
      constructorCalled: async () => typeof (await env.BACK.make(5)).constructor,
      symbol: async () => (await env.BACK.make(5))[Symbol.iterator],
      called: async () => (await env.BACK.make(5))(),
      child: async () => (await (await env.BACK.make(5)).child()).increment(),
      thrown: async () => (await env.BACK.make(5)).fail(),
      argument: () => env.BACK.useTarget(new Counter(100)),
      kind: () => env.BACK.kinds(new Counter(1)),
      then: async () => typeof (await env.BACK.make(5)).then,
    }),
  pipelining: ({ env }) =>
    attempts({
      method: () => env.BACK.make(7).increment(),
      getter: async () => await env.BACK.make(7).value,
      plainProperty: async () => await env.BACK.plain().n,
      plainMethod: () => env.BACK.plain().add(1, 2),
      deepProperty: async () => await env.BACK.plain().inner.name,
      deepMethod: () => env.BACK.plain().inner.counter.increment(4),
      chain: () => env.BACK.make(7).child().child().increment(),
      order: () => {
        const counter = env.BACK.make(0);
        return Promise.all([counter.increment(1), counter.increment(2), counter.increment(4)]);
      },
      getterOfEntrypoint: async () => await env.BACK.deep.text,
      functionOfGetter: () => env.BACK.deep.a.b(1),
      targetOfGetter: () => env.BACK.counter.increment(2),
      shape: async () => [await env.BACK.make(1).shape.sides, await env.BACK.make(1).shape.area(3)],
      index: async () => await env.BACK.deep.list[1],
      missing: async () => await env.BACK.plain().nothing,
      missingMethod: () => env.BACK.plain().nothing(),
      ofThrown: () => env.BACK.throwIt().increment(),
      inherited: async () => await env.BACK.plain().toString,
      notCallable: () => env.BACK.plain().n(),
      type: () => [typeof env.BACK.make(1), typeof env.BACK.make(1).value],
      isPromise: () => env.BACK.make(1) instanceof Promise,
      caught: () => env.BACK.throwIt().catch((error) => error.name),
      argument: async () => env.BACK.kinds(await env.BACK.make(1)),
    }),
  plainObjects: ({ env }) =>
    attempts({
      plain: async () => {
        const object = await env.BACK.plain();
        const called = [await object.add(1, 2), await object.inner.counter.increment()];
        return [Object.keys(object), object.n, isStub(object.add), called];
      },
      cyclic: async () => {
        const object = await env.BACK.cyclic();
        return [object.self === object, object.list[0] === object.f, await object.list[0]()];
      },
    }),
  dispose: ({ env }) =>
    attempts({
      stub: async () => {
        const counter = await env.BACK.make(1);
        counter[Symbol.dispose]();
        return counter.increment();
      },
      dup: async () => {
        const counter = await env.BACK.make(1);
        const other = counter.dup();
        counter[Symbol.dispose]();
        return [isStub(other), await other.increment()];
      },
      result: async () => {
        const object = await env.BACK.plain();
        object[Symbol.dispose]();
        return object.add(1, 2);
      },
      twice: async () => {
        const counter = await env.BACK.make(1);
        counter[Symbol.dispose]();
        return counter[Symbol.dispose]();
      },
      dupOfDisposed: async () => {
        const counter = await env.BACK.make(1);
        counter[Symbol.dispose]();
        return isStub(counter.dup());
      },
      ofPrimitive: async () => typeof (await env.BACK.echo(1))[Symbol.dispose],
      ofObject: async () => typeof (await env.BACK.echo({}))[Symbol.dispose],
      promise: async () => typeof env.BACK.make(1)[Symbol.dispose],
      argumentOfCall: async () => {
        let disposed = 0;
        class Mine extends RpcTarget {
          [Symbol.dispose]() {
            disposed++;
          }
        }
        await env.BACK.kinds(new Mine());
        await scheduler.wait(20);
        return disposed;
      },
    }),
  lifetimes: ({ env }) =>
    attempts({
      withDup: async () => (await env.BACK.later((x) => x * 3))(4),
      withoutDup: async () => (await env.BACK.lateWithoutDup((x) => x * 3))(4),
      ofAnotherCall: async () => {
        await env.BACK.keep((x) => x);
        return env.BACK.useKept(1);
      },
    }),
  passedOn: ({ env }) =>
    attempts({
      toAThird: () => env.BACK.forward((x) => x + 1),
      backHome: async () => {
        const mine = (x) => x + 1;
        const back = await env.BACK.give(mine);
        return [back === mine, ...isStub(back), await back(1)];
      },
      stubAsArgument: async () => env.BACK.useTarget(await env.BACK.make(3)),
      afterwards: async () => {
        const counter = await env.BACK.make(3);
        await env.BACK.useTarget(counter);
        return await counter.value;
      },
    }),
  local: () =>
    attempts({
      function: async () => {
        const stub = new RpcStub((x) => x + 1);
        return [isStub(stub), await stub(1)];
      },
      target: async () => {
        const stub = new RpcStub(new Counter(3));
        return [await stub.increment(), await stub.value];
      },
      copies: async () => {
        const given = {};
        return new RpcStub((x) => x === given)(given);
      },
      plain: async () => await new RpcStub({ a: 1 }).a,
      nothing: () => new RpcStub(),
      number: () => isStub(new RpcStub(1)),
      dispose: async () => {
        let value;
        const stub = new RpcStub(new Counter(9, (last) => (value = last)));
        stub[Symbol.dispose]();
        await scheduler.wait(1);
        return value;
      },
    }),
  refused: ({ env }) =>
    attempts({
      classInstance: () => env.BACK.echo(new (class Point {})()),
      symbol: () => env.BACK.echo(Symbol('s')),
      mixed: () => env.BACK.echo([() => {}, new WeakMap()]),
    }),
});
