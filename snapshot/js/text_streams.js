// @ts-check
// TextEncoderStream and TextDecoderStream, https://encoding.spec.whatwg.org/#stream

import { utf8Encode } from 'nano:ops';
import { TextDecoder } from './encoding.js';
import {
  PromiseReject,
  PromiseResolve,
  ReflectGetOwnPropertyDescriptor,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  uncurryThis,
} from './primordials.js';
import { markHandled } from './streams/promises.js';
import { createReadable } from './streams/readable_default_controller.js';
import { pipeReadable } from './streams/readable_pipe.js';
import { readableStreamOf } from './streams/readable_stream.js';
import { TransformCore } from './streams/transform_core.js';
import { writableStreamOf } from './streams/writable_stream.js';
import { defineInterface, illegalInvocation, toDOMString } from './webidl.js';

const decode = uncurryThis(TextDecoder.prototype.decode);
const getterOf = (name) => {
  const descriptor = ReflectGetOwnPropertyDescriptor(TextDecoder.prototype, name);
  return uncurryThis(/** @type {any} */ (descriptor).get);
};
const encodingOf = getterOf('encoding');
const fatalOf = getterOf('fatal');
const ignoreBomOf = getterOf('ignoreBOM');

const kMoreToCome = { __proto__: null, stream: true };
const kReplacementCharacter = '\ufffd';

/** Runs a transformer's step: what it throws is a rejection. */
function settle(steps) {
  try {
    steps();
  } catch (error) {
    return PromiseReject(error);
  }
  return PromiseResolve(undefined);
}

function makeTransform(transformer) {
  const writable = { highWaterMark: 1, size: undefined };
  const readable = { highWaterMark: 0, size: undefined };
  return new TransformCore(transformer, undefined, writable, readable);
}

/** Text to bytes; half of a surrogate pair waits for the other. */
class Encoder {
  #pending = '';

  transform(chunk, core) {
    return settle(() => {
      let text = this.#pending + toDOMString(chunk);
      this.#pending = '';
      const last = text.length - 1;
      if (last < 0) return;
      const code = StringPrototypeCharCodeAt(text, last);
      if (code >= 0xd800 && code <= 0xdbff) {
        this.#pending = StringPrototypeSlice(text, last);
        text = StringPrototypeSlice(text, 0, last);
      }
      if (text !== '') core.enqueue(utf8Encode(text));
    });
  }

  flush(core) {
    return settle(() => {
      if (this.#pending !== '') core.enqueue(utf8Encode(kReplacementCharacter));
    });
  }

  cancel() {
    return PromiseResolve(undefined);
  }
}

/** @type {(value: object) => boolean} */
let isEncoderStream;

export class TextEncoderStream {
  #core = makeTransform(new Encoder());

  get encoding() {
    if (!(#core in this)) illegalInvocation();
    return 'utf-8';
  }

  get readable() {
    if (!(#core in this)) illegalInvocation();
    return readableStreamOf(this.#core.readable);
  }

  get writable() {
    if (!(#core in this)) illegalInvocation();
    return writableStreamOf(this.#core.writable);
  }

  static {
    isEncoderStream = (value) => #core in value;
  }
}
defineInterface(TextEncoderStream, isEncoderStream);

class Decoder {
  #decoder;

  constructor(decoder) {
    this.#decoder = decoder;
  }

  transform(chunk, core) {
    return settle(() => {
      // decode() takes undefined for nothing; as a chunk it is a mistake.
      const text = decode(this.#decoder, chunk === undefined ? null : chunk, kMoreToCome);
      if (text !== '') core.enqueue(text);
    });
  }

  flush(core) {
    return settle(() => {
      const text = decode(this.#decoder);
      if (text !== '') core.enqueue(text);
    });
  }

  cancel() {
    return PromiseResolve(undefined);
  }
}

/** @type {(value: object) => boolean} */
let isDecoderStream;

export class TextDecoderStream {
  #decoder;
  #core;

  constructor(label = 'utf-8', options = undefined) {
    this.#decoder = new TextDecoder(label, options);
    this.#core = makeTransform(new Decoder(this.#decoder));
  }

  get encoding() {
    if (!(#core in this)) illegalInvocation();
    return encodingOf(this.#decoder);
  }

  get fatal() {
    if (!(#core in this)) illegalInvocation();
    return fatalOf(this.#decoder);
  }

  get ignoreBOM() {
    if (!(#core in this)) illegalInvocation();
    return ignoreBomOf(this.#decoder);
  }

  get readable() {
    if (!(#core in this)) illegalInvocation();
    return readableStreamOf(this.#core.readable);
  }

  get writable() {
    if (!(#core in this)) illegalInvocation();
    return writableStreamOf(this.#core.writable);
  }

  static {
    isDecoderStream = (value) => #core in value;
  }
}
defineInterface(TextDecoderStream, isDecoderStream);

const kNoOptions = {
  preventClose: false,
  preventAbort: false,
  preventCancel: false,
  signal: undefined,
};

/**
 * The text of a stream of bytes, as a stream; undefined is an empty one.
 * @param {import('./streams/readable_core.js').ReadableCore | undefined} stream
 */
export function textStreamOf(stream) {
  if (stream === undefined) {
    const empty = createReadable(/** @type {any} */ (undefined));
    empty.controller.close();
    return readableStreamOf(empty);
  }
  const transform = makeTransform(new Decoder(new TextDecoder()));
  markHandled(pipeReadable(stream, transform.writable, kNoOptions));
  return readableStreamOf(transform.readable);
}
