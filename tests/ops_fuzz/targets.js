// @ts-check
// What is called: every op, or every function that the global leads to and that is not the language's.

/** Names that the language itself has; what they lead to is V8's to test. */
const kLanguage = new Set(
  (
    'AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date ' +
    'DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array ' +
    'Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set ' +
    'SharedArrayBuffer String SuppressedError Symbol SyntaxError Temporal TypeError URIError Uint16Array Uint32Array Uint8Array ' +
    'Uint8ClampedArray WeakMap WeakRef WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval ' +
    'globalThis isFinite isNaN parseFloat parseInt undefined unescape ops seed calls mode note'
  ).split(' '),
);

/** @typedef {{ name: string, call: Function, constructs: boolean }} Target */

/** @param {Record<string, Function>} ops @returns {Target[]} */
export function opTargets(ops) {
  return Object.keys(ops).map((name) => ({ name, call: ops[name], constructs: false }));
}

/** @returns {Target[]} */
export function globalTargets() {
  const targets = [];
  const seen = new Set([
    Object.prototype,
    Function.prototype,
    Array.prototype,
    Error.prototype,
    Promise.prototype,
  ]);
  const visit = (object, path) => {
    if (
      object === null ||
      (typeof object !== 'object' && typeof object !== 'function') ||
      seen.has(object)
    )
      return;
    seen.add(object);
    if (typeof object === 'function')
      targets.push({ name: path, call: object, constructs: 'prototype' in object });
    for (const key of Reflect.ownKeys(object)) {
      if (object === globalThis && kLanguage.has(String(key))) continue;
      if (key === 'constructor' || key === 'caller' || key === 'arguments') continue;
      const found = /** @type {PropertyDescriptor} */ (
        Reflect.getOwnPropertyDescriptor(object, key)
      );
      const name = `${path}.${String(key)}`;
      if (found.get !== undefined)
        targets.push({ name: `get ${name}`, call: found.get, constructs: false });
      // The global's own replace it: nothing more would be called.
      if (found.set !== undefined && object !== globalThis)
        targets.push({ name: `set ${name}`, call: found.set, constructs: false });
      if ('value' in found) visit(found.value, name);
      else if (object === globalThis) visit(globalThis[String(key)], name);
    }
    visit(Reflect.getPrototypeOf(object), `${path}.__proto__`);
  };
  visit(globalThis, 'globalThis');
  return targets;
}

/**
 * What modules of nano.library have of the host, and the methods of what that makes.
 * @param {any} internals @param {any[]} instances @returns {Target[]}
 */
export function internalTargets(internals, instances) {
  const targets = [];
  const seen = new Set([Object.prototype, Function.prototype]);
  const visit = (object, path) => {
    const isObject = typeof object === 'object' || typeof object === 'function';
    if (object === null || !isObject || seen.has(object)) return;
    seen.add(object);
    if (typeof object === 'function')
      targets.push({ name: path, call: object, constructs: 'prototype' in object });
    for (const key of Reflect.ownKeys(object)) {
      const found = Reflect.getOwnPropertyDescriptor(object, key);
      const name = `${path}.${String(key)}`;
      if (found?.get === undefined) visit(found?.value, name);
      else if (object === internals) visit(internals[key], name);
      else targets.push({ name: `get ${name}`, call: found.get, constructs: false });
    }
  };
  visit(internals, 'nano');
  for (const instance of instances) {
    const prototype = Reflect.getPrototypeOf(instance);
    visit(prototype, instance.constructor.name);
  }
  return targets;
}
