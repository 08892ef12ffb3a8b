// @ts-check
// Bodies on their way out: responses' to the client, and those of fetches. The host asks for each
// chunk with pullOutgoing(number) and gets exactly one writeOutgoing, endOutgoing or failOutgoing
// for it. The number is the slot of the request that is answered, or that of the fetch.

import { endOutgoing, failOutgoing, utf8Encode, writeOutgoing } from 'nano:ops';
import { DOMException } from './dom_exception.js';
import { kFirstFetch } from './incoming_body.js';
import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  PromisePrototypeThen,
  RangeErrorConstructor,
  SafeMap,
  TypeErrorConstructor,
  TypedArrayPrototypeGetByteLength,
} from './primordials.js';
import { markHandled } from './streams/promises.js';
import { acquireDefaultReader } from './streams/readable_core.js';
import { byteLengthOfView } from './streams/views.js';
import { isArrayBuffer } from './webidl.js';

/** By number. @type {any} */
const pumps = new SafeMap();

const readerLeft = (number) =>
  new DOMException(
    number < kFirstFetch ? 'The client has gone away' : 'The upstream reads no further',
    'AbortError',
  );

const noRoom = () => new RangeErrorConstructor('The body does not fit into limits.buffers_mb');

/** From a tenant's stream; is its own read request. */
class StreamPump {
  #number;
  #reader;
  #onFailed;
  #head;
  #isReading = false;
  #again = false;

  /**
   * @param {number} number @param {import('./streams/readable_core.js').ReadableCore} stream
   * @param {((error: any) => void) | undefined} onFailed @param {Uint8Array | undefined} head
   */
  constructor(number, stream, onFailed, head) {
    this.#number = number;
    this.#reader = acquireDefaultReader(stream);
    this.#onFailed = onFailed;
    this.#head = head;
  }

  // An empty chunk is no answer to the host: the next one is read, in a loop, not a recursion.
  pull() {
    if (this.#head !== undefined) {
      const head = this.#head;
      this.#head = undefined;
      writeOutgoing(this.#number, head);
      return;
    }
    this.#again = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#again) {
      this.#again = false;
      this.#reader.read(this);
    }
    this.#isReading = false;
  }

  cancel(reason) {
    markHandled(this.#reader.cancel(reason));
  }

  chunkSteps(given) {
    // A response's text goes out as UTF-8, as on Workers.
    const isText = typeof given === 'string' && this.#number < kFirstFetch;
    const chunk = isText ? utf8Encode(given) : given;
    const isView = ArrayBufferIsView(chunk);
    if (!isView && !isArrayBuffer(chunk)) {
      const error = new TypeErrorConstructor(
        'This ReadableStream did not return bytes: a body takes Uint8Array chunks',
      );
      this.errorSteps(error);
      this.cancel(error);
      return;
    }
    const length = isView ? byteLengthOfView(chunk) : ArrayBufferPrototypeGetByteLength(chunk);
    if (length === 0) this.pull();
    else writeOutgoing(this.#number, chunk);
  }

  closeSteps() {
    finish(this.#number);
    endOutgoing(this.#number);
  }

  errorSteps(error) {
    finish(this.#number);
    failOutgoing(this.#number, error);
    this.#onFailed?.(error);
  }
}

/** From a body that comes in, without a stream in between. */
class IncomingPump {
  #number;
  #from;
  #onFailed;
  #onChunk = (chunk) => this.#write(chunk);
  #onError = (error) => this.#fail(error);

  /**
   * @param {number} number @param {import('./incoming_body.js').IncomingBody} from
   * @param {((error: any) => void) | undefined} onFailed
   */
  constructor(number, from, onFailed) {
    this.#number = number;
    this.#from = from;
    this.#onFailed = onFailed;
  }

  pull() {
    PromisePrototypeThen(this.#from.read(), this.#onChunk, this.#onError);
  }

  cancel() {
    this.#from.cancel();
  }

  #write(chunk) {
    if (!pumps.has(this.#number)) return;
    if (chunk === null) {
      finish(this.#number);
      endOutgoing(this.#number);
    } else if (TypedArrayPrototypeGetByteLength(chunk) === 0) {
      this.pull();
    } else {
      writeOutgoing(this.#number, chunk);
    }
  }

  #fail(error) {
    if (!pumps.has(this.#number)) return;
    finish(this.#number);
    failOutgoing(this.#number, error);
    this.#onFailed?.(error);
  }
}

const finish = (number) => pumps.delete(number);
export const forgetPump = finish;

/**
 * @param {number} number @param {import('./streams/readable_core.js').ReadableCore} stream
 * @param {(error: any) => void} [onFailed] the stream failed, or gave no bytes
 * @param {Uint8Array} [head] not empty; what goes out before the stream
 */
export function pumpStream(number, stream, onFailed, head) {
  pumps.set(number, new StreamPump(number, stream, onFailed, head));
}

/**
 * @param {number} number @param {import('./incoming_body.js').IncomingBody} from
 * @param {(error: any) => void} [onFailed]
 */
export function pumpIncoming(number, from, onFailed) {
  pumps.set(number, new IncomingPump(number, from, onFailed));
}

/**
 * From a link of rpc/: it has pull() and cancel().
 * @param {number} number @param {any} pump
 */
export function pumpFrames(number, pump) {
  pumps.set(number, pump);
}

/**
 * Nobody wants the rest; does nothing once it is all out.
 * @param {number} number @param {any} reason @param {boolean} [hadNoRoom] some of it is lost
 */
export function stopPump(number, reason, hadNoRoom = false) {
  const pump = pumps.get(number);
  if (pump === undefined) return;
  pumps.delete(number);
  pump.cancel(reason, hadNoRoom);
}

/** The host wants a chunk. @param {number} number */
export function pullOutgoing(number) {
  const pump = pumps.get(number);
  if (pump === undefined) endOutgoing(number);
  else pump.pull();
}

/**
 * The reader went away, or a chunk did not fit; with `dropped` its request is over: then nobody
 * hears of it.
 * @param {number} number @param {boolean} [dropped] @param {boolean} [hadNoRoom]
 */
export function cancelOutgoing(number, dropped = false, hadNoRoom = false) {
  if (dropped) finish(number);
  else stopPump(number, hadNoRoom ? noRoom() : readerLeft(number), hadNoRoom);
}
