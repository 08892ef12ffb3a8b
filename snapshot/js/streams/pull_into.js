// @ts-check
// A view that a reader of a byte stream wants filled,
// https://streams.spec.whatwg.org/#pull-into-descriptor

import {
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeTransfer,
  MathMin,
} from '../primordials.js';
import { copyBytes } from './views.js';

/** @typedef {{ buffer: ArrayBuffer, byteOffset: number, byteLength: number }} QueueEntry */

export class PullInto {
  buffer;
  bufferByteLength;
  byteOffset;
  byteLength;
  elementSize;
  construct;
  readerType;
  bytesFilled = 0;
  /** The reader waits until this many bytes are there. */
  minimumFill = 1;

  /**
   * @param {ArrayBuffer} buffer the region is [byteOffset, byteOffset + byteLength) of it
   * @param {number} byteOffset @param {number} byteLength
   * @param {{ construct: any, elementSize: number }} viewType what the reader gets
   * @param {'default' | 'byob' | 'none'} readerType 'none' once that reader has left
   */
  constructor(buffer, byteOffset, byteLength, viewType, readerType) {
    this.buffer = buffer;
    this.bufferByteLength = ArrayBufferPrototypeGetByteLength(buffer);
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    this.elementSize = viewType.elementSize;
    this.construct = viewType.construct;
    this.readerType = readerType;
  }

  /** ConvertPullIntoDescriptor: the filled part, as the reader's kind of view. */
  toView() {
    const buffer = ArrayBufferPrototypeTransfer(this.buffer);
    return new this.construct(buffer, this.byteOffset, this.bytesFilled / this.elementSize);
  }

  /** Bytes after the last whole element. */
  get remainder() {
    return this.bytesFilled % this.elementSize;
  }

  /** How many of `available` bytes to copy next: whole elements, if they are enough. */
  bytesWanted(available) {
    const most = MathMin(available, this.byteLength - this.bytesFilled);
    const mostFilled = this.bytesFilled + most;
    const aligned = mostFilled - (mostFilled % this.elementSize);
    return aligned >= this.minimumFill ? aligned - this.bytesFilled : most;
  }

  get isReady() {
    return this.bytesFilled >= this.minimumFill;
  }

  /** @param {QueueEntry} entry @param {number} count */
  copyFrom(entry, count) {
    const place = this.byteOffset + this.bytesFilled;
    copyBytes(this.buffer, place, entry.buffer, entry.byteOffset, count);
    this.bytesFilled += count;
  }
}
