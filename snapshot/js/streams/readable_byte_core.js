// @ts-check
// The controller of a stream of bytes, without the class that tenants see,
// https://streams.spec.whatwg.org/#rbs-controller-abstract-ops

import {
  ArrayBufferConstructor,
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeTransfer,
  ArrayPrototypePush,
  MathMin,
  RangeErrorConstructor,
  TypeErrorConstructor,
  TypedArrayPrototypeGetBuffer,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { bufferOfView } from '../webidl.js';
import { PullInto } from './pull_into.js';
import { Queue } from './queue.js';
import { ReadableControllerCore } from './readable_controller_core.js';
import { ReadableCore } from './readable_core.js';
import { byteLengthOfView, byteOffsetOfView, cloneBytes, isDetached, viewTypeOf } from './views.js';

const TypeError = TypeErrorConstructor;

const kUint8 = { construct: Uint8ArrayConstructor, elementSize: 1 };

export class ByteControllerCore extends ReadableControllerCore {
  isByteController = true;
  queue = new Queue(); // of QueueEntry
  queueTotalSize = 0;
  pending = new Queue(); // of PullInto
  autoAllocateChunkSize;
  /** The object that lets the source write into pending's first. @type {any} */
  byobRequest = null;
  /** Set by who made it. @type {(request: any) => void} */
  invalidateByobRequest = () => {};
  /** The tenant's controller. @type {any} */
  wrapper = undefined;

  /**
   * @param {ReadableCore} stream
   * @param {import('./readable_controller_core.js').Source} source
   * @param {number} highWaterMark @param {number | undefined} autoAllocateChunkSize
   */
  constructor(stream, source, highWaterMark, autoAllocateChunkSize) {
    super(stream, source, highWaterMark);
    this.autoAllocateChunkSize = autoAllocateChunkSize;
  }

  get queuedSize() {
    return this.queueTotalSize;
  }

  #clearAlgorithms() {
    this.source = undefined;
  }

  #resetQueue() {
    this.queue.clear();
    this.queueTotalSize = 0;
  }

  #clearPending() {
    this.#invalidateByobRequest();
    this.pending.clear();
  }

  #invalidateByobRequest() {
    if (this.byobRequest === null) return;
    this.invalidateByobRequest(this.byobRequest);
    this.byobRequest = null;
  }

  close() {
    if (this.closeRequested || this.stream.state !== 'readable') return;
    if (this.queueTotalSize > 0) {
      this.closeRequested = true;
      return;
    }
    if (this.pending.length > 0) {
      const first = this.pending.peek();
      if (first.remainder !== 0) {
        const error = new TypeError('Insufficient bytes to fill elements in the given buffer');
        this.error(error);
        throw error;
      }
    }
    this.#clearAlgorithms();
    this.stream.close();
  }

  /** @param {any} error */
  error(error) {
    if (this.stream.state !== 'readable') return;
    this.#clearPending();
    this.#resetQueue();
    this.#clearAlgorithms();
    this.stream.error(error);
  }

  /** @param {ArrayBufferView} chunk */
  enqueue(chunk) {
    const stream = this.stream;
    if (this.closeRequested || stream.state !== 'readable') return;
    const byteOffset = byteOffsetOfView(chunk);
    const byteLength = byteLengthOfView(chunk);
    const chunkBuffer = bufferOfView(chunk);
    if (isDetached(chunkBuffer)) throw new TypeError('The chunk has a detached buffer');
    const buffer = ArrayBufferPrototypeTransfer(chunkBuffer);
    if (this.pending.length > 0) this.#detachFirstPending();
    if (stream.hasDefaultReader) {
      this.#serveReadRequestsFromQueue();
      if (stream.waiting === 0) {
        this.#push(buffer, byteOffset, byteLength);
      } else {
        if (this.pending.length > 0) this.pending.shift();
        stream.fulfill(new Uint8ArrayConstructor(buffer, byteOffset, byteLength), false);
      }
    } else {
      this.#push(buffer, byteOffset, byteLength);
      if (stream.hasByobReader) this.#commitAll(this.#fillPendingFromQueue());
    }
    this.callPullIfNeeded();
  }

  #detachFirstPending() {
    const first = this.pending.peek();
    if (isDetached(first.buffer)) {
      throw new TypeError('The BYOB request has a detached buffer');
    }
    this.#invalidateByobRequest();
    first.buffer = ArrayBufferPrototypeTransfer(first.buffer);
    if (first.readerType === 'none') this.#enqueueDetachedPullInto(first);
  }

  #push(buffer, byteOffset, byteLength) {
    this.queue.push({ buffer, byteOffset, byteLength });
    this.queueTotalSize += byteLength;
  }

  #enqueueClone(buffer, byteOffset, byteLength) {
    let copy;
    try {
      copy = cloneBytes(buffer, byteOffset, byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.#push(TypedArrayPrototypeGetBuffer(copy), 0, byteLength);
  }

  /** @param {PullInto} pullInto */
  #enqueueDetachedPullInto(pullInto) {
    if (pullInto.bytesFilled > 0) {
      this.#enqueueClone(pullInto.buffer, pullInto.byteOffset, pullInto.bytesFilled);
    }
    this.pending.shift();
  }

  /** @param {PullInto} pullInto @returns {boolean} whether it has what its reader asked for */
  #fillFromQueue(pullInto) {
    let rest = pullInto.bytesWanted(this.queueTotalSize);
    while (rest > 0) {
      const head = this.queue.peek();
      const count = MathMin(rest, head.byteLength);
      pullInto.copyFrom(head, count);
      if (head.byteLength === count) {
        this.queue.shift();
      } else {
        head.byteOffset += count;
        head.byteLength -= count;
      }
      this.queueTotalSize -= count;
      rest -= count;
    }
    return pullInto.isReady;
  }

  /** @returns {PullInto[]} those that are full, taken off the list */
  #fillPendingFromQueue() {
    const filled = [];
    while (this.pending.length > 0 && this.queueTotalSize > 0) {
      const isFilled = this.#fillFromQueue(this.pending.peek());
      if (isFilled) ArrayPrototypePush(filled, this.pending.shift());
    }
    return filled;
  }

  #commitAll(filled) {
    for (let i = 0; i < filled.length; i++) this.#commit(filled[i]);
  }

  /** @param {PullInto} pullInto */
  #commit(pullInto) {
    const done = this.stream.state === 'closed';
    this.stream.fulfill(pullInto.toView(), done);
  }

  #serveReadRequestsFromQueue() {
    const requests = /** @type {any} */ (this.stream.reader).requests;
    while (requests.length > 0 && this.queueTotalSize > 0) {
      this.#serveFromQueue(requests.shift());
    }
  }

  /** @param {import('./readable_core.js').ReadRequest} request */
  #serveFromQueue(request) {
    const entry = this.queue.shift();
    this.queueTotalSize -= entry.byteLength;
    this.#handleQueueDrain();
    request.chunkSteps(new Uint8ArrayConstructor(entry.buffer, entry.byteOffset, entry.byteLength));
  }

  #handleQueueDrain() {
    if (this.queueTotalSize === 0 && this.closeRequested) {
      this.#clearAlgorithms();
      this.stream.close();
    } else {
      this.callPullIfNeeded();
    }
  }

  /**
   * @param {ArrayBufferView} view @param {number} min
   * @param {import('./readable_core.js').ReadRequest} request
   */
  pullInto(view, min, request) {
    const type = viewTypeOf(view);
    const byteOffset = byteOffsetOfView(view);
    const byteLength = byteLengthOfView(view);
    let buffer;
    try {
      buffer = ArrayBufferPrototypeTransfer(bufferOfView(view));
    } catch (error) {
      request.errorSteps(error);
      return;
    }
    const pullInto = new PullInto(buffer, byteOffset, byteLength, type, 'byob');
    pullInto.minimumFill = min * type.elementSize;
    const requests = /** @type {any} */ (this.stream.reader).requests;
    if (this.pending.length > 0) {
      this.pending.push(pullInto);
      requests.push(request);
      return;
    }
    if (this.stream.state === 'closed') {
      request.closeSteps(new type.construct(buffer, byteOffset, 0));
      return;
    }
    if (this.queueTotalSize > 0) {
      if (this.#fillFromQueue(pullInto)) {
        const filled = pullInto.toView();
        this.#handleQueueDrain();
        request.chunkSteps(filled);
        return;
      }
      if (this.closeRequested) {
        const error = new TypeError('Insufficient bytes to fill elements in the given buffer');
        this.error(error);
        request.errorSteps(error);
        return;
      }
    }
    this.pending.push(pullInto);
    requests.push(request);
    this.callPullIfNeeded();
  }

  /** The source wrote into the view of the BYOB request. @param {number} bytesWritten */
  respond(bytesWritten) {
    const first = this.pending.peek();
    this.#checkResponse(first, bytesWritten);
    first.buffer = ArrayBufferPrototypeTransfer(first.buffer);
    this.#respond(first, bytesWritten);
  }

  /** @param {PullInto} first @param {number} bytesWritten */
  #checkResponse(first, bytesWritten) {
    if (this.stream.state === 'closed') {
      if (bytesWritten !== 0) throw new TypeError('The stream is closed: respond with 0 bytes');
    } else if (bytesWritten === 0) {
      throw new TypeError('The stream is readable: respond with more than 0 bytes');
    } else if (first.bytesFilled + bytesWritten > first.byteLength) {
      throw new RangeErrorConstructor('More bytes were written than the view can hold');
    }
  }

  /** @param {ArrayBufferView} view */
  respondWithNewView(view) {
    const first = this.pending.peek();
    const byteLength = byteLengthOfView(view);
    const buffer = bufferOfView(view);
    if ((this.stream.state === 'closed') !== (byteLength === 0)) {
      throw new TypeError('The view must be empty if, and only if, the stream is closed');
    }
    if (first.byteOffset + first.bytesFilled !== byteOffsetOfView(view)) {
      throw new RangeErrorConstructor('The region specified by view does not match byobRequest');
    }
    if (first.bufferByteLength !== ArrayBufferPrototypeGetByteLength(buffer)) {
      throw new RangeErrorConstructor('The buffer of view has a different capacity');
    }
    if (first.bytesFilled + byteLength > first.byteLength) {
      throw new RangeErrorConstructor('The region specified by view is larger than byobRequest');
    }
    first.buffer = ArrayBufferPrototypeTransfer(buffer);
    this.#respond(first, byteLength);
  }

  #respond(first, bytesWritten) {
    this.#invalidateByobRequest();
    if (this.stream.state === 'closed') this.#respondClosed(first);
    else this.#respondReadable(first, bytesWritten);
    this.callPullIfNeeded();
  }

  #respondClosed(first) {
    if (first.readerType === 'none') this.pending.shift();
    const stream = this.stream;
    if (!stream.hasByobReader) return;
    const filled = [];
    while (filled.length < stream.waiting) ArrayPrototypePush(filled, this.pending.shift());
    this.#commitAll(filled);
  }

  #respondReadable(pullInto, bytesWritten) {
    pullInto.bytesFilled += bytesWritten;
    if (pullInto.readerType === 'none') {
      this.#enqueueDetachedPullInto(pullInto);
      this.#commitAll(this.#fillPendingFromQueue());
      return;
    }
    if (!pullInto.isReady) return;
    this.pending.shift();
    const remainder = pullInto.remainder;
    if (remainder > 0) {
      const end = pullInto.byteOffset + pullInto.bytesFilled;
      this.#enqueueClone(pullInto.buffer, end - remainder, remainder);
    }
    pullInto.bytesFilled -= remainder;
    const filled = this.#fillPendingFromQueue();
    this.#commit(pullInto);
    this.#commitAll(filled);
  }

  /** @param {any} reason @returns {Promise<any>} */
  cancelSteps(reason) {
    this.#clearPending();
    this.#resetQueue();
    const result = /** @type {any} */ (this.source).cancel(reason);
    this.#clearAlgorithms();
    return result;
  }

  /** @param {import('./readable_core.js').ReadRequest} request */
  pullSteps(request) {
    if (this.queueTotalSize > 0) {
      this.#serveFromQueue(request);
      return;
    }
    const size = this.autoAllocateChunkSize;
    if (size !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBufferConstructor(size);
      } catch (error) {
        request.errorSteps(error);
        return;
      }
      this.pending.push(new PullInto(buffer, 0, size, kUint8, 'default'));
    }
    /** @type {any} */ (this.stream.reader).requests.push(request);
    this.callPullIfNeeded();
  }

  releaseSteps() {
    if (this.pending.length === 0) return;
    this.pending.peek().readerType = 'none';
    this.pending.truncateToFirst();
  }
}

/**
 * CreateReadableByteStream, for built-ins.
 * @param {import('./readable_controller_core.js').Source} source
 */
export function createReadableBytes(source) {
  const stream = new ReadableCore();
  new ByteControllerCore(stream, source, 0, undefined).begin(undefined);
  return stream;
}
