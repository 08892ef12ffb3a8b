// @ts-check
// MIME types, parsed and written as https://mimesniff.spec.whatwg.org/#parsing-a-mime-type has it.

import {
  ArrayPrototypePush,
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} from './primordials.js';

const kToken = /^[!#$%&'*+\-.^_\x60|~0-9A-Za-z]+$/;
/** What may stand in a parameter's value. */
const kQuotable = /^[\t\x20-\x7e\x80-\xff]*$/;

const kSpace = 0x20;
const kQuote = 0x22;
const kSemicolon = 0x3b;
const kEquals = 0x3d;
const kBackslash = 0x5c;

const isToken = (text) => RegExpPrototypeExec(kToken, text) !== null;
const isBlank = (code) => code === kSpace || code === 0x09 || code === 0x0a || code === 0x0d;

function trimEnd(text) {
  let end = text.length;
  while (end > 0 && isBlank(StringPrototypeCharCodeAt(text, end - 1))) end--;
  return StringPrototypeSlice(text, 0, end);
}

function trim(text) {
  let start = 0;
  while (start < text.length && isBlank(StringPrototypeCharCodeAt(text, start))) start++;
  return trimEnd(StringPrototypeSlice(text, start));
}

/** Where `character` is, or the end of the text. */
function placeOf(text, character, from) {
  const place = StringPrototypeIndexOf(text, character, from);
  return place < 0 ? text.length : place;
}

/** Reads the parameters one by one. */
class Parameters {
  #text;
  #place;
  /** [name, value, name, value, ...] @type {string[]} */
  list = [];

  /** @param {string} text @param {number} place of a semicolon, or the end */
  constructor(text, place) {
    this.#text = text;
    this.#place = place;
    while (this.#place < text.length) this.#readOne();
  }

  get #code() {
    return StringPrototypeCharCodeAt(this.#text, this.#place);
  }

  #readOne() {
    this.#place++;
    while (this.#place < this.#text.length && isBlank(this.#code)) this.#place++;
    const start = this.#place;
    while (this.#place < this.#text.length && !this.#isAtBreak()) this.#place++;
    const name = StringPrototypeToLowerCase(StringPrototypeSlice(this.#text, start, this.#place));
    if (this.#place >= this.#text.length || this.#code === kSemicolon) return;
    this.#place++;
    const value = this.#readValue();
    if (value === undefined || !isToken(name) || this.#has(name)) return;
    if (RegExpPrototypeExec(kQuotable, value) !== null) ArrayPrototypePush(this.list, name, value);
  }

  #isAtBreak() {
    return this.#code === kSemicolon || this.#code === kEquals;
  }

  #readValue() {
    if (this.#place < this.#text.length && this.#code === kQuote) {
      const value = this.#readQuoted();
      this.#place = placeOf(this.#text, ';', this.#place);
      return value;
    }
    const end = placeOf(this.#text, ';', this.#place);
    const value = trimEnd(StringPrototypeSlice(this.#text, this.#place, end));
    this.#place = end;
    return value === '' ? undefined : value;
  }

  /** https://fetch.spec.whatwg.org/#collect-an-http-quoted-string */
  #readQuoted() {
    const text = this.#text;
    let value = '';
    this.#place++;
    while (this.#place < text.length) {
      const code = this.#code;
      this.#place++;
      if (code === kQuote) break;
      // A backslash stands for what follows; the last character stands for itself.
      if (code === kBackslash && this.#place < text.length) this.#place++;
      value += text[this.#place - 1];
    }
    return value;
  }

  #has(name) {
    for (let i = 0; i < this.list.length; i += 2) {
      if (this.list[i] === name) return true;
    }
    return false;
  }
}

function quoted(value) {
  let result = '"';
  for (let i = 0; i < value.length; i++) {
    const code = StringPrototypeCharCodeAt(value, i);
    if (code === kQuote || code === kBackslash) result += '\\';
    result += value[i];
  }
  return `${result}"`;
}

/** @typedef {{ essence: string, parameters: string[] }} MimeType parameters: [name, value, ...] */

/** @param {string} input @returns {MimeType | undefined} */
export function parseMimeType(input) {
  const text = trim(input);
  const slash = StringPrototypeIndexOf(text, '/', 0);
  if (slash < 0) return undefined;
  const end = placeOf(text, ';', slash);
  const type = StringPrototypeSlice(text, 0, slash);
  const subtype = trimEnd(StringPrototypeSlice(text, slash + 1, end));
  if (!isToken(type) || !isToken(subtype)) return undefined;
  const essence = StringPrototypeToLowerCase(`${type}/${subtype}`);
  return { essence, parameters: new Parameters(text, end).list };
}

/** @param {MimeType} mime @param {string} name @returns {string | undefined} */
export function mimeParameter({ parameters }, name) {
  for (let i = 0; i < parameters.length; i += 2) {
    if (parameters[i] === name) return parameters[i + 1];
  }
  return undefined;
}

/** @param {MimeType} mime @returns {string} */
export function serializeMimeType({ essence, parameters }) {
  let result = essence;
  for (let i = 0; i < parameters.length; i += 2) {
    const value = parameters[i + 1];
    result += `;${parameters[i]}=${isToken(value) ? value : quoted(value)}`;
  }
  return result;
}

/**
 * The MIME type in its usual form; undefined where it is none.
 * @param {string} input @returns {string | undefined}
 */
export function normalizeMimeType(input) {
  const mime = parseMimeType(input);
  return mime === undefined ? undefined : serializeMimeType(mime);
}
