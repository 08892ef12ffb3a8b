// @ts-check
// A tenant may put a class of its own between one of ours and its parent: super() calls it, with what
// it is called with. No key and no core of ours may be among that.

import { same, test } from './harness.js';

/** What a parent of the tenant's is told when `make` is called. */
function toldToParentOf(Interface, make) {
  const told = [];
  const before = Reflect.getPrototypeOf(Interface);
  Reflect.setPrototypeOf(
    Interface,
    class {
      constructor(...args) {
        told.push(...args);
      }
    },
  );
  try {
    make();
  } catch {
    // What it made is not what it should be.
  }
  Reflect.setPrototypeOf(Interface, before);
  return told.filter((value) => typeof value === 'object' && value !== null);
}

test("a tenant's parent of a stream is told nothing", () => {
  const { IdentityTransformStream: Identity, FixedLengthStream: Fixed } = globalThis;
  same(
    toldToParentOf(Identity, () => new Identity()),
    [],
  );
  same(
    toldToParentOf(Fixed, () => new Fixed(5)),
    [],
  );
});

test("a tenant's parent of a performance entry is told nothing", () => {
  same(
    toldToParentOf(PerformanceMark, () => new PerformanceMark('a')),
    [],
  );
  same(
    toldToParentOf(PerformanceMeasure, () => performance.measure('a')),
    [],
  );
});

test('entries and events of ours are not to be constructed', () => {
  for (const name of ['PerformanceEntry', 'PerformanceMeasure', 'FetchEvent', 'ExtendableEvent']) {
    let thrown;
    try {
      new globalThis[name]('a');
    } catch (error) {
      thrown = error;
    }
    same([name, thrown instanceof TypeError], [name, true]);
  }
});

test('a proxy behind Array.prototype is told of no list of a built-in', async () => {
  const told = [];
  const before = Object.getPrototypeOf(Array.prototype);
  const headers = new Headers({ a: 'x' });
  const target = new EventTarget();
  const spy = new Proxy(before, {
    has: () => false,
    set: (object, key, value, list) => {
      told.push(key);
      return Reflect.defineProperty(list, key, { value, configurable: true, writable: true });
    },
  });
  Object.setPrototypeOf(Array.prototype, spy);
  try {
    headers.append('b', '2');
    target.addEventListener('x', () => {});
    new ReadableStream().getReader().read();
  } finally {
    Object.setPrototypeOf(Array.prototype, before);
  }
  same(told, []);
  same(headers.get('b'), '2');
});
