// @ts-check
// What a method has thrown, on its way to the caller: of an error its name, its message and its own
// properties. Its stack is nobody else's business; the caller's error has that of the call.

import { kindOf } from 'nano:ops';
import { DOMException, domExceptionName, isDOMException } from '../dom_exception.js';
import {
  AggregateErrorConstructor,
  ArrayIsArray,
  ArrayPrototypePush,
  ErrorConstructor,
  ErrorGetStack,
  ErrorPrototype,
  EvalErrorConstructor,
  ObjectDefineProperty,
  ObjectGetOwnPropertyNames,
  ObjectSetPrototypeOf,
  RangeErrorConstructor,
  ReferenceErrorConstructor,
  ReflectApply,
  ReflectDefineProperty,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  SymbolPrototypeToString,
  SyntaxErrorConstructor,
  TypeErrorConstructor,
  URIErrorConstructor,
} from '../primordials.js';
import { isObject } from '../webidl.js';

export const brokenMessage = () => new ErrorConstructor('The message of a call is broken.');

/** Which properties of an error are sent. */
export const kNoProperties = 0;
export const kPrimitives = 1;
export const kAllProperties = 2;

/** How deep causes of causes are sent. */
const kMostCauses = 8;
/** How the stack of an error without a message begins. */
const kEmptyHead = 'Error';

const prototypes = {
  __proto__: null,
  AggregateError: AggregateErrorConstructor.prototype,
  Error: ErrorPrototype,
  EvalError: EvalErrorConstructor.prototype,
  RangeError: RangeErrorConstructor.prototype,
  ReferenceError: ReferenceErrorConstructor.prototype,
  SyntaxError: SyntaxErrorConstructor.prototype,
  TypeError: TypeErrorConstructor.prototype,
  URIError: URIErrorConstructor.prototype,
};

const isNativeError = (value) => kindOf(value) === 'Error';
export const isError = (value) => isNativeError(value) || isDOMException(value);

/** What a property has. */
const kValue = 0;
const kOneError = 1;
const kErrors = 2;

/**
 * @param {any} error isError() @param {number} which properties
 * @returns {any[]} [name, message, whether it is a DOMException, properties]: a list of names,
 *   kinds and values. What is sent beside the value of a message can have primitives only.
 */
export function packError(error, which, depth = 0) {
  if (isDOMException(error)) return [domExceptionName(error), `${error.message}`, true, []];
  const properties = [];
  const names = which === kNoProperties ? [] : ObjectGetOwnPropertyNames(error);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name === 'name' || name === 'message' || name === 'stack') continue;
    const packed = packProperty(error[name], which, depth + 1);
    if (packed === undefined) continue;
    ArrayPrototypePush(properties, name);
    ArrayPrototypePush(properties, packed[0], packed[1]);
  }
  return [`${error.name}`, `${error.message}`, false, properties];
}

function packProperty(value, which, depth) {
  if (isError(value)) {
    return depth > kMostCauses ? undefined : [kOneError, packError(value, which, depth)];
  }
  if (isListOfErrors(value)) {
    const errors = [];
    for (let i = 0; i < value.length && depth <= kMostCauses; i++) {
      ArrayPrototypePush(errors, packError(value[i], which, depth));
    }
    return [kErrors, errors];
  }
  return which === kAllProperties || !isObject(value) ? [kValue, value] : undefined;
}

/** What an AggregateError has. */
function isListOfErrors(value) {
  if (!ArrayIsArray(value) || value.length === 0) return false;
  for (let i = 0; i < value.length; i++) {
    if (!isError(value[i])) return false;
  }
  return true;
}

/** What is thrown in the place of what is no object. @param {any} value */
export function textOf(value) {
  return typeof value === 'symbol' ? SymbolPrototypeToString(value) : `${value}`;
}

/** @param {any} object @param {string} key @param {any} value @param {boolean} enumerable */
function define(object, key, value, enumerable) {
  const flags = { __proto__: null, configurable: true, enumerable, writable: true };
  ObjectDefineProperty(object, key, { __proto__: null, ...flags, value });
}

/** @param {any} error of ours, of which nobody knows yet @param {string} message */
export function giveMessage(error, message) {
  become(error, 'Error', message, ReflectApply(ErrorGetStack, error, []));
}

/** @param {any} stack what V8 has written for an error without name and message */
function become(error, name, message, stack) {
  let text = stack;
  if (typeof stack === 'string' && StringPrototypeStartsWith(stack, kEmptyHead)) {
    text = `${name}: ${message}${StringPrototypeSlice(stack, kEmptyHead.length)}`;
  }
  const prototype = prototypes[name];
  if (prototype === undefined) define(error, 'name', name, false);
  else if (prototype !== ErrorPrototype) ObjectSetPrototypeOf(error, prototype);
  define(error, 'message', message, false);
  define(error, 'stack', text, false);
}

/**
 * The error of what packError() made, or of anything: another worker has sent it.
 * @param {any} packed
 * @param {any} [error] of ours, which becomes that, unless it is a DOMException; else the error has
 *   no stack
 */
export function unpackError(packed, error) {
  if (error === undefined) return unpack(packed, new ErrorConstructor(), kEmptyHead, 0);
  return unpack(packed, error, ReflectApply(ErrorGetStack, error, []), 0);
}

function unpack(packed, error, stack, depth) {
  if (!ArrayIsArray(packed) || !ArrayIsArray(packed[3])) throw brokenMessage();
  const name = `${packed[0]}`;
  const message = `${packed[1]}`;
  if (packed[2] === true) return new DOMException(message, name);
  become(error, name, message, stack);
  const properties = packed[3];
  for (let i = 0; i + 2 < properties.length; i += 3) {
    const value = unpackProperty(properties[i + 1], properties[i + 2], depth + 1);
    define(error, `${properties[i]}`, value, properties[i + 1] === kValue);
  }
  return error;
}

function unpackProperty(kind, value, depth) {
  if (kind === kValue) return value;
  if (depth > kMostCauses) return undefined;
  if (kind === kOneError) return unpack(value, new ErrorConstructor(), kEmptyHead, depth);
  if (kind !== kErrors || !ArrayIsArray(value)) throw brokenMessage();
  const errors = [];
  for (let i = 0; i < value.length; i++) {
    ArrayPrototypePush(errors, unpack(value[i], new ErrorConstructor(), kEmptyHead, depth));
  }
  return errors;
}

/** Says of what has come that it was thrown elsewhere, as on Workers. @param {any} thrown */
export function markRemote(thrown) {
  const flags = { __proto__: null, configurable: true, enumerable: true, writable: true };
  if (isObject(thrown))
    ReflectDefineProperty(thrown, 'remote', { __proto__: null, ...flags, value: true });
}
