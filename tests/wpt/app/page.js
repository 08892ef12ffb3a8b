// Runs in the app, before a test: what a test expects of the worker it runs in. The same for every
// runtime, so that what differs is theirs. Text of this file goes into the script of each test.

/** A property of the global, whatever the runtime has there. */
function setGlobal(name, value) {
  const flags = { configurable: true, enumerable: true, writable: true };
  Object.defineProperty(globalThis, name, { ...flags, value });
}

function makeLocation(url) {
  const { href, origin, protocol, host, hostname, port, pathname, search, hash } = new URL(url);
  const parts = { href, origin, protocol, host, hostname, port, pathname, search, hash };
  return { ...parts, toString: () => href };
}

/** Whether a URL would be made of the text of it. */
const isText = (value) =>
  value === null || typeof value === 'function' || !/object|symbol/.test(typeof value);

/** A function or class whose first argument is a URL, which may then be relative. */
function wrapUrlTaker(taker, resolve) {
  const resolved = (args) =>
    args.length > 0 && isText(args[0]) ? [resolve(String(args[0])), ...args.slice(1)] : args;
  const wrapped = new Proxy(taker, {
    apply: (target, self, args) => Reflect.apply(target, self, resolved(args)),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, resolved(args), newTarget === wrapped ? target : newTarget),
  });
  return wrapped;
}

/** Relative URLs are the test's, as in a worker whose script it is. */
function wrapUrlTakers(url) {
  const NativeURL = URL;
  const fromBase = (input) => {
    try {
      return new NativeURL(input, url).href;
    } catch {
      return input;
    }
  };
  // An absolute URL stays as it is: these take other schemes, and have their own errors.
  const socketUrl = (input) => {
    try {
      new NativeURL(input);
      return input;
    } catch {
      return fromBase(input).replace(/^http/, 'ws');
    }
  };
  if (typeof fetch === 'function') setGlobal('fetch', wrapUrlTaker(fetch, fromBase));
  const classes = { Request: fromBase, EventSource: fromBase, WebSocket: socketUrl };
  for (const [name, resolve] of Object.entries(classes)) {
    const original = globalThis[name];
    if (typeof original !== 'function') continue;
    const wrapped = wrapUrlTaker(original, resolve);
    const hidden = { configurable: true, enumerable: false, writable: true, value: wrapped };
    Object.defineProperty(globalThis, name, hidden);
    Object.defineProperty(original.prototype, 'constructor', hidden);
  }
  if (typeof Response === 'function') Response.redirect = wrapUrlTaker(Response.redirect, fromBase);
}

/** The methods of Cache and CacheStorage that take a URL, which may be relative here too. */
function wrapCaches(url) {
  const fromBase = (input) => (typeof input === 'string' ? new URL(input, url).href : input);
  const wrap = (Interface, name, resolve) => {
    const method = Interface.prototype[name];
    if (typeof method !== 'function') return;
    Interface.prototype[name] = async function (...args) {
      if (args.length > 0) args[0] = resolve(args[0]);
      return Reflect.apply(method, this, args);
    };
  };
  for (const name of ['add', 'delete', 'keys', 'match', 'matchAll', 'put']) {
    if (typeof Cache === 'function') wrap(Cache, name, fromBase);
  }
  const all = (list) => (Array.isArray(list) ? list.map(fromBase) : list);
  if (typeof Cache === 'function') wrap(Cache, 'addAll', all);
  if (typeof CacheStorage === 'function') wrap(CacheStorage, 'match', fromBase);
}

function preparePage({ url, title }) {
  if (typeof self === 'undefined') setGlobal('self', globalThis);
  setGlobal('location', makeLocation(url));
  setGlobal('GLOBAL', {
    isWindow: () => false,
    isWorker: () => true,
    isShadowRealm: () => false,
  });
  if (title) setGlobal('META_TITLE', title);
  wrapUrlTakers(url);
  wrapCaches(url);
}
