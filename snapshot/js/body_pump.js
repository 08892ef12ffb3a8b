// @ts-check
// Response bodies on their way to the client. The host asks for each chunk with
// pullOutgoing(slot) and gets exactly one writeOutgoing, endOutgoing or
// failOutgoing for it.

import {
  cancelIncoming,
  endOutgoing,
  failOutgoing,
  readIncoming,
  writeOutgoing,
} from 'nano:ops';
import { DOMException } from './dom_exception.js';
import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  PromisePrototypeThen,
  SafeMap,
  TypeErrorConstructor,
  TypedArrayPrototypeGetByteLength,
} from './primordials.js';
import { markHandled } from './streams/promises.js';
import { acquireDefaultReader } from './streams/readable_core.js';
import { byteLengthOfView } from './streams/views.js';
import { isArrayBuffer } from './webidl.js';

/** By slot. @type {any} */
const pumps = new SafeMap();

const clientLeft = () => new DOMException('The client has gone away', 'AbortError');

/** From a tenant's stream; is its own read request. */
class StreamPump {
  #slot;
  #reader;
  #isReading = false;
  #again = false;

  /** @param {number} slot @param {import('./streams/readable_core.js').ReadableCore} stream */
  constructor(slot, stream) {
    this.#slot = slot;
    this.#reader = acquireDefaultReader(stream);
  }

  // An empty chunk is no answer to the host: the next one is read, in a loop, not a recursion.
  pull() {
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

  chunkSteps(chunk) {
    const isView = ArrayBufferIsView(chunk);
    if (!isView && !isArrayBuffer(chunk)) {
      const error = new TypeErrorConstructor(
        'This ReadableStream did not return bytes: a response body takes Uint8Array chunks',
      );
      finish(this.#slot);
      failOutgoing(this.#slot, error);
      this.cancel(error);
      return;
    }
    const length = isView ? byteLengthOfView(chunk) : ArrayBufferPrototypeGetByteLength(chunk);
    if (length === 0) this.pull();
    else writeOutgoing(this.#slot, chunk);
  }

  closeSteps() {
    finish(this.#slot);
    endOutgoing(this.#slot);
  }

  errorSteps(error) {
    finish(this.#slot);
    failOutgoing(this.#slot, error);
  }
}

/** From a client's request body, without a stream in between. */
class IncomingPump {
  #slot;
  #from;
  #onChunk = (chunk) => this.#write(chunk);
  #onError = (error) => this.#fail(error);

  /** @param {number} slot @param {number} from the slot of the request that has the body */
  constructor(slot, from) {
    this.#slot = slot;
    this.#from = from;
  }

  pull() {
    PromisePrototypeThen(readIncoming(this.#from), this.#onChunk, this.#onError);
  }

  cancel() {
    cancelIncoming(this.#from);
  }

  #write(chunk) {
    if (!pumps.has(this.#slot)) return;
    if (chunk === null) {
      finish(this.#slot);
      endOutgoing(this.#slot);
    } else if (TypedArrayPrototypeGetByteLength(chunk) === 0) {
      this.pull();
    } else {
      writeOutgoing(this.#slot, chunk);
    }
  }

  #fail(error) {
    if (!pumps.has(this.#slot)) return;
    finish(this.#slot);
    failOutgoing(this.#slot, error);
  }
}

const finish = (slot) => pumps.delete(slot);

/** @param {number} slot @param {import('./streams/readable_core.js').ReadableCore} stream */
export function pumpStream(slot, stream) {
  pumps.set(slot, new StreamPump(slot, stream));
}

/** @param {number} slot @param {number} from */
export function pumpIncoming(slot, from) {
  pumps.set(slot, new IncomingPump(slot, from));
}

/** The host wants a chunk. @param {number} slot */
export function pullOutgoing(slot) {
  const pump = pumps.get(slot);
  if (pump === undefined) endOutgoing(slot);
  else pump.pull();
}

/** The reader went away. @param {number} slot */
export function cancelOutgoing(slot) {
  const pump = pumps.get(slot);
  if (pump === undefined) return;
  pumps.delete(slot);
  pump.cancel(clientLeft());
}
