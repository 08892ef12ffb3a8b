// @ts-check
// The modules that an app may import by name, and what each exports. worker/builtin_modules.h lists
// the names, for what is not asked in JavaScript; `node:` modules are those of nano.library.

import defer * as library from './library.js';
import defer * as sockets from './sockets.js';
import defer * as workers from './workers.js';

const modules = {
  __proto__: null,
  'cloudflare:sockets': () => ['connect', sockets.connect],
  'cloudflare:workers': () => workers.exportsOfWorkers(),
};

/**
 * Entry point: what a module exports, [name, value, ...]; undefined for none of ours.
 * @param {string} name @returns {any[] | undefined}
 */
export function builtinModule(name) {
  return modules[name] === undefined ? library.libraryExports(name) : modules[name]();
}
