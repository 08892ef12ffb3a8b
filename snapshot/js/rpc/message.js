// @ts-check
// What a call and its answer travel as: a kind, a value, and at most one stream, whose bytes follow
// the rest. Nobody but the two workers reads it, and neither trusts the other.

import { readMessage, writeMessage } from 'nano:ops';
import {
  ObjectGetPrototypeOf,
  ObjectPrototype,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { dataCloneError } from '../structured_clone.js';
import { isObject, isPlatformObject } from '../webidl.js';
import defer * as callables from './callables.js';
import { kHint, PackedObjects, unpackObjects } from './packed_objects.js';
import { isError, kAllProperties, kNoProperties, packError, textOf } from './thrown.js';

/** A list of arguments. */
export const kCall = 1;
/** Nothing: the member itself is wanted. */
export const kGet = 2;
export const kResult = 3;
/** What packError() makes of an error that was thrown. */
export const kError = 4;
/** Something else that was thrown. */
export const kThrown = 5;
/** Of a session beside that; what each is of. */
export const kInvoke = 16; // [call, target, name, arguments]; without arguments a property is wanted.
export const kAnswer = 17; // [call, value]
export const kAnswerError = 18; // [call, what packError() made]
export const kAnswerThrown = 19; // [call, value]
export const kRelease = 20; // [target, how often it was sent]

/** In the second byte: what follows are frames of a session, of which this is the first. */
export const kOfSession = 1;

const kHeadBytes = 12;
/** V8's own; an array that says that it has more could be any size. */
export const kMostArguments = 65534;
/** Bytes of a message, but for its stream. As on Workers. */
export const kMostAnswerBytes = 32 * 1024 * 1024;
/** The arguments are a request's body: kMaxRequestBodyBytes. */
export const kMostCallBytes = 16 * 1024 * 1024;

const makeError = (message) => dataCloneError(`${message}${kHint}`);

/**
 * Who numbers what is sent by reference, and makes stubs of numbers.
 * @typedef {object} References
 * @property {(value: any) => number} exportValue
 * @property {(number: number) => void} takeBack as if it had not been exported
 * @property {(number: number) => any} importStub
 */

/** Errors, and objects of classes: a copy of their properties would be something else. */
function isSpecial(object) {
  if (isPlatformObject(object)) return true;
  const prototype = ObjectGetPrototypeOf(object);
  return prototype !== ObjectPrototype && prototype !== null;
}

/**
 * Takes what it has of bodies and streams.
 * @param {number} kind @param {any} value
 * @param {References} [references] none: nothing can be sent by reference
 * @returns {PackedObjects} with `bytes`
 */
export function encodeMessage(kind, value, references) {
  const isCall = kind === kCall || kind === kGet || kind === kInvoke || kind === kRelease;
  const most = isCall ? kMostCallBytes : kMostAnswerBytes;
  let objects = new PackedObjects(references);
  const hooks = [makeError, isSpecial, (object) => objects.add(object), () => objects.complete()];
  try {
    try {
      objects.bytes = writeMessage(kind, value, hooks, most);
    } catch (error) {
      // V8 refuses functions before it asks anybody.
      const replaced =
        references === undefined || objects.isComplete ? value : callables.replaceIn(value);
      if (replaced === value) throw error;
      objects = new PackedObjects(references);
      objects.bytes = writeMessage(kind, replaced, hooks, most);
    }
  } catch (error) {
    objects.takeBack();
    throw error;
  }
  return objects;
}

/**
 * Throws an Error where the bytes are no message.
 * @param {Uint8Array} bytes
 * @param {(() => any) | undefined} rest makes the ReadableStream of what follows
 * @param {References} [references]
 * @returns {{ kind: number, value: any }}
 */
export function decodeMessage(bytes, rest, references) {
  const value = readMessage(bytes, (list) => unpackObjects(list, rest, references));
  return { kind: bytes[0], value };
}

const numberAt = (bytes, place) =>
  bytes[place] +
  bytes[place + 1] * 0x100 +
  bytes[place + 2] * 0x10000 +
  bytes[place + 3] * 0x1000000;

/** How many bytes the message has without its stream; undefined while that is not known. */
export function sizeOfMessage(bytes) {
  if (TypedArrayPrototypeGetByteLength(bytes) < kHeadBytes) return undefined;
  return kHeadBytes + numberAt(bytes, 4) + numberAt(bytes, 8);
}

/** A view of a part. @param {Uint8Array} bytes @param {number} from @param {number} to */
export function partOf(bytes, from, to) {
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  return new Uint8ArrayConstructor(
    buffer,
    TypedArrayPrototypeGetByteOffset(bytes) + from,
    to - from,
  );
}

/** Where its properties cannot be sent. */
function withoutProperties(thrown) {
  const text = 'The method threw something that cannot be sent.';
  try {
    if (isError(thrown)) return packError(thrown, kNoProperties);
  } catch {
    // Its name or its message is behind a getter that throws.
  }
  return ['Error', text, false, []];
}

/**
 * @param {any} thrown
 * @param {(packed: any) => any} [wrap] what the message's value is
 * @param {number} [error] the kind of a message with packError() @param {number} [other] with a value
 * @returns {{ bytes: Uint8Array, stream: any }}
 */
export function encodeThrown(thrown, wrap = (packed) => packed, error = kError, other = kThrown) {
  try {
    if (isError(thrown)) return encodeMessage(error, wrap(packError(thrown, kAllProperties)));
    if (isObject(thrown)) return encodeMessage(other, wrap(thrown));
    return encodeMessage(error, wrap(['Error', textOf(thrown), false, []]));
  } catch {
    return encodeMessage(error, wrap(withoutProperties(thrown)));
  }
}
