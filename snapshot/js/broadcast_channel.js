// @ts-check
// BroadcastChannel (HTML 9.5), among the channels of one isolate: an app may have several, and a
// message does not reach the others.

import { currentSlot } from 'nano:ops';
import { DOMException } from './dom_exception.js';
import { defineEventHandler, dispatchTrusted, EventTarget } from './event_target.js';
import { makeMessageEvent } from './message_event.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  SafeMap,
} from './primordials.js';
import { cloneWithTransfer } from './structured_clone.js';
import { queueTask } from './tasks.js';
import { whenRequestEnds } from './timers.js';
import { defineInterface, illegalInvocation, toDOMString, tooFewArguments } from './webidl.js';

const kNoSlot = -1;

/** Those that are open, in the order they were made, by name. @type {any} */
const channels = new SafeMap();
/** Those of a request, which close with it, by slot. @type {any} */
const ofRequests = new SafeMap();

/** @type {(value: any) => boolean} */
let isBroadcastChannel;
/** @type {(channel: BroadcastChannel) => void} */
let closeChannel;

function open(channel, name) {
  const slot = currentSlot();
  if (slot !== kNoSlot) {
    let own = ofRequests.get(slot);
    if (own === undefined) {
      whenRequestEnds(() => closeAllOf(slot));
      ofRequests.set(slot, (own = []));
    }
    ArrayPrototypePush(own, channel);
  }
  const named = channels.get(name);
  if (named === undefined) channels.set(name, [channel]);
  else ArrayPrototypePush(named, channel);
  return slot;
}

function closeAllOf(slot) {
  const own = ofRequests.get(slot);
  ofRequests.delete(slot);
  for (let i = 0; i < own.length; i++) closeChannel(own[i]);
}

function removeFrom(list, channel) {
  const place = list === undefined ? -1 : ArrayPrototypeIndexOf(list, channel);
  if (place >= 0) ArrayPrototypeSplice(list, place, 1);
}

export class BroadcastChannel extends EventTarget {
  #name;
  #isClosed = false;
  /** Of the request that made it. */
  #slot;

  constructor(name) {
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to construct 'BroadcastChannel'");
    super();
    this.#name = toDOMString(name);
    this.#slot = open(this, this.#name);
  }

  get name() {
    return this.#name;
  }

  postMessage(message) {
    const context = "Failed to execute 'postMessage' on 'BroadcastChannel'";
    if (!(#name in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (this.#isClosed) {
      throw new DOMException(`${context}: Channel is closed`, 'InvalidStateError');
    }
    const { value } = cloneWithTransfer(message, undefined, context);
    // A getter of the message may have closed it.
    const receivers = ArrayPrototypeSlice(channels.get(this.#name) ?? [], 0);
    let isFirst = true;
    for (let i = 0; i < receivers.length; i++) {
      const receiver = receivers[i];
      if (receiver === this) continue;
      // Each has a copy of its own, made from the first, which runs no code of the message's.
      const data = isFirst ? value : cloneWithTransfer(value, undefined, context).value;
      isFirst = false;
      queueTask(() => receiver.#deliver(data));
    }
  }

  close() {
    if (!(#name in this)) illegalInvocation();
    removeFrom(ofRequests.get(this.#slot), this);
    closeChannel(this);
  }

  #deliver(data) {
    if (this.#isClosed) return;
    dispatchTrusted(this, makeMessageEvent(data, []));
  }

  static {
    isBroadcastChannel = (value) => #name in value;
    closeChannel = (channel) => {
      channel.#isClosed = true;
      const named = channels.get(channel.#name);
      removeFrom(named, channel);
      if (named !== undefined && named.length === 0) channels.delete(channel.#name);
    };
  }
}
defineInterface(BroadcastChannel, isBroadcastChannel);
defineEventHandler(BroadcastChannel, 'message');
defineEventHandler(BroadcastChannel, 'messageerror');
