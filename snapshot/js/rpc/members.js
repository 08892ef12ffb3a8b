// @ts-check
// Which members of an entrypoint a call may reach, by rules of Workers (texts are workerd's): of an
// object those of its classes, never its own; of a plain object its own, never inherited ones.

import {
  ObjectGetPrototypeOf,
  ObjectPrototype,
  ReflectApply,
  SafeGetOwnPropertyDescriptor,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { isObject } from '../webidl.js';

/** The runtime's own, and what every class has. */
const kReserved = {
  __proto__: null,
  alarm: true,
  connect: true,
  constructor: true,
  dup: true,
  fetch: true,
  webSocketClose: true,
  webSocketError: true,
  webSocketMessage: true,
};

const kOneArgument =
  ' A function that is not part of a class takes exactly (arg, env, ctx), of which one argument is ' +
  "the caller's. For others export a class that extends WorkerEntrypoint.";

/**
 * @typedef {object} Receiver
 * @property {any} object
 * @property {object} [base] where the chain of prototypes that may be reached ends
 * @property {any[]} [extra] of a plain object: what its methods get after their argument
 */

/** @param {string} name @returns {never} */
export function missing(name) {
  throw new TypeError(`The RPC receiver does not implement the method "${name}".`);
}

/** @param {string} name */
export function checkName(name) {
  if (kReserved[name] !== true) return;
  throw new TypeError(`'${name}' is a reserved method and cannot be called over RPC.`);
}

/** Of an RpcTarget. @param {string} name */
export function checkTargetName(name) {
  if (name === 'constructor' || name === 'dup') checkName(name);
}

/** The descriptor of what may be reached. @param {Receiver} receiver @param {string} name */
function find({ object, base }, name) {
  if (!isObject(object)) missing(name);
  const own = SafeGetOwnPropertyDescriptor(object, name);
  if (base === undefined) return own ?? missing(name);
  if (own !== undefined) missing(name);
  let holder = ObjectGetPrototypeOf(object);
  // A constructor may have returned what does not lead to the base.
  const isLast = () => holder === null || holder === base || holder === ObjectPrototype;
  for (; !isLast(); holder = ObjectGetPrototypeOf(holder)) {
    const found = SafeGetOwnPropertyDescriptor(holder, name);
    if (found !== undefined) return found;
  }
  return missing(name);
}

/** @param {Receiver} receiver @param {string} name @returns {any} the member, got from its getter */
export function memberOf(receiver, name) {
  const descriptor = find(receiver, name);
  if (descriptor.get === undefined) return descriptor.value;
  return ReflectApply(descriptor.get, receiver.object, []);
}

/** @param {Receiver} receiver @param {string} name @param {any} method @param {any[]} args */
export function callMember(receiver, name, method, args) {
  if (typeof method !== 'function') throw new TypeError(`"${name}" is not a function.`);
  const { object, extra } = receiver;
  if (extra === undefined) return ReflectApply(method, object, args);
  if (method.length > 3) {
    throw new TypeError(
      `Cannot call handler function "${name}" over RPC because it has the wrong number of ` +
        `arguments.${kOneArgument}`,
    );
  }
  if (args.length !== 1) {
    throw new TypeError(
      `Attempted to call RPC function "${name}" with the wrong number of arguments.${kOneArgument}`,
    );
  }
  return ReflectApply(method, object, [args[0], extra[0], extra[1]]);
}
