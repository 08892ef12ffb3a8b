// @ts-check
// MessageEvent (HTML 9.1), CloseEvent (WebSockets standard 6) and ErrorEvent (HTML 8.1.4.4): what
// WebSocket, EventSource and message ports dispatch.

import { Event, eventInternals } from './event.js';
import { ObjectFreeze, TypeErrorConstructor as TypeError } from './primordials.js';
import {
  defineInterface,
  illegalInvocation,
  toDictionary,
  toDOMString,
  toSequence,
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
/**
 * What an error handler of the global is called with; undefined for an event of another kind.
 * @type {(event: any) => any[] | undefined}
 */
let errorArguments;

const kNoPorts = [];

/** What message_port.js, which imports this module, knows. @type {(value: any) => boolean} */
let isMessagePort = () => false;

/** @param {(value: any) => boolean} isPort */
export function connectMessagePorts(isPort) {
  isMessagePort = isPort;
}

function toPort(value, context) {
  if (isMessagePort(value)) return value;
  throw new TypeError(`${context}: The value is not of type 'MessagePort'.`);
}

/** Of the things that may have sent a message there are only ports here. */
function toSource(value, context) {
  return value === undefined || value === null ? null : toPort(value, `${context}: member source`);
}

/** What a port or a channel dispatches. @type {(data: any, ports: any[]) => MessageEvent} */
let makeMessageEvent;

export class MessageEvent extends Event {
  #data = null;
  #origin = '';
  #lastEventId = '';
  #source = null;
  /** Frozen when it is looked at first. */
  #ports = kNoPorts;

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
    const ports = init.ports;
    if (ports !== undefined) this.#ports = toSequence(ports, `${context}: member ports`, toPort);
    this.#source = toSource(init.source, context);
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

  get source() {
    return this.#source;
  }

  get ports() {
    // Always the same array, which nobody can change.
    if (this.#ports === kNoPorts) this.#ports = [];
    return ObjectFreeze(this.#ports);
  }

  initMessageEvent(
    type,
    bubbles = false,
    cancelable = false,
    data = null,
    origin = '',
    lastEventId = '',
    source = null,
    ports = undefined,
  ) {
    const context = "Failed to execute 'initMessageEvent' on 'MessageEvent'";
    if (!(#data in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const name = toDOMString(type);
    const from = toUSVString(origin);
    const id = toDOMString(lastEventId);
    const sender = toSource(source, context);
    const list = ports === undefined ? kNoPorts : toSequence(ports, context, toPort);
    if (eventInternals.isDispatching(this)) return;
    eventInternals.init(this, name, !!bubbles, !!cancelable);
    this.#data = data;
    this.#origin = from;
    this.#lastEventId = id;
    this.#source = sender;
    this.#ports = list;
  }

  static {
    isMessageEvent = (value) => #data in value;
    makeMessageEvent = (data, ports) => {
      const event = new MessageEvent('message');
      event.#data = data;
      event.#ports = ports;
      return event;
    };
  }
}
defineInterface(MessageEvent, isMessageEvent);

export { makeMessageEvent };

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
    errorArguments = (event) => {
      if (!isErrorEvent(event)) return undefined;
      return [event.#message, event.#filename, event.#lineno, event.#colno, event.#error];
    };
  }
}
defineInterface(ErrorEvent, isErrorEvent);
export { errorArguments };
