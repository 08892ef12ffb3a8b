// @ts-check
// How console prints a value: close to Node's util.inspect. Getters are not called, proxies not
// asked. The work is bounded, whatever the value: by depth, entries of each list, and a budget.

import { kindOf, ownNonIndexNames, proxyDetails } from 'nano:ops';
import { describeKind } from './inspect_kinds.js';
import { arrangeColumns, joinEntries, kMaxEntries, moreItems } from './inspect_layout.js';
import { formatKey, formatPrimitive } from './inspect_text.js';
import {
  ArrayPrototypePop,
  ArrayPrototypePush,
  ReflectOwnKeys,
  SafeGetOwnPropertyDescriptor,
  SafeMap,
} from './primordials.js';

const kDepth = 2;
const kBreakLength = 80;
/** The values one call formats before it gives up with "...". */
const kBudget = 2000;

/** The state of one call of inspect. */
class Inspection {
  /** @param {number} depth */
  constructor(depth) {
    this.maxDepth = depth;
    this.breakLength = kBreakLength;
    this.budget = kBudget;
    this.indentation = 0;
    /** The depth of the object that was last begun. */
    this.currentDepth = 0;
    /** The objects we are inside of. */
    this.ancestors = [];
    /** Object -> number of the <ref *n>, for those found inside themselves. */
    this.circular = undefined;
    /** A program's own way to print an object; undefined where it has none. */
    this.custom = undefined;
  }

  /** @param {any} value @param {number} depth how many objects it is inside of */
  format(value, depth) {
    if (this.budget-- <= 0) return '...';
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
      return formatPrimitive(value, this.indentation, this.breakLength);
    }
    if (this.custom !== undefined) {
      const text = this.custom(value, this.maxDepth - depth, this.indentation);
      if (typeof text === 'string') return text;
    }
    const kind = kindOf(value);
    if (kind === 'Proxy') return this.formatProxy(value, depth);
    for (let i = 0; i < this.ancestors.length; i++) {
      if (this.ancestors[i] === value) return `[Circular *${this.referenceNumber(value)}]`;
    }
    return this.formatObject(value, kind, depth);
  }

  /** The same, two columns further in: for what stands inside brackets. */
  formatIndented(value, depth) {
    this.indentation += 2;
    const text = this.format(value, depth);
    this.indentation -= 2;
    return text;
  }

  formatProxy(value, depth) {
    const details = proxyDetails(value);
    if (details === undefined || details[0] === null) return '<Revoked Proxy>';
    return depth > this.maxDepth ? 'Proxy [Object]' : `Proxy(${this.format(details[0], depth)})`;
  }

  referenceNumber(value) {
    this.circular ??= new SafeMap();
    let number = this.circular.get(value);
    if (number === undefined) {
      number = this.circular.size + 1;
      this.circular.set(value, number);
    }
    return number;
  }

  formatObject(value, kind, depth) {
    const keys = enumerableKeys(value, kind);
    const shape = describeKind(this, value, kind, keys);
    if (keys.length === 0 && shape.fill === undefined) {
      return shape.base !== '' ? shape.base : `${shape.open}${shape.close}`;
    }
    if (depth > this.maxDepth) return `[${shape.name}]`;
    ArrayPrototypePush(this.ancestors, value);
    this.currentDepth = depth;
    const entries = [];
    if (shape.fill !== undefined) shape.fill(this, value, entries, depth + 1);
    this.addProperties(entries, value, keys, depth + 1);
    ArrayPrototypePop(this.ancestors);
    const number = this.circular === undefined ? undefined : this.circular.get(value);
    const text = this.layOut(shape, entries, depth);
    return number === undefined ? text : `<ref *${number}> ${text}`;
  }

  layOut(shape, entries, depth) {
    const arranged = shape.isList && entries.length > 6 ? arrangeColumns(this, entries) : entries;
    const mayBeOneLine = this.currentDepth - depth < 3 && arranged === entries;
    return joinEntries(this, shape, arranged, mayBeOneLine);
  }

  addProperties(entries, value, keys, depth) {
    for (let i = 0; i < keys.length; i++) {
      if (i === kMaxEntries || this.budget <= 0) {
        ArrayPrototypePush(entries, moreItems(keys.length - i));
        return;
      }
      const descriptor = ownDescriptor(value, keys[i]);
      if (descriptor === undefined) continue;
      const key = formatKey(keys[i]);
      const label = descriptor.enumerable ? key : `[${key}]`;
      ArrayPrototypePush(entries, `${label}: ${this.formatProperty(descriptor, depth)}`);
    }
  }

  formatProperty(descriptor, depth) {
    const { get, set } = descriptor;
    if (get !== undefined) return set === undefined ? '[Getter]' : '[Getter/Setter]';
    if (set !== undefined) return '[Setter]';
    return this.formatIndented(descriptor.value, depth);
  }
}

/** The keys that are printed: enumerable ones, without the indices of lists. */
function enumerableKeys(value, kind) {
  if (kind === 'Array' || kind === 'TypedArray' || kind === 'Arguments' || kind === 'Boxed') {
    return ownNonIndexNames(value);
  }
  const all = ReflectOwnKeys(value);
  const keys = [];
  for (let i = 0; i < all.length; i++) {
    const descriptor = ownDescriptor(value, all[i]);
    if (descriptor !== undefined && descriptor.enumerable) ArrayPrototypePush(keys, all[i]);
  }
  return keys;
}

/** A module namespace throws for a name that is not initialised yet. */
function ownDescriptor(value, key) {
  try {
    return SafeGetOwnPropertyDescriptor(value, key);
  } catch {
    return undefined;
  }
}

/**
 * @param {any} value @param {number} [depth] objects nested deeper than this are only named
 * @returns {string}
 */
export function inspect(value, depth = kDepth) {
  try {
    return new Inspection(depth).format(value, 0);
  } catch {
    // A prototype that is a hostile proxy, or no stack left.
    return '[Object]';
  }
}

/** The values that util.inspect formats: what it gives is the program's, not a line of a log. */
const kLargeBudget = 100000;

/**
 * util.inspect. What `custom` throws, this throws.
 * @param {any} value
 * @param {{ depth: number, breakLength: number, custom: any }} options `custom(value, depth left,
 *   indentation)` gives an object's text, or undefined
 */
export function inspectWith(value, { depth, breakLength, custom }) {
  const inspection = new Inspection(depth);
  inspection.breakLength = breakLength;
  inspection.budget = kLargeBudget;
  inspection.custom = custom;
  return inspection.format(value, 0);
}
