// @ts-check
// A WebSocket by way of fetch(): a request with `Upgrade: websocket`, and the response that has the
// WebSocket, https://developers.cloudflare.com/workers/runtime-apis/websockets/#open-a-websocket

import { abortReason, addAbortAlgorithm, isSignalAborted, removeAbortAlgorithm } from '../abort.js';
import {
  ArrayPrototypePush,
  PromisePrototypeThen,
  PromiseReject,
  RangeErrorConstructor,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { openConnection, readWebSocketUrl } from './opening.js';
import { requireRequest } from '../raw_socket.js';
import { toUnsignedShort } from '../webidl.js';
import { isWebSocket, webSocketOver } from './websocket.js';

export const kNoUpgrade =
  'A WebSocket cannot be handed to a client: this version of nano answers no upgrade';

/**
 * ResponseInit's webSocket: an app's answer to an upgrade.
 * @param {any} value @param {any} status ResponseInit's @param {string} context
 * @returns {import('./websocket.js').WebSocket}
 */
export function toUpgrade(value, status, context) {
  if (!isWebSocket(value)) {
    throw new TypeError(`${context}: member webSocket is not of type 'WebSocket'.`);
  }
  if (status === undefined || toUnsignedShort(status, context) !== 101) {
    throw new RangeErrorConstructor('Responses with a WebSocket must have status code 101.');
  }
  return value;
}

/**
 * @typedef {object} UpgradeRequest
 * @property {string} method with GET, the only one that may be, there is no body
 * @property {string} service the name of the service binding that answers; empty: the network
 * @property {string} href http or https, as the URL standard serialises it, without a fragment
 * @property {readonly string[]} headers [name, value, ...]
 * @property {AbortSignal | null} signal
 */

/**
 * @typedef {object} UpgradeResponse
 * @property {number} status
 * @property {string} statusText
 * @property {string[]} headers [name, value, ...], names in lower case
 * @property {import('./websocket.js').WebSocket | null} webSocket null: the server refused, and its
 *   response's body is not read
 */

/** Throws outside of a request. @param {UpgradeRequest} request @returns {Promise<UpgradeResponse>} */
export function openWebSocket(request) {
  requireRequest();
  const { href, headers, signal } = request;
  if (signal !== null && isSignalAborted(signal)) return PromiseReject(abortReason(signal));
  const problem = problemOf(request);
  if (problem !== undefined) return PromiseReject(new TypeError(`fetch failed: ${problem}`));
  const target = readWebSocketUrl(href);
  if (typeof target === 'string') return PromiseReject(new TypeError(target));
  const opening = openConnection(target, protocolsOf(headers), headers);
  const abort = () => opening.giveUp(abortReason(/** @type {any} */ (signal)));
  if (signal !== null) addAbortAlgorithm(signal, abort);
  const done = () => {
    if (signal !== null) removeAbortAlgorithm(signal, abort);
  };
  return PromisePrototypeThen(
    opening.done,
    (opened) => {
      done();
      return responseOf(opened);
    },
    (error) => {
      done();
      if (signal !== null && isSignalAborted(signal)) throw abortReason(signal);
      throw new TypeError(error.message);
    },
  );
}

/** What else was asked for and cannot be had. @param {UpgradeRequest} request */
function problemOf({ method, service }) {
  if (service !== '') return 'a service binding carries no WebSocket yet';
  if (method !== 'GET') return `a WebSocket is asked for with GET, not with ${method}`;
  return undefined;
}

/** @param {import('./opening.js').Opened} opened @returns {UpgradeResponse} */
function responseOf(opened) {
  const { status, statusText, headers } = opened.answer;
  if (opened.problem === undefined) {
    const webSocket = webSocketOver(opened.link, opened.protocol);
    return { status, statusText, headers, webSocket };
  }
  opened.raw.close();
  if (status === 101) {
    throw new TypeError(`Failed to establish the WebSocket connection: ${opened.problem}`);
  }
  return { status, statusText, headers: withoutBody(headers), webSocket: null };
}

/** The body is not there, so nothing may describe it. */
function withoutBody(headers) {
  const kept = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    if (name === 'content-length' || name === 'transfer-encoding' || name === 'connection')
      continue;
    ArrayPrototypePush(kept, name, headers[i + 1]);
  }
  return kept;
}

/** What the request offers. @returns {string[]} */
function protocolsOf(headers) {
  const offered = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (StringPrototypeToLowerCase(headers[i]) !== 'sec-websocket-protocol') continue;
    let list = headers[i + 1];
    for (;;) {
      const comma = StringPrototypeIndexOf(list, ',');
      const item = comma < 0 ? list : StringPrototypeSlice(list, 0, comma);
      const name = StringPrototypeTrim(item);
      if (name !== '') ArrayPrototypePush(offered, name);
      if (comma < 0) break;
      list = StringPrototypeSlice(list, comma + 1);
    }
  }
  return offered;
}
