// @ts-check
// EventSource, https://html.spec.whatwg.org/#the-eventsource-interface, over fetch(). It lives as
// long as the request that opened it.

import { utf8Encode } from 'nano:ops';
import { AbortController } from './abort.js';
import { DOMException } from './dom_exception.js';
import { Event } from './event.js';
import { defineEventHandler, dispatchTrusted, EventTarget } from './event_target.js';
import { EventStreamReader } from './event_stream.js';
import { fetch } from './fetch.js';
import { isLasting } from './fetch_failure.js';
import { Headers } from './headers.js';
import { MessageEvent } from './message_event.js';
import {
  getterOf,
  MathMax,
  MathMin,
  PromisePrototypeThen,
  RegExpPrototypeExec,
  StringFromCharCode,
  TypedArrayPrototypeGetByteLength,
  TypeErrorConstructor as TypeError,
  uncurryThis,
} from './primordials.js';
import { requireRequest } from './raw_socket.js';
import { Response } from './response.js';
import { markHandled } from './streams/promises.js';
import { acquireDefaultReader } from './streams/readable_core.js';
import { isReadableStream, readableCoreOf } from './streams/readable_stream.js';
import { startInternalTimer, stopInternalTimer } from './timers.js';
import { parseUrl, URL } from './url.js';
import {
  defineConstants,
  defineInterface,
  toDictionary,
  toUSVString,
  tooFewArguments,
} from './webidl.js';

const kInternal = { __proto__: null };
const kConnecting = 0;
const kOpen = 1;
const kClosed = 2;

/** How long it waits before it connects again, until a server says otherwise. */
const kRetryMillis = 3000;
/** What a server may say: an app's request is short, and its server not its slave. */
const kLeastRetryMillis = 1000;
const kMostRetryMillis = 10_000;

const statusOf = getterOf(Response.prototype, 'status');
const headersOf = getterOf(Response.prototype, 'headers');
const bodyOf = getterOf(Response.prototype, 'body');
const urlOf = getterOf(Response.prototype, 'url');
const headerOf = uncurryThis(Headers.prototype.get);
const signalOf = getterOf(AbortController.prototype, 'signal');
const abort = uncurryThis(AbortController.prototype.abort);
const originOf = getterOf(URL.prototype, 'origin');
const kEventStream = /^[\t\r\n ]*text\/event-stream[\t\r\n ]*(?:;|$)/i;

/** Reads a stream to its end, without recursion where its chunks are there already. */
class Pump {
  #reader;
  #take;
  #ended;
  #isReading = false;
  #again = false;
  #isStopped = false;

  /**
   * @param {import('./streams/readable_core.js').ReadableCore} stream
   * @param {(chunk: any) => void} take what it throws ends the reading
   * @param {(problem?: any) => void} ended
   */
  constructor(stream, take, ended) {
    this.#reader = acquireDefaultReader(stream);
    this.#take = take;
    this.#ended = ended;
  }

