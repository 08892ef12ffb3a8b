// @ts-check
// What a method has thrown, on its way to the caller: of an error its name, its message and its own
// properties. Its stack is nobody else's business; the caller's error has that of the call.

import { kindOf } from 'nano:ops';
import { defineValue } from '../data_property.js';
import { DOMException, domExceptionName, isDOMException } from '../dom_exception.js';
import {
  AggregateErrorConstructor,
  ArrayIsArray,
  ArrayPrototypePush,
  ErrorConstructor,
  ErrorGetStack,
  ErrorPrototype,
  EvalErrorConstructor,
  ObjectGetOwnPropertyNames,
  ObjectSetPrototypeOf,
  RangeErrorConstructor,
  ReferenceErrorConstructor,
  ReflectApply,
  ReflectDefineProperty,
  SafeMap,
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

/**
 * How deep causes of causes are sent, and how many of a message's errors are in others: a getter may
 * make a new one each time.
 */
const kMostCauses = 100;
const kMostWithin = 10000;

/**
 * The errors of one message: each is sent once, also in a circle, and is one where it arrives.
 * @returns {Errors}
 * @typedef {{ known: any, left: number }} Errors
 */
export const newErrors = () => ({
  __proto__: null,
  known: new SafeMap(),
  left: kMostWithin,
});
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
 * @param {Errors} [errors]
 * @returns {any[]} [name, message, whether it is a DOMException, properties]: a list of names,
 *   kinds and values. What is sent beside the value of a message can have primitives only.
 */
export function packError(error, which, errors = newErrors(), depth = 0) {
  const known = errors.known.get(error);
  if (known !== undefined) return known;
  const isDOM = isDOMException(error);
  const name = isDOM ? domExceptionName(error) : `${error.name}`;
  const properties = [];
  const parts = [name, `${error.message}`, isDOM, properties];
  errors.known.set(error, parts);
  const names = isDOM || which === kNoProperties ? [] : ObjectGetOwnPropertyNames(error);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name === 'name' || name === 'message' || name === 'stack') continue;
    const property = packProperty(error[name], which, errors, depth + 1);
    if (property === undefined) continue;
    ArrayPrototypePush(properties, name);
    ArrayPrototypePush(properties, property[0], property[1]);
  }
  return parts;
}

function packProperty(value, which, errors, depth) {
  if (isError(value)) {
    if (depth > kMostCauses || errors.left-- <= 0) return undefined;
    return [kOneError, packError(value, which, errors, depth)];
  }
  const list = errorsIn(value);
  if (list !== undefined) {
    const packed = [];
    for (let i = 0; i < list.length && depth <= kMostCauses && errors.left-- > 0; i++) {
      ArrayPrototypePush(packed, packError(list[i], which, errors, depth));
    }
    return [kErrors, packed];
  }
  return which === kAllProperties || !isObject(value) ? [kValue, value] : undefined;
}

/** What an AggregateError has; undefined where it is something else. */
function errorsIn(value) {
  const length = ArrayIsArray(value) ? value.length : 0;
  if (length === 0 || length > kMostWithin) return undefined;
  const errors = [];
  for (let i = 0; i < length; i++) {
    const error = value[i];
    if (!isError(error)) return undefined;
    ArrayPrototypePush(errors, error);
  }
  return errors;
}

/** What is thrown in the place of what is no object. @param {any} value */
export function textOf(value) {
  return typeof value === 'symbol' ? SymbolPrototypeToString(value) : `${value}`;
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
  if (prototype === undefined) defineValue(error, 'name', name, false);
  else if (prototype !== ErrorPrototype) ObjectSetPrototypeOf(error, prototype);
  defineValue(error, 'message', message, false);
  defineValue(error, 'stack', text, false);
}

/**
 * The error of what packError() made, or of anything: another worker has sent it.
 * @param {any} packed
 * @param {any} [error] of ours, which becomes that, unless it is a DOMException; else the error has
 *   no stack
 * @param {Errors} [errors]
 */
export function unpackError(packed, error = undefined, errors = newErrors()) {
  if (error === undefined) return unpack(packed, new ErrorConstructor(), kEmptyHead, errors);
  return unpack(packed, error, ReflectApply(ErrorGetStack, error, []), errors);
}

function unpack(packed, error, stack, errors) {
  if (!ArrayIsArray(packed) || !ArrayIsArray(packed[3])) throw brokenMessage();
  const known = errors.known.get(packed);
  if (known !== undefined) return known;
  const name = `${packed[0]}`;
  const message = `${packed[1]}`;
  const isDOM = packed[2] === true;
  const result = isDOM ? new DOMException(message, name) : error;
  errors.known.set(packed, result);
  if (isDOM) return result;
  become(error, name, message, stack);
  const properties = packed[3];
  for (let i = 0; i + 2 < properties.length; i += 3) {
    const value = unpackProperty(properties[i + 1], properties[i + 2], errors);
    defineValue(error, `${properties[i]}`, value, properties[i + 1] === kValue);
  }
  return error;
}

function unpackProperty(kind, value, errors) {
  if (kind === kValue) return value;
  if (kind === kOneError) return unpackWithin(value, errors);
  if (kind !== kErrors || !ArrayIsArray(value)) throw brokenMessage();
  const list = [];
  for (let i = 0; i < value.length; i++) ArrayPrototypePush(list, unpackWithin(value[i], errors));
  return list;
}

function unpackWithin(packed, errors) {
  if (errors.left-- <= 0) throw brokenMessage();
  return unpack(packed, new ErrorConstructor(), kEmptyHead, errors);
}

/** Says of what has come that it was thrown elsewhere, as on Workers. @param {any} thrown */
export function markRemote(thrown) {
  const flags = { __proto__: null, configurable: true, enumerable: true, writable: true };
  if (isObject(thrown))
    ReflectDefineProperty(thrown, 'remote', { __proto__: null, ...flags, value: true });
}
