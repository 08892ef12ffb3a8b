// @ts-check
// The lists of chunks and of waiting requests, https://streams.spec.whatwg.org/#queue-with-sizes
// A list gives up its head in constant time, unlike Array.prototype.shift.

import { ArrayPrototypePush, ArrayPrototypeSlice, RangeErrorConstructor } from '../primordials.js';

// Taken entries are cut off once they are this many and the larger half.
const kCompactAt = 256;

export class Queue {
  #items = [];
  #head = 0;

  get length() {
    return this.#items.length - this.#head;
  }

  push(item) {
    ArrayPrototypePush(this.#items, item);
  }

  peek() {
    return this.#items[this.#head];
  }

  shift() {
    const items = this.#items;
    const item = items[this.#head];
    items[this.#head++] = undefined;
    if (this.#head === items.length) {
      items.length = 0;
      this.#head = 0;
    } else if (this.#head >= kCompactAt && this.#head * 2 >= items.length) {
      this.#items = ArrayPrototypeSlice(items, this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Empties the queue. @returns {any[]} what was in it, in order */
  takeAll() {
    const items = ArrayPrototypeSlice(this.#items, this.#head);
    this.clear();
    return items;
  }

  /** Drops all but the first. */
  truncateToFirst() {
    const first = this.peek();
    this.clear();
    this.push(first);
  }

  clear() {
    this.#items = [];
    this.#head = 0;
  }
}

export class QueueWithSizes {
  #values = new Queue();
  #sizes = new Queue();
  totalSize = 0;

  get length() {
    return this.#values.length;
  }

  /** @param {any} value @param {number} size */
  enqueue(value, size) {
    if (!(typeof size === 'number' && size >= 0 && size < Infinity)) {
      throw new RangeErrorConstructor('The size of a chunk must be a finite, non-negative number');
    }
    this.#values.push(value);
    this.#sizes.push(size);
    this.totalSize += size;
  }

  dequeue() {
    const rest = this.totalSize - this.#sizes.shift();
    this.totalSize = rest < 0 ? 0 : rest; // Below 0 by rounding only.
    return this.#values.shift();
  }

  peek() {
    return this.#values.peek();
  }

  reset() {
    this.#values.clear();
    this.#sizes.clear();
    this.totalSize = 0;
  }
}
