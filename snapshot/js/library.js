// @ts-check
// Modules of nano.library (library/README.md): node: modules and globals, each compiled and run in
// the isolate that first asks for it. They are ordinary JavaScript in the tenant's realm, and reach
// the host through library_internals.js only.

import { libraryFunction, libraryHas } from 'nano:ops';
import { internals } from './library_internals.js';
import { defineValue } from './data_property.js';
import {
  ArrayPrototypePush,
  ErrorConstructor as Error,
  ObjectKeys,
  ReflectApply,
  SafeMap,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from './primordials.js';

/** Name -> the CommonJS module of it, from the moment that it is asked for: cycles are possible. */
const loaded = new SafeMap();

/** npm packages ask for `process/` where a package of that name must not be meant. */
function withoutSlash(name) {
  return StringPrototypeEndsWith(name, '/') ? StringPrototypeSlice(name, 0, -1) : name;
}

/**
 * What a module of the library exports, in the sense of CommonJS. It runs at the first call.
 * @param {string} specifier 'node:fs', 'fs', or 'nano:…' of the library's own @returns {any}
 */
export function requireLibrary(specifier) {
  const name = canonical(withoutSlash(`${specifier}`));
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const run = libraryFunction(name);
  if (run === undefined) throw notFound(specifier);
  const module = { __proto__: null, exports: {} };
  loaded.set(name, module);
  try {
    ReflectApply(run, undefined, [module.exports, module, requireForLibrary, internals]);
  } catch (error) {
    loaded.delete(name);
    throw error;
  }
  return module.exports;
}

const requireForLibrary = (specifier) => requireLibrary(specifier);

function canonical(name) {
  const isFull =
    StringPrototypeStartsWith(name, 'node:') || StringPrototypeStartsWith(name, 'nano:');
  return isFull ? name : `node:${name}`;
}

function notFound(specifier) {
  const error = new Error(`Cannot find module '${specifier}': it is no module of nano`);
  defineValue(error, 'code', 'MODULE_NOT_FOUND');
  return error;
}

/**
 * What `import` sees of one: [name, value, ...]; undefined where there is none.
 * @param {string} name 'node:…' @returns {any[] | undefined}
 */
export function libraryExports(name) {
  if (!StringPrototypeStartsWith(name, 'node:') || !libraryHas(name)) return undefined;
  const exported = requireLibrary(name);
  const list = [];
  ArrayPrototypePush(list, 'default');
  ArrayPrototypePush(list, exported);
  if (exported === null || (typeof exported !== 'object' && typeof exported !== 'function')) {
    return list;
  }
  const names = ObjectKeys(exported);
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'default') continue;
    ArrayPrototypePush(list, names[i]);
    ArrayPrototypePush(list, exported[names[i]]);
  }
  return list;
}
