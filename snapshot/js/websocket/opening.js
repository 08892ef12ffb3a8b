// @ts-check
// From a URL to an open connection: the socket, the handshake over it, and what came of it.

import { parseFetchUrl } from '../fetch_url.js';
import {
  ErrorConstructor,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.js';
import { RawSocket } from '../raw_socket.js';
import { thenFollow } from '../streams/promises.js';
import { startInternalTimer, stopInternalTimer } from '../timers.js';
import { AnswerReader, checkAnswer, makeHandshake } from './handshake.js';
import { NetworkLink } from './network_link.js';

/** How long the server may take to answer, once it is connected. */
const kHandshakeMillis = 30_000;

const kSchemes = [
  // Of the URL, of the WebSocket, whether inside TLS, the scheme's own port.
  ['ws:', 'ws:', false, 80],
  ['wss:', 'wss:', true, 443],
  ['http:', 'ws:', false, 80],
  ['https:', 'wss:', true, 443],
];

/**
 * @typedef {object} Target
 * @property {string} href with the scheme ws or wss
 * @property {string} origin
 * @property {boolean} isSecure
 * @property {string} authority host, and port where it is not the scheme's own
 * @property {string} host without the brackets of an IPv6 address
 * @property {number} port
 * @property {string} path with the query
 */

/** @param {string} href as the URL standard serialises it @returns {Target | string} why not */
export function readWebSocketUrl(href) {
  let scheme;
  for (let i = 0; i < kSchemes.length; i++) {
    if (StringPrototypeStartsWith(href, `${kSchemes[i][0]}//`)) scheme = kSchemes[i];
  }
  if (scheme === undefined) return 'The url scheme must be ws or wss.';
  if (StringPrototypeIndexOf(href, '#') >= 0) return 'The url fragment must be empty.';
  const start = scheme[0].length + 2;
  // A special scheme always has a path.
  const pathStart = StringPrototypeIndexOf(href, '/', start);
  const path = StringPrototypeSlice(href, pathStart);
  let authority = StringPrototypeSlice(href, start, pathStart);
  // Credentials are for a header that the app sets.
  authority = StringPrototypeSlice(authority, StringPrototypeLastIndexOf(authority, '@') + 1);
  const colon = StringPrototypeLastIndexOf(authority, ':');
  const hasPort = colon > StringPrototypeLastIndexOf(authority, ']');
  let host = hasPort ? StringPrototypeSlice(authority, 0, colon) : authority;
  if (StringPrototypeStartsWith(host, '[')) host = StringPrototypeSlice(host, 1, -1);
  const origin = `${scheme[1]}//${authority}`;
  return {
    href: `${scheme[1]}${StringPrototypeSlice(href, scheme[0].length)}`,
    origin,
    isSecure: scheme[2],
    authority,
    host,
    port: hasPort ? +StringPrototypeSlice(authority, colon + 1) : scheme[3],
    path,
  };
}

/**
 * What a handshake led to: with `problem` it is no WebSocket, and `raw` is still open.
 * @typedef {object} Opened
 * @property {import('./handshake.js').Answer} answer
 * @property {RawSocket} raw
 * @property {string | undefined} problem
 * @property {string} protocol
 * @property {NetworkLink} link
 */

/**
 * @param {Target} target @param {readonly string[]} protocols offered
 * @param {readonly string[]} headers more of them, [name, value, ...]
 * @returns {{ done: Promise<Opened>, giveUp(reason: any): void }}
 */
export function openConnection(target, protocols, headers) {
  if (parseFetchUrl(target.href)?.hasBadPort) {
    const why = `the port of ${target.origin} is one that the Fetch standard blocks`;
    return { done: PromiseReject(new ErrorConstructor(why)), giveUp() {} };
  }
  const raw = new RawSocket(target.host, target.port, target.isSecure);
  const handshake = makeHandshake(target.authority, target.path, protocols, headers);
  const { promise, resolve, reject } = PromiseWithResolvers();
  const giveUp = (reason) => {
    raw.close();
    reject(reason);
  };
  let timer;
  const answered = thenFollow(raw.opened, () => {
    timer = startInternalTimer(kHandshakeMillis, () => {
      giveUp(new ErrorConstructor('the server did not answer the WebSocket handshake within 30 s'));
    });
    return thenFollow(raw.write(handshake.bytes), () => readAnswer(raw, new AnswerReader()));
  });
  PromisePrototypeThen(
    answered,
    (answer) => {
      stopInternalTimer(timer);
      const checked = checkAnswer(handshake, answer);
      resolve({
        answer,
        raw,
        problem: checked.problem,
        protocol: checked.protocol,
        link: new NetworkLink(raw, answer.rest),
      });
    },
    (error) => {
      if (timer !== undefined) stopInternalTimer(timer);
      giveUp(error);
    },
  );
  return { done: promise, giveUp };
}

/** @returns {Promise<import('./handshake.js').Answer>} */
function readAnswer(raw, reader) {
  return thenFollow(raw.read(), (chunk) => {
    const answer = chunk === null ? 'it ended' : reader.read(chunk);
    if (answer === undefined) return readAnswer(raw, reader);
    if (typeof answer === 'string') {
      throw new ErrorConstructor(`the answer to the WebSocket handshake is not valid: ${answer}`);
    }
    return PromiseResolve(answer);
  });
}
