// @ts-check
// Tokens of a pattern string, https://urlpattern.spec.whatwg.org/#tokenizing

import {
  ArrayPrototypePush,
  RegExpPrototypeExec,
  StringFromCodePoint,
  StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt,
  StringPrototypeSlice,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';

/**
 * @typedef {{
 *   type: 'open' | 'close' | 'regexp' | 'name' | 'char' | 'escaped-char' | 'other-modifier' |
 *     'asterisk' | 'end' | 'invalid-char',
 *   index: number,
 *   value: string,
 * }} Token
 */

const kNameStart = /^[$_\p{ID_Start}]$/u;
const kNamePart = /^[$_\u200c\u200d\p{ID_Continue}]$/u;

/** "Is a valid name code point". @param {string} character @param {boolean} isFirst */
export function isNameCharacter(character, isFirst) {
  return RegExpPrototypeExec(isFirst ? kNameStart : kNamePart, character) !== null;
}

/** The code point at a place, as a string. @param {string} text @param {number} index */
export function characterAt(text, index) {
  return StringFromCodePoint(StringPrototypeCodePointAt(text, index));
}

/** Where the name that begins at `index` ends. */
function endOfName(input, index) {
  let end = index;
  while (end < input.length) {
    const character = characterAt(input, end);
    if (!isNameCharacter(character, end === index)) break;
    end += character.length;
  }
  return end;
}

const isAscii = (input, index) => StringPrototypeCharCodeAt(input, index) < 0x80;

/** Where the regular expression that begins at `index` ends, its parenthesis; -1 for none. */
function endOfRegexp(input, index) {
  let depth = 1;
  for (let i = index; i < input.length; i++) {
    const character = input[i];
    if (!isAscii(input, i) || (i === index && character === '?')) return -1;
    if (character === '\\') {
      if (++i >= input.length || !isAscii(input, i)) return -1;
    } else if (character === ')') {
      if (--depth === 0) return i === index ? -1 : i;
    } else if (character === '(') {
      depth++;
      // A group that captures would shift the others.
      if (input[i + 1] !== '?') return -1;
      i++;
    }
  }
  return -1;
}

const kSimple = {
  __proto__: null,
  '*': 'asterisk',
  '+': 'other-modifier',
  '?': 'other-modifier',
  '{': 'open',
  '}': 'close',
};

/**
 * @param {string} input @param {boolean} isLenient what is wrong becomes a token, not a TypeError
 * @returns {Token[]}
 */
export function tokenize(input, isLenient) {
  /** @type {Token[]} */
  const tokens = [];
  let index = 0;
  const add = (type, end, start = index, valueEnd = end) => {
    ArrayPrototypePush(tokens, {
      type,
      index,
      value: StringPrototypeSlice(input, start, valueEnd),
    });
    index = end;
  };
  const wrong = (end, what) => {
    if (!isLenient) throw new TypeError(`Invalid pattern '${input}': ${what} at index ${index}`);
    add('invalid-char', end);
  };
  while (index < input.length) {
    const character = characterAt(input, index);
    const next = index + character.length;
    if (kSimple[character] !== undefined) {
      add(kSimple[character], next);
    } else if (character === '\\') {
      if (next === input.length) wrong(next, 'nothing follows the backslash');
      else add('escaped-char', next + characterAt(input, next).length, next);
    } else if (character === ':') {
      const end = endOfName(input, next);
      if (end === next) wrong(next, 'a group has no name');
      else add('name', end, next);
    } else if (character === '(') {
      const end = endOfRegexp(input, next);
      if (end === -1) wrong(next, 'a regular expression is not one');
      else add('regexp', end + 1, next, end);
    } else {
      add('char', next);
    }
  }
  add('end', index);
  return tokens;
}
