// @ts-check
// The modules that an app may import by name, and what each exports. The names are also listed in
// protocol/builtin_modules.h, for those who check an app without running it.

import { connect } from './sockets.js';

const modules = {
  __proto__: null,
  'cloudflare:sockets': ['connect', connect],
};

/**
 * Entry point: what a module exports, [name, value, ...]; undefined for none of ours.
 * @param {string} name @returns {any[] | undefined}
 */
export function builtinModule(name) {
  return modules[name];
}
