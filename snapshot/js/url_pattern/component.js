// @ts-check
// One component of a pattern, compiled, https://urlpattern.spec.whatwg.org/#component

import {
  ArrayPrototypePush,
  RegExpConstructor,
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { kSpecialSchemes } from './canonical.js';
import { escapePattern, escapeRegexp } from './escape.js';
import {
  kFixedText,
  kFullWildcard,
  kFullWildcardRegexp,
  kRegexp,
  kSegmentWildcard,
  parsePattern,
  segmentWildcardRegexp,
} from './parser.js';
import { characterAt, isNameCharacter } from './tokenizer.js';

/** @typedef {import('./parser.js').Part} Part @typedef {import('./parser.js').Options} Options */

export const kDefaultOptions = { delimiter: '', prefix: '', ignoreCase: false };
export const kHostnameOptions = { delimiter: '.', prefix: '', ignoreCase: false };
export const kPathnameOptions = { delimiter: '/', prefix: '/', ignoreCase: false };

/** @param {Part} part @param {Options} options */
function regexpOfPart(part, options) {
  if (part.type === kFixedText) {
    const text = escapeRegexp(part.value);
    return part.modifier === '' ? text : `(?:${text})${part.modifier}`;
  }
  let value = part.value;
  if (part.type === kSegmentWildcard) value = segmentWildcardRegexp(options);
  else if (part.type === kFullWildcard) value = kFullWildcardRegexp;
  const { modifier } = part;
  const isOnce = modifier === '' || modifier === '?';
  if (part.prefix === '' && part.suffix === '') {
    return isOnce ? `(${value})${modifier}` : `((?:${value})${modifier})`;
  }
  const prefix = escapeRegexp(part.prefix);
  const suffix = escapeRegexp(part.suffix);
  if (isOnce) return `(?:${prefix}(${value})${suffix})${modifier}`;
  const all = `(?:${prefix}((?:${value})(?:${suffix}${prefix}(?:${value}))*)${suffix})`;
  return modifier === '*' ? `${all}?` : all;
}

const isDigit = (character) => character >= '0' && character <= '9';

const beginsAsName = (text) => text !== '' && isNameCharacter(characterAt(text, 0), false);

/** Whether what comes next would be read as more of this part's name. */
function runsInto(part, next) {
  if (part.type !== kSegmentWildcard || part.modifier !== '' || next === undefined) return false;
  if (next.prefix !== '' || next.suffix !== '') return false;
  if (next.type === kFixedText) return beginsAsName(next.value);
  return isDigit(next.name[0]);
}

/** @param {Part[]} parts @param {number} index @param {Options} options */
function patternOfPart(parts, index, options) {
  const part = parts[index];
  const previous = index > 0 ? parts[index - 1] : undefined;
  if (part.type === kFixedText) {
    const text = escapePattern(part.value);
    return part.modifier === '' ? text : `{${text}}${part.modifier}`;
  }
  const isNamed = !isDigit(part.name[0]);
  let isGroup = part.suffix !== '' || (part.prefix !== '' && part.prefix !== options.prefix);
  if (!isGroup && isNamed) isGroup = runsInto(part, parts[index + 1]);
  if (!isGroup && part.prefix === '' && previous?.type === kFixedText && options.prefix !== '') {
    isGroup = StringPrototypeEndsWith(previous.value, options.prefix);
  }
  let text = escapePattern(part.prefix);
  if (isNamed) text += `:${part.name}`;
  if (part.type === kRegexp) {
    text += `(${part.value})`;
  } else if (part.type === kSegmentWildcard) {
    if (!isNamed) text += `(${segmentWildcardRegexp(options)})`;
    else if (beginsAsName(part.suffix)) text += '\\';
  } else {
    const isFree =
      previous === undefined || previous.type === kFixedText || previous.modifier !== '';
    const isPlain = !isNamed && (isFree || isGroup || part.prefix !== '');
    text += isPlain ? '*' : `(${kFullWildcardRegexp})`;
  }
  text += escapePattern(part.suffix);
  return (isGroup ? `{${text}}` : text) + part.modifier;
}

export class Component {
  /** The pattern, in one of the ways to write it. */
  pattern = '';
  hasRegexpGroups = false;
  /** @type {Part[]} */
  parts;
  encode;
  options;
  #regexp;

  /**
   * "Compile a component".
   * @param {string} input @param {(text: string) => string} encode @param {Options} options
   */
  constructor(input, encode, options) {
    this.encode = encode;
    this.options = options;
    this.parts = parsePattern(input, options, encode);
    let regexp = '^';
    for (let i = 0; i < this.parts.length; i++) {
      regexp += regexpOfPart(this.parts[i], options);
      this.pattern += patternOfPart(this.parts, i, options);
      if (this.parts[i].type === kRegexp) this.hasRegexpGroups = true;
    }
    try {
      this.#regexp = new RegExpConstructor(`${regexp}$`, options.ignoreCase ? 'vi' : 'v');
    } catch {
      throw new TypeError(`Invalid pattern '${input}': a regular expression is not one`);
    }
  }

  /**
   * The groups that match, [name, value, ...], or null.
   * @param {string} input @returns {any[] | null}
   */
  match(input) {
    const found = RegExpPrototypeExec(this.#regexp, input);
    if (found === null) return null;
    const groups = [];
    let index = 1;
    for (let i = 0; i < this.parts.length; i++) {
      if (this.parts[i].type === kFixedText) continue;
      ArrayPrototypePush(groups, this.parts[i].name, found[index++]);
    }
    return groups;
  }

  /** As a protocol. */
  matchesSpecialScheme() {
    for (let i = 0; i < kSpecialSchemes.length; i++) {
      if (RegExpPrototypeExec(this.#regexp, kSpecialSchemes[i]) !== null) return true;
    }
    return false;
  }
}
