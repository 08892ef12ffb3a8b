// @ts-check
// What a test of built-in JavaScript is written with. Each test() runs in an isolate of its own,
// made from the snapshot; time passes only when nothing else can happen, so a timer costs nothing.

import * as native from 'nano:test';

const tests = [];

// Kept from tests that patch globals.
const { stringify } = JSON;
const { is, getPrototypeOf, keys, getOwnPropertyNames } = Object;
const { isView } = ArrayBuffer;
const { isArray } = Array;
const { then } = Promise.prototype;
const { apply, defineProperty } = Reflect;
const kPlain = { configurable: true, enumerable: true, writable: true };

/** @param {string} name @param {() => unknown} body may be async */
export function test(name, body) {
  tests.push({ name, body });
}

export function testNames() {
  return tests.map((test) => test.name);
}

/** @param {number} index */
export async function runTest(index) {
  await tests[index].body();
}

function show(value) {
  if (typeof value === 'string') return stringify(value);
  if (typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value === undefined || Object.is(value, -0) || Number.isNaN(value)) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (isView(value) && !(value instanceof DataView)) {
    return `bytes [${Array.from(/** @type {any} */ (value))}]`;
  }
  try {
    return stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function fail(text, explanation) {
  throw new Error(explanation === undefined ? text : `${explanation}: ${text}`);
}

// An error's message is not enumerable; its stack tells where it was made.
function comparedNames(object) {
  if (!(object instanceof Error)) return keys(object);
  return getOwnPropertyNames(object).filter((name) => name !== 'stack');
}

function equal(a, b) {
  if (is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (getPrototypeOf(a) !== getPrototypeOf(b)) return false;
  if (a instanceof Map || a instanceof Set) return equal([...a], [...b]);
  if (a instanceof Date) return is(a.getTime(), b.getTime());
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof ArrayBuffer) return equal(new Uint8Array(a), new Uint8Array(b));
  if (isArray(a) && a.length !== b.length) return false;
  const names = comparedNames(a);
  const others = comparedNames(b);
  if (names.length !== others.length) return false;
  for (let i = 0; i < names.length; ++i) {
    if (!others.includes(names[i]) || !equal(a[names[i]], b[names[i]])) return false;
  }
  return true;
}

/** Deep, with Object.is() for primitives. */
export function same(actual, expected, explanation) {
  if (!equal(actual, expected)) {
    fail(`got ${show(actual)}, expected ${show(expected)}`, explanation);
  }
}

export function ok(value, explanation) {
  if (!value) fail(`got ${show(value)}`, explanation);
}

function checkError(error, expected, message) {
  if (typeof expected === 'string') {
    if (error?.name !== expected) fail(`threw ${show(error)}, expected a ${expected}`);
  } else if (typeof expected === 'function') {
    if (!(error instanceof expected)) fail(`threw ${show(error)}, expected a ${expected.name}`);
  } else if (error !== expected) {
    fail(`threw ${show(error)}, expected exactly ${show(expected)}`);
  }
  if (message !== undefined && !String(error.message).includes(message)) {
    fail(`the message ${show(error.message)} does not have ${show(message)}`);
  }
}

/**
 * @param {any} expected a class; the name of a DOMException; or the very value that is thrown
 * @param {() => unknown} body
 * @param {string} [message] must be part of the error's message
 */
export function throws(expected, body, message) {
  let result;
  try {
    result = body();
  } catch (error) {
    return checkError(error, expected, message);
  }
  fail(`returned ${show(result)} instead of throwing`);
}

/** As throws(), for a promise or an async function. */
export async function rejects(expected, promise, message) {
  let result;
  try {
    const isBody = typeof promise === 'function' && /** @type {any} */ (promise).then === undefined;
    result = await (isBody ? promise() : promise);
  } catch (error) {
    return checkError(error, expected, message);
  }
  fail(`resolved to ${show(result)} instead of rejecting`);
}

/** Resolves after `milliseconds` of the test's time. */
export function sleep(milliseconds = 0) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** What Date shows for the rest of the test. @param {number} unixMillis */
export function setDate(unixMillis) {
  native.setDate(unixMillis);
}

/** What was printed: [{ level, line, slot }]; level 0 log, 1 debug, 2 info, 3 warn, 4 error. */
export function logs() {
  const flat = native.logs();
  const lines = [];
  for (let i = 0; i < flat.length; i += 3) {
    lines.push({ level: flat[i], line: flat[i + 1], slot: flat[i + 2] });
  }
  return lines;
}

/** Calls what C++ calls, by its name in snapshot/entry_points.h. */
export function callEntryPoint(name, ...args) {
  return native.callEntryPoint(name, args);
}

/** Who answers for the network: fake_network.js makes one. */
export function setNetwork(network) {
  native.setNetwork(network);
}

/** What an app gets from `import`. @param {string} name */
export function builtinModule(name) {
  const list = callEntryPoint('builtinModule', name);
  const exported = {};
  for (let i = 0; i + 1 < list.length; i += 2) exported[list[i]] = list[i + 1];
  return exported;
}

export function bytes(...values) {
  return new Uint8Array(values);
}

const encoder = new TextEncoder();
const encode = encoder.encode;

function asBytes(body) {
  return typeof body === 'string' ? apply(encode, encoder, [body]) : body;
}

const append = (list, item) => defineProperty(list, list.length, own(item));
const own = (value) => ({ __proto__: null, ...kPlain, value });

// Spells out the headers "name\0value\0..." as [[name, value], ...].
function pairs(flat) {
  const list = [];
  let name;
  let text = '';
  for (let i = 0; i < flat.length; i++) {
    if (flat[i] !== '\0') {
      text += flat[i];
      continue;
    }
    if (name === undefined) {
      name = text;
    } else {
      append(list, [name, text]);
      name = undefined;
    }
    text = '';
  }
  return list;
}

/**
 * Sends a request to a handler: a function, or an object with a fetch method. `init` has url,
 * method, headers (an object), body: a string, a Uint8Array, or an array of these that arrives as a
 * stream, in which an Error is a client that breaks off.
 *
 * @returns {{slot: number, given: any, done: Promise<any>, abort(): void, cancel(): void,
 *   waited(): Promise<unknown>[]}} done: { status, statusText, headers: [[name, value]], body,
 *   text, error, bodyError, length }
 */
export function send(init, handler, env = {}) {
  const given = asGiven(init);
  const target = typeof handler === 'function' ? { fetch: handler } : handler;
  return sent(native.dispatch(given, target, env), given);
}

/**
 * Sends a call by a service binding, as FetchCall has it, to an app with these exports.
 * @param {{ entrypoint?: string, props?: string, method?: string, body?: any }} call
 */
export function sendCall(call, exports, env = {}) {
  const { entrypoint = '', props = '', method = '' } = call;
  const given = asGiven({ method: 'POST', body: call.body });
  return sent(native.dispatchCall(given, [exports, env, entrypoint, props, method]), given);
}

/**
 * The call is that of a fetch: what the two go on to say reaches the other.
 * @param {any} exchange @param {number} slot of sendCall()
 */
export function joinCall(exchange, slot) {
  native.joinCall(exchange.number, slot);
}

/** Who has made the call goes away. @param {number} slot */
export function leaveCall(slot) {
  native.leaveCall(slot);
}

function asGiven(init) {
  const { url = 'https://nano.test/', method = 'GET', headers = {}, body } = init;
  const flat = [];
  const names = keys(headers);
  for (let i = 0; i < names.length; i++) flat.push(names[i].toLowerCase(), headers[names[i]]);
  return {
    url,
    method,
    headers: flat,
    body: isArray(body) ? body.map(asBytes) : asBytes(body),
  };
}

function sent(slot, given) {
  return {
    slot,
    given,
    done: apply(then, native.answer(slot), [
      (answer) => ({
        ...answer,
        headers: pairs(answer.headers),
        text: answer.body === null ? null : new TextDecoder().decode(answer.body),
      }),
    ]),
    abort: () => native.callEntryPoint('abortRequest', [slot]),
    cancel: () => native.callEntryPoint('cancelOutgoing', [slot]),
    waited: () => native.waitedFor(slot),
  };
}

/**
 * Answers a fetch that outbound() told of. `response` has status, statusText, headers (an object, or
 * a flat array of names and values), body: none, a string, bytes, or an array of these that comes
 * in pieces, in which an Error breaks it off and undefined never comes; `decoded` where reading it
 * takes a coding off; or `failure`, a message. Without a response it is to be answered later.
 */
export function answerFetch(exchange, response) {
  if (response === undefined) return;
  if (response.failure !== undefined) {
    native.failFetch(exchange.number, response.failure);
    return;
  }
  const { status = 200, statusText = '', headers = {}, body, decoded = false } = response;
  let flat = headers;
  if (!isArray(headers)) {
    flat = [];
    const names = keys(headers);
    for (let i = 0; i < names.length; i++) {
      append(flat, names[i]);
      append(flat, headers[names[i]]);
    }
  }
  let content = asBytes(body);
  if (isArray(body)) {
    content = [];
    for (let i = 0; i < body.length; i++) append(content, asBytes(body[i]));
  }
  native.answerFetch(exchange.number, status, statusText, flat, content, decoded);
}

/**
 * What the outside answers: `handler` is called with each fetch, and returns what answerFetch takes.
 * @param {(exchange: any) => any} handler
 * @returns {any[]} the fetches so far: { number, method, url, service, rpcMethod, headers: [[name, value]],
 *   body: a Uint8Array, streamed, its length (-1: unknown), incoming: the number of a body handed on,
 *   aborted, bodyCancelled, bodyError }
 */
export function outbound(handler) {
  const seen = [];
  native.setOutbound((exchange) => {
    exchange.headers = pairs(exchange.headers);
    append(seen, exchange);
    answerFetch(exchange, handler(exchange));
  });
  return seen;
}

/** The whole answer to one request; throws what the handler threw. */
export async function dispatch(init, handler, env) {
  const answer = await send(init, handler, env).done;
  if ('error' in answer) throw answer.error;
  return answer;
}
