// @ts-check
// URLPattern, https://urlpattern.spec.whatwg.org/, with compareComponent() and generate(), which are
// proposals that the Web Platform Tests have.

import { inspectAs } from '../inspect_interfaces.js';
import { defineValue } from '../data_property.js';
import { ArrayPrototypePush, TypeErrorConstructor as TypeError } from '../primordials.js';
import { makeUrl } from '../url.js';
import {
  defineInterface,
  illegalInvocation,
  isObject,
  toDictionary,
  toEnum,
  tooFewArguments,
  toRecord,
  toUSVString,
} from '../webidl.js';
import {
  canonicalHash,
  canonicalHostname,
  canonicalIpv6Hostname,
  canonicalOpaquePathname,
  canonicalPassword,
  canonicalPathname,
  canonicalPort,
  canonicalProtocol,
  canonicalSearch,
  canonicalUsername,
  isDefaultPort,
} from './canonical.js';
import { compareParts, generateText } from './compare.js';
import { Component, kDefaultOptions, kHostnameOptions, kPathnameOptions } from './component.js';
import { parseConstructorString } from './constructor_string.js';
import { componentOfUrl, kComponents, processInit, toInit } from './init.js';

/** @type {(value: any) => boolean} */
let isURLPattern;
/** @type {(pattern: any, name: string) => string} */
let patternOf;

const isIpv6Pattern = (hostname) =>
  hostname[0] === '[' || ((hostname[0] === '{' || hostname[0] === '\\') && hostname[1] === '[');

/** @param {any} init every component a pattern @param {boolean} ignoreCase */
function compileAll(init, ignoreCase) {
  const options = { ...kDefaultOptions, ignoreCase };
  const protocol = new Component(init.protocol, canonicalProtocol, kDefaultOptions);
  const toHostname = isIpv6Pattern(init.hostname) ? canonicalIpv6Hostname : canonicalHostname;
  return {
    __proto__: null,
    protocol,
    username: new Component(init.username, canonicalUsername, kDefaultOptions),
    password: new Component(init.password, canonicalPassword, kDefaultOptions),
    hostname: new Component(init.hostname, toHostname, kHostnameOptions),
    port: new Component(init.port, (port) => canonicalPort(port), kDefaultOptions),
    pathname: protocol.matchesSpecialScheme()
      ? new Component(init.pathname, canonicalPathname, { ...kPathnameOptions, ignoreCase })
      : new Component(init.pathname, canonicalOpaquePathname, options),
    search: new Component(init.search, canonicalSearch, options),
    hash: new Component(init.hash, canonicalHash, options),
  };
}

/** URLPatternInput: a dictionary, or the text of a URL. */
const toInput = (value, context) =>
  value === undefined || value === null || isObject(value)
    ? toInit(value, context)
    : toUSVString(value);

/** "Create": a dictionary with a pattern for every component. */
function initOf(input, baseURL) {
  let init = input;
  if (typeof input === 'string') {
    init = parseConstructorString(input);
    if (baseURL !== undefined) init.baseURL = baseURL;
    else if (init.protocol === undefined) {
      throw new TypeError(`Invalid pattern '${input}': without a protocol it needs a base URL`);
    }
  } else if (baseURL !== undefined) {
    throw new TypeError('A dictionary has its own baseURL: a second one is not allowed');
  }
  const result = processInit(init, true, { __proto__: null });
  for (let i = 0; i < kComponents.length; i++) result[kComponents[i]] ??= '*';
  if (isDefaultPort(result.protocol, result.port)) result.port = '';
  return result;
}

/** What an input is to be matched by: [name, text, ...], or null where it is no URL. */
function componentsOf(input, baseURL, context) {
  const values = { __proto__: null };
  if (typeof input !== 'string') {
    if (baseURL !== undefined) {
      throw new TypeError(`${context}: A dictionary has its own baseURL`);
    }
    for (let i = 0; i < kComponents.length; i++) values[kComponents[i]] = '';
    try {
      return processInit(input, false, values);
    } catch {
      return null;
    }
  }
  const url = makeUrl(input, baseURL);
  if (url === null) return null;
  for (let i = 0; i < kComponents.length; i++) {
    values[kComponents[i]] = componentOfUrl(url, kComponents[i]);
  }
  return values;
}

