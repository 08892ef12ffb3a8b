// @ts-check
// WebAssembly as V8 has it, bounded: no shared memory, and what a module takes counts on the app's
// budget. V8 installs WebAssembly after the snapshot, so that this is done for each context.

import { isWasmModule, wasmHasSharedMemory, wasmHold, wasmRelease } from 'nano:ops';
import { defineValue } from './data_property.js';
import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  getterOf,
  ObjectDefineProperty,
  PromisePrototypeThen,
  PromiseReject,
  ReflectApply,
  ReflectConstruct,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  SafeWeakMap,
  TypeErrorConstructor,
} from './primordials.js';
import { thenFollow } from './streams/promises.js';
import { copyOfSource } from './streams/views.js';
import defer * as stacks from './wasm_stacks.js';
import defer * as streaming from './wasm_streaming.js';

/** V8's own, of this context. @type {any} */
let original;
/** What a module holds on the app's budget, for as long as the module lives. */
let held;

/**
 * A tenant has one thread, and a counter in shared memory is a precise clock (Spectre). V8 has no
 * flag against it.
 */
function Memory(descriptor) {
  if (new.target === undefined) {
    throw new TypeErrorConstructor("WebAssembly.Memory must be invoked with 'new'");
  }
  const memory = ReflectConstruct(original.Memory, [descriptor], new.target);
  try {
    // Only an unshared buffer has it; asking the descriptor could get two answers.
    ArrayBufferPrototypeGetByteLength(original.getBuffer(memory));
  } catch {
    throw new TypeErrorConstructor('WebAssembly.Memory(): shared memory is not available');
  }
  return memory;
}

// What V8 reads and what is looked at here must be the same bytes: a getter may run in between, and a
// buffer that is empty now may grow. So bytes are copied first; what has none V8 refuses.

function Module(bytes) {
  if (new.target === undefined) {
    throw new TypeErrorConstructor("WebAssembly.Module must be invoked with 'new'");
  }
  const options = arguments[1];
  const copy = copyOfSource(bytes);
  const handle = hold(copy, 'WebAssembly.Module()');
  try {
    const module = ReflectConstruct(original.Module, [copy ?? bytes, options], new.target);
    return keep(module, handle);
  } catch (error) {
    release(handle);
    throw error;
  }
}

const operations = {
  compile(bytes) {
    return compile(copyOfSource(bytes) ?? bytes, arguments[1], 'WebAssembly.compile()');
  },
  compileStreaming(source) {
    const options = arguments[1];
    const context = 'WebAssembly.compileStreaming()';
    return thenFollow(streaming.bytesOfResponse(source, context), (bytes) =>
      compile(bytes, options, context),
    );
  },
  instantiate(source) {
    const imports = arguments[1];
    const options = arguments[2];
    // One that is there; also what V8 is to say is wrong.
    if (isWasmModule(source)) {
      return ReflectApply(original.instantiate, original.namespace, [source, imports, options]);
    }
    const bytes = copyOfSource(source) ?? source;
    return instantiate(bytes, imports, options, 'WebAssembly.instantiate()');
  },
  instantiateStreaming(source) {
    const imports = arguments[1];
    const options = arguments[2];
    const context = 'WebAssembly.instantiateStreaming()';
    return thenFollow(streaming.bytesOfResponse(source, context), (bytes) =>
      instantiate(bytes, imports, options, context),
    );
  },
  promising(wasmFunction) {
    return stacks.counted(ReflectApply(original.promising, original.namespace, [wasmFunction]));
  },
};

/**
 * Bytes that nobody else changes, compiled within the call.
 * @param {any} bytes @param {any} options @param {string} context @returns {Promise<any>}
 */
function compile(bytes, options, context) {
  return counted(original.compile, [bytes, options], (module) => module, context);
}

/** The same, and an instance of it. @returns {Promise<any>} */
function instantiate(bytes, imports, options, context) {
  const args = [bytes, imports, options];
  return counted(original.instantiate, args, (result) => result.module, context);
}

/** Calls V8's function with the bytes that are counted; `moduleOf` finds what holds them then. */
function counted(fn, args, moduleOf, context) {
  let handle;
  try {
    handle = hold(args[0], context);
  } catch (error) {
    return PromiseReject(error);
  }
  return PromisePrototypeThen(
    ReflectApply(fn, original.namespace, args),
    (result) => {
      keep(moduleOf(result), handle);
      return result;
    },
    (error) => {
      release(handle);
      throw error;
    },
  );
}

function hold(bytes, context) {
  if (!ArrayBufferIsView(bytes)) return undefined;
  if (wasmHasSharedMemory(bytes)) {
    throw new original.CompileError(`${context}: shared memory is not available`);
  }
  return wasmHold(bytes);
}

function keep(module, handle) {
  if (handle === undefined) return module;
  held ??= new SafeWeakMap();
  held.set(module, handle);
  return module;
}

function release(handle) {
  if (handle !== undefined) wasmRelease(handle);
}

const kFixed = { __proto__: null, configurable: false, enumerable: false, writable: false };

/** `Ours` in the place of V8's constructor, with its statics and its prototype. */
function replaceConstructor(namespace, name, Ours) {
  const Theirs = namespace[name];
  const keys = ReflectOwnKeys(Theirs);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key === 'length' || key === 'name' || key === 'prototype') continue;
    const descriptor = ReflectGetOwnPropertyDescriptor(Theirs, key);
    ObjectDefineProperty(Ours, key, { __proto__: null, .../** @type {any} */ (descriptor) });
  }
  ObjectDefineProperty(Ours, 'prototype', { ...kFixed, value: Theirs.prototype });
  defineValue(Theirs.prototype, 'constructor', Ours, false);
  defineValue(namespace, name, Ours, false);
}

/** Entry point: once for each context, before code of a tenant runs. */
export function prepareWebAssembly() {
  const namespace = /** @type {any} */ (globalThis).WebAssembly;
  original = {
    __proto__: null,
    namespace,
    Memory: namespace.Memory,
    getBuffer: getterOf(namespace.Memory.prototype, 'buffer'),
    Module: namespace.Module,
    CompileError: namespace.CompileError,
    compile: namespace.compile,
    instantiate: namespace.instantiate,
    promising: namespace.promising,
  };
  replaceConstructor(namespace, 'Memory', Memory);
  replaceConstructor(namespace, 'Module', Module);
  const names = ReflectOwnKeys(operations);
  for (let i = 0; i < names.length; i++) {
    defineValue(namespace, names[i], operations[names[i]]);
  }
}
