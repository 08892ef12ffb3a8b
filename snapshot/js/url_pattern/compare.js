// @ts-check
// What is proposed beside the standard: which of two patterns is the narrower one, and the text that
// a pattern makes of its groups.

import { StringPrototypeIncludes, TypeErrorConstructor as TypeError } from '../primordials.js';
import { kFixedText, kSegmentWildcard } from './parser.js';

/** @typedef {import('./parser.js').Part} Part */

/** What matches more comes first. */
const kModifiers = { __proto__: null, '*': 0, '?': 1, '+': 2, '': 3 };

/** @type {Part} */
const kEmpty = { type: kFixedText, value: '', modifier: '', name: '', prefix: '', suffix: '' };

const compare = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

/** @param {Part} left @param {Part} right */
function comparePart(left, right) {
  return (
    compare(left.type, right.type) ||
    compare(kModifiers[left.modifier], kModifiers[right.modifier]) ||
    compare(left.prefix, right.prefix) ||
    compare(left.value, right.value) ||
    compare(left.suffix, right.suffix)
  );
}

/** @param {Part[]} left @param {Part[]} right @returns {number} -1, 0 or 1 */
export function compareParts(left, right) {
  for (let i = 0; i < left.length || i < right.length; i++) {
    const result = comparePart(
      i < left.length ? left[i] : kEmpty,
      i < right.length ? right[i] : kEmpty,
    );
    if (result !== 0) return result;
  }
  return 0;
}

function valueOf(groups, name) {
  for (let i = 0; i < groups.length; i += 2) {
    if (groups[i] === name) return groups[i + 1];
  }
  return undefined;
}

/**
 * @param {import('./component.js').Component} component
 * @param {string[]} groups [name, value, ...] @param {string} context
 */
export function generateText(component, groups, context) {
  const { parts, options } = component;
  let text = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const isPlain = part.type === kFixedText || part.type === kSegmentWildcard;
    if (!isPlain || part.modifier !== '') {
      throw new TypeError(`${context}: Only fixed text and named groups can be generated`);
    }
    if (part.type === kFixedText) {
      text += part.value;
      continue;
    }
    const value = valueOf(groups, part.name);
    if (value === undefined) {
      throw new TypeError(`${context}: The group '${part.name}' has no value`);
    }
    if (options.delimiter !== '' && StringPrototypeIncludes(value, options.delimiter)) {
      throw new TypeError(`${context}: The value of '${part.name}' has a '${options.delimiter}'`);
    }
    text += part.prefix + component.encode(value) + part.suffix;
  }
  return text;
}
