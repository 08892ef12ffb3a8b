// @ts-check
// How an error is printed: its stack, with the class's name where the stack does not say it.

import { domExceptionName, isDOMException } from './dom_exception.js';
import { dataProperty } from './inspect_names.js';
import {
  ArrayPrototypePush,
  ErrorGetStack,
  ReflectApply,
  SafeGetOwnPropertyDescriptor,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from './primordials.js';

const kLongestStack = 10000;

/** The stack, or "Name: message" where there is none. */
function stackOf(error) {
  const descriptor = SafeGetOwnPropertyDescriptor(error, 'stack');
  let stack = descriptor === undefined ? undefined : descriptor.value;
  if (descriptor !== undefined && descriptor.get === ErrorGetStack) {
    try {
      stack = ReflectApply(ErrorGetStack, error, []);
    } catch {
      // Error.prepareStackTrace is the tenant's.
    }
  }
  if (typeof stack !== 'string' || stack === '') return headlineOf(error);
  return stack.length > kLongestStack ? StringPrototypeSlice(stack, 0, kLongestStack) : stack;
}

function nameOf(error) {
  if (isDOMException(error)) return domExceptionName(error);
  const name = dataProperty(error, 'name');
  return typeof name === 'string' ? name : 'Error';
}

function headlineOf(error) {
  const name = nameOf(error);
  const message = dataProperty(error, 'message');
  return typeof message === 'string' && message !== '' ? `${name}: ${message}` : name;
}

/** "Error: x" of a class Oops becomes "Oops [Error]: x", of a class OopsError "OopsError: x". */
function withClassName(stack, error, className) {
  const name = nameOf(error);
  if (className === null || className === name) return stack;
  if (!StringPrototypeEndsWith(name, 'Error') || !StringPrototypeStartsWith(stack, name)) {
    return stack;
  }
  const after = stack[name.length];
  if (after !== undefined && after !== ':' && after !== '\n') return stack;
  const rest = StringPrototypeSlice(stack, name.length);
  return StringPrototypeIncludes(className, name)
    ? `${className}${rest}`
    : `${className} [${name}]${rest}`;
}

/**
 * Removes from `keys` what the stack says already, and adds what errors hide.
 * @param {any} error @param {any[]} keys @param {string} stack
 */
function adjustKeys(error, keys, stack) {
  let kept = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const known = key === 'name' || key === 'message' || key === 'stack';
    const value = known ? dataProperty(error, key) : undefined;
    const said = typeof value === 'string' && StringPrototypeIncludes(stack, value);
    if (!said) keys[kept++] = key;
  }
  keys.length = kept;
  addHidden(error, keys, 'cause');
  addHidden(error, keys, 'errors');
}

function addHidden(error, keys, key) {
  const descriptor = SafeGetOwnPropertyDescriptor(error, key);
  if (descriptor !== undefined && !descriptor.enumerable) ArrayPrototypePush(keys, key);
}

/**
 * @param {any} error @param {string | null} className @param {any[]} keys adjusted
 * @param {number} indentation of the line the text begins on
 */
export function formatError(error, className, keys, indentation) {
  const stack = withClassName(stackOf(error), error, className);
  adjustKeys(error, keys, stack);
  if (!StringPrototypeIncludes(stack, '\n    at')) return `[${indented(stack, indentation)}]`;
  return indented(stack, indentation);
}

function indented(text, indentation) {
  if (indentation === 0) return text;
  const separator = `\n${StringPrototypeRepeat(' ', indentation)}`;
  let result = '';
  let from = 0;
  for (;;) {
    const end = StringPrototypeIndexOf(text, '\n', from);
    if (end === -1) return result + StringPrototypeSlice(text, from);
    result += StringPrototypeSlice(text, from, end) + separator;
    from = end + 1;
  }
}
