// @ts-check
// WebSocket, https://websockets.spec.whatwg.org/#the-websocket-interface, with accept() as Workers
// have it for the ends of a WebSocketPair and for what fetch() opened.

import { behaviour } from '../compatibility_flags.js';
import { utf8Encode } from 'nano:ops';
import { bytesOf, isBlob, makeBlob } from '../blob.js';
import { DOMException } from '../dom_exception.js';
import { Event } from '../event.js';
import { defineEventHandler, dispatchTrusted, EventTarget } from '../event_target.js';
import { CloseEvent, ErrorEvent, MessageEvent } from '../message_event.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ErrorConstructor,
  PromisePrototypeThen,
  RegExpPrototypeExec,
  StringPrototypeToLowerCase,
  SymbolIterator,
  TypedArrayPrototypeGetByteLength,
  TypeErrorConstructor as TypeError,
  Uint8ArrayConstructor,
} from '../primordials.js';
import { requireRequest } from '../raw_socket.js';
import { copyOfSource } from '../streams/views.js';
import { parseUrl } from '../url.js';
import {
  defineConstants,
  defineInterface,
  illegalInvocation,
  isObject,
  toDOMString,
  tooFewArguments,
  toSequence,
  toUnsignedShort,
  toUSVString,
} from '../webidl.js';
import { kAbnormal, kNoStatus } from './frames.js';
import { openConnection, readWebSocketUrl } from './opening.js';

const kInternal = { __proto__: null };
const kConnecting = 0;
const kOpen = 1;
const kClosing = 2;
const kClosed = 3;
const kMaxReasonBytes = 123;
/** RFC 9110 5.6.2. */
const kToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @type {(value: any) => boolean} */
let isWebSocket;

export class WebSocket extends EventTarget {
  #url = null;
  #origin = '';
  #protocol = '';
  /** What bytes come as. */
  #binaryType = behaviour.binaryType;
  #readyState = kConnecting;
  /** The connection, from the end of the handshake. @type {any} */
  #link = undefined;
  #isAccepted = false;
  /** The handshake that is under way. */
  #opening = undefined;

  constructor(url, protocols = undefined) {
    super();
    if (url === kInternal) {
      this.#link = arguments[1];
      this.#protocol = arguments[2];
      this.#readyState = kOpen;
      return;
    }
    const context = "Failed to construct 'WebSocket'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const href = parseUrl(toUSVString(url), undefined);
    const target = href === undefined ? undefined : readWebSocketUrl(href);
    if (target === undefined) throw syntaxError('WebSocket Constructor: The url is invalid.');
    if (typeof target === 'string') throw syntaxError(`WebSocket Constructor: ${target}`);
    const offered = toProtocols(protocols, context);
    requireRequest();
    this.#url = target.href;
    this.#origin = target.origin;
    this.#open(target, offered);
  }

  get url() {
    return this.#url;
  }

  get readyState() {
    return this.#readyState;
  }

  get bufferedAmount() {
    return this.#link === undefined ? 0 : this.#link.bufferedAmount;
  }

