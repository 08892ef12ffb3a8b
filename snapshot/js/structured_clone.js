// @ts-check
// structuredClone (HTML 2.7.10), and what postMessage() does the same way. V8's serializer does the
// work. DOMException is cloned where it is the value itself; inside of another value it becomes a
// plain Error.

import { structuredCloneValue } from 'nano:ops';
import { copyBlob, isBlob } from './blob.js';
import { copyDOMException, DOMException, isDOMException } from './dom_exception.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import {
  isArrayBuffer,
  isObject,
  isPlatformObject,
  toDictionary,
  toSequence,
  tooFewArguments,
} from './webidl.js';

/** @type {Array<{isInstance: (value: any) => boolean, copy: (value: any) => any}>} */
const cloneable = [{ isInstance: isBlob, copy: copyBlob }];
/** @type {Array<Transferable>} */
const transferable = [];

/**
 * An interface whose objects are moved: `move` gives the new object, and leaves the old one
 * detached.
 * @typedef {object} Transferable
 * @property {(value: any) => boolean} isInstance
 * @property {(value: any) => boolean} isDetached
 * @property {(value: any) => any} move
 */

/**
 * For an interface whose file runs late.
 * @param {(value: any) => boolean} isInstance @param {(value: any) => any} copy
 */
export function addCloneable(isInstance, copy) {
  ArrayPrototypePush(cloneable, { isInstance, copy });
}

/** The same. @param {Transferable} kind */
export function addTransferable(kind) {
  ArrayPrototypePush(transferable, kind);
}

export const dataCloneError = (message) => new DOMException(message, 'DataCloneError');

/** What is in `kinds` of the value. */
function kindIn(kinds, value) {
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i].isInstance(value)) return kinds[i];
  }
  return undefined;
}

/** The platform objects of one clone, by the numbers that the serialized form has for them. */
class PlatformObjects {
  /** @type {any[]} */
  #originals;
  /** Those that were cloned rather than moved, in the order of their numbers. */
  #copies = [];
  /** What the moved ones became. */
  #moved = [];

  /** @param {any[]} originals what is to be moved */
  constructor(originals) {
    this.#originals = originals;
  }

  /** @param {any} object @returns {number | undefined} */
  write(object) {
    const place = ArrayPrototypeIndexOf(this.#originals, object);
    if (place >= 0) return place;
    const copy = kindIn(cloneable, object)?.copy(object);
    if (copy === undefined) return undefined;
    ArrayPrototypePush(this.#copies, copy);
    return this.#originals.length + this.#copies.length - 1;
  }

  /** What takes the places of all, by number. */
  replacements() {
    const list = ArrayPrototypeSlice(this.moveAll(), 0);
    for (let i = 0; i < this.#copies.length; i++) ArrayPrototypePush(list, this.#copies[i]);
    return list;
  }

  /** What was transferred, moved once. */
  moveAll() {
    for (let i = this.#moved.length; i < this.#originals.length; i++) {
      const original = this.#originals[i];
      ArrayPrototypePush(this.#moved, kindIn(transferable, original).move(original));
    }
    return this.#moved;
  }
}

/**
 * StructuredSerializeWithTransfer and StructuredDeserializeWithTransfer.
 * @param {any} value @param {any[] | undefined} transfer @param {string} context
 * @returns {{ value: any, moved: any[] }} `moved` are the platform objects among what was
 *   transferred, in their order
 */
export function cloneWithTransfer(value, transfer, context) {
  const buffers = [];
  const objects = [];
  for (let i = 0; transfer !== undefined && i < transfer.length; i++) {
    const item = transfer[i];
    const kind = isArrayBuffer(item) ? undefined : kindIn(transferable, item);
    if (kind === undefined && !isArrayBuffer(item)) {
      throw dataCloneError(`${context}: Value not transferable.`);
    }
    if (kind?.isDetached(item)) throw dataCloneError(`${context}: Value is detached.`);
    if (kind !== undefined && ArrayPrototypeIndexOf(objects, item) >= 0) {
      throw dataCloneError(`${context}: Value occurs in the transfer list twice.`);
    }
    ArrayPrototypePush(kind === undefined ? buffers : objects, item);
  }
  const platform = new PlatformObjects(objects);
  const clone = structuredCloneValue(value, buffers, [
    dataCloneError,
    isPlatformObject,
    (object) => platform.write(object),
    () => platform.replacements(),
  ]);
  return { value: clone, moved: platform.moveAll() };
}

// Methods, since the operations of an interface are no constructors.
const operations = {
  structuredClone(value, options = undefined) {
    const context = "Failed to execute 'structuredClone'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const transfer = transferOption(options, context);
    if (transfer === undefined && isDOMException(value)) return copyDOMException(value);
    return cloneWithTransfer(value, transfer, context).value;
  },
};

export const structuredClone = operations.structuredClone;

/** StructuredSerializeOptions. @param {any} options @param {string} context */
export function transferOption(options, context) {
  const transfer = toDictionary(options, context, 'StructuredSerializeOptions').transfer;
  if (transfer === undefined) return undefined;
  return toTransferList(transfer, context);
}

/** @param {any} value @param {string} context @param {any} [method] see toSequence */
export function toTransferList(value, context, method = undefined) {
  return toSequence(value, `${context}: member transfer`, toObject, method);
}

function toObject(item, context) {
  if (!isObject(item)) throw new TypeError(`${context}: Value is not an object.`);
  return item;
}
