// @ts-check
// A scenario untouched, and again with all that a tenant can reach replaced.

import { same } from './harness.js';

const { defineProperty, deleteProperty } = Reflect;
const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const GlobalError = Error;
const ObjectPrototype = Object.prototype;

/** Properties of descriptors, which Object.prototype would lend to every literal. */
const kLent = ['configurable', 'enumerable', 'get', 'set', 'value', 'writable'];

function isKept(object, key) {
  if (key === 'constructor' || key === 'prototype' || key === Symbol.species) return true;
  return object === globalThis && key === 'globalThis';
}

/** Every object that hangs below globalThis, and the prototypes that have no name. */
function reachable() {
  const found = new Set();
  const waiting = /** @type {any[]} */ ([
    globalThis,
    async function* () {},
    async () => {},
    function* () {},
  ]);
  waiting.push(
    [].keys(),
    new Map().keys(),
    new Set().keys(),
    ''.matchAll(/x/g),
    ''[Symbol.iterator](),
  );
  waiting.push(new URLSearchParams().keys(), console, crypto, navigator, performance);
  while (waiting.length > 0) {
    const object = waiting.pop();
    const isObject =
      (typeof object === 'object' && object !== null) || typeof object === 'function';
    if (!isObject || found.has(object)) continue;
    found.add(object);
    waiting.push(getPrototypeOf(object));
    for (const key of ownKeys(object)) waiting.push(getOwnPropertyDescriptor(object, key)?.value);
  }
  return [...found];
}

const thrower = (name) =>
  function () {
    throw new GlobalError(`patched ${name} was used`);
  };

/** Every replacement there is to make: [object, key, the original descriptor, the new one]. */
function replacements() {
  const list = [];
  for (const object of reachable()) {
    for (const key of ownKeys(object)) {
      const original = /** @type {any} */ (getOwnPropertyDescriptor(object, key));
      if (isKept(object, key) || (!original.configurable && !original.writable)) continue;
      const changed = { __proto__: null, ...original };
      if (typeof original.value === 'function') changed.value = thrower(String(key));
      else if (original.get !== undefined) changed.get = thrower(String(key));
      else continue;
      if (original.set !== undefined) changed.set = thrower(String(key));
      list.push([object, key, { __proto__: null, ...original }, changed]);
    }
  }
  for (const key of kLent) {
    const changed = {
      __proto__: null,
      configurable: true,
      get: thrower(`Object.prototype.${key}`),
    };
    list.push([ObjectPrototype, key, undefined, changed]);
  }
  return list;
}

/**
 * Runs `scenario` untouched, and then with everything replaced. It must use only what it captured
 * before, and index loops.
 */
export async function compare(scenario) {
  const expected = [];
  await scenario(expected);
  const list = replacements();
  const actual = [];
  let error;
  for (let i = 0; i < list.length; i++) defineProperty(list[i][0], list[i][1], list[i][3]);
  try {
    await scenario(actual);
  } catch (thrown) {
    error = thrown;
  }
  for (let i = list.length; i-- > 0;) {
    if (list[i][2] === undefined) deleteProperty(list[i][0], list[i][1]);
    else defineProperty(list[i][0], list[i][1], list[i][2]);
  }
  if (error !== undefined) throw error;
  same(list.length > 1000, true, `${list.length} replacements`);
  same(actual, expected);
}
