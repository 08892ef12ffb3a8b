// @ts-check
// WebAssembly.Memory without `shared`: a tenant has one thread, and a counter in shared memory is a
// precise clock (Spectre). V8 installs WebAssembly after the snapshot, and has no flag for this.

import {
  ArrayBufferPrototypeGetByteLength,
  getterOf,
  ObjectDefineProperty,
  ReflectConstruct,
  TypeErrorConstructor,
} from './primordials.js';

/** Entry point: once for each context, before code of a tenant runs. */
export function refuseSharedMemory() {
  const wasm = /** @type {any} */ (globalThis).WebAssembly;
  const Original = wasm.Memory;
  const getBuffer = getterOf(Original.prototype, 'buffer');

  function Memory(descriptor) {
    if (new.target === undefined) {
      throw new TypeErrorConstructor("WebAssembly.Memory must be invoked with 'new'");
    }
    const memory = ReflectConstruct(Original, [descriptor], new.target);
    try {
      // Only an unshared buffer has it; asking the descriptor could get two answers.
      ArrayBufferPrototypeGetByteLength(getBuffer(memory));
    } catch {
      throw new TypeErrorConstructor('WebAssembly.Memory(): shared memory is not available');
    }
    return memory;
  }

  const hidden = { __proto__: null, configurable: true, enumerable: false, writable: true };
  const fixed = { ...hidden, configurable: false, writable: false };
  ObjectDefineProperty(Memory, 'prototype', { ...fixed, value: Original.prototype });
  ObjectDefineProperty(Original.prototype, 'constructor', { ...hidden, value: Memory });
  ObjectDefineProperty(wasm, 'Memory', { ...hidden, value: Memory });
}
