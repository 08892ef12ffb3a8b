// @ts-check
// The format text/event-stream, https://html.spec.whatwg.org/#parsing-an-event-stream

import { TextDecoder } from './encoding.js';
import {
  NumberParseInt,
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  TypeErrorConstructor as TypeError,
  uncurryThis,
} from './primordials.js';

const decode = uncurryThis(TextDecoder.prototype.decode);

const kMoreToCome = { __proto__: null, stream: true };
const kLineFeed = 10;
const kCarriageReturn = 13;
const kSpace = 0x20;
/** Of one event. A server that never ends one must not fill the app's memory. */
const kMaxEventLength = 16 << 20;
const kDigits = /^[0-9]+$/;

/**
 * @typedef {object} EventStreamSink
 * @property {(type: string, data: string | undefined, lastEventId: string) => void} event without
 *   data there is none, and only the id counts
 * @property {(milliseconds: number) => void} retry
 */

export class EventStreamReader {
  #sink;
  #decoder = new TextDecoder();
  /** The beginning of a line. */
  #line = '';
  /** A carriage return ended the text: a line feed that follows belongs to it. */
  #afterReturn = false;
  #type = '';
  #data = '';
  #hasData = false;
  #lastEventId;

  /** @param {EventStreamSink} sink @param {string} lastEventId the one before this stream */
  constructor(sink, lastEventId) {
    this.#sink = sink;
    this.#lastEventId = lastEventId;
  }

  /** Throws where an event is larger than allowed. @param {Uint8Array} bytes */
  read(bytes) {
    const text = decode(this.#decoder, bytes, kMoreToCome);
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const code = StringPrototypeCharCodeAt(text, i);
      const wasReturn = this.#afterReturn;
      this.#afterReturn = code === kCarriageReturn;
      if (code === kLineFeed && wasReturn) {
        start = i + 1;
      } else if (code === kLineFeed || code === kCarriageReturn) {
        const line = this.#line + StringPrototypeSlice(text, start, i);
        this.#line = '';
        start = i + 1;
        this.#readLine(line);
      }
    }
    this.#line += StringPrototypeSlice(text, start);
    this.#checkLength();
  }

  #checkLength() {
    if (this.#line.length + this.#data.length > kMaxEventLength) {
      throw new TypeError('An event of the stream is longer than 16 Mi characters');
    }
  }

  #readLine(line) {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = StringPrototypeIndexOf(line, ':');
    if (colon === 0) return;
    const field = colon < 0 ? line : StringPrototypeSlice(line, 0, colon);
    let start = colon < 0 ? line.length : colon + 1;
    if (StringPrototypeCharCodeAt(line, start) === kSpace) start++;
    this.#readField(field, StringPrototypeSlice(line, start));
  }

  #readField(field, value) {
    if (field === 'event') {
      this.#type = value;
    } else if (field === 'data') {
      this.#data = this.#hasData ? `${this.#data}\n${value}` : value;
      this.#hasData = true;
      this.#checkLength();
    } else if (field === 'id') {
      if (!StringPrototypeIncludes(value, '\0')) this.#lastEventId = value;
    } else if (field === 'retry') {
      if (RegExpPrototypeExec(kDigits, value) !== null) this.#sink.retry(NumberParseInt(value, 10));
    }
  }

  #dispatch() {
    const type = this.#type;
    const data = this.#data;
    const hasData = this.#hasData;
    this.#type = this.#data = '';
    this.#hasData = false;
    this.#sink.event(type, hasData ? data : undefined, this.#lastEventId);
  }
}
