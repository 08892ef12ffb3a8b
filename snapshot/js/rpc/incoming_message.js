// @ts-check
// A message that comes in as a body: all at once, or in pieces and then perhaps with a stream
// behind it.

import { IncomingBody } from '../incoming_body.js';
import {
  ErrorConstructor,
  MathMax,
  PromisePrototypeThen,
  PromiseResolve,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { copyOfView } from '../streams/views.js';
import { createReadableBytes } from '../streams/readable_byte_core.js';
import { readableStreamOf } from '../streams/readable_stream.js';
import { decodeMessage, kOfSession, partOf, sizeOfMessage } from './message.js';
import { brokenMessage } from './thrown.js';

/** What follows the message. */
class RestSource {
  #incoming;
  /** What has come with the message. @type {Uint8Array | undefined} */
  #ahead;

  /** @param {IncomingBody} incoming @param {Uint8Array} ahead */
  constructor(incoming, ahead) {
    this.#incoming = incoming;
    if (TypedArrayPrototypeGetByteLength(ahead) > 0) this.#ahead = ahead;
  }

  pull(controller) {
    if (this.#ahead !== undefined) {
      controller.enqueue(this.#ahead);
      this.#ahead = undefined;
      return PromiseResolve(undefined);
    }
    return PromisePrototypeThen(this.#incoming.read(), (chunk) => {
      if (chunk !== null && TypedArrayPrototypeGetByteLength(chunk) > 0) {
        controller.enqueue(chunk);
        return;
      }
      controller.close();
      if (controller.pending.length > 0) controller.respond(0);
    });
  }

  cancel() {
    this.#incoming.cancel();
    return PromiseResolve(undefined);
  }
}

export const tooLarge = (size, most) =>
  new ErrorConstructor(
    `Serialized RPC arguments or return values are limited to ${most} bytes, but the size of ` +
      `this value was: ${size} bytes.`,
  );

/**
 * @param {Uint8Array} bytes all there is @param {number} most
 * @param {import('./message.js').References} references
 * @returns {{ kind: number, value: any }}
 */
export function readWholeMessage(bytes, most, references) {
  const size = sizeOfMessage(bytes);
  if (size === undefined) throw brokenMessage();
  if (size > most) throw tooLarge(size, most);
  const length = TypedArrayPrototypeGetByteLength(bytes);
  if (size > length) throw brokenMessage();
  const nothing = { read: () => PromiseResolve(null), cancel: () => {} };
  return decode(bytes, size, nothing, references);
}

/** @param {Uint8Array} bytes the message and what came with it @param {any} incoming the rest */
function decode(bytes, size, incoming, references) {
  let isStreamed = false;
  const rest = () => {
    isStreamed = true;
    const ahead = copyOfView(partOf(bytes, size, TypedArrayPrototypeGetByteLength(bytes)));
    return readableStreamOf(createReadableBytes(new RestSource(incoming, ahead)));
  };
  const message = decodeMessage(partOf(bytes, 0, size), rest, references);
  if (!isStreamed) incoming.cancel();
  return message;
}

/**
 * Pieces put together; in one buffer, since a piece may be a single byte, and of the message's own
 * size, which its user has checked.
 */
export class Gathered {
  length = 0;
  #buffer;

  /** @param {Uint8Array} chunk one's own @returns {Uint8Array} all so far */
  add(chunk) {
    const from = this.length;
    this.length += TypedArrayPrototypeGetByteLength(chunk);
    if (from === 0) return (this.#buffer = chunk);
    if (this.length > TypedArrayPrototypeGetByteLength(this.#buffer)) {
      const gathered = partOf(this.#buffer, 0, from);
      const larger = new Uint8ArrayConstructor(MathMax(this.length, sizeOfMessage(gathered) ?? 0));
      TypedArrayPrototypeSet(larger, gathered);
      this.#buffer = larger;
    }
    TypedArrayPrototypeSet(this.#buffer, chunk, from);
    return partOf(this.#buffer, 0, this.length);
  }
}

/**
 * @param {IncomingBody} incoming @param {number} most bytes, but for a stream
 * @param {import('./message.js').References} references
 * @param {(bytes: Uint8Array) => void} [onSession] called instead of decoding where it is the first
 *   of many
 * @returns {Promise<{ kind: number, value: any } | undefined>}
 */
export async function readMessage(incoming, most, references, onSession) {
  const gathered = new Gathered();
  for (;;) {
    const chunk = await incoming.read();
    if (chunk === null) throw brokenMessage();
    const bytes = gathered.add(chunk);
    const size = sizeOfMessage(bytes);
    if (size === undefined) continue;
    if (onSession !== undefined && bytes[1] === kOfSession) {
      onSession(bytes);
      return undefined;
    }
    if (size > most) {
      incoming.cancel();
      throw tooLarge(size, most);
    }
    if (gathered.length >= size) return decode(bytes, size, incoming, references);
  }
}
