// @ts-check
// Web IDL for built-ins: conversions of what the user handed in, and the shape of interfaces.
//
// A conversion takes the value and a context for the message ("Failed to execute 'x' on 'Y':
// parameter 1"). Conversions use ordinary protocol on the value: that is the API. Dictionaries
// are read by hand where they are used, member by member in the order of their names.

import { kindOf } from 'nano:ops';
import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeGetResizable,
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  DataViewPrototypeGetBuffer,
  MathAbs,
  MathFloor,
  MathMax,
  MathMin,
  MathPow,
  MathRound,
  MathTrunc,
  NumberIsFinite,
  NumberMAX_SAFE_INTEGER,
  ObjectDefineProperty,
  ObjectFreeze,
  ReflectApply,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  StringPrototypeCharCodeAt,
  StringPrototypeToWellFormed,
  SymbolIterator,
  SymbolToStringTag,
  TypeErrorConstructor,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetSymbolToStringTag,
} from './primordials.js';

const TypeError = TypeErrorConstructor;

// ---- Errors every interface throws.

/** @returns {never} */
export function illegalConstructor() {
  throw new TypeError('Illegal constructor');
}

/** For a receiver without the interface's private fields. @returns {never} */
export function illegalInvocation() {
  throw new TypeError('Illegal invocation');
}

/**
 * The message for a call with too few arguments; call it only then, so that a full call pays
 * nothing: `if (arguments.length < 2) tooFewArguments(2, arguments.length, "...")`.
 * @param {number} required @param {number} present
 * @param {string} context as in "Failed to execute 'set' on 'Headers'"
 * @returns {never}
 */
export function tooFewArguments(required, present, context) {
  const plural = required === 1 ? '' : 's';
  throw new TypeError(
    `${context}: ${required} argument${plural} required, but only ${present} present.`,
  );
}

// ---- Strings.

/** @param {any} value @returns {string} */
export function toDOMString(value) {
  return typeof value === 'string' ? value : `${value}`;
}

/** @param {any} value @returns {string} */
export function toUSVString(value) {
  return StringPrototypeToWellFormed(typeof value === 'string' ? value : `${value}`);
}

/** @param {any} value @param {string} context @returns {string} */
export function toByteString(value, context) {
  const text = typeof value === 'string' ? value : `${value}`;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code > 255) {
      throw new TypeError(
        `${context}: Cannot convert argument to a ByteString because the character at index ${i} ` +
          `has a value of ${code} which is greater than 255.`,
      );
    }
  }
  return text;
}

/**
 * @param {any} value @param {readonly string[]} allowed
 * @param {string} context @param {string} type the enumeration's name
 */
export function toEnum(value, allowed, context, type) {
  const text = `${value}`;
  for (let i = 0; i < allowed.length; i++) {
    if (allowed[i] === text) return text;
  }
  throw new TypeError(
    `${context}: The provided value '${text}' is not a valid enum value of type ${type}.`,
  );
}

// ---- Numbers. Options: enforceRange, clamp (Web IDL's extended attributes).

/** ToNumber, with a TypeError for symbols and BigInts. @param {any} value */
const toNumber = (value) => +value;

const wrapInteger = (number, bits, signed) => {
  if (!NumberIsFinite(number)) return 0;
  const integer = MathTrunc(number);
  const modulus = MathPow(2, bits);
  let result = integer % modulus;
  if (result < 0) result += modulus;
  if (signed && result >= modulus / 2) result -= modulus;
  return result + 0; // -0 becomes 0.
};

const outOfRange = (context, type) =>
  new TypeError(`${context}: Value is outside the '${type}' value range.`);

