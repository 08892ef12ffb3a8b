// @ts-check
// A client's opening handshake, RFC 6455 4.1: the request, and what its answer must be.

import { base64Encode, fillRandom, sha1, utf8Encode } from 'nano:ops';
import { withoutConnectionFields } from '../fetch_headers.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  RegExpPrototypeExec,
  StringFromCharCode,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
  TypedArrayPrototypeGetByteLength,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { partOf } from './frames.js';

const kGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const kMaxHeadBytes = 16384;
const kMaxFields = 100;
/** Heads of 1xx that may come before the answer. */
const kMostInterim = 8;
const kHeadEnd = '\r\n\r\n';
const kStatusLine = /^HTTP\/1\.1 ([0-9]{3})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const kField = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/;

/** What else a request may not set: the handshake's own, and what is for a proxy (there is none). */
const kOwnFields = [
  'proxy-authorization',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
];

/** Bytes as text, one character a byte. @param {Uint8Array} bytes */
function toLatin1(bytes) {
  const size = TypedArrayPrototypeGetByteLength(bytes);
  let text = '';
  for (let i = 0; i < size; i++) text += StringFromCharCode(bytes[i]);
  return text;
}

/** String.prototype.split looks at what a tenant may have patched. @returns {string[]} */
function split(text, separator) {
  const parts = [];
  let from = 0;
  for (;;) {
    const end = StringPrototypeIndexOf(text, separator, from);
    ArrayPrototypePush(parts, StringPrototypeSlice(text, from, end < 0 ? text.length : end));
    if (end < 0) return parts;
    from = end + separator.length;
  }
}

/**
 * @typedef {object} Handshake
 * @property {Uint8Array} bytes the request
 * @property {string} accept what the server answers to its key
 * @property {readonly string[]} protocols
 */

/**
 * @param {string} authority host, and port where it is not the scheme's own
 * @param {string} target path and query
 * @param {readonly string[]} protocols offered
 * @param {readonly string[]} headers more of them: [name, value, ...], checked, Latin-1, names in
 *   lower case
 * @returns {Handshake}
 */
export function makeHandshake(authority, target, protocols, headers) {
  const random = new Uint8ArrayConstructor(16);
  fillRandom(random);
  const key = base64Encode(toLatin1(random));
  let head =
    `GET ${target} HTTP/1.1\r\nHost: ${authority}\r\nConnection: Upgrade\r\n` +
    `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`;
  let offered = '';
  for (let i = 0; i < protocols.length; i++) offered += `${i > 0 ? ', ' : ''}${protocols[i]}`;
  if (offered !== '') head += `Sec-WebSocket-Protocol: ${offered}\r\n`;
  const list = withoutConnectionFields(headers);
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    if (ArrayPrototypeIndexOf(kOwnFields, name) < 0) head += `${name}: ${list[i + 1]}\r\n`;
  }
  return {
    bytes: latin1Bytes(`${head}\r\n`),
    accept: base64Encode(toLatin1(sha1(utf8Encode(key + kGuid)))),
    protocols,
  };
}

