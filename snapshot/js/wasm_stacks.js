// @ts-check
// WebAssembly.promising, https://webassembly.github.io/js-promise-integration/: a call has a stack of
// its own until its promise is settled. Without room for one V8 ends the process.

import { wasmHasStackRoom } from 'nano:ops';
import { ObjectDefineProperty, RangeErrorConstructor, ReflectApply } from './primordials.js';

/**
 * What V8 made of a function, and looks for room before each call.
 * @param {Function} call never handed out
 */
export function counted(call) {
  const { run } = {
    run(...args) {
      if (!wasmHasStackRoom()) {
        throw new RangeErrorConstructor(
          'WebAssembly.promising(): There is no memory for another stack (buffers_mb)',
        );
      }
      return ReflectApply(call, undefined, args);
    },
  };
  const fixed = { __proto__: null, configurable: true, enumerable: false, writable: false };
  ObjectDefineProperty(run, 'name', { __proto__: null, ...fixed, value: call.name });
  ObjectDefineProperty(run, 'length', { __proto__: null, ...fixed, value: call.length });
  return run;
}