  run() {
    this.#again = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#again && !this.#isStopped) {
      this.#again = false;
      this.#reader.read(this);
    }
    this.#isReading = false;
  }

  stop() {
    if (this.#isStopped) return;
    this.#isStopped = true;
    markHandled(this.#reader.cancel(undefined));
  }

  chunkSteps(chunk) {
    if (this.#isStopped) return;
    try {
      this.#take(chunk);
    } catch (error) {
      this.stop();
      this.#ended(error);
      return;
    }
    this.run();
  }

  closeSteps() {
    if (!this.#isStopped) this.#ended();
  }

  errorSteps() {
    this.closeSteps();
  }
}

/** @type {(value: any) => boolean} */
let isEventSource;
/** @type {(source: any, stream: any) => void} */
let readFrom;

export class EventSource extends EventTarget {
  #url = '';
  #withCredentials = false;
  #readyState = kConnecting;
  #lastEventId = '';
  #retryMillis = kRetryMillis;
  #origin = '';
  #controller = undefined;
  /** @type {Pump | undefined} */
  #pump = undefined;
  #timer = undefined;

  constructor(url, eventSourceInitDict = undefined) {
    super();
    if (url === kInternal) return;
    const context = "Failed to construct 'EventSource'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const text = toUSVString(url);
    const init = toDictionary(eventSourceInitDict, context, 'EventSourceInit');
    this.#withCredentials = !!init.withCredentials;
    const href = parseUrl(text, undefined);
    if (href === undefined) {
      throw new DOMException(
        `Cannot open an EventSource to '${text}'. The URL is invalid.`,
        'SyntaxError',
      );
    }
    requireRequest();
    this.#url = href;
    this.#connect();
  }

  /** workerd's: the events of a stream that is there already. */
  static from(stream) {
    const context = "Failed to execute 'from' on 'EventSource'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    if (!isReadableStream(stream)) {
      throw new TypeError(`${context}: parameter 1 is not of type 'ReadableStream'.`);
    }
    // @ts-ignore Known to built-ins only.
    const source = new EventSource(kInternal);
    readFrom(source, readableCoreOf(stream));
    return source;
  }

  get url() {
    return this.#url;
  }

  get withCredentials() {
    return this.#withCredentials;
  }

  get readyState() {
    return this.#readyState;
  }

  close() {
    this.#readyState = kClosed;
    if (this.#timer !== undefined) stopInternalTimer(this.#timer);
    if (this.#controller !== undefined) abort(this.#controller);
    if (this.#pump !== undefined) this.#pump.stop();
  }

  #connect() {
    this.#timer = undefined;
    const headers = { __proto__: null, accept: 'text/event-stream', 'cache-control': 'no-cache' };
    if (this.#lastEventId !== '') headers['last-event-id'] = toHeaderBytes(this.#lastEventId);
    const controller = new AbortController();
    this.#controller = controller;
    const init = { __proto__: null, headers, signal: signalOf(controller) };
    PromisePrototypeThen(
      fetch(this.#url, init),
      (response) => this.#receive(controller, response),
      (error) => this.#unanswered(controller, error),
    );
  }

  #unanswered(controller, error) {
    if (controller !== this.#controller) return;
    if (isLasting(error)) this.#fail();
    // Another time somebody may answer.
    else this.#reconnect(controller);
  }

  #receive(controller, response) {
    if (controller !== this.#controller || this.#readyState === kClosed) return;
    const type = headerOf(headersOf(response), 'content-type');
    const isEventStream = type !== null && RegExpPrototypeExec(kEventStream, type) !== null;
    if (statusOf(response) !== 200 || !isEventStream) {
      abort(controller);
      this.#fail();
      return;
    }
    const url = urlOf(response);
    this.#origin = originOf(new URL(url === '' ? this.#url : url));
    const body = bodyOf(response);
    this.#announce();
    if (body === null) this.#reconnect(controller);
    else this.#read(readableCoreOf(body), controller);
  }

  #announce() {
    if (this.#readyState === kClosed) return;
    this.#readyState = kOpen;
    dispatchTrusted(this, new Event('open'));
  }

  /** @param {any} stream @param {any} controller of the fetch it comes from; undefined: of none */
  #read(stream, controller) {
    const events = new EventStreamReader(
      {
        event: (type, data, lastEventId) => this.#dispatch(type, data, lastEventId),
        retry: (millis) => {
          this.#retryMillis = MathMin(MathMax(millis, kLeastRetryMillis), kMostRetryMillis);
        },
      },
      this.#lastEventId,
    );
    this.#pump = new Pump(
      stream,
      (bytes) => events.read(bytes),
      (problem) => {
        if (problem === undefined) this.#reconnect(controller);
        else this.#fail();
      },
    );
    this.#pump.run();
  }

  #dispatch(type, data, lastEventId) {
    this.#lastEventId = lastEventId;
    if (data === undefined || this.#readyState !== kOpen) return;
    const init = { __proto__: null, data, origin: this.#origin, lastEventId };
    dispatchTrusted(this, new MessageEvent(type === '' ? 'message' : type, init));
  }

  #reconnect(controller) {
    if (controller !== this.#controller || this.#readyState === kClosed) return;
    if (controller === undefined) {
      this.#fail();
      return;
    }
    this.#readyState = kConnecting;
    dispatchTrusted(this, new Event('error'));
    // A listener may have closed it.
    if (/** @type {number} */ (this.#readyState) === kClosed) return;
    this.#timer = startInternalTimer(this.#retryMillis, () => this.#connect());
  }

  #fail() {
    if (this.#readyState === kClosed) return;
    this.#readyState = kClosed;
    dispatchTrusted(this, new Event('error'));
  }

  static {
    isEventSource = (value) => #url in value;
    readFrom = (source, stream) => {
      if (stream.locked) throw new TypeError('This ReadableStream is locked.');
      if (stream.disturbed) throw new TypeError('This ReadableStream has already been read from.');
      source.#url = null;
      // Listeners are added after this returns.
      startInternalTimer(0, () => {
        source.#announce();
        if (source.#readyState === kOpen) source.#read(stream, undefined);
      });
    };
  }
}
defineInterface(EventSource, isEventSource);
defineConstants(EventSource, {
  __proto__: null,
  CONNECTING: kConnecting,
  OPEN: kOpen,
  CLOSED: kClosed,
});
defineEventHandler(EventSource, 'open');
defineEventHandler(EventSource, 'message');
defineEventHandler(EventSource, 'error');

/** UTF-8, one character a byte, as a header has it. @param {string} text */
function toHeaderBytes(text) {
  const bytes = utf8Encode(text);
  const size = TypedArrayPrototypeGetByteLength(bytes);
  let value = '';
  for (let i = 0; i < size; i++) value += StringFromCharCode(bytes[i]);
  return value;
}
