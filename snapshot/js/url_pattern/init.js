// @ts-check
// The components that a dictionary and its base URL say, https://urlpattern.spec.whatwg.org/#url-pattern-init

import {
  StringPrototypeEndsWith,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { makeUrl, urlPart } from '../url.js';
import { toDictionary, toUSVString } from '../webidl.js';
import {
  canonicalHash,
  canonicalHostname,
  canonicalOpaquePathname,
  canonicalPassword,
  canonicalPathname,
  canonicalPort,
  canonicalProtocol,
  canonicalSearch,
  canonicalUsername,
  isSpecial,
} from './canonical.js';
import { escapePattern } from './escape.js';

/** In the order of the standard's algorithms. */
export const kComponents = [
  'protocol',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
];
const kMembers = [
  'baseURL',
  'hash',
  'hostname',
  'password',
  'pathname',
  'port',
  'protocol',
  'search',
  'username',
];

/** Web IDL's conversion to URLPatternInit; absent members are undefined. */
export function toInit(value, context) {
  const dictionary = toDictionary(value, context, 'URLPatternInit');
  const init = { __proto__: null };
  for (let i = 0; i < kMembers.length; i++) {
    const member = dictionary[kMembers[i]];
    if (member !== undefined) init[kMembers[i]] = toUSVString(member);
  }
  return init;
}

/** What a URL says of a component, as the dictionary has it: without the marks around it. */
export function componentOfUrl(url, name) {
  const part = urlPart(url, name);
  if (name === 'protocol') return StringPrototypeSlice(part, 0, part.length - 1);
  return name === 'search' || name === 'hash' ? StringPrototypeSlice(part, 1) : part;
}

/** What of the base URL is taken: nothing after the first component that is given. */
function inherit(result, init, url, isPattern) {
  const take = (name, before) => {
    for (let i = 0; i < before.length; i++) {
      if (init[before[i]] !== undefined) return;
    }
    const value = componentOfUrl(url, name);
    result[name] = isPattern ? escapePattern(value) : value;
  };
  take('protocol', ['protocol']);
  // A pattern without credentials is meant to match whoever asks.
  if (!isPattern) {
    take('username', ['protocol', 'hostname', 'port', 'username']);
    take('password', ['protocol', 'hostname', 'port', 'username', 'password']);
  }
  take('hostname', ['protocol', 'hostname']);
  take('port', ['protocol', 'hostname', 'port']);
  take('pathname', ['protocol', 'hostname', 'port', 'pathname']);
  take('search', ['protocol', 'hostname', 'port', 'pathname', 'search']);
  take('hash', ['protocol', 'hostname', 'port', 'pathname', 'search', 'hash']);
}

function isAbsolutePathname(text, isPattern) {
  if (StringPrototypeStartsWith(text, '/')) return true;
  return (
    isPattern && (StringPrototypeStartsWith(text, '\\/') || StringPrototypeStartsWith(text, '{/'))
  );
}

/** A URL whose path is a list of segments. */
function hasHierarchicalPath(url) {
  return StringPrototypeStartsWith(urlPart(url, 'pathname'), '/');
}

function pathnameOf(init, url, isPattern) {
  const { pathname } = init;
  if (url === null || !hasHierarchicalPath(url) || isAbsolutePathname(pathname, isPattern)) {
    return pathname;
  }
  const path = urlPart(url, 'pathname');
  const base = isPattern ? escapePattern(path) : path;
  return StringPrototypeSlice(base, 0, StringPrototypeLastIndexOf(base, '/') + 1) + pathname;
}

const withoutEnd = (text, mark) =>
  StringPrototypeEndsWith(text, mark) ? StringPrototypeSlice(text, 0, text.length - 1) : text;
const withoutStart = (text, mark) =>
  StringPrototypeStartsWith(text, mark) ? StringPrototypeSlice(text, 1) : text;

/**
 * "Process a URLPatternInit": a dictionary of patterns, or of the parts of a URL.
 * @param {any} init from toInit() @param {boolean} isPattern
 * @param {any} result what holds where neither init nor its base URL says anything
 */
export function processInit(init, isPattern, result) {
  let url = null;
  if (init.baseURL !== undefined) {
    url = makeUrl(init.baseURL);
    if (url === null) throw new TypeError(`Invalid base URL '${init.baseURL}'`);
    inherit(result, init, url, isPattern);
  }
  const set = (name, value, canonical) => {
    if (init[name] !== undefined) result[name] = isPattern ? value : canonical(value);
  };
  set('protocol', withoutEnd(init.protocol ?? '', ':'), canonicalProtocol);
  const protocol = result.protocol ?? '';
  set('username', init.username, canonicalUsername);
  set('password', init.password, canonicalPassword);
  set('hostname', init.hostname, canonicalHostname);
  set('port', init.port, (port) => canonicalPort(port, protocol));
  if (init.pathname !== undefined) {
    const isStandard = protocol === '' || isSpecial(protocol);
    const canonical = isStandard ? canonicalPathname : canonicalOpaquePathname;
    set('pathname', pathnameOf(init, url, isPattern), canonical);
  }
  set('search', withoutStart(init.search ?? '', '?'), canonicalSearch);
  set('hash', withoutStart(init.hash ?? '', '#'), canonicalHash);
  return result;
}