const roundHalfToEven = (number) => {
  const floor = MathFloor(number);
  if (MathAbs(number - floor) === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return MathRound(number);
};

function makeIntegerConversion(type, bits, signed) {
  const safe = bits === 64;
  const lowest = signed ? (safe ? -NumberMAX_SAFE_INTEGER : -MathPow(2, bits - 1)) : 0;
  const highest = safe ? NumberMAX_SAFE_INTEGER : MathPow(2, signed ? bits - 1 : bits) - 1;
  /** @param {any} value @param {string} context @param {'enforceRange' | 'clamp'} [rule] */
  return function toInteger(value, context, rule) {
    const number = toNumber(value);
    if (rule === 'enforceRange') {
      if (!NumberIsFinite(number)) throw outOfRange(context, type);
      const integer = MathTrunc(number) + 0;
      if (integer < lowest || integer > highest) throw outOfRange(context, type);
      return integer;
    }
    if (rule === 'clamp') {
      if (number !== number) return 0;
      return roundHalfToEven(MathMin(MathMax(number, lowest), highest)) + 0;
    }
    return wrapInteger(number, bits, signed);
  };
}

export const toUnsignedShort = makeIntegerConversion('unsigned short', 16, false);
export const toUnsignedLong = makeIntegerConversion('unsigned long', 32, false);
export const toLong = makeIntegerConversion('long', 32, true);
export const toUnsignedLongLong = makeIntegerConversion('unsigned long long', 64, false);
export const toLongLong = makeIntegerConversion('long long', 64, true);

/** @param {any} value @param {string} context */
export function toDouble(value, context) {
  const number = toNumber(value);
  if (!NumberIsFinite(number)) {
    throw new TypeError(`${context}: The provided double value is non-finite.`);
  }
  return number;
}

/** @param {any} value */
export function toUnrestrictedDouble(value) {
  return toNumber(value);
}

// ---- Objects.

/** @param {any} value */
export function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

const kNoMembers = ObjectFreeze({ __proto__: null });

/**
 * The dictionary's members, read from the result. undefined and null read as no members.
 * @param {any} value @param {string} context @param {string} type the dictionary's name
 * @returns {any}
 */
export function toDictionary(value, context, type) {
  if (value === undefined || value === null) return kNoMembers;
  if (!isObject(value)) {
    throw new TypeError(`${context}: The provided value is not of type '${type}'.`);
  }
  return value;
}

/** @param {any} value @param {string} context @returns {Function} */
export function toCallback(value, context) {
  if (typeof value !== 'function') {
    throw new TypeError(`${context}: The provided value is not a function.`);
  }
  return value;
}

/**
 * @template T
 * @param {any} value @param {string} context
 * @param {(item: any, context: string) => T} convertItem
 * @param {any} [method] value[Symbol.iterator], where it has been read already (unions)
 * @returns {T[]}
 */
export function toSequence(value, context, convertItem, method) {
  if (!isObject(value)) {
    throw new TypeError(`${context}: The provided value cannot be converted to a sequence.`);
  }
  if (method === undefined) method = value[SymbolIterator];
  if (typeof method !== 'function') {
    throw new TypeError(`${context}: The object must have a callable @@iterator property.`);
  }
  const iterator = ReflectApply(method, value, []);
  if (!isObject(iterator)) {
    throw new TypeError(`${context}: Result of the Symbol.iterator method is not an object.`);
  }
  const next = iterator.next;
  const result = [];
  for (;;) {
    const step = ReflectApply(next, iterator, []);
    if (!isObject(step)) throw new TypeError(`${context}: Iterator result is not an object.`);
    if (step.done) return result;
    ArrayPrototypePush(result, convertItem(step.value, context));
  }
}

/**
 * The record's own enumerable string keys and values, flat: [key, value, key, value, ...]. A key
 * that two keys convert to appears once, at its first place with its last value.
 * @template T
 * @param {any} value @param {string} context
 * @param {(key: any, context: string) => string} convertKey
 * @param {(item: any, context: string) => T} convertItem
 * @returns {Array<string | T>}
 */
export function toRecord(value, context, convertKey, convertItem) {
  if (!isObject(value)) {
    throw new TypeError(`${context}: The provided value is not of type 'record'.`);
  }
  const keys = ReflectOwnKeys(value);
  const result = [];
  const seen = { __proto__: null };
  for (let i = 0; i < keys.length; i++) {
    const descriptor = ReflectGetOwnPropertyDescriptor(value, keys[i]);
    if (descriptor === undefined || !descriptor.enumerable) continue;
    const key = convertKey(keys[i], context);
    const item = convertItem(value[keys[i]], context);
    const place = seen[key];
    if (place === undefined) {
      seen[key] = result.length;
      ArrayPrototypePush(result, key, item);
    } else {
      result[place + 1] = item;
    }
  }
  return result;
}

// ---- Buffers.

/** @param {any} value */
export function isArrayBuffer(value) {
  try {
    ArrayBufferPrototypeGetByteLength(value);
    return true;
  } catch {
    return false;
  }
}

/** @param {any} value */
export function isSharedArrayBuffer(value) {
  return isObject(value) && kindOf(value) === 'SharedArrayBuffer';
}

/** @param {any} value an ArrayBufferView @returns {ArrayBuffer | SharedArrayBuffer} */
export function bufferOfView(value) {
  return TypedArrayPrototypeGetSymbolToStringTag(value) === undefined
    ? DataViewPrototypeGetBuffer(value)
    : TypedArrayPrototypeGetBuffer(value);
}

/** @param {any} value */
export function isBufferSource(value) {
  return ArrayBufferIsView(value) || isArrayBuffer(value);
}

/**
 * BufferSource, not shared, not resizable.
 * @param {any} value @param {string} context
 */
export function toBufferSource(value, context) {
  const buffer = ArrayBufferIsView(value) ? bufferOfView(value) : value;
  if (!isArrayBuffer(buffer)) {
    throw new TypeError(
      `${context}: The provided value is not of type '(ArrayBuffer or ArrayBufferView)'.`,
    );
  }
  if (ArrayBufferPrototypeGetResizable(buffer)) {
    throw new TypeError(`${context}: The provided buffer is resizable.`);
  }
  return value;
}

// ---- Interfaces.

/** @type {Array<(value: any) => boolean>} */
const platformObjects = [];

/**
 * Gives a class the shape of a Web IDL interface: enumerable members, Symbol.toStringTag. The
 * getters and methods are the class's own; check the brand in each by `#field in this`.
 * @param {Function} interfaceClass
 * @param {(value: any) => boolean} [isInstance] the brand check of an interface whose objects
 *   structuredClone must refuse; leave it out where a base class has one
 */
export function defineInterface(interfaceClass, isInstance) {
  makeEnumerable(interfaceClass.prototype, ['constructor']);
  makeEnumerable(interfaceClass, ['length', 'name', 'prototype']);
  ObjectDefineProperty(interfaceClass.prototype, SymbolToStringTag, {
    __proto__: null,
    configurable: true,
    value: interfaceClass.name,
  });
  if (isInstance !== undefined) ArrayPrototypePush(platformObjects, isInstance);
}

/** Whether the value is of an interface that named its brand check. @param {object} value */
export function isPlatformObject(value) {
  for (let i = 0; i < platformObjects.length; i++) {
    if (platformObjects[i](value)) return true;
  }
  return false;
}

function makeEnumerable(object, except) {
  const keys = ReflectOwnKeys(object);
  for (let i = 0; i < keys.length; i++) {
    if (typeof keys[i] !== 'string' || ArrayPrototypeIncludes(except, keys[i])) continue;
    ObjectDefineProperty(object, keys[i], { __proto__: null, enumerable: true });
  }
}

/**
 * Constants on the interface and on its prototype.
 * @param {Function} interfaceClass @param {Record<string, number>} constants
 */
export function defineConstants(interfaceClass, constants) {
  const keys = /** @type {string[]} */ (ReflectOwnKeys(constants));
  for (let i = 0; i < keys.length; i++) {
    const descriptor = { __proto__: null, enumerable: true, value: constants[keys[i]] };
    ObjectDefineProperty(interfaceClass, keys[i], descriptor);
    ObjectDefineProperty(interfaceClass.prototype, keys[i], descriptor);
  }
}

/** A method that is the interface's iterator method too: one function, two names. */
export function defineIteratorAlias(interfaceClass, method, symbol = SymbolIterator) {
  ObjectDefineProperty(interfaceClass.prototype, symbol, {
    __proto__: null,
    configurable: true,
    writable: true,
    value: interfaceClass.prototype[method],
  });
}
