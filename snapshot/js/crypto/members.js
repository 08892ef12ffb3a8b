// @ts-check
// Members of the dictionaries that algorithms are described by.

import {
  TypedArrayPrototypeGetSymbolToStringTag,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { toDOMString, toUnsignedLong } from '../webidl.js';
import { copyBytes } from './bytes.js';

/** @param {any} members @param {string} name @param {string} context */
export function requiredMember(members, name, context) {
  const value = members[name];
  if (value === undefined) throw new TypeError(`${context}: member ${name} is required.`);
  return value;
}

/** @param {any} members @param {string} name @param {string} context */
export function bytesMember(members, name, context) {
  return copyBytes(requiredMember(members, name, context), `${context}: member ${name}`);
}

/** @param {any} members @param {string} name @param {string} context */
export function optionalBytes(members, name, context) {
  const value = members[name];
  return value === undefined ? undefined : copyBytes(value, `${context}: member ${name}`);
}

const kHighest = { __proto__: null, octet: 255, 'unsigned short': 65535 };

function toInteger(value, name, type, context) {
  const where = `${context}: member ${name}`;
  const number = toUnsignedLong(value, where, 'enforceRange');
  if (number > (kHighest[type] ?? number)) {
    throw new TypeError(`${where}: Value is outside the '${type}' value range.`);
  }
  return number;
}

/**
 * @param {any} members @param {string} name @param {string} context
 * @param {'octet' | 'unsigned short' | 'unsigned long'} type
 */
export function integerMember(members, name, context, type) {
  return toInteger(requiredMember(members, name, context), name, type, context);
}

/**
 * @param {any} members @param {string} name @param {string} context
 * @param {'octet' | 'unsigned short' | 'unsigned long'} type
 */
export function optionalInteger(members, name, context, type) {
  const value = members[name];
  return value === undefined ? undefined : toInteger(value, name, type, context);
}

/** @param {any} members @param {string} name @param {string} context */
export function stringMember(members, name, context) {
  return toDOMString(requiredMember(members, name, context));
}

/** A BigInteger: a Uint8Array. @param {any} members @param {string} name @param {string} context */
export function bigIntegerMember(members, name, context) {
  const value = requiredMember(members, name, context);
  if (TypedArrayPrototypeGetSymbolToStringTag(value) !== 'Uint8Array') {
    throw new TypeError(`${context}: member ${name} is not of type 'Uint8Array'.`);
  }
  return copyBytes(value, `${context}: member ${name}`);
}
