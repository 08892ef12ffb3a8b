// @ts-check
// MessageEvent (HTML 9.1), CloseEvent (WebSockets standard 6) and ErrorEvent (HTML 8.1.4.4): what
// WebSocket and EventSource dispatch.

import { Event } from './event.js';
import {
  defineInterface,
  illegalInvocation,
  toDictionary,
  toDOMString,
  tooFewArguments,
  toUnsignedLong,
  toUnsignedShort,
  toUSVString,
} from './webidl.js';

/** @type {(value: object) => boolean} */
let isMessageEvent;
/** @type {(value: object) => boolean} */
let isCloseEvent;
/** @type {(value: object) => boolean} */
let isErrorEvent;

export class MessageEvent extends Event {
  #data = null;
  #origin = '';
  #lastEventId = '';

  constructor(type, eventInitDict = undefined) {
    const context = "Failed to construct 'MessageEvent'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    super(type, eventInitDict);
    const init = toDictionary(eventInitDict, context, 'MessageEventInit');
    const data = init.data;
    if (data !== undefined) this.#data = data;
    const lastEventId = init.lastEventId;
    if (lastEventId !== undefined) this.#lastEventId = toDOMString(lastEventId);
    const origin = init.origin;
    if (origin !== undefined) this.#origin = toUSVString(origin);
  }

  get data() {
    return this.#data;
  }

  get origin() {
    return this.#origin;
  }

  get lastEventId() {
    return this.#lastEventId;
  }

  /** There are no windows and no ports here that a message could come from. */
  get source() {
    if (!(#data in this)) illegalInvocation();
    return null;
  }

  get ports() {
    if (!(#data in this)) illegalInvocation();
    return [];
  }

  static {
    isMessageEvent = (value) => #data in value;
  }
}
defineInterface(MessageEvent, isMessageEvent);

export class CloseEvent extends Event {
  #wasClean = false;
  #code = 0;
  #reason = '';

  constructor(type, eventInitDict = undefined) {
    const context = "Failed to construct 'CloseEvent'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    super(type, eventInitDict);
    const init = toDictionary(eventInitDict, context, 'CloseEventInit');
    const code = init.code;
    if (code !== undefined) this.#code = toUnsignedShort(code, context);
    const reason = init.reason;
    if (reason !== undefined) this.#reason = toUSVString(reason);
    this.#wasClean = !!init.wasClean;
  }

  get wasClean() {
    return this.#wasClean;
  }

  get code() {
    return this.#code;
  }

  get reason() {
    return this.#reason;
  }

  static {
    isCloseEvent = (value) => #code in value;
  }
}
defineInterface(CloseEvent, isCloseEvent);

export class ErrorEvent extends Event {
  #message = '';
  #filename = '';
  #lineno = 0;
  #colno = 0;
  #error = undefined;

  constructor(type, eventInitDict = undefined) {
    const context = "Failed to construct 'ErrorEvent'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    super(type, eventInitDict);
    const init = toDictionary(eventInitDict, context, 'ErrorEventInit');
    const colno = init.colno;
    if (colno !== undefined) this.#colno = toUnsignedLong(colno, context);
    this.#error = init.error;
    const filename = init.filename;
    if (filename !== undefined) this.#filename = toUSVString(filename);
    const lineno = init.lineno;
    if (lineno !== undefined) this.#lineno = toUnsignedLong(lineno, context);
    const message = init.message;
    if (message !== undefined) this.#message = toDOMString(message);
  }

  get message() {
    return this.#message;
  }

  get filename() {
    return this.#filename;
  }

  get lineno() {
    return this.#lineno;
  }

  get colno() {
    return this.#colno;
  }

  get error() {
    return this.#error;
  }

  static {
    isErrorEvent = (value) => #message in value;
  }
}
defineInterface(ErrorEvent, isErrorEvent);
