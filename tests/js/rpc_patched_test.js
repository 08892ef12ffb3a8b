// @ts-check
// Stubs do not notice what a tenant does to the language, on neither side.

import { callEntryPoint, joinCall, outbound, same, send, sendCall, test } from './harness.js';
import { compare } from './patch_everything.js';
import { calling, RpcStub, RpcTarget, WorkerEntrypoint } from './rpc_loop.js';

const { dispose } = Symbol;
const { apply } = Reflect;
const PromiseConstructor = Promise;
const { withResolvers } = Promise;

class Counter extends RpcTarget {
  value = 0;

  increment(by) {
    this.value += by;
    return this.value;
  }

  get shape() {
    return { __proto__: null, twice: (x) => x * 2 };
  }

  fail() {
    throw 'text';
  }
}

class Back extends WorkerEntrypoint {
  make() {
    return new Counter();
  }

  call(fn) {
    return fn({ __proto__: null, inner: (x) => x + 1 });
  }
}

test('calls by stubs among patched methods', async () => {
  const { SVC: service } = callEntryPoint('makeEnv', ['SVC', 2, 'other-app']);
  const exports = { default: Back };
  outbound((exchange) => {
    const body = exchange.body;
    const call = sendCall({ __proto__: null, method: exchange.rpcMethod, body }, exports);
    joinCall(exchange, call.slot);
    return undefined;
  });
  const given = { __proto__: null, url: 'https://nano.test/' };
  await compare(async (seen) => {
    const { promise, resolve } = apply(withResolvers, PromiseConstructor, []);
    send(given, async () => {
      try {
        const counter = await service.make();
        seen[0] = await counter.increment(2);
        seen[1] = await counter.shape.twice(4);
        seen[2] = await counter.fail().then(undefined, (error) => error.message);
        seen[3] = await service.call(async ({ inner }) => await inner(1));
        const local = new RpcStub((fn) => fn(3));
        seen[4] = await local((x) => x + 1);
        counter[dispose]();
      } catch (error) {
        seen[5] = `${error.stack}`;
      }
      resolve();
      return undefined;
    });
    await promise;
  });
});

test('what is put on Object.prototype is no part of a receiver', async () => {
  const put = (name, value) =>
    Object.defineProperty(Object.prototype, name, { __proto__: null, configurable: true, value });
  class Adder extends RpcTarget {
    add(a, b) {
      return a + b;
    }
  }
  class Service extends WorkerEntrypoint {
    add(a, b) {
      return a + b;
    }

    make() {
      return new Adder();
    }
  }
  put('extra', ['x', 'y']);
  await calling({ default: Service }, async (service) => {
    same(await service.add(1, 2), 3);
    const adder = await service.make();
    same(await adder.add(3, 4), 7);
  });
  put('base', Adder.prototype);
  await calling({ default: { one: (a) => a } }, async (service) => same(await service.one(5), 5));
});
