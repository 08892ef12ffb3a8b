// @ts-check
// A body that is to be kept, read to its end; one that is too large is given up on the way.

import { Collector, toBytes } from '../body_reading.js';
import {
  ArrayBufferPrototypeGetByteLength,
  PromiseResolve,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
} from '../primordials.js';
import { copyOfView } from '../streams/views.js';

/** A view of a part would keep all of its buffer. */
function withoutRest(bytes) {
  const length = TypedArrayPrototypeGetByteLength(bytes);
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  return ArrayBufferPrototypeGetByteLength(buffer) === length ? bytes : copyOfView(bytes);
}

/**
 * @template T no object
 * @param {import('../body.js').Body | null} body one that nobody has read
 * @param {number} most bytes
 * @param {(bytes: Uint8Array | null | undefined) => T} convert undefined where there are more, null
 *   without a body; nobody else changes the bytes
 * @returns {Promise<T>} may throw
 */
export function readWhole(body, most, convert) {
  if (body === null) return PromiseResolve(convert(null));
  if (body.isAborted) throw body.abortReason;
  const { source } = body;
  if (source === null) return new Collector(body.stream, convert, most).start();
  body.markUsed();
  if (typeof source === 'string' && source.length > most) return PromiseResolve(convert(undefined));
  const bytes = typeof source === 'string' ? toBytes(source) : source;
  const fits = TypedArrayPrototypeGetByteLength(bytes) <= most;
  return PromiseResolve(convert(fits ? withoutRest(bytes) : undefined));
}