  get extensions() {
    if (!(#url in this)) illegalInvocation();
    return '';
  }

  get protocol() {
    return this.#protocol;
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(value) {
    if (!(#url in this)) illegalInvocation();
    const type = `${value}`;
    // As with any attribute of an enumeration's type, what is no member of it is ignored.
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }

  /** Messages come from now on. What `new WebSocket()` made accepts by itself. */
  accept() {
    if (this.#url !== null) {
      throw new TypeError(
        "Websockets obtained from the 'new WebSocket()' constructor cannot call accept",
      );
    }
    if (this.#isAccepted) return;
    this.#isAccepted = true;
    this.#begin();
  }

  send(data) {
    if (!(#url in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'send' on 'WebSocket'");
    const message = toMessage(data);
    this.#requireOpened('send');
    if (this.#readyState === kClosing) {
      throw new TypeError("Can't call WebSocket send() after close().");
    }
    if (this.#readyState === kOpen) this.#link.send(message);
  }

  close(code = undefined, reason = undefined) {
    if (!(#url in this)) illegalInvocation();
    const status = code === undefined ? kNoStatus : toCloseCode(code, this.#url !== null);
    const text = utf8Encode(reason === undefined ? '' : toUSVString(reason));
    if (TypedArrayPrototypeGetByteLength(text) > kMaxReasonBytes) {
      throw syntaxError(
        'WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.',
      );
    }
    if (reason !== undefined && code === undefined) {
      throw invalidAccess('If you specify a WebSocket close reason, you must also specify a code.');
    }
    if (this.#readyState === kConnecting) {
      this.#readyState = kClosing;
      this.#opening.giveUp(new ErrorConstructor('Called close before connection was established.'));
      return;
    }
    if (this.#readyState !== kOpen) return;
    this.#requireOpened('close');
    this.#readyState = kClosing;
    this.#link.close(status, text);
  }

  #requireOpened(action) {
    if (this.#readyState === kConnecting) {
      throw new DOMException(
        `Failed to execute '${action}' on 'WebSocket': Still in CONNECTING state.`,
        'InvalidStateError',
      );
    }
    if (!this.#isAccepted && this.#readyState === kOpen) {
      throw new TypeError('You must call accept() on this WebSocket before sending messages.');
    }
  }

  #open(target, offered) {
    this.#opening = openConnection(target, offered, []);
    PromisePrototypeThen(
      this.#opening.done,
      (opened) => {
        if (opened.problem !== undefined) {
          opened.raw.close();
          this.#failed(`Failed to establish the WebSocket connection: ${opened.problem}`);
          return;
        }
        this.#link = opened.link;
        this.#protocol = opened.protocol;
        this.#readyState = kOpen;
        this.#isAccepted = true;
        dispatchTrusted(this, new Event('open'));
        this.#begin();
      },
      (error) => this.#failed(error.message),
    );
  }

  #failed(message) {
    this.#ended(kAbnormal, 'Failed to establish websocket connection', false, message);
  }

  #begin() {
    const origin = this.#origin;
    this.#link.begin({
      message: (data) => {
        if (this.#readyState !== kOpen) return;
        const shown = this.#show(data);
        dispatchTrusted(this, new MessageEvent('message', init({ data: shown, origin })));
      },
      closing: () => {
        if (this.#readyState === kOpen) this.#readyState = kClosing;
      },
      closed: (code, reason, wasClean, problem) => this.#ended(code, reason, wasClean, problem),
    });
  }

  /** @param {string | ArrayBuffer} data that nobody else has */
  #show(data) {
    if (typeof data === 'string' || this.#binaryType === 'arraybuffer') return data;
    return makeBlob(new Uint8ArrayConstructor(data), '');
  }

  #ended(code, reason, wasClean, problem) {
    this.#readyState = kClosed;
    if (problem !== undefined) {
      const error = new ErrorConstructor(problem);
      dispatchTrusted(this, new ErrorEvent('error', init({ error, message: problem })));
    }
    dispatchTrusted(this, new CloseEvent('close', init({ code, reason, wasClean })));
  }

  static {
    isWebSocket = (value) => isObject(value) && #url in value;
  }
}

/** A dictionary whose absent members are not looked up on a prototype that a tenant may patch. */
const init = (members) => ({ __proto__: null, ...members });

const syntaxError = (message) => new DOMException(message, 'SyntaxError');
const invalidAccess = (message) => new DOMException(message, 'InvalidAccessError');

/** A string, or bytes that nobody else has. */
function toMessage(data) {
  return copyOfSource(isBlob(data) ? bytesOf(data) : data) ?? toUSVString(data);
}

/**
 * Those that a peer may be told (RFC 6455 7.4). Of a client that the standard's constructor made,
 * those that are the program's own; what accept() is for may be a server's end, as on Workers.
 */
function toCloseCode(value, isStandard) {
  const code = toUnsignedShort(value, "Failed to execute 'close' on 'WebSocket'", 'clamp');
  const isReserved = code === 1004 || code === 1005 || code === 1006 || code === 1015;
  const isForeign = isStandard && code !== 1000 && code < 3000;
  if (code < 1000 || code > 4999 || isReserved || isForeign) {
    throw invalidAccess(`Invalid WebSocket close code: ${code}.`);
  }
  return code;
}

/** @returns {string[]} */
function toProtocols(value, context) {
  if (value === undefined) return [];
  const method = isObject(value) ? value[SymbolIterator] : undefined;
  const list =
    method === undefined || method === null
      ? [toDOMString(value)]
      : toSequence(value, context, toDOMString, method);
  const seen = [];
  for (let i = 0; i < list.length; i++) {
    if (RegExpPrototypeExec(kToken, list[i]) === null) {
      throw syntaxError('WebSocket Constructor: The protocol header token is invalid.');
    }
    const name = StringPrototypeToLowerCase(list[i]);
    if (ArrayPrototypeIndexOf(seen, name) >= 0) {
      throw syntaxError(
        'WebSocket Constructor: The protocols header cannot have repeating values.',
      );
    }
    ArrayPrototypePush(seen, name);
  }
  return list;
}

/** One that has to be accepted. @param {any} link @param {string} protocol @returns {WebSocket} */
export function webSocketOver(link, protocol) {
  // @ts-ignore Known to built-ins only.
  return new WebSocket(kInternal, link, protocol);
}

export { isWebSocket };

defineInterface(WebSocket, isWebSocket);
defineConstants(WebSocket, {
  __proto__: null,
  CONNECTING: kConnecting,
  OPEN: kOpen,
  CLOSING: kClosing,
  CLOSED: kClosed,
});
defineEventHandler(WebSocket, 'open');
defineEventHandler(WebSocket, 'error');
defineEventHandler(WebSocket, 'close');
defineEventHandler(WebSocket, 'message');
