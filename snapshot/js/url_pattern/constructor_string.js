// @ts-check
// A pattern that is written as a URL, https://urlpattern.spec.whatwg.org/#constructor-string-parsing

import { StringPrototypeSlice } from '../primordials.js';
import { canonicalProtocol } from './canonical.js';
import { Component, kDefaultOptions } from './component.js';
import { tokenize } from './tokenizer.js';

/** In their order in a URL, so that "before" is a comparison. */
const kInit = 0;
const kProtocol = 1;
const kAuthority = 2;
const kUsername = 3;
const kPassword = 4;
const kHostname = 5;
const kPort = 6;
const kPathname = 7;
const kSearch = 8;
const kHash = 9;
const kDone = 10;
const kNames = [
  '',
  'protocol',
  '',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
];

class ConstructorStringParser {
  result = { __proto__: null };
  #input;
  #tokens;
  #state = kInit;
  #start = 0;
  #index = 0;
  #increment = 1;
  #groupDepth = 0;
  #bracketDepth = 0;
  #isSpecial = false;

  /** @param {string} input */
  constructor(input) {
    this.#input = input;
    this.#tokens = tokenize(input, true);
  }

  parse() {
    while (this.#index < this.#tokens.length) {
      this.#increment = 1;
      const { type } = this.#tokens[this.#index];
      if (type === 'end') {
        if (this.#end()) break;
      } else if (type === 'open') {
        this.#groupDepth++;
      } else if (this.#groupDepth === 0 || (type === 'close' && --this.#groupDepth === 0)) {
        this.#step();
      }
      this.#index += this.#increment;
    }
    if (this.result.hostname !== undefined && this.result.port === undefined) this.result.port = '';
    return this.result;
  }

  /** True when all is done. */
  #end() {
    if (this.#state === kInit) {
      this.#rewind();
      if (this.#is('#')) this.#change(kHash, 1);
      else if (this.#isSearchPrefix()) this.#change(kSearch, 1);
      else this.#change(kPathname, 0);
      return false;
    }
    if (this.#state === kAuthority) {
      this.#rewindInto(kHostname);
      return false;
    }
    this.#change(kDone, 0);
    return true;
  }

  #step() {
    const state = this.#state;
    if (state === kInit) {
      if (this.#is(':')) this.#rewindInto(kProtocol);
    } else if (state === kProtocol) {
      if (this.#is(':')) this.#endProtocol();
    } else if (state === kAuthority) {
      if (this.#is('@')) this.#rewindInto(kUsername);
      else if (this.#is('/') || this.#isSearchPrefix() || this.#is('#'))
        this.#rewindInto(kHostname);
    } else if (state === kUsername && this.#is(':')) {
      this.#change(kPassword, 1);
    } else if (state === kUsername || state === kPassword) {
      if (this.#is('@')) this.#change(kHostname, 1);
    } else if (state === kHostname && this.#is('[')) {
      this.#bracketDepth++;
    } else if (state === kHostname && this.#is(']')) {
      this.#bracketDepth--;
    } else if (state === kHostname && this.#is(':') && this.#bracketDepth === 0) {
      this.#change(kPort, 1);
    } else if (state < kPathname && this.#is('/')) {
      this.#change(kPathname, 0);
    } else if (state < kSearch && this.#isSearchPrefix()) {
      this.#change(kSearch, 1);
    } else if (state < kHash && this.#is('#')) {
      this.#change(kHash, 1);
    }
  }

  #endProtocol() {
    const protocol = new Component(this.#text(), canonicalProtocol, kDefaultOptions);
    this.#isSpecial = protocol.matchesSpecialScheme();
    if (this.#is('/', 1) && this.#is('/', 2)) this.#change(kAuthority, 3);
    else this.#change(this.#isSpecial ? kAuthority : kPathname, 1);
  }

  /** @param {number} next the new state @param {number} skip tokens that belong to neither */
  #change(next, skip) {
    const { result } = this;
    const state = this.#state;
    if (state !== kInit && state !== kAuthority) result[kNames[state]] = this.#text();
    if (state !== kInit && next !== kDone) {
      if (state < kHostname && next > kHostname) result.hostname ??= '';
      if (state < kPathname && next > kPathname) result.pathname ??= this.#isSpecial ? '/' : '';
      if (state < kSearch && next > kSearch) result.search ??= '';
    }
    this.#state = next;
    this.#index += skip;
    this.#start = this.#index;
    this.#increment = 0;
  }

  #rewind() {
    this.#index = this.#start;
    this.#increment = 0;
  }

  #rewindInto(state) {
    this.#rewind();
    this.#state = state;
  }

  /** @param {number} index */
  #token(index) {
    const { length } = this.#tokens;
    return this.#tokens[index < length ? index : length - 1];
  }

  /** "Is a non-special pattern char", of the token so many further. */
  #is(value, further = 0) {
    const token = this.#token(this.#index + further);
    if (token.value !== value) return false;
    return token.type === 'char' || token.type === 'escaped-char' || token.type === 'invalid-char';
  }

  /** A question mark that is no modifier of what is before it. */
  #isSearchPrefix() {
    if (this.#is('?')) return true;
    if (this.#tokens[this.#index].value !== '?') return false;
    if (this.#index === 0) return true;
    const { type } = this.#token(this.#index - 1);
    return type !== 'name' && type !== 'regexp' && type !== 'close' && type !== 'asterisk';
  }

  #text() {
    const { index } = this.#token(this.#start);
    return StringPrototypeSlice(this.#input, index, this.#tokens[this.#index].index);
  }
}

/** @param {string} input @returns {any} a URLPatternInit */
export const parseConstructorString = (input) => new ConstructorStringParser(input).parse();
