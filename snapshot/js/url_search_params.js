// @ts-check
// URLSearchParams (URL standard 6.2).

import { parseForm, serializeForm } from './form_urlencoded.js';
import { inspectAs } from './inspect_interfaces.js';
import { defineIterable } from './iterable.js';
import {
  ArrayPrototypePush,
  ArrayPrototypeSort,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  SymbolIterator,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import {
  defineInterface,
  isObject,
  toRecord,
  toSequence,
  toUSVString,
  tooFewArguments,
} from './webidl.js';

/**
 * What url.js does with the parameters of a URL.
 * @type {{
 *   bind(url: object, query: string, update: (url: any, query: string) => void): URLSearchParams,
 *   replace(params: URLSearchParams, query: string): void,
 * }}
 */
let internals;
/** @type {(value: any) => boolean} */
let isSearchParams;
/** @type {(params: any) => string[]} */
let listOf;

export class URLSearchParams {
  /** @type {string[]} [name, value, name, value, ...] */
  #list;
  /** The URL whose query this is, and how to tell it about changes. */
  #url = undefined;
  #update = undefined;

  constructor(init = '') {
    this.#list = isObject(init) ? listFromObject(init) : parseForm(withoutQuestionMark(init));
  }

  get size() {
    return this.#list.length / 2;
  }

  append(name, value) {
    const list = this.#list;
    if (arguments.length < 2) tooFew('append', 2, arguments.length);
    ArrayPrototypePush(list, toUSVString(name), toUSVString(value));
    this.#changed();
  }

  delete(name, value = undefined) {
    const list = this.#list;
    if (arguments.length < 1) tooFew('delete', 1, 0);
    name = toUSVString(name);
    if (value !== undefined) value = toUSVString(value);
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) continue;
      list[kept++] = list[i];
      list[kept++] = list[i + 1];
    }
    list.length = kept;
    this.#changed();
  }

  get(name) {
    const list = this.#list;
    if (arguments.length < 1) tooFew('get', 1, 0);
    name = toUSVString(name);
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) return list[i + 1];
    }
    return null;
  }

  getAll(name) {
    const list = this.#list;
    if (arguments.length < 1) tooFew('getAll', 1, 0);
    name = toUSVString(name);
    const values = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) ArrayPrototypePush(values, list[i + 1]);
    }
    return values;
  }

  has(name, value = undefined) {
    const list = this.#list;
    if (arguments.length < 1) tooFew('has', 1, 0);
    name = toUSVString(name);
    if (value !== undefined) value = toUSVString(value);
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    }
    return false;
  }

  set(name, value) {
    const list = this.#list;
    if (arguments.length < 2) tooFew('set', 2, arguments.length);
    name = toUSVString(name);
    value = toUSVString(value);
    let found = false;
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && found) continue;
      const isFirst = list[i] === name;
      if (isFirst) found = true;
      list[kept++] = list[i];
      list[kept++] = isFirst ? value : list[i + 1];
    }
    list.length = kept;
    if (!found) ArrayPrototypePush(list, name, value);
    this.#changed();
  }

  sort() {
    const list = this.#list;
    const pairs = [];
    for (let i = 0; i < list.length; i += 2) {
      ArrayPrototypePush(pairs, { name: list[i], value: list[i + 1] });
    }
    ArrayPrototypeSort(pairs, byName);
    for (let i = 0; i < pairs.length; i++) {
      list[2 * i] = pairs[i].name;
      list[2 * i + 1] = pairs[i].value;
    }
    this.#changed();
  }

  toString() {
    return serializeForm(this.#list);
  }

  #changed() {
    if (this.#url !== undefined) this.#update(this.#url, serializeForm(this.#list));
  }

  static {
    isSearchParams = (value) => isObject(value) && #list in value;
    listOf = (params) => params.#list;
    internals = {
      bind(url, query, update) {
        const params = new URLSearchParams();
        params.#list = parseForm(query);
        params.#url = url;
        params.#update = update;
        return params;
      },
      replace(params, query) {
        params.#list = parseForm(query);
      },
    };
  }
}

function tooFew(method, required, present) {
  tooFewArguments(required, present, `Failed to execute '${method}' on 'URLSearchParams'`);
}

function withoutQuestionMark(init) {
  const text = toUSVString(init);
  if (text.length === 0 || StringPrototypeCharCodeAt(text, 0) !== 0x3f) return text;
  return StringPrototypeSlice(text, 1);
}

/** By code units, as < compares strings; sort is stable. */
function byName(a, b) {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** sequence<sequence<USVString>> or record<USVString, USVString>. */
function listFromObject(init) {
  const context = "Failed to construct 'URLSearchParams'";
  const method = init[SymbolIterator];
  if (method === undefined || method === null) {
    return toRecord(init, context, toUSVString, toUSVString);
  }
  const pairs = toSequence(init, context, toPair, method);
  const list = [];
  for (let i = 0; i < pairs.length; i++) ArrayPrototypePush(list, pairs[i][0], pairs[i][1]);
  return list;
}

function toPair(item, context) {
  const pair = toSequence(item, context, toUSVString);
  if (pair.length !== 2) {
    throw new TypeError(`${context}: Sequence initializer must only contain pair elements`);
  }
  return pair;
}

/** The list, [name, value, ...], for built-ins that read it. @param {URLSearchParams} params */
export function searchParamsList(params) {
  return listOf(params);
}

export { internals as searchParamsInternals, isSearchParams };

defineIterable(URLSearchParams, isSearchParams, (params, index) => {
  const list = listOf(params);
  return 2 * index < list.length ? [list[2 * index], list[2 * index + 1]] : undefined;
});
defineInterface(URLSearchParams, isSearchParams);
inspectAs(isSearchParams, listOf);
