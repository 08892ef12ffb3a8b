// @ts-check
// Array buffers and views as byte streams take them apart. Nothing here reads a property that a
// tenant could have replaced.

import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetDetached,
  BigInt64ArrayConstructor,
  BigUint64ArrayConstructor,
  DataViewConstructor,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  Float32ArrayConstructor,
  Float64ArrayConstructor,
  Int16ArrayConstructor,
  Int32ArrayConstructor,
  Int8ArrayConstructor,
  TypeErrorConstructor,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetSymbolToStringTag,
  TypedArrayPrototypeSet,
  Uint16ArrayConstructor,
  Uint32ArrayConstructor,
  Uint8ArrayConstructor,
  Uint8ClampedArrayConstructor,
} from '../primordials.js';
import { bufferOfView, isArrayBuffer, toBufferSource } from '../webidl.js';

/** @type {any} */
const Float16ArrayConstructor = /** @type {any} */ (globalThis).Float16Array;

const kViewTypes = {
  __proto__: null,
  Int8Array: { construct: Int8ArrayConstructor, elementSize: 1 },
  Uint8Array: { construct: Uint8ArrayConstructor, elementSize: 1 },
  Uint8ClampedArray: { construct: Uint8ClampedArrayConstructor, elementSize: 1 },
  Int16Array: { construct: Int16ArrayConstructor, elementSize: 2 },
  Uint16Array: { construct: Uint16ArrayConstructor, elementSize: 2 },
  Float16Array: { construct: Float16ArrayConstructor, elementSize: 2 },
  Int32Array: { construct: Int32ArrayConstructor, elementSize: 4 },
  Uint32Array: { construct: Uint32ArrayConstructor, elementSize: 4 },
  Float32Array: { construct: Float32ArrayConstructor, elementSize: 4 },
  Float64Array: { construct: Float64ArrayConstructor, elementSize: 8 },
  BigInt64Array: { construct: BigInt64ArrayConstructor, elementSize: 8 },
  BigUint64Array: { construct: BigUint64ArrayConstructor, elementSize: 8 },
};
const kDataView = { construct: DataViewConstructor, elementSize: 1 };

/**
 * How to make another view of the kind. A DataView counts in bytes.
 * @param {ArrayBufferView} view @returns {{ construct: any, elementSize: number }}
 */
export function viewTypeOf(view) {
  const tag = TypedArrayPrototypeGetSymbolToStringTag(view);
  return tag === undefined ? kDataView : kViewTypes[tag];
}

/** @param {any} value @param {string} context @returns {ArrayBufferView} */
export function toArrayBufferView(value, context) {
  if (!ArrayBufferIsView(value)) {
    throw new TypeErrorConstructor(
      `${context}: The provided value is not of type 'ArrayBufferView'.`,
    );
  }
  return toBufferSource(value, context);
}

/** 0 where the buffer is gone. @param {ArrayBufferView} view @returns {number} */
export function byteLengthOfView(view) {
  if (TypedArrayPrototypeGetSymbolToStringTag(view) !== undefined) {
    return TypedArrayPrototypeGetByteLength(view);
  }
  return isDetached(bufferOfView(view)) ? 0 : DataViewPrototypeGetByteLength(view);
}

/** @param {ArrayBufferView} view @returns {number} */
export function byteOffsetOfView(view) {
  if (TypedArrayPrototypeGetSymbolToStringTag(view) !== undefined) {
    return TypedArrayPrototypeGetByteOffset(view);
  }
  return isDetached(bufferOfView(view)) ? 0 : DataViewPrototypeGetByteOffset(view);
}

/** @param {any} buffer @returns {boolean} */
export function isDetached(buffer) {
  return ArrayBufferPrototypeGetDetached(buffer);
}

/** @param {any} value */
export function isUint8Array(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    TypedArrayPrototypeGetSymbolToStringTag(value) === 'Uint8Array'
  );
}

/**
 * A copy in a Uint8Array of its own. Unlike slice it asks no species.
 * @param {any} buffer @param {number} offset @param {number} length @returns {Uint8Array}
 */
export function cloneBytes(buffer, offset, length) {
  const copy = new Uint8ArrayConstructor(length);
  TypedArrayPrototypeSet(copy, new Uint8ArrayConstructor(buffer, offset, length));
  return copy;
}

/** @param {ArrayBufferView} view @returns {Uint8Array} */
export function copyOfView(view) {
  return cloneBytes(bufferOfView(view), byteOffsetOfView(view), byteLengthOfView(view));
}

/**
 * "Get a copy of the bytes held by": none where they are gone, or shared.
 * @param {any} source @returns {Uint8Array | undefined} undefined for what is no buffer source
 */
export function copyOfSource(source) {
  const isView = ArrayBufferIsView(source);
  if (!isView && !isArrayBuffer(source)) return undefined;
  const buffer = /** @type {any} */ (isView ? bufferOfView(source) : source);
  if (!isArrayBuffer(buffer) || isDetached(buffer)) return new Uint8ArrayConstructor(0);
  return copyOfView(isView ? source : new Uint8ArrayConstructor(buffer));
}

/**
 * @param {ArrayBuffer} to @param {number} toOffset
 * @param {ArrayBuffer} from @param {number} fromOffset @param {number} count
 */
export function copyBytes(to, toOffset, from, fromOffset, count) {
  const source = new Uint8ArrayConstructor(from, fromOffset, count);
  TypedArrayPrototypeSet(new Uint8ArrayConstructor(to, toOffset, count), source);
}

/** @param {Uint8Array | undefined} first @param {Uint8Array} second */
export function concatenate(first, second) {
  if (first === undefined) return second;
  const length = TypedArrayPrototypeGetByteLength(first);
  const result = new Uint8ArrayConstructor(length + TypedArrayPrototypeGetByteLength(second));
  TypedArrayPrototypeSet(result, first, 0);
  TypedArrayPrototypeSet(result, second, length);
  return result;
}
