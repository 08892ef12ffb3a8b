// @ts-check
// Parts of a pattern string, https://urlpattern.spec.whatwg.org/#parsing-pattern-strings

import { ArrayPrototypePush, TypeErrorConstructor as TypeError } from '../primordials.js';
import { escapeRegexp } from './escape.js';
import { tokenize } from './tokenizer.js';

/**
 * @typedef {{
 *   type: number,
 *   value: string,
 *   modifier: '' | '?' | '*' | '+',
 *   name: string,
 *   prefix: string,
 *   suffix: string,
 * }} Part
 * @typedef {{ delimiter: string, prefix: string, ignoreCase: boolean }} Options
 */

/** Types of parts, in the order that compareComponent() has: what matches more comes first. */
export const kFullWildcard = 0;
export const kSegmentWildcard = 1;
export const kRegexp = 2;
export const kFixedText = 3;

export const kFullWildcardRegexp = '.*';

/** @param {Options} options */
export const segmentWildcardRegexp = (options) => `[^${escapeRegexp(options.delimiter)}]+?`;

class PatternParser {
  /** @type {Part[]} */
  parts = [];
  #tokens;
  #index = 0;
  #encode;
  #options;
  #segmentWildcard;
  #pending = '';
  #nextName = 0;
  #names = { __proto__: null };

  /** @param {string} input @param {Options} options @param {(text: string) => string} encode */
  constructor(input, options, encode) {
    this.#tokens = tokenize(input, false);
    this.#options = options;
    this.#encode = encode;
    this.#segmentWildcard = segmentWildcardRegexp(options);
  }

  parse() {
    while (this.#index < this.#tokens.length) {
      const char = this.#take('char');
      const name = this.#take('name');
      const regexp = this.#takeRegexpOrWildcard(name);
      if (name !== null || regexp !== null) {
        this.#addGroup(char?.value ?? '', name, regexp);
        continue;
      }
      const fixed = char ?? this.#take('escaped-char');
      if (fixed !== null) {
        this.#pending += fixed.value;
      } else if (this.#take('open') !== null) {
        this.#addBraces();
      } else {
        this.#addPending();
        this.#require('end');
      }
    }
    return this.parts;
  }

  #addGroup(before, name, regexp) {
    let prefix = before;
    if (prefix !== '' && prefix !== this.#options.prefix) {
      this.#pending += prefix;
      prefix = '';
    }
    this.#addPending();
    this.#addPart(prefix, name, regexp, '', this.#takeModifier());
  }

  #addBraces() {
    const prefix = this.#takeText();
    const name = this.#take('name');
    const regexp = this.#takeRegexpOrWildcard(name);
    const suffix = this.#takeText();
    this.#require('close');
    this.#addPart(prefix, name, regexp, suffix, this.#takeModifier());
  }

  #take(type) {
    const token = this.#tokens[this.#index];
    if (token === undefined || token.type !== type) return null;
    this.#index++;
    return token;
  }

  #require(type) {
    if (this.#take(type) !== null) return;
    const { index, value } = this.#tokens[this.#index];
    throw new TypeError(`Invalid pattern: unexpected '${value}' at index ${index}`);
  }

  #takeRegexpOrWildcard(name) {
    return this.#take('regexp') ?? (name === null ? this.#take('asterisk') : null);
  }

  /** @returns {any} */
  #takeModifier() {
    return (this.#take('other-modifier') ?? this.#take('asterisk'))?.value ?? '';
  }

  #takeText() {
    let text = '';
    for (;;) {
      const token = this.#take('char') ?? this.#take('escaped-char');
      if (token === null) return text;
      text += token.value;
    }
  }

  #addFixed(text, modifier) {
    const value = this.#encode(text);
    const part = { type: kFixedText, value, modifier, name: '', prefix: '', suffix: '' };
    ArrayPrototypePush(this.parts, part);
  }

  #addPending() {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#addFixed(text, '');
  }

  #addPart(prefix, nameToken, regexpToken, suffix, modifier) {
    if (nameToken === null && regexpToken === null) {
      if (modifier === '') {
        this.#pending += prefix;
        return;
      }
      this.#addPending();
      if (prefix !== '') this.#addFixed(prefix, modifier);
      return;
    }
    this.#addPending();
    let value = this.#segmentWildcard;
    if (regexpToken?.type === 'asterisk') value = kFullWildcardRegexp;
    else if (regexpToken !== null) value = regexpToken.value;
    let type = kRegexp;
    if (value === this.#segmentWildcard) type = kSegmentWildcard;
    else if (value === kFullWildcardRegexp) type = kFullWildcard;
    if (type !== kRegexp) value = '';
    const name = nameToken === null ? `${this.#nextName++}` : nameToken.value;
    if (this.#names[name] !== undefined) {
      throw new TypeError(`Invalid pattern: two groups have the name '${name}'`);
    }
    this.#names[name] = true;
    prefix = this.#encode(prefix);
    suffix = this.#encode(suffix);
    ArrayPrototypePush(this.parts, { type, value, modifier, name, prefix, suffix });
  }
}

/**
 * @param {string} input @param {Options} options @param {(text: string) => string} encode
 * @returns {Part[]}
 */
export const parsePattern = (input, options, encode) =>
  new PatternParser(input, options, encode).parse();