function latin1Bytes(text) {
  const bytes = new Uint8ArrayConstructor(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = StringPrototypeCharCodeAt(text, i);
  return bytes;
}

/**
 * The head of the server's answer.
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} statusText
 * @property {string[]} headers [name, value, ...], names in lower case
 * @property {Uint8Array} rest what came after it
 */

/** Collects an answer's head, after the interim ones (RFC 9110 15.2) that come before it. */
export class AnswerReader {
  #text = '';
  #interim = 0;

  /**
   * The answer once its head is there; undefined until then. A string says what is wrong.
   * @param {Uint8Array} bytes @returns {Answer | string | undefined}
   */
  read(bytes) {
    let given = bytes;
    for (;;) {
      const answer = this.#readHead(given);
      if (typeof answer !== 'object' || !isInterim(answer.status)) return answer;
      if (++this.#interim > kMostInterim)
        return `more than ${kMostInterim} interim ones come first`;
      this.#text = '';
      given = answer.rest;
    }
  }

  /** @param {Uint8Array} bytes @returns {Answer | string | undefined} */
  #readHead(bytes) {
    const before = this.#text.length;
    const size = TypedArrayPrototypeGetByteLength(bytes);
    const room = kMaxHeadBytes - before;
    const shown = size > room ? partOf(bytes, 0, room) : bytes;
    this.#text += toLatin1(shown);
    const end = StringPrototypeIndexOf(this.#text, kHeadEnd, before < 3 ? 0 : before - 3);
    if (end < 0) {
      return this.#text.length < kMaxHeadBytes ? undefined : 'its head is larger than 16 KiB';
    }
    const rest = partOf(bytes, end + kHeadEnd.length - before, size);
    return parse(this.#text, end, rest);
  }
}

const isInterim = (status) => status < 200 && status !== 101;

function parse(text, end, rest) {
  const lines = split(StringPrototypeSlice(text, 0, end), '\r\n');
  const first = RegExpPrototypeExec(kStatusLine, lines[0]);
  if (first === null) return 'it is not HTTP/1.1';
  const status = +first[1];
  if (status < 100 || status > 599) return `there is no status ${first[1]}`;
  if (lines.length > kMaxFields + 1) return 'it has more than 100 headers';
  const headers = [];
  for (let i = 1; i < lines.length; i++) {
    const field = RegExpPrototypeExec(kField, lines[i]);
    if (field === null) return 'it has a header that is none';
    ArrayPrototypePush(
      headers,
      StringPrototypeToLowerCase(field[1]),
      StringPrototypeTrim(field[2]),
    );
  }
  return { status, statusText: first[2] ?? '', headers, rest };
}

/** The values of a header, joined; null for none. */
function valueOf(headers, name) {
  let value = null;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name)
      value = value === null ? headers[i + 1] : `${value}, ${headers[i + 1]}`;
  }
  return value;
}

function hasToken(list, token) {
  const items = split(list ?? '', ',');
  for (let i = 0; i < items.length; i++) {
    if (StringPrototypeToLowerCase(StringPrototypeTrim(items[i])) === token) return true;
  }
  return false;
}

/**
 * Whether the answer opens a WebSocket: its sub-protocol, or what is wrong.
 * @param {Handshake} handshake @param {Answer} answer
 * @returns {{ protocol: string } | { problem: string }}
 */
export function checkAnswer(handshake, answer) {
  const { headers, status } = answer;
  const problem = (text) => ({ problem: text });
  if (status !== 101) {
    return problem(
      'expected server to reply with HTTP status code 101 (switching protocols), but received ' +
        `${status} instead.`,
    );
  }
  if (StringPrototypeToLowerCase(valueOf(headers, 'upgrade') ?? '') !== 'websocket') {
    return problem('the server does not upgrade to websocket');
  }
  if (!hasToken(valueOf(headers, 'connection'), 'upgrade')) {
    return problem('the server does not upgrade the connection');
  }
  if (valueOf(headers, 'sec-websocket-accept') !== handshake.accept) {
    return problem('the server answered another key');
  }
  if (valueOf(headers, 'sec-websocket-extensions') !== null) {
    return problem('the server uses an extension that was not offered');
  }
  const chosen = valueOf(headers, 'sec-websocket-protocol');
  const isOffered = chosen !== null && ArrayPrototypeIndexOf(handshake.protocols, chosen) >= 0;
  if (isOffered) return { protocol: chosen };
  if (chosen !== null) return problem('the server chose a sub-protocol that was not offered');
  // https://websockets.spec.whatwg.org/#concept-websocket-establish, step 12.
  if (handshake.protocols.length > 0) return problem('the server chose none of the sub-protocols');
  return { protocol: '' };
}
