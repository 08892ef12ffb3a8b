// @ts-check
// MessageChannel and MessagePort (HTML 9.4). Both ends are in one isolate, so a message is cloned
// once, when it is posted, and waits as what it will be.

import { Event } from './event.js';
import { defineEventHandler, dispatchTrusted, EventTarget } from './event_target.js';
import { connectMessagePorts, makeMessageEvent } from './message_event.js';
import { ArrayPrototypeIndexOf, SymbolIterator } from './primordials.js';
import { Queue } from './streams/queue.js';
import {
  addTransferable,
  cloneWithTransfer,
  dataCloneError,
  toTransferList,
  transferOption,
} from './structured_clone.js';
import { queueTask } from './tasks.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  tooFewArguments,
} from './webidl.js';

const kInternal = { __proto__: null };

/** One end of a channel: what stays the same when a port is transferred. */
class PortEnd {
  /** The port that has this end; undefined when it is closed. @type {MessagePort | undefined} */
  owner = undefined;
  /** @type {PortEnd | undefined} */
  peer = undefined;
  /** Whether the port takes messages. */
  isEnabled = false;
  /** Messages that have not been dispatched: functions that make the event. */
  #waiting = new Queue();

  /** @param {() => object} makeEvent */
  arrive(makeEvent) {
    // It throws where the request has too many timers.
    if (this.isEnabled) queueTask(() => this.#deliver());
    this.#waiting.push(makeEvent);
  }

  enable() {
    if (this.isEnabled) return;
    this.isEnabled = true;
    for (let i = this.#waiting.length; i > 0; i--) queueTask(() => this.#deliver());
  }

  /** No more comes. */
  close() {
    const peer = this.peer;
    this.owner = undefined;
    this.peer = undefined;
    this.#waiting.clear();
    if (peer === undefined) return;
    peer.peer = undefined;
    // After the messages that are on their way.
    queueTask(() => {
      if (peer.owner !== undefined) dispatchTrusted(peer.owner, new Event('close'));
    });
  }

  #deliver() {
    // Closed or transferred meanwhile: what waits goes with the end.
    if (!this.isEnabled || this.owner === undefined || this.#waiting.length === 0) return;
    const makeEvent = this.#waiting.shift();
    dispatchTrusted(this.owner, makeEvent());
  }
}

/** @type {(value: any) => boolean} */
let isMessagePort;
/** @type {(port: MessagePort) => PortEnd | undefined} */
let endOf;
/** @type {(port: MessagePort) => MessagePort} */
let movePort;

export class MessagePort extends EventTarget {
  /** Gone when it is closed or was transferred. @type {PortEnd | undefined} */
  #end = undefined;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    super();
    const end = /** @type {PortEnd} */ (arguments[1]);
    this.#end = end;
    end.owner = this;
  }

  postMessage(message, options = undefined) {
    const context = "Failed to execute 'postMessage' on 'MessagePort'";
    if (!(#end in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const transfer = toTransfer(options, context);
    const end = this.#end;
    const target = end?.peer;
    const list = transfer === undefined ? [] : transfer;
    if (ArrayPrototypeIndexOf(list, this) >= 0) {
      throw dataCloneError(`${context}: The port cannot be sent through itself.`);
    }
    // A port that is moved to where it alone would be read is gone, and the message with it.
    const isDoomed = target !== undefined && ArrayPrototypeIndexOf(list, target.owner) >= 0;
    const { value, moved } = cloneWithTransfer(message, list, context);
    // A getter of the message may have closed or moved either.
    if (target === undefined || isDoomed || this.#end !== end || target.owner === undefined) return;
    target.arrive(() => makeMessageEvent(value, moved));
  }

  start() {
    if (!(#end in this)) illegalInvocation();
    this.#end?.enable();
  }

  close() {
    if (!(#end in this)) illegalInvocation();
    const end = this.#end;
    this.#end = undefined;
    end?.close();
  }

  static {
    isMessagePort = (value) => isObject(value) && #end in value;
    endOf = (port) => port.#end;
    movePort = (port) => {
      const end = port.#end ?? new PortEnd();
      port.#end = undefined;
      end.isEnabled = false;
      // @ts-ignore The constructor is illegal for tenants.
      return new MessagePort(kInternal, end);
    };
  }
}
defineInterface(MessagePort, isMessagePort);
defineEventHandler(MessagePort, 'message', (port) => endOf(port)?.enable());
defineEventHandler(MessagePort, 'messageerror');
defineEventHandler(MessagePort, 'close');
connectMessagePorts(isMessagePort);
addTransferable({
  isInstance: isMessagePort,
  isDetached: (port) => endOf(port) === undefined,
  move: movePort,
});

/** sequence<object> or StructuredSerializeOptions. */
function toTransfer(options, context) {
  const method = isObject(options) ? options[SymbolIterator] : undefined;
  if (method === undefined || method === null) return transferOption(options, context);
  return toTransferList(options, context, method);
}

/** @type {(value: any) => boolean} */
let isMessageChannel;

export class MessageChannel {
  #port1;
  #port2;

  constructor() {
    const end1 = new PortEnd();
    const end2 = new PortEnd();
    end1.peer = end2;
    end2.peer = end1;
    // @ts-ignore The constructor is illegal for tenants.
    this.#port1 = new MessagePort(kInternal, end1);
    // @ts-ignore
    this.#port2 = new MessagePort(kInternal, end2);
  }

  get port1() {
    return this.#port1;
  }

  get port2() {
    return this.#port2;
  }

  static {
    isMessageChannel = (value) => #port1 in value;
  }
}
defineInterface(MessageChannel, isMessageChannel);
