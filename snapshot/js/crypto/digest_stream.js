// @ts-check
// crypto.DigestStream, of Workers: a WritableStream that ends in a digest.

import { digestFinish, digestStart, digestUpdate, utf8Encode } from 'nano:ops';
import {
  BigIntConstructor,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  TypedArrayPrototypeGetByteLength,
  TypeErrorConstructor as TypeError,
} from '../primordials.js';
import { markHandled } from '../streams/promises.js';
import { WritableStream } from '../streams/writable_stream.js';
import { defineInterface, illegalInvocation, isBufferSource, tooFewArguments } from '../webidl.js';
import { copyBytes } from './bytes.js';
import { made } from './failure.js';
import { toDigest } from './hashes.js';

const kContext = "Failed to construct 'DigestStream'";

/** Where the stream's chunks go. The object is the sink of a WritableStream of ours. */
class DigestSink {
  handle;
  bytesWritten = 0;
  result = PromiseWithResolvers();

  /** @param {number} digest */
  constructor(digest) {
    this.handle = made(digestStart(digest));
    markHandled(this.result.promise);
  }

  write(chunk) {
    let bytes;
    if (typeof chunk === 'string') {
      bytes = utf8Encode(chunk);
    } else if (isBufferSource(chunk)) {
      bytes = copyBytes(chunk, 'DigestStream');
    } else {
      const error = new TypeError('A chunk of a DigestStream is bytes or a string');
      this.result.reject(error);
      return PromiseReject(error);
    }
    digestUpdate(this.handle, bytes);
    this.bytesWritten += TypedArrayPrototypeGetByteLength(bytes);
    return PromiseResolve(undefined);
  }

  close() {
    this.result.resolve(made(digestFinish(this.handle)));
    this.handle = undefined;
  }

  abort(reason) {
    this.result.reject(reason);
    this.handle = undefined;
  }
}

export class DigestStream extends WritableStream {
  #sink;

  constructor(algorithm) {
    if (arguments.length < 1) tooFewArguments(1, 0, kContext);
    const sink = new DigestSink(toDigest(algorithm, kContext));
    super({
      __proto__: null,
      write: (chunk) => sink.write(chunk),
      close: () => sink.close(),
      abort: (reason) => sink.abort(reason),
    });
    this.#sink = sink;
  }

  get digest() {
    if (!(#sink in this)) illegalInvocation();
    return this.#sink.result.promise;
  }

  get bytesWritten() {
    if (!(#sink in this)) illegalInvocation();
    return BigIntConstructor(this.#sink.bytesWritten);
  }
}
defineInterface(DigestStream);
