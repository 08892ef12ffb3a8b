// @ts-check
// What an object is called when it is printed, found without calling the tenant's getters.

import {
  ReflectGetPrototypeOf,
  SafeGetOwnPropertyDescriptor,
  SymbolToStringTag,
} from './primordials.js';

/** Prototypes looked at; a chain of a million would cost a second. */
const kMaxChain = 50;

/** A function's own name, '' where it has none. @param {any} fn */
export function functionNameOf(fn) {
  const descriptor = SafeGetOwnPropertyDescriptor(fn, 'name');
  return descriptor !== undefined && typeof descriptor.value === 'string' ? descriptor.value : '';
}

/** The value of a data property, own or inherited; undefined for getters. */
export function dataProperty(value, key) {
  let object = value;
  for (let i = 0; i < kMaxChain && object !== null; i++) {
    const descriptor = SafeGetOwnPropertyDescriptor(object, key);
    if (descriptor !== undefined) return descriptor.value;
    object = ReflectGetPrototypeOf(object);
  }
  return undefined;
}

/** The name of the class, or null for an object without a prototype. @param {any} value */
export function constructorNameOf(value) {
  // Not its own `constructor`: a class's prototype is no instance of the class.
  let object = ReflectGetPrototypeOf(value);
  if (object === null) return null;
  for (let i = 0; i < kMaxChain && object !== null; i++) {
    const descriptor = SafeGetOwnPropertyDescriptor(object, 'constructor');
    if (descriptor !== undefined && typeof descriptor.value === 'function') {
      const name = functionNameOf(descriptor.value);
      if (name !== '') return name;
    }
    object = ReflectGetPrototypeOf(object);
  }
  return 'Object';
}

/** Symbol.toStringTag where it says more than the constructor's name; '' otherwise. */
export function tagOf(value, constructorName) {
  const own = SafeGetOwnPropertyDescriptor(value, SymbolToStringTag);
  // An own enumerable one is printed with the properties.
  if (own !== undefined && own.enumerable) return '';
  const tag = dataProperty(value, SymbolToStringTag);
  return typeof tag === 'string' && tag !== constructorName ? tag : '';
}

/** "Foo(2) [Map] ": what stands before the brace. `name` is null without a prototype. */
export function prefixOf(name, tag, fallback, size = '') {
  const known = name === null ? `[${fallback}${size}: null prototype]` : `${name}${size}`;
  return tag === '' || (name === null && tag === fallback) ? `${known} ` : `${known} [${tag}] `;
}