function groupsObject(flat) {
  const groups = {};
  for (let i = 0; i < flat.length; i += 2) defineValue(groups, flat[i], flat[i + 1]);
  return groups;
}

export class URLPattern {
  /** @type {any} */
  #components;

  constructor(input = undefined, baseURL = undefined, options = undefined) {
    const context = "Failed to construct 'URLPattern'";
    // The second argument is a base URL unless it can only be the options.
    const hasBase =
      arguments.length > 2 || !(baseURL === undefined || baseURL === null || isObject(baseURL));
    const converted = toInput(input, context);
    const base = hasBase ? toUSVString(baseURL) : undefined;
    const dictionary = toDictionary(hasBase ? options : baseURL, context, 'URLPatternOptions');
    const ignoreCase = !!dictionary.ignoreCase;
    this.#components = compileAll(initOf(converted, base), ignoreCase);
  }

  static compareComponent(component, left, right) {
    const context = "Failed to execute 'compareComponent' on 'URLPattern'";
    if (arguments.length < 3) tooFewArguments(3, arguments.length, context);
    const name = toEnum(component, kComponents, context, 'URLPatternComponent');
    if (!isURLPattern(left) || !isURLPattern(right)) {
      throw new TypeError(`${context}: The patterns must be of type 'URLPattern'.`);
    }
    return compareParts(left.#components[name].parts, right.#components[name].parts);
  }

  get protocol() {
    return this.#pattern('protocol');
  }

  get username() {
    return this.#pattern('username');
  }

  get password() {
    return this.#pattern('password');
  }

  get hostname() {
    return this.#pattern('hostname');
  }

  get port() {
    return this.#pattern('port');
  }

  get pathname() {
    return this.#pattern('pathname');
  }

  get search() {
    return this.#pattern('search');
  }

  get hash() {
    return this.#pattern('hash');
  }

  get hasRegExpGroups() {
    if (!(#components in this)) illegalInvocation();
    for (let i = 0; i < kComponents.length; i++) {
      if (this.#components[kComponents[i]].hasRegexpGroups) return true;
    }
    return false;
  }

  test(input = undefined, baseURL = undefined) {
    if (!(#components in this)) illegalInvocation();
    const context = "Failed to execute 'test' on 'URLPattern'";
    const converted = toInput(input, context);
    const base = baseURL === undefined ? undefined : toUSVString(baseURL);
    return this.#match(converted, base, context) !== null;
  }

  exec(input = undefined, baseURL = undefined) {
    if (!(#components in this)) illegalInvocation();
    const context = "Failed to execute 'exec' on 'URLPattern'";
    const converted = toInput(input, context);
    const base = baseURL === undefined ? undefined : toUSVString(baseURL);
    const result = this.#match(converted, base, context);
    if (result === null) return null;
    const inputs = [typeof converted === 'string' ? converted : { ...converted }];
    if (base !== undefined) ArrayPrototypePush(inputs, base);
    return { inputs, ...result };
  }

  generate(component, groups) {
    if (!(#components in this)) illegalInvocation();
    const context = "Failed to execute 'generate' on 'URLPattern'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const name = toEnum(component, kComponents, context, 'URLPatternComponent');
    const given = toRecord(groups, context, toUSVString, toUSVString);
    return generateText(this.#components[name], given, context);
  }

  #pattern(name) {
    if (!(#components in this)) illegalInvocation();
    return this.#components[name].pattern;
  }

  #match(input, baseURL, context) {
    const values = componentsOf(input, baseURL, context);
    if (values === null) return null;
    const result = {};
    for (let i = 0; i < kComponents.length; i++) {
      const name = kComponents[i];
      const groups = this.#components[name].match(values[name]);
      if (groups === null) return null;
      defineValue(result, name, { input: values[name], groups: groupsObject(groups) });
    }
    return result;
  }

  static {
    isURLPattern = (value) => isObject(value) && #components in value;
    patternOf = (pattern, name) => pattern.#components[name].pattern;
  }
}
defineInterface(URLPattern, isURLPattern);

inspectAs(isURLPattern, (pattern) => {
  const fields = [];
  for (let i = 0; i < kComponents.length; i++) {
    ArrayPrototypePush(fields, kComponents[i], patternOf(pattern, kComponents[i]));
  }
  return fields;
});
