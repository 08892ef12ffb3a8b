// @ts-check
// structuredClone (HTML 2.7.10). V8's serializer does the work. DOMException is cloned where it is
// the value itself; inside of another value it becomes a plain Error. A Blob is cloned there only.

import { structuredCloneValue } from 'nano:ops';
import { copyBlob, isBlob } from './blob.js';
import { copyDOMException, DOMException, isDOMException } from './dom_exception.js';
import { ArrayPrototypePush } from './primordials.js';
import {
  isArrayBuffer,
  isPlatformObject,
  toDictionary,
  toSequence,
  tooFewArguments,
} from './webidl.js';

/** @type {Array<{isInstance: (value: any) => boolean, copy: (value: any) => any}>} */
const cloneable = [];

/**
 * For an interface whose file runs late: its objects are cloned where they are the value itself.
 * @param {(value: any) => boolean} isInstance @param {(value: any) => any} copy
 */
export function addCloneable(isInstance, copy) {
  ArrayPrototypePush(cloneable, { isInstance, copy });
}

const makeError = (message) => new DOMException(message, 'DataCloneError');

// Methods, since the operations of an interface are no constructors.
const operations = {
  structuredClone(value, options = undefined) {
    const context = "Failed to execute 'structuredClone'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const transfer = transferOption(options, context);
    if (transfer === undefined && isDOMException(value)) return copyDOMException(value);
    if (transfer === undefined && isBlob(value)) return copyBlob(value);
    for (let i = 0; i < cloneable.length && transfer === undefined; i++) {
      if (cloneable[i].isInstance(value)) return cloneable[i].copy(value);
    }
    return structuredCloneValue(value, transfer, makeError, isPlatformObject);
  },
};

export const structuredClone = operations.structuredClone;

function transferOption(options, context) {
  const transfer = toDictionary(options, context, 'StructuredSerializeOptions').transfer;
  if (transfer === undefined) return undefined;
  return toSequence(transfer, `${context}: member transfer`, toTransferable);
}

/** Of all transferable things there are only ArrayBuffers here. */
function toTransferable(item, context) {
  if (!isArrayBuffer(item)) throw makeError(`${context}: Value not transferable.`);
  return item;
}
